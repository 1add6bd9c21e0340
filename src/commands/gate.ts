/** `depward gate`: judges what a change does to the lockfiles and to what decides over installs. */
import { readFile } from 'node:fs/promises';
import { relative, resolve, sep } from 'node:path';
import { DepwardError } from '../model/errors.ts';
import type { Finding, Gap } from '../model/finding.ts';
import type { Change, ResolvedTree } from '../model/package.ts';
import type { Policy } from '../model/policy.ts';
import type { PolicyNote, Report } from '../model/report.ts';
import { printable } from '../model/text.ts';
import type { Instant } from '../model/time.ts';
import { baseOf } from '../resolve/base.ts';
import { changedPaths, commitOf, openRepository, type Repository } from '../resolve/git.ts';
import type { LockfileChanges } from '../resolve/lockfile-changes.ts';
import { isLockfile } from '../resolve/lockfiles/names.ts';
import { changedSide, commitSide, plainSide, type Side, worktreeSide } from '../resolve/sides.ts';
import { isSame, keepAnswer, recallAnswer, type Standing, spokenOf } from './answers.ts';
import { gateQuestion } from './gate-question.ts';
import type { Io } from './io.ts';
import { type CommonOptions, momentOf } from './options.ts';
import { exitCodeOf, pagesOf, targetsOf, writeReports } from './output.ts';

export interface GateOptions extends CommonOptions {
  readonly base?: string;
  /** A revision, or `worktree` (default). */
  readonly head?: string;
  readonly lockfile?: readonly string[];
  readonly all?: boolean;
  readonly baseline?: string;
  readonly affected?: readonly string[];
}

/** Runs the command. */
export async function run(options: GateOptions, io: Io): Promise<number> {
  targetsOf(options.format);
  if (options.affected !== undefined) return (await import('./affected.ts')).run({ ...options, affected: options.affected }, io);
  // npm's reader of configuration writes into the environment: the question is asked in the one of the start.
  const asked = { ...io, env: { ...io.env } };
  const target = await targetOf(options, io);
  const question = gateQuestion(target, options, asked);
  const known = question && recallAnswer(question, io.now(), options.offline === true);
  if (known) {
    await writeReports(known.report, options, io, new Map(known.pages.map((page) => [page.id, page])));
    return exitCodeOf(known.report);
  }
  const [{ policiesOf }, { judgeRepository }, { baselineOf }, { withoutIgnored }] = await Promise.all([
    import('./gate-policy.ts'),
    import('./gate-files.ts'),
    import('./baseline.ts'),
    import('./gate-ignore.ts'),
  ]);
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
  await writeReports(shown, options, io, pages);
  // Files may change while they are judged: only what was the same before and after was the question.
  if (question && standing && !tellsTime && isSame(question, gateQuestion(target, options, asked)))
    keepAnswer(question, { report: shown, pages: spokenOf(shown, pages) }, standing);
  return exitCodeOf(shown);
}

/** What happens to packages; the readers of lockfiles are loaded only when one changed. */
async function packageChanges(target: GateTarget, only: readonly string[] | undefined): Promise<Pick<LockfileChanges, 'changes' | 'tree'>> {
  if (target.before && ![...target.changed].some((path) => only?.includes(path) ?? isLockfile(path))) {
    return { changes: [], tree: { format: 'no lockfile', root: {}, packages: [], dependentsOf: () => [] } };
  }
  const { lockfileChanges } = await import('../resolve/lockfile-changes.ts');
  return lockfileChanges({ ...target, ...(only && { only }) });
}

/** The two states to compare and where they come from. */
export interface GateTarget {
  readonly root: string;
  /** The commit compared with; undefined where everything is judged. */
  readonly base?: string;
  /** The commit judged, unless it is the working folder. */
  readonly head?: string;
  readonly before: Side | undefined;
  readonly after: Side;
  readonly changed: ReadonlySet<string>;
}

async function targetOf(options: GateOptions, io: Io): Promise<GateTarget> {
  const note = (line: string) => io.stderr(`depward: ${line}\n`);
  const repository = await openRepository(io.cwd, io.env);
  if (!repository) {
    if (options.base !== undefined || (options.head ?? 'worktree') !== 'worktree') {
      throw new DepwardError('usage', 'this is not a git repository: there is no base and no head', {
        hint: 'leave --base and --head out to judge every lockfile here',
      });
    }
    note('no git repository here: every lockfile is judged as a whole');
    return { root: io.cwd, before: undefined, after: plainSide(io.cwd), changed: new Set() };
  }
  const head = await headOf(repository, options.head);
  if (options.all || head.id === undefined) {
    const after = head.commit === undefined ? worktreeSide(repository) : commitSide(repository, head.commit);
    return { root: repository.root, before: undefined, after, changed: new Set() };
  }
  const base = await baseOf(repository, { base: options.base, head: head.id, env: io.env, event: await eventOf(io), note });
  const changed = await changedPaths(repository, base, head.commit);
  const before = commitSide(repository, base);
  const after = head.commit === undefined ? changedSide(repository.root, before, changed) : commitSide(repository, head.commit);
  return { root: repository.root, base, ...(head.commit !== undefined && { head: head.commit }), before, after, changed };
}

/** `commit` is set when the head is not the working folder; `id` is missing in a repository without commits. */
async function headOf(repository: Repository, head = 'worktree'): Promise<{ readonly id: string | undefined; readonly commit?: string }> {
  if (head === 'worktree') return { id: repository.head };
  const commit = await commitOf(repository, head);
  if (commit === undefined)
    throw new DepwardError('input', `there is no commit ${printable(head, 100)} here`, { hint: 'Fetch it first: git fetch origin.' });
  return { id: commit, commit };
}

async function eventOf(io: Io): Promise<unknown> {
  const path = io.env['GITHUB_EVENT_PATH'];
  if (path === undefined || path === '') return undefined;
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch {
    return undefined;
  }
}

/** `--lockfile` paths as paths of the repository; one that is in neither state is a slip. */
async function namedLockfiles(names: readonly string[], { root, before, after }: GateTarget, cwd: string): Promise<string[]> {
  const [now, earlier] = await Promise.all([after.paths(), before?.paths()]);
  return names.map((name) => {
    const path = relative(root, resolve(cwd, name)).split(sep).join('/');
    if (!now.has(path) && !earlier?.has(path)) {
      const known = [...now].filter(isLockfile).slice(0, 5);
      throw new DepwardError('input', `there is no lockfile ${printable(name)}`, {
        hint: known.length > 0 ? `lockfiles here: ${printable(known.join(', '))}` : 'no lockfile is tracked here',
      });
    }
    return path;
  });
}

interface Judgeable {
  readonly changes: readonly Change[];
  readonly tree: ResolvedTree;
  readonly policy: Policy;
  readonly notes: readonly PolicyNote[];
  readonly fileFindings: readonly Finding[];
  readonly fileGaps: readonly Gap[];
}

interface Judged {
  readonly report: Report;
  readonly standing: Standing | undefined;
}

async function judge(found: Judgeable, target: GateTarget, options: GateOptions, io: Io): Promise<Judged> {
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

async function quietly(found: Judgeable, now: Instant): Promise<Judged> {
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
