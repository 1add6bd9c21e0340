/** What `run` judges itself: the lockfile before the client starts, what the client is about to add to it, and what it wrote in the end. */
import semver from 'semver';
import { DepwardError } from '../model/errors.ts';
import { type Change, isIncoming, type ResolvedPackage, type ResolvedTree, refText } from '../model/package.ts';
import type { Report, Verdict } from '../model/report.ts';
import { listText, printable } from '../model/text.ts';
import type { Prejudged } from '../proxy/answers.ts';
import type { ClientCommand, ClientName } from '../proxy/clients.ts';
import type { RunningProxy } from '../proxy/proxy-options.ts';
import type { FetchDocument } from '../resolve/documents.ts';
import type { Resolution } from '../resolve/spec.ts';
import { lockfileOf } from './client-lockfile.ts';
import type { Intended } from './client-words.ts';
import type { Io } from './io.ts';
import type { Session } from './session.ts';

export interface Judged {
  readonly report: Report;
  readonly tree: ResolvedTree;
}

/** The lockfile the client itself would install from. One that cannot be read is an error: with a warm cache the client would ask nobody. */
export async function judgeLockfile(client: ClientName, folder: string, session: Session, io: Io): Promise<Judged | undefined> {
  const lockfile = await lockfileOf(client, folder);
  if (!lockfile) {
    io.stderr('depward: there is no lockfile here that could be judged first; what the client asks the registry for is judged\n');
    return undefined;
  }
  const { diffTrees } = await import('../resolve/diff.ts');
  return { report: await session.judge('run', diffTrees(undefined, lockfile.tree), lockfile.tree), tree: lockfile.tree };
}

/** Judges what the client is about to add beyond what was judged: the tree npm would make of it, out of what the proxy lets through. */
export async function judgeIntended(
  command: ClientCommand,
  intended: Intended,
  before: Judged | undefined,
  proxy: RunningProxy,
  session: Session,
  io: Io,
  isDirect: (name: string) => boolean,
): Promise<Judged | undefined> {
  // Of what the client fetches past the proxy it may take every version.
  const resolution = await resolved(command, intended, before, (name) => proxy.document(name, isDirect(name)), session, io);
  if (!resolution) return undefined;
  const withheld = new Set(proxy.withheld().map(({ name, judgement }) => `${name}@${judgement.version}`));
  // A package that may be left out is left out by the client when it cannot be had; nobody stops for it.
  const leftOut = ({ name, version, optional }: ResolvedPackage) => optional && withheld.has(`${name}@${version}`);
  const known = new Set(before?.tree.packages.map(identityOf));
  const changes = resolution.changes.filter((change) => isIncoming(change) && !known.has(identityOf(change.after)) && !leftOut(change.after));
  if (changes.length === 0) return undefined;
  for (const note of resolution.notes) io.stderr(`depward: ${note}\n`);
  const names = changes
    .slice(0, 3)
    .map((change) => (isIncoming(change) ? printable(change.after.version === '' ? change.after.name : refText(change.after), 80) : ''));
  io.stderr(
    `depward: judging ${changes.length} package${changes.length === 1 ? '' : 's'} about to be added (${listText(names)}${changes.length > 3 ? ', …' : ''})\n`,
  );
  return { report: await session.judge('run', changes, resolution.tree, { fileGaps: resolution.gaps }), tree: resolution.tree };
}

async function resolved(
  command: ClientCommand,
  intended: Intended,
  before: Judged | undefined,
  fetchDocument: FetchDocument,
  session: Session,
  io: Io,
): Promise<Resolution | undefined> {
  const { specs, update, apart } = intended;
  // Other clients read their own lockfile and go by their own rules; what they make of it is judged when it is there.
  const wholeProject = !apart && specs.length === 0 && command.intent !== 'exec' && (command.client === 'npm' || before === undefined);
  if (specs.length === 0 && !wholeProject) return undefined;
  session.progress.say('resolving what this would install');
  const { resolveProject, resolveSpecs } = await import('../resolve/spec.ts');
  const { emptyFolder } = await import('../resolve/empty-folder.ts');
  const { slim } = await import('../resolve/documents.ts');
  const prefer =
    keepsToLockfile.has(command.client) && before && !update && !apart ? preferring(before.tree, specs) : (document: unknown) => document;
  const options = {
    folder: apart ? emptyFolder() : intended.folder,
    npm: async () => ({ ...(await session.registry.npmOptions()), ...intended.npm }),
    openWayOut: session.openWayOut,
    fetchDocument: async (name: string, url: string) => slim(prefer(await fetchDocument(name, url), name)),
    limits: { signal: io.signal, onDocument: (count: number) => session.progress.say(`resolving what this would install (${count} packages read)`) },
  };
  try {
    if (update && !apart) return await resolveProject(options, specs.length > 0 ? specs : true);
    return await (specs.length > 0 ? resolveSpecs(specs, options) : resolveProject(options));
  } catch (error) {
    if (!(error instanceof DepwardError) || io.signal.aborted) throw error;
    // What cannot be resolved cannot be installed either, or by other rules than npm's: the client finds out, behind the proxy.
    io.stderr(`depward: what this would add could not be told before: ${error.message}; what the client asks the registry for is judged\n`);
    return undefined;
  }
}

/** Clients that take a version their lockfile has for any range it satisfies; Yarn does so only for the very same range. */
const keepsToLockfile: ReadonlySet<ClientName> = new Set(['pnpm', 'bun']);

/** Documents whose `latest`, which ranges prefer, is what the lockfile has; not those of packages asked for by name. */
function preferring(tree: ResolvedTree, specs: readonly string[]): (document: unknown, name: string) => unknown {
  const locked = new Map<string, string[]>();
  for (const { name, version, source } of tree.packages) if (source === 'registry') locked.set(name, [...(locked.get(name) ?? []), version]);
  const asked = (name: string) => specs.some((spec) => spec === name || spec.startsWith(`${name}@`) || spec.includes(`npm:${name}`));
  return (document, name) => {
    const versions = Object.keys(Object(Object(document).versions));
    const kept = semver.rsort((locked.get(name) ?? []).filter((version) => versions.includes(version) && semver.valid(version) !== null))[0];
    if (kept === undefined || asked(name)) return document;
    return { ...Object(document), 'dist-tags': { ...Object(document)['dist-tags'], latest: kept } };
  };
}

/** Judges what the client wrote into its lockfile beyond what was judged before: it may resolve otherwise than npm, or from what it had in store. */
export async function judgeWritten(
  command: ClientCommand,
  folder: string,
  before: readonly Judged[],
  session: () => Promise<Session>,
): Promise<Judged | undefined> {
  const lockfile = await lockfileOf(command.client, folder);
  if (!lockfile) return undefined;
  const known = new Set(before.flatMap(({ tree }) => tree.packages.map(identityOf)));
  const { diffTrees } = await import('../resolve/diff.ts');
  const changes = diffTrees(undefined, lockfile.tree).filter((change: Change) => isIncoming(change) && !known.has(identityOf(change.after)));
  if (changes.length === 0) return undefined;
  const opened = await session();
  try {
    return { report: await opened.judge('run', changes, lockfile.tree), tree: lockfile.tree };
  } finally {
    opened.close();
  }
}

/** What tells whether a package was judged: the same name and version with other bytes was not. */
function identityOf({ name, version, source, integrity }: ResolvedPackage): string {
  return `${name}@${version} ${source} ${integrity ?? ''}`;
}

/** What the verdicts on a tree allow, bound to the bytes it names. */
export function prejudgedBy({ report, tree }: Judged): ReadonlyMap<string, Prejudged> {
  const allowed = new Map<string, Verdict>(
    report.verdicts.flatMap((verdict) =>
      verdict.subject.kind === 'package' && verdict.action !== 'block'
        ? [[`${verdict.subject.name}@${verdict.subject.version}`, verdict] as const]
        : [],
    ),
  );
  const prejudged = new Map<string, Prejudged>();
  for (const entry of tree.packages) {
    const subject = `${entry.name}@${entry.version}`;
    const verdict = allowed.get(subject);
    if (!verdict || entry.source !== 'registry' || !entry.integrity?.includes('sha512-')) continue;
    const judgement = { version: entry.version, action: verdict.action, because: verdict.because, complete: true };
    prejudged.set(subject, { judgement, integrity: entry.integrity, tarball: undefined });
  }
  return prejudged;
}
