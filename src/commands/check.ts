/** `depward check`: judges what specs would bring in, or every package of the project's lockfile. */
import { compileLater } from '../evidence/compile-later.ts';
import { DepwardError } from '../model/errors.ts';
import type { Gap } from '../model/finding.ts';
import { type Change, isIncoming, type ResolvedTree } from '../model/package.ts';
import type { Instant } from '../model/time.ts';
import type { Resolution, ResolveOptions } from '../resolve/spec.ts';
import { isSame, keepAnswer, type Standing, spokenOf } from './answers.ts';
import { checkQuestion } from './check-again.ts';
import { type Io, withEnvOfNow } from './io.ts';
import type { CommonOptions } from './options.ts';
import { exitCodeOf, pagesOf, targetsOf, writeReports } from './output.ts';
import { openSession, type Session } from './session.ts';

/** Runs the command; exit code as the README says. */
export async function run(specs: readonly string[], options: CommonOptions, io: Io): Promise<number> {
  compileLater();
  targetsOf(options.format);
  // npm's reader of configuration writes into the environment: the question is asked in the one of the start.
  const asked = withEnvOfNow(io);
  const session = await openSession(io.cwd, options, io);
  const question = await checkQuestion(specs, options, asked);
  try {
    const { changes, tree, gaps, notes } = await judgeableOf(specs, session, options, io);
    for (const note of notes) io.stderr(note);
    const report = await session.judge('check', changes, tree, { fileGaps: gaps, everyWay: specs.length > 0 });
    session.progress.stop();
    const pages = await pagesOf(report);
    await writeReports(report, options, io, { pages });
    const standing = specs.length > 0 ? await resolvedStanding(session) : session.standing();
    // Files may change while they are judged: only what was the same before and after was the question.
    if (question && standing && isSame(question, await checkQuestion(specs, options, asked)))
      keepAnswer(question, { report, pages: spokenOf(report, pages), notes }, standing);
    return exitCodeOf(report);
  } finally {
    session.close();
  }
}

/** A tree stands as long as all that was read for it; where releases become old enough by the clock (npm's min-release-age), not at all. */
async function resolvedStanding({ registry, standing }: Session): Promise<Standing | undefined> {
  const stands = standing();
  if (!stands || (registry.placing() ?? (await registry.npmOptions()))['before']) return undefined;
  const confirmedAt = Math.min(registry.confirmedAt() ?? Number.POSITIVE_INFINITY, stands.confirmedAt ?? Number.POSITIVE_INFINITY);
  return Number.isFinite(confirmedAt) ? { ...stands, confirmedAt } : stands;
}

interface Judgeable {
  readonly changes: readonly Change[];
  readonly tree: ResolvedTree;
  readonly gaps: readonly Gap[];
  readonly notes: readonly string[];
}

async function judgeableOf(specs: readonly string[], session: Session, options: CommonOptions, io: Io): Promise<Judgeable> {
  if (specs.length === 0) return (await fromLockfile(io.cwd)) ?? noLockfile(io.cwd);
  const { isFolderItself } = await import('../resolve/wanted-spec.ts');
  if (!specs.every((spec) => isFolderItself(spec, io.cwd))) return fromSpecs(specs, session, options, io);
  return (await fromLockfile(io.cwd)) ?? fromSpecs([], session, options, io);
}

/** What specs would bring in; without one, all that package.json asks for. */
async function fromSpecs(specs: readonly string[], session: Session, options: CommonOptions, io: Io): Promise<Judgeable> {
  const { resolveProject, resolveSpecs } = await import('../resolve/spec.ts');
  session.progress.say('resolving what this would install');
  const asked: ResolveOptions = {
    folder: io.cwd,
    // Offline npm's own client answers from its cache, which is empty here, and no git is started.
    npm: async () => ({ ...(await session.registry.npmOptions()), ...(options.offline && { offline: true, git: false }) }),
    placing: session.registry.placing(),
    fetchDocument: session.past ? async (name) => asItWas(await session.registry.document(name), session.now) : session.registry.document,
    ...(!options.offline && { openWayOut: session.openWayOut }),
    ...(session.past && { before: new Date(session.now) }),
    limits: { signal: io.signal, onDocument: (count) => session.progress.say(`resolving what this would install (${count} packages read)`) },
  };
  const resolution = await (specs.length > 0 ? resolveSpecs(specs, asked) : resolveProject(asked));
  return { ...resolution, changes: withRequested(resolution), notes: resolution.notes.map((note) => `depward: ${note}\n`) };
}

/** A name of which nothing was published yet was unknown to the registry. */
function asItWas(document: unknown, now: Instant): unknown {
  const times: unknown = Object(document).time;
  const wasThere = times === undefined || Object.values(Object(times)).some((at) => Date.parse(String(at)) <= now);
  if (!wasThere) throw Object.assign(new Error('nothing was published yet'), { code: 'E404' });
  return document;
}

/** What was asked about is judged even where the project has it already. */
function withRequested({ tree, changes, requested }: Resolution): readonly Change[] {
  const coming = new Set(changes.flatMap((change) => (isIncoming(change) ? [change.after.key] : [])));
  const had = tree.packages.filter(({ key }) => requested.includes(key) && !coming.has(key));
  return [...changes, ...had.map((after): Change => ({ action: 'add', after }))];
}

async function fromLockfile(folder: string): Promise<Judgeable | undefined> {
  const { readProjectLockfile } = await import('../resolve/project.ts');
  const lockfile = await readProjectLockfile(folder);
  if (!lockfile) return undefined;
  const { diffTrees } = await import('../resolve/diff.ts');
  return { changes: diffTrees(undefined, lockfile.tree), tree: lockfile.tree, gaps: [], notes: [] };
}

async function noLockfile(folder: string): Promise<never> {
  const { lockfileAbove } = await import('../resolve/project-texts.ts');
  const above = lockfileAbove(folder);
  const instead = 'name what you want to add (depward check express), or make a lockfile (npm install --package-lock-only)';
  const hint =
    above === undefined ? instead : `the nearest is ${above}: run depward check there, or name what you want to add (depward check express)`;
  throw new DepwardError('input', 'there is no lockfile in this folder', { hint: `${hint}; depward check . judges what package.json asks for` });
}
