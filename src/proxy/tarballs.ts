/** Tarballs on their way: nothing reaches a client unless the bytes are those the registry's packument names. */
import { createHash, type Hash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import ssri from 'ssri';
import type { Release } from '../model/packument.ts';
import { openBoundedCache, openShared } from './bounded-cache.ts';
import type { Identity } from './documents.ts';
import { tarballPath } from './route.ts';
import { statusTrouble, troubleOf, UpstreamTrouble } from './trouble.ts';
import { type UpstreamClient, type Upstreams, upstreamFor } from './upstream.ts';
import type { Limits } from './upstream-limits.ts';

/** What is needed of a release to fetch and check its tarball. */
export type TarballRelease =
  | Pick<Release, 'version' | 'integrity' | 'shasum' | 'tarball'>
  | { readonly version: string; readonly integrity: string; readonly shasum?: undefined; readonly tarball: string | undefined };

export interface TarballsOptions {
  readonly client: UpstreamClient;
  readonly upstreams: Upstreams;
  readonly limits: Limits;
  readonly cacheBytes: number;
}

/** A tarball that was checked whole, or one too large to hold, checked while it is passed on. */
export type Tarball =
  | { readonly kind: 'whole'; readonly bytes: Buffer }
  | { readonly kind: 'stream'; readonly length: number | undefined; pieces(): AsyncGenerator<Buffer> };

export interface Tarballs {
  get(name: string, release: TarballRelease, identity: Identity): Promise<Tarball>;
  /** The bytes of one that was checked whole and is still held. */
  held(name: string, release: TarballRelease, identity: Identity): Buffer | undefined;
  readonly weight: number;
}

/** Larger ones are passed on piece by piece, the last piece held back until the sum is right. */
const mostHeld = 8_000_000;

/** Opens the tarballs of the upstreams, with a bounded memory of small ones. */
export function openTarballs(options: TarballsOptions): Tarballs {
  const { client, upstreams, limits } = options;
  const cache = openBoundedCache<Buffer>(options.cacheBytes);
  const shared = openShared();

  async function fetchTarball(name: string, release: TarballRelease, identity: Identity, key: string): Promise<Tarball> {
    const check = checkFor(name, release);
    const response = await client.open(upstreamFor(upstreams, name), pathAt(upstreamFor(upstreams, name).url, name, release), {
      headers: { accept: '*/*' },
      authorization: identity.authorization,
    });
    const length = lengthOf(response, limits.tarballBytes);
    if (response.statusCode !== 200) {
      response.resume();
      throw response.statusCode === 404
        ? new UpstreamTrouble(404, 'the registry has no such tarball')
        : statusTrouble(response.statusCode ?? 0, response.headers['retry-after']);
    }
    if (length === undefined || length > mostHeld)
      return { kind: 'stream', length, pieces: () => checkedPieces(response, check, limits.tarballBytes) };
    const parts: Buffer[] = [];
    for await (const piece of checkedPieces(response, check, mostHeld)) parts.push(piece);
    const bytes = Buffer.concat(parts);
    cache.set(key, bytes, bytes.length + 500);
    return { kind: 'whole', bytes };
  }

  return {
    held: (name, release, identity) => cache.get(keyOf(name, release, identity)),
    async get(name, release, identity) {
      const key = keyOf(name, release, identity);
      const held = cache.get(key);
      if (held) return { kind: 'whole', bytes: held };
      let own = false;
      const tarball = await shared(key, () => {
        own = true;
        return fetchTarball(name, release, identity, key);
      });
      // A stream has one reader; who came later fetches its own.
      return tarball.kind === 'whole' || own ? tarball : await fetchTarball(name, release, identity, key);
    },
    get weight() {
      return cache.weight;
    },
  };
}

function keyOf(name: string, release: TarballRelease, identity: Identity): string {
  return `${identity.key}\n${name}\n${release.version}\n${release.integrity ?? release.shasum ?? ''}`;
}

interface Check {
  readonly hash: Hash;
  readonly right: (digest: Buffer) => boolean;
  readonly subject: string;
}

function checkFor(name: string, release: TarballRelease): Check {
  const subject = `${name}@${release.version}`;
  const wanted = release.integrity === undefined ? undefined : ssri.parse(release.integrity);
  if (wanted && Object.keys(wanted).length > 0) {
    const algorithm = wanted.pickAlgorithm();
    const digests = (wanted[algorithm] ?? []).map((one) => one.digest);
    return { hash: createHash(algorithm), right: (digest) => digests.includes(digest.toString('base64')), subject };
  }
  const { shasum } = release;
  if (shasum === undefined) throw new UpstreamTrouble(502, `the registry names no checksum for ${subject}: its bytes cannot be told from others`);
  return { hash: createHash('sha1'), right: (digest) => digest.toString('hex') === shasum.toLowerCase(), subject };
}

/** The body, piece by piece, one behind: the last piece comes only when all of it is what it should be. */
async function* checkedPieces(response: IncomingMessage, check: Check, most: number): AsyncGenerator<Buffer> {
  let size = 0;
  let behind: Buffer | undefined;
  try {
    for await (const piece of response as AsyncIterable<Buffer>) {
      size += piece.length;
      if (size > most) throw new UpstreamTrouble(502, `the tarball of ${check.subject} is larger than ${most} bytes`);
      check.hash.update(piece);
      if (behind) yield behind;
      behind = piece;
    }
    if (!response.complete) throw new UpstreamTrouble(502, `the registry broke off in the middle of ${check.subject}`);
  } catch (error) {
    throw troubleOf(error);
  } finally {
    response.destroy();
  }
  if (!check.right(check.hash.digest())) {
    throw new UpstreamTrouble(502, `the registry delivered other bytes for ${check.subject} than its packument names (integrity)`);
  }
  if (behind) yield behind;
}

function lengthOf(response: IncomingMessage, most: number): number | undefined {
  const length = Number(response.headers['content-length'] ?? Number.NaN);
  if (!Number.isSafeInteger(length) || response.headers['content-encoding'] !== undefined) return undefined;
  if (length <= most) return length;
  response.destroy();
  throw new UpstreamTrouble(502, `the tarball is larger than ${most} bytes`);
}

/** Where the tarball lies on its own upstream. An address on another host is never followed: the conventional path is asked instead. */
function pathAt(base: string, name: string, release: TarballRelease): string {
  const { tarball } = release;
  if (tarball?.startsWith(base) && URL.canParse(tarball)) {
    const url = new URL(tarball);
    const root = new URL(base);
    if (url.origin === root.origin && url.pathname.startsWith(root.pathname)) return `/${url.pathname.slice(root.pathname.length)}${url.search}`;
  }
  return tarballPath(name, release.version);
}
