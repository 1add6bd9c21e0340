/**
 * The gate on a change that was not judged before. Built as one file with all it needs where nothing but lockfiles changed and every package
 * was judged in an earlier change: what judges packages anew is loaded when there is one to judge.
 */
import { join } from 'node:path';
import { type Layouts, layoutsFile, openLayouts } from '../evidence/layouts.ts';
import { DepwardError } from '../model/errors.ts';
import type { Policy } from '../model/policy.ts';
import type { PolicyNote, Report } from '../model/report.ts';
import { printable } from '../model/text.ts';
import type { Instant } from '../model/time.ts';
import { installationId } from '../package-root.ts';
import { cacheFolder } from '../registry/cache-folder.ts';
import type { LockfileChanges } from '../resolve/lockfile-changes.ts';
import { lockfileChanges } from '../resolve/lockfile-changes.ts';
import { isLockfile } from '../resolve/lockfiles/names.ts';
import { largestLockfile, largestManifest } from '../resolve/read-file.ts';
import { isSame, keepAnswer, type Question, type Standing, spokenOf } from './answers.ts';
import { baselineOf } from './baseline.ts';
import { onlyMovesVersions } from './gate-bumps.ts';
import type { judgeRepository } from './gate-files.ts';
import { withoutIgnored } from './gate-ignore.ts';
import { policiesOf } from './gate-policy.ts';
import { type GateOptions, type GateTarget, namedLockfiles } from './gate-target.ts';
import { unseenOf } from './gate-unseen.ts';
import type { Io } from './io.ts';
import type { LocalReach } from './local-packages.ts';
import { momentOf } from './options.ts';
import { exitCodeOf, pagesOf, writeReports } from './output.ts';
import { type QuietChange, quietReport } from './quiet-report.ts';
import { registryFolder } from './registry-folder.ts';
import { rememberedReport } from './remembered-report.ts';

/** What was asked, and how to ask the same again. */
export interface Kept {
  readonly question: Question;
  readonly again: () => Question | undefined;
}

/** Judges, reports, and keeps the answer where it is one to keep. */
export async function judgeChange(target: GateTarget, options: GateOptions, io: Io, kept: Kept | undefined): Promise<number> {
  await askAhead(target, options.lockfile);
  const known = layoutsIn(options, io);
  const { policy, notes: remarks } = await policiesOf(target, options.config, io.cwd, known);
  const baseline = await baselineOf(options.baseline, target, io);
  const judged = { ...policy, waivers: [...policy.waivers, ...baseline.waivers] };
  const seen = await withoutIgnored(target, policy.ignore ?? []);
  const named = options.lockfile && (await namedLockfiles(options.lockfile, target, io.cwd));
  const found = await packageChanges(named ? target : seen, named, known);
  const { compared, unreadBefore, ...packages } = found;
  for (const { file, reason } of unreadBefore)
    io.stderr(`depward: ${printable(`${file} could not be read as it was before this change, so all of it is judged (${reason})`, 400)}\n`);
  const { tellsTime, ...files } = await judgeFilesOf(seen, compared, judged, momentOf(options.asOf, io.now()));
  const unseen = await unseenOf(seen);
  const { report, standing } = await judge(
    { ...packages, ...files, fileGaps: [...files.fileGaps, ...unseen.gaps], policy: judged, notes: [...remarks, ...seen.notes, ...unseen.notes] },
    target,
    options,
    io,
    kept?.question.npm,
  );
  const notes = [...report.notes.filter((note) => tellsSomething(note, options.all === true)), ...baseline.note(report)];
  const shown = { ...report, notes };
  const pages = await pagesOf(shown);
  await writeReports(shown, options, io, { pages });
  // Files may change while they are judged: only what was the same before and after was the question.
  if (kept && standing && !tellsTime && isSame(kept.question, kept.again()))
    keepAnswer(kept.question, { report: shown, pages: spokenOf(shown, pages) }, standing);
  await target.remember?.();
  return exitCodeOf(shown);
}

/** What a change to a lockfile leads to anyway is asked of git in one run, not bit by bit. */
async function askAhead({ before, changed }: GateTarget, only: readonly string[] | undefined): Promise<void> {
  if (!before || only || ![...changed].some(isLockfile)) return;
  const paths = await before.paths();
  // Whoever needs it hears of what went wrong.
  for (const path of changed) {
    const limit = isLockfile(path) ? largestLockfile : path.endsWith('package.json') ? largestManifest : 0;
    if (limit > 0 && paths.has(path)) before.text(path, limit).catch(() => undefined);
  }
}

const noLockfileHint = 'Run it in the folder of the project, or make a lockfile first; new ones need not be committed, but must not be ignored.';

/** What happens to packages. */
async function packageChanges(
  target: GateTarget,
  only: readonly string[] | undefined,
  fitting: Layouts | undefined,
): Promise<Pick<LockfileChanges, 'changes' | 'tree' | 'compared' | 'unreadBefore'>> {
  if (target.before && ![...target.changed].some((path) => only?.includes(path) ?? isLockfile(path))) {
    return { changes: [], tree: { format: 'no lockfile', root: {}, packages: [], dependentsOf: () => [] }, compared: new Set(), unreadBefore: [] };
  }
  const found = await lockfileChanges({ ...target, ...(only && { only }), fitting });
  if (target.wantsLockfile && found.files.length === 0) throw new DepwardError('input', 'there is no lockfile here', { hint: noLockfileHint });
  return found;
}

/** What the rules on files say; most changes are of a kind that none has a word on. */
async function judgeFilesOf(
  target: GateTarget,
  compared: ReadonlySet<string>,
  policy: Policy,
  now: Instant,
): Promise<Awaited<ReturnType<typeof judgeRepository>>> {
  if (target.changed.size === 0 || (await onlyMovesVersions(target, compared))) return { fileFindings: [], fileGaps: [], tellsTime: false };
  return (await import('./gate-files.ts')).judgeRepository(target, policy, now);
}

function layoutsIn(options: GateOptions, io: Io): Layouts | undefined {
  const build = options.cache === false ? undefined : installationId();
  return build === undefined ? undefined : openLayouts(join(cacheFolder(io.env, io.cwd), layoutsFile), build, io.now());
}

interface Judged {
  readonly report: Report;
  readonly standing: Standing | undefined;
}

async function judge(found: QuietChange, target: GateTarget, options: GateOptions, io: Io, npm: Question['npm']): Promise<Judged> {
  const now = momentOf(options.asOf, io.now());
  // Nothing comes in: no registry is asked, and nothing that could ask one is loaded.
  if (!found.changes.some((change) => change.action !== 'remove')) return quietReport(found, now);
  const folder = await registryFolder(target, io.cwd);
  // What another .npmrc would have said is not what this folder's says.
  const isOwn = folder.path === io.cwd;
  const known = isOwn ? await rememberedReport(found, now, options, io, npm) : undefined;
  // Of another commit than the one in the folder, the disk holds other bytes.
  const reach = target.head === undefined ? { root: target.root, within: true } : 'none';
  return known ?? judgeAnew(found, folder, { isOwn, reach }, options, io);
}

async function judgeAnew(
  { changes, tree, policy, ...more }: QuietChange,
  folder: Awaited<ReturnType<typeof registryFolder>>,
  { isOwn, reach }: { readonly isOwn: boolean; readonly reach: LocalReach | 'none' },
  options: GateOptions,
  io: Io,
): Promise<Judged> {
  const { openSession } = await import('./session.ts');
  const session = await openSession(folder.path, options, io, policy, reach);
  try {
    const report = await session.judge('gate', changes, tree, more);
    return { report, standing: isOwn ? session.standing() : undefined };
  } finally {
    session.close();
    await folder.remove();
  }
}

/** A waiver that covers nothing in this change may cover much elsewhere, and an accepted finding that is gone is good news. */
function tellsSomething(note: PolicyNote, all: boolean): boolean {
  return note.kind !== 'waiver-unused' || (all && !note.message.includes('(baseline)'));
}
