/** One report of all that a run judged: the lockfile, what was about to be added, what the client wrote. */
import type { Coverage, PolicyNote, Report } from '../model/report.ts';
import { stricter } from '../policy/decide.ts';
import { byFinding } from '../verdicts.ts';

/** All of it in the last one's place: files are written once for each stage, and lose nothing of the stages before. */
export function together(reports: readonly [Report, ...Report[]]): Report {
  const [first, ...rest] = reports;
  return rest.reduce(both, first);
}

function both(before: Report, after: Report): Report {
  return {
    ...after,
    action: stricter(before.action, after.action),
    complete: before.complete && after.complete,
    verdicts: [...before.verdicts, ...after.verdicts],
    findings: [...before.findings, ...after.findings].sort(byFinding),
    gaps: [...before.gaps, ...after.gaps],
    waived: [...before.waived, ...after.waived],
    notes: notesOf(before, after),
    removed: [...before.removed, ...after.removed],
    coverage: coverageOf(before.coverage, after.coverage),
  };
}

/** A waiver that one stage has no use for may have served another. */
function notesOf(before: Report, after: Report): readonly PolicyNote[] {
  const isIn = (note: PolicyNote, notes: readonly PolicyNote[]) => notes.some(({ kind, message }) => kind === note.kind && message === note.message);
  const holds = (note: PolicyNote, other: Report) => note.kind !== 'waiver-unused' || isIn(note, other.notes);
  const kept = before.notes.filter((note) => holds(note, after));
  return [...kept, ...after.notes.filter((note) => holds(note, before) && !isIn(note, kept))];
}

function coverageOf(before: Coverage, after: Coverage): Coverage {
  const known = new Set(after.notOffered.map(keyOf));
  const packagesBefore = new Map(before.notOffered.map((one) => [keyOf(one), one.packages]));
  const oldest = Math.max(before.oldestFactSeconds ?? -1, after.oldestFactSeconds ?? -1);
  return {
    packages: Math.max(before.packages, after.packages),
    judged: before.judged + after.judged,
    notOffered: [
      ...before.notOffered.filter((one) => !known.has(keyOf(one))),
      ...after.notOffered.map((one) => ({ ...one, packages: one.packages + (packagesBefore.get(keyOf(one)) ?? 0) })),
    ],
    incomplete: before.incomplete + after.incomplete,
    outsideRegistry: before.outsideRegistry + after.outsideRegistry,
    ...(oldest >= 0 && { oldestFactSeconds: oldest }),
  };
}

function keyOf({ evidence, reason }: Coverage['notOffered'][number]): string {
  return `${evidence} ${reason}`;
}
