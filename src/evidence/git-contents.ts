/** What is in a package that is built from a repository: the files of its commit, of which `prepare` and the like run. */
import type { ContentsEvidence, Reach, TarballFacts } from '../model/contents.ts';
import { type Gathered, had, notOffered } from '../model/evidence.ts';
import type { IncomingChange, ResolvedPackage } from '../model/package.ts';
import type { ContentsReading, Context } from './context.ts';
import { gitAddress } from './git-address.ts';
import { bytesJudged, readOld } from './remote-contents.ts';
import type { TarballRef } from './tarballs.ts';

/** Reads the commit and the one it replaces; judged whole where that cannot be had. */
export async function gitContents(
  change: IncomingChange,
  context: Context & { readonly reading: ContentsReading },
): Promise<Gathered<ContentsEvidence>> {
  const { tarballs } = context.reading;
  const ref = refOf(change.after);
  if ('why' in ref) return notOffered(ref.why);
  const read = await tarballs.read(ref);
  const old = change.action === 'change' && change.before.source === 'git' ? refOf(change.before) : undefined;
  const before = old && change.action === 'change' && !('why' in old) ? await readOld(() => tarballs.read(old), change.before.version) : undefined;
  const judged = await bytesJudged(read, before, change, context);
  if (!judged.ok) return judged;
  const value = ofRepository(judged.value, read.facts);
  const hasParts = ref.commit !== undefined && read.facts.files.some(({ path }) => path === '.gitmodules');
  return hasParts && !judged.lacking ? had(value, { why: 'not-offered', reason: 'what its submodules hold is not read' }) : { ...judged, value };
}

function refOf({ resolved }: ResolvedPackage): TarballRef | { readonly why: string } {
  if (resolved === undefined) return { why: 'its lockfile does not say where its repository is' };
  const address = gitAddress(resolved);
  return 'why' in address ? address : { ...address, stranger: true, git: true };
}

/** A repository holds more than the package made of it: tests and tools that nobody runs are not held against it, nor how its archive is written. */
function ofRepository(evidence: ContentsEvidence, facts: TarballFacts): ContentsEvidence {
  const runs = new Set(evidence.install.flatMap(({ files }) => files));
  const isBuilt = isMadeLater(facts);
  const counts = ({ file, reach, byPath }: { readonly file: string; readonly reach: Reach; readonly byPath?: boolean }): boolean =>
    (reach !== 'shipped' && !byPath) || (isBuilt && sources.test(file));
  return {
    ...evidence,
    capabilities: evidence.capabilities.filter(counts),
    hiding: evidence.hiding.filter(counts),
    added: evidence.added.filter(({ reach }) => reach !== 'shipped'),
    unread: evidence.unread.filter(({ file }) => runs.has(file)),
    anomalies: [],
    confusion: [],
    unusedDependencies: [],
    oneBuildOnly: [],
    movedEntries: [],
  };
}

/** Where code lies that a build makes the package of. */
const sources = /^(?:src|source|sources)\/(?!(?:.*\/)?(?:__?tests?__?|__?fixtures?__?|__?mocks?__?|specs?|examples?)\/)(?!.*\.(?:test|spec)\.)/;

/** Whether the files that importing it means are yet to be made. */
function isMadeLater({ manifest, files }: TarballFacts): boolean {
  const paths = new Set(files.map(({ path }) => path));
  const entries = manifest.entries.map((entry) => entry.replace(/^\.\//, ''));
  return entries.length > 0 && !entries.some((entry) => [entry, `${entry}.js`, `${entry}/index.js`].some((path) => paths.has(path)));
}
