import type { PolicyNote, Report } from '../model/report.ts';
import type { Instant } from '../model/time.ts';
import type { LockfileChanges } from '../resolve/lockfile-changes.ts';
import { isLockfile } from '../resolve/lockfiles/names.ts';
import { largestLockfile, largestManifest } from '../resolve/read-file.ts';
import { isSame, keepAnswer, recallAnswer, type Standing, spokenOf } from './answers.ts';
import { gateQuestion } from './gate-question.ts';
import { type GateOptions, type GateTarget, namedLockfiles, targetOf } from './gate-target.ts';
import { type Io, withEnvOfNow } from './io.ts';
import { momentOf } from './options.ts';
import { exitCodeOf, pagesOf, targetsOf, writeReports } from './output.ts';
import type { QuietChange } from './quiet-report.ts';

/** Runs the command. */
export async function run(options: GateOptions, io: Io): Promise<number> {
  targetsOf(options.format);
  if (options.affected !== undefined) return (await import('./affected.ts')).run({ ...options, affected: options.affected }, io);
  // npm's reader of configuration writes into the environment: the question is asked in the one of the start.
  const asked = withEnvOfNow(io);
  const target = await targetOf(options, io);
  const question = gateQuestion(target, options, asked);
  const known = question && recallAnswer(question, io.now(), options.offline === true);
  if (known) {
    await writeReports(known.report, options, io, { pages: new Map(known.pages.map((page) => [page.id, page])) });
    return exitCodeOf(known.report);
  }
  const [{ policiesOf }, { judgeRepository }, { baselineOf }, { withoutIgnored }] = await Promise.all([
    import('./gate-policy.ts'),
    import('./gate-files.ts'),
    import('./baseline.ts'),
    import('./gate-ignore.ts'),
  ]);
  await askAhead(target, options.lockfile);
  const { policy, notes: remarks } = await policiesOf(target, options.config, io.cwd);
  const baseline = await baselineOf(options.baseline, target, io);
  const judged = { ...policy, waivers: [...policy.waivers, ...baseline.waivers] };
  const seen = await withoutIgnored(target, policy.ignore ?? []);
  const named = options.lockfile && (await namedLockfiles(options.lockfile, target, io.cwd));
  const found = await packageChanges(named ? target : seen, named);
  const { tellsTime, ...files } = await judgeRepository(seen, judged, momentOf(options.asOf, io.now()));
  const { report, standing } = await judge({ ...found, ...files, policy: judged, notes: [...remarks, ...seen.notes] }, target, options, io);
  const notes = [...report.notes.filter((note) => tellsSomething(note, options.all === true)), ...baseline.note(report)];
  const shown = { ...report, notes };
  const pages = await pagesOf(shown);
  await writeReports(shown, options, io, { pages });
  // Files may change while they are judged: only what was the same before and after was the question.
  if (question && standing && !tellsTime && isSame(question, gateQuestion(target, options, asked)))
    keepAnswer(question, { report: shown, pages: spokenOf(shown, pages) }, standing);
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

/** What happens to packages; the readers of lockfiles are loaded only when one changed. */
async function packageChanges(target: GateTarget, only: readonly string[] | undefined): Promise<Pick<LockfileChanges, 'changes' | 'tree'>> {
  if (target.before && ![...target.changed].some((path) => only?.includes(path) ?? isLockfile(path))) {
    return { changes: [], tree: { format: 'no lockfile', root: {}, packages: [], dependentsOf: () => [] } };
  }
  const { lockfileChanges } = await import('../resolve/lockfile-changes.ts');
  return lockfileChanges({ ...target, ...(only && { only }) });
}

interface Judged {
  readonly report: Report;
  readonly standing: Standing | undefined;
}

async function judge(found: QuietChange, target: GateTarget, options: GateOptions, io: Io): Promise<Judged> {
  const { changes, tree, policy, ...more } = found;
  // Nothing comes in: no registry is asked, and nothing that could ask one is loaded.
  if (!changes.some((change) => change.action !== 'remove')) return quietly(found, momentOf(options.asOf, io.now()));
  const { openSession } = await import('./session.ts');
  const { registryFolder } = await import('./registry-folder.ts');
  const folder = await registryFolder(target, io.cwd);
  const session = await openSession(folder.path, options, io, policy);
  try {
    const report = await session.judge('gate', changes, tree, more);
    // What another .npmrc would have said is not what this folder's says.
    return { report, standing: folder.path === io.cwd ? session.standing() : undefined };
  } finally {
    session.close();
    await folder.remove();
  }
}

async function quietly(found: QuietChange, now: Instant): Promise<Judged> {
  const { quietReport } = await import('./quiet-report.ts');
  let until = Number.POSITIVE_INFINITY;
  const report = await quietReport(found, now, (moment) => {
    until = Math.min(until, moment);
  });
  return { report, standing: { judgedAt: now, ...(Number.isFinite(until) && { until }) } };
}

/** A waiver that covers nothing in this change may cover much elsewhere, and an accepted finding that is gone is good news. */
function tellsSomething(note: PolicyNote, all: boolean): boolean {
  return note.kind !== 'waiver-unused' || (all && !note.message.includes('(baseline)'));
}
