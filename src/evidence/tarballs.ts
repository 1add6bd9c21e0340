/** Facts of tarballs: from the store, else fetched, checked and analysed, with few bytes in memory at any time. */
import { hash } from 'node:crypto';
import type { Expected } from '../code/expected.ts';
import type { TarballFacts } from '../model/contents.ts';
import { DepwardError } from '../model/errors.ts';
import { inOne } from '../registry/own-pages.ts';
import { bytesInFlight } from './bytes-in-flight.ts';
import type { ContentsStore, View } from './contents-store.ts';
import type { ReadRequest } from './read-tarball.ts';
import { type Answer, type Readers, sharedReaders, smallUnpacked, unpackedOf } from './readers.ts';
import { turns } from './turns.ts';

/** Where packed bytes come from; the registry in earnest, memory in tests. */
export interface TarballSource {
  tarballBytes(url: string, request: { readonly limitBytes: number; readonly signal?: AbortSignal }): AsyncIterable<Buffer>;
  /** The same in one piece, undefined when that is larger than the limit; absent where bytes only come as they come. */
  wholeTarball?(url: string, request: { readonly limitBytes: number }): Promise<Buffer | undefined>;
  /** From an address that is no registry's, without credentials. */
  strangerBytes?(url: string, request: { readonly limitBytes: number }): AsyncIterable<Buffer>;
  /** The files of a commit as an archive, out of the repository itself, without credentials. */
  repositoryBytes?(url: string, request: { readonly limitBytes: number; readonly commit: string; readonly folder?: string }): AsyncIterable<Buffer>;
}

/** A tarball to be read. */
export interface TarballRef {
  readonly url: string;
  /** What the lockfile and the registry say of its bytes. */
  readonly lockfile?: string;
  readonly registry?: string;
  /** True for addresses that are no registry's. */
  readonly stranger?: boolean;
  /** The commit to be read, where the address is that of a repository, and the folder of it that is the package. */
  readonly commit?: string;
  readonly folder?: string;
  /** True for packages fetched from git, whose `prepare` runs. */
  readonly git?: boolean;
  /** The command of it that another package's install starts. */
  readonly command?: string;
  /** What of it is asked for: no more code is read than is needed to find that. */
  readonly expected?: Expected;
  /** Where to look for it first. */
  readonly ways?: readonly string[];
}

/** The answer: facts, and whose integrity the bytes contradict. */
export interface ReadTarball {
  readonly facts: TarballFacts;
  /** The files in which something was found, and those that lead to them, where they were read just now. */
  readonly ways?: readonly string[];
  readonly contradicts?: 'lockfile' | 'registry';
}

export interface Tarballs {
  /** Told which packages are about to be asked for, by what the lockfile says of their bytes. */
  expect?(packages: readonly (string | undefined)[]): void;
  /** Throws a DepwardError when the tarball cannot be had or read, with code `not-found` when nobody may be asked. */
  read(ref: TarballRef): Promise<ReadTarball>;
}

const limitBytes = 160 * 2 ** 20;
/** Downloads side by side, each held in memory up to this many bytes; what is larger streams through, one at a time. */
const mostDownloads = 6;
const heldBytes = 2 * 2 ** 20;
/** With so many bytes waiting to be read, no further download begins. */
const mostWaiting = 6 * 2 ** 20;
/** Facts in memory for those who ask again in the same run, and the files they list together; the store has the rest. */
const mostKnown = 32;
const mostListed = 8_000;

/** Opens the reading of tarballs. */
export function openTarballs(
  source: TarballSource | undefined,
  store: ContentsStore | undefined,
  { isolate = false, readers = sharedReaders(isolate) }: { readonly isolate?: boolean; readonly readers?: Readers } = {},
): Tarballs {
  const downloads = turns(mostDownloads);
  const inFlight = bytesInFlight(mostWaiting);
  const large = turns(1);
  const known = new Map<string, Promise<ReadTarball>>();
  const listed = new Map<string, number>();

  async function fetched(ref: TarballRef): Promise<ReadTarball> {
    const kept = fromStore(ref);
    if (kept) return kept;
    if (!source) throw new DepwardError('not-found', 'its contents are not in the cache, and --offline fetches nothing');
    const words = [ref.lockfile, ref.registry].filter((word) => word !== undefined);
    const { git = false, command, expected, ways } = ref;
    const request = { git, words, ...(command !== undefined && { command }), ...(expected && { expected }), ...(ways && { ways }) };
    const open = (): AsyncIterable<Buffer> => openBytes(source, ref);
    const packed = await downloads.take(async () => {
      // Nobody fetches a repository twice.
      if (ref.commit !== undefined) return undefined;
      await inFlight.room();
      return source.wholeTarball && !ref.stranger ? filled(await source.wholeTarball(ref.url, { limitBytes: heldBytes })) : bytesOf(open());
    });
    const {
      facts,
      holds,
      spared,
      isWhole,
      ways: found,
    } = packed ? await readHeld(packed, request) : await large.take(() => readers.read(open, request, 'large'));
    if (!spared) store?.put(facts, isWhole ? whole(ref) : ref);
    const contradicts = contradicted(ref, holds);
    return { facts, ...(found.length > 0 && { ways: found }), ...(contradicts && { contradicts }) };
  }

  async function readHeld(packed: Buffer, request: ReadRequest): Promise<Answer> {
    const release = inFlight.hold(packed.length);
    try {
      return await readers.read(() => [packed], request, unpackedOf(packed) <= smallUnpacked ? 'small' : 'large');
    } finally {
      release();
    }
  }

  /** Facts are kept under the sha512 of the bytes they were learnt from: both words must be that one. */
  function fromStore({ lockfile, registry, ...view }: TarballRef): ReadTarball | undefined {
    const wanted = [lockfile, registry].filter((word) => word !== undefined);
    const [first] = wanted;
    if (first === undefined || !/^sha512-\S+$/.test(first) || wanted.some((word) => word !== first)) return undefined;
    const facts = store?.get(first, whole(view)) ?? (view.expected && store?.get(first, view));
    return facts && { facts };
  }

  /** The oldest of those that have come make room. */
  function remembered(key: string, files: number): void {
    listed.set(key, files);
    let all = [...listed.values()].reduce((sum, one) => sum + one, 0);
    for (const [oldest, count] of listed) {
      if (all <= mostListed && listed.size <= mostKnown) return;
      all -= count;
      listed.delete(oldest);
      known.delete(oldest);
    }
  }

  return {
    expect: (packages) => readers.expect?.(packages.filter((word) => word === undefined || !store?.has(word)).length),
    read(ref) {
      const key = hash('sha256', JSON.stringify(ref), 'base64');
      const held = known.get(key);
      if (held) return held;
      const fresh = fetched(ref);
      known.set(key, fresh);
      fresh.then(
        ({ facts }) => remembered(key, facts.files.length),
        () => known.delete(key),
      );
      return fresh;
    },
  };
}

function whole({ git, command }: View): View {
  return { ...(git !== undefined && { git }), ...(command !== undefined && { command }) };
}

function openBytes(source: TarballSource, { url, stranger, commit, folder }: TarballRef): AsyncIterable<Buffer> {
  if (commit !== undefined) {
    if (!source.repositoryBytes) throw new DepwardError('not-found', 'repositories are not read here');
    return source.repositoryBytes(url, { limitBytes, commit, ...(folder !== undefined && { folder }) });
  }
  if (!stranger) return source.tarballBytes(url, { limitBytes });
  if (!source.strangerBytes) throw new DepwardError('not-found', 'the bytes at a web address are not read here');
  return source.strangerBytes(url, { limitBytes });
}

/** The bytes; undefined when they are too many to be held. */
async function bytesOf(pieces: AsyncIterable<Buffer>): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of pieces) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > heldBytes) return undefined;
  }
  return filled(chunks.length === 1 ? chunks[0] : inOne(chunks));
}

function filled(bytes: Buffer | undefined): Buffer | undefined {
  if (bytes?.length === 0) throw new DepwardError('network', 'the tarball came empty');
  return bytes;
}

function contradicted({ lockfile, registry }: TarballRef, holds: readonly (boolean | undefined)[]): 'lockfile' | 'registry' | undefined {
  if (lockfile !== undefined && holds[0] === false) return 'lockfile';
  return registry !== undefined && holds.at(-1) === false ? 'registry' : undefined;
}
