/** What is in a package from a web address: no registry vouches for it, its bytes speak for themselves. */
import { compareContents } from '../code/compare.ts';
import type { ContentsEvidence, PackedManifest, TarballFacts } from '../model/contents.ts';
import { DepwardError } from '../model/errors.ts';
import { type Gathered, had, notOffered } from '../model/evidence.ts';
import type { IncomingChange, ResolvedPackage } from '../model/package.ts';
import type { Release } from '../model/packument.ts';
import { bundledCopies } from './bundled-copies.ts';
import type { ContentsReading, Context } from './context.ts';
import { followCalls } from './install-calls.ts';
import type { ReadTarball, Tarballs } from './tarballs.ts';

/** Reads it and the one it replaces; judged whole where that cannot be had. */
export async function remoteContents(
  change: IncomingChange,
  context: Context & { readonly reading: ContentsReading },
): Promise<Gathered<ContentsEvidence>> {
  const { tarballs } = context.reading;
  if (change.after.resolved === undefined) return notOffered('the bytes at a web address are not read here');
  const read = await readRemote(change.after, tarballs);
  const before = change.action === 'change' && change.before.source === 'remote' ? await oldOf(change.before, tarballs) : undefined;
  return bytesJudged(read, before, change, context);
}

/** What bytes come to that nobody vouches for: the package's own word is all there is to hold them against. */
export async function bytesJudged(
  read: ReadTarball,
  before: Parameters<typeof compareContents>[2],
  change: IncomingChange,
  context: Context & { readonly reading: ContentsReading },
): Promise<Gathered<ContentsEvidence>> {
  const listed = releaseOf(read.facts.manifest, change.after.version);
  const evidence = compareContents(read.facts, listed, before);
  const followed = await followCalls(read.facts, evidence.install, listed, change, context);
  return had(
    {
      ...evidence,
      calls: followed.calls,
      copies: await bundledCopies(read.facts, before?.facts, change, context),
      capabilities: [...evidence.capabilities, ...followed.capabilities],
      ...(read.contradicts && { contradicts: read.contradicts, packed: read.facts.integrity }),
    },
    followed.trouble && { why: 'failed', reason: followed.trouble.message },
  );
}

function readRemote({ resolved = '', integrity }: ResolvedPackage, tarballs: Tarballs): Promise<ReadTarball> {
  return tarballs.read({ url: resolved, stranger: true, ...(integrity !== undefined && { lockfile: integrity }) });
}

function oldOf(entry: ResolvedPackage, tarballs: Tarballs): ReturnType<typeof readOld> {
  return readOld(() => readRemote(entry, tarballs), entry.version);
}

/** What was installed before; undefined where it cannot be had. */
export async function readOld(
  read: () => Promise<ReadTarball>,
  version: string,
): Promise<{ readonly version: string; readonly facts: TarballFacts; readonly dependencies: ReadonlySet<string> } | undefined> {
  try {
    const { facts, contradicts } = await read();
    // Other bytes than those that were installed are no measure.
    if (contradicts) return undefined;
    const { dependencies, optionalDependencies } = facts.manifest;
    return { version, facts, dependencies: new Set([...dependencies.keys(), ...optionalDependencies.keys()]) };
  } catch (error) {
    if (error instanceof DepwardError && error.code !== 'interrupted') return undefined;
    throw error;
  }
}

/** The package's own word is all there is: nothing to contradict it. */
function releaseOf(manifest: PackedManifest, version: string): Release {
  const script = (hook: 'preinstall' | 'install' | 'postinstall') => {
    const text = manifest.scripts.get(hook);
    return text === undefined ? {} : { [hook]: text };
  };
  return {
    version: manifest.version ?? version,
    trust: 'none',
    scripts: { ...script('preinstall'), ...script('install'), ...script('postinstall') },
    bins: [...manifest.bin.keys()],
    dependencies: {
      prod: manifest.dependencies,
      optional: manifest.optionalDependencies,
      peer: manifest.peerDependencies,
      bundled: manifest.bundled,
    },
  };
}
