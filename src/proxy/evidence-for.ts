/** What the engine may ask for a verdict, with the credentials of who asked: packuments, tarballs and what lies beside them. */
import type { Packument } from '../model/packument.ts';
import type { Instant } from '../model/time.ts';
import type { BytesAnswer } from '../registry/fetch-bytes.ts';
import type { PackumentSource } from '../registry/source.ts';
import { openBoundedCache, openShared } from './bounded-cache.ts';
import { type Document, type Documents, type Identity, readIn, type Shelf } from './documents.ts';
import type { Tarballs } from './tarballs.ts';
import { troubleOf } from './trouble.ts';
import { type UpstreamClient, type Upstreams, upstreamFor } from './upstream.ts';
import type { ContentsSource } from './verdict.ts';

export interface EvidenceForOptions {
  readonly client: UpstreamClient;
  readonly upstreams: Upstreams;
  readonly tarballs: Tarballs;
  readonly documents: Documents;
  readonly now: () => Instant;
  shelf(name: string, identity: Identity): Shelf;
  /** Facts of a document that were read before. */
  known(shelf: Shelf, document: Document): Packument | undefined;
}

/** The sources for one verdict. */
export interface EvidenceFor {
  readonly packuments: PackumentSource;
  readonly contents: ContentsSource;
  /** Why a fact of another package that was used could not be confirmed, where that is so. */
  stale(): string | undefined;
}

/** Keys are changed once in years, and long before they are used. */
const keysPath = '-/npm/v1/keys';
const keysFreshFor = 3_600_000;

/** Opens the sources: for one identity and the package that is judged. */
export function openEvidenceFor(options: EvidenceForOptions): (identity: Identity, judged: Packument) => EvidenceFor {
  const { client, upstreams, tarballs, documents, now } = options;
  const keys = openBoundedCache<{ readonly answer: BytesAnswer; readonly at: number }>(100);
  const shared = openShared();

  async function beside(name: string, path: string, identity: Identity): Promise<BytesAnswer> {
    try {
      const asked = { accept: 'application/json', authorization: identity.authorization };
      const answer = await client.document(upstreamFor(upstreams, name), `/${path}`, asked);
      return answer.kind === 'document' ? { status: 'ok', bytes: answer.bytes } : { status: answer.kind === 'missing' ? 'not-found' : 'unchanged' };
    } catch (error) {
      const { message, answered } = troubleOf(error);
      return { status: 'failed', reason: message, ...(answered !== undefined && { http: answered }) };
    }
  }

  async function keysFor(name: string, identity: Identity): Promise<BytesAnswer> {
    const whose = `${identity.key} ${upstreamFor(upstreams, name).url}`;
    const held = keys.get(whose);
    if (held && performance.now() - held.at < keysFreshFor) return held.answer;
    return await shared(whose, async () => {
      const answer = await beside(name, keysPath, identity);
      if (answer.status !== 'failed') keys.set(whose, { answer, at: performance.now() }, 1);
      return answer;
    });
  }

  return (identity, judged) => {
    const seen = new Map([[judged.name, judged]]);
    let stale: string | undefined;

    async function read(name: string): Promise<Packument> {
      const shelf = options.shelf(name, identity);
      const document = await documents.get(shelf, 'full', identity);
      stale ??= document.stale?.why;
      const packument = options.known(shelf, document) ?? readIn(document, name);
      seen.set(name, packument);
      return packument;
    }

    return {
      stale: () => stale,
      packuments: {
        registryOf: (name) => upstreamFor(upstreams, name).url,
        async packument(name) {
          if (name === judged.name) return { status: 'found', packument: judged, confirmedAt: now() };
          if (documents.isMissing(options.shelf(name, identity), 'full')) return { status: 'not-found', confirmedAt: now() };
          try {
            return { status: 'found', packument: await read(name), confirmedAt: now() };
          } catch (error) {
            const trouble = troubleOf(error);
            return trouble.status === 404 ? { status: 'not-found', confirmedAt: now() } : { status: 'failed', reason: trouble.message };
          }
        },
      },
      contents: {
        async *bytes(url) {
          for (const { name, releases } of seen.values()) {
            const release = releases.find((one) => one.tarball === url);
            if (!release) continue;
            const tarball = await tarballs.get(name, release, identity);
            if (tarball.kind === 'whole') yield tarball.bytes;
            else yield* tarball.pieces();
            return;
          }
          throw new Error('the address belongs to no version of a package that was looked at');
        },
        registryOf: (name) => upstreamFor(upstreams, name).url,
        beside: (name, path) => (path === keysPath ? keysFor(name, identity) : beside(name, path, identity)),
      },
    };
  };
}
