/** Facts of tarballs: from the store, else fetched, checked and analysed, one at a time so that memory stays bounded. */
import type { TarballFacts } from '../model/contents.ts';
import { DepwardError } from '../model/errors.ts';
import type { ContentsStore } from './contents-store.ts';

/** Where packed bytes come from; the registry in earnest, memory in tests. */
export interface TarballSource {
  tarballBytes(url: string, request: { readonly limitBytes: number; readonly signal?: AbortSignal }): AsyncIterable<Buffer>;
}

/** A tarball to be read. */
export interface TarballRef {
  readonly url: string;
  /** What the lockfile and the registry say of its bytes. */
  readonly lockfile?: string;
  readonly registry?: string;
  /** True for packages fetched from git, whose `prepare` runs. */
  readonly git?: boolean;
}

/** The answer: facts, and whose integrity the bytes contradict. */
export interface ReadTarball {
  readonly facts: TarballFacts;
  readonly contradicts?: 'lockfile' | 'registry';
}

export interface Tarballs {
  /** Throws a DepwardError when the tarball cannot be had or read, with code `not-found` when nobody may be asked. */
  read(ref: TarballRef): Promise<ReadTarball>;
}

const limitBytes = 160 * 2 ** 20;
/** Downloads side by side; analysis takes turns. */
const mostDownloads = 8;

/** Opens the reading of tarballs. */
export function openTarballs(source: TarballSource | undefined, store: ContentsStore | undefined): Tarballs {
  const downloads = turns(mostDownloads);
  const analyses = turns(1);
  const known = new Map<string, Promise<ReadTarball>>();

  async function fetched(ref: TarballRef): Promise<ReadTarball> {
    const kept = fromStore(ref);
    if (kept) return kept;
    if (!source) throw new DepwardError('not-found', 'its contents are not in the cache, and --offline fetches nothing');
    const packed = await downloads(() => bytesOf(source, ref.url));
    return analyses(async () => {
      // Loaded late: most runs find all facts in the store.
      const [{ readTarball, matchesIntegrity }, { analyse }] = await Promise.all([import('../registry/tarball.ts'), import('../code/analyse.ts')]);
      const facts = analyse(await readTarball(packed), ref.git === true);
      store?.put(facts, ref.git === true);
      const contradicts = contradicted(ref, (word) => matchesIntegrity(packed, word));
      return { facts, ...(contradicts && { contradicts }) };
    });
  }

  /** Facts are kept under the sha512 of the bytes they were learnt from: both words must be that one. */
  function fromStore({ lockfile, registry, git = false }: TarballRef): ReadTarball | undefined {
    const wanted = [lockfile, registry].filter((word) => word !== undefined);
    const [first] = wanted;
    if (first === undefined || !/^sha512-\S+$/.test(first) || wanted.some((word) => word !== first)) return undefined;
    const facts = store?.get(first, git);
    return facts && { facts };
  }

  return {
    read(ref) {
      const key = JSON.stringify(ref);
      const held = known.get(key) ?? fetched(ref);
      if (known.size < 64) known.set(key, held);
      held.catch(() => known.delete(key));
      return held;
    },
  };
}

async function bytesOf(source: TarballSource, url: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of source.tarballBytes(url, { limitBytes })) chunks.push(chunk);
  if (chunks.length === 0) throw new DepwardError('network', 'the tarball came empty');
  return Buffer.concat(chunks);
}

function contradicted({ lockfile, registry }: TarballRef, holds: (word: string) => boolean | undefined): 'lockfile' | 'registry' | undefined {
  if (lockfile !== undefined && holds(lockfile) === false) return 'lockfile';
  return registry !== undefined && holds(registry) === false ? 'registry' : undefined;
}

/** Lets at most so many run at once. */
function turns(most: number): <T>(work: () => Promise<T>) => Promise<T> {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (running >= most) await new Promise<void>((resolve) => waiting.push(resolve));
    running++;
    try {
      return await work();
    } finally {
      running--;
      waiting.shift()?.();
    }
  };
}
