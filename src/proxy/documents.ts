/** Documents of registries as the proxy holds them: how long each is good, when it is asked for again, and what stands in while that fails. */
import type { Packument } from '../model/packument.ts';
import { parsePlaced } from '../registry/packument.ts';
import { openShared } from './bounded-cache.ts';
import { layoutFrom, type PackumentLayout } from './json-layout.ts';
import { packumentPath } from './route.ts';
import { troubleOf, UpstreamTrouble } from './trouble.ts';
import { type UpstreamClient, type Upstreams, upstreamFor } from './upstream.ts';

/** The two forms a registry has for a packument. */
export type Form = 'full' | 'short';

/** On whose behalf: `key` separates what different credentials may see; the credentials themselves are never kept. */
export interface Identity {
  readonly key: string;
  readonly authorization: string | undefined;
}

export interface Document {
  readonly bytes: Buffer;
  readonly etag: string | undefined;
  readonly type: string;
  /** On the monotonic clock: the wall clock may jump. */
  confirmed: number;
  /** Where its parts lie, found once; undefined in it when it has to be parsed to be filtered. */
  layout?: { readonly found: PackumentLayout | undefined };
  /** Why it could not be confirmed, and until when nobody tries again. */
  stale?: { readonly why: string; readonly until: number };
}

/** What is held of one package for one identity. */
export interface Shelf {
  readonly name: string;
  readonly identity: string;
  readonly documents: Map<Form, Document | 'missing'>;
  missingAt: number;
}

export interface DocumentsOptions {
  readonly client: UpstreamClient;
  readonly upstreams: Upstreams;
  /** For how long a document is served without asking the registry again, in milliseconds. */
  readonly freshFor: number;
  /** For how long after that it may still be served while the registry is in trouble, in milliseconds. */
  readonly staleFor: number;
  /** Told of a package that is asked for the first time, while its document is on its way. */
  onAsked(name: string): void;
}

export interface Documents {
  /** The document where it is at hand and need not be asked for. */
  fresh(shelf: Shelf, form: Form): Document | undefined;
  /** True where the registry said just now that there is no such package. */
  isMissing(shelf: Shelf, form: Form): boolean;
  get(shelf: Shelf, form: Form, identity: Identity): Promise<Document>;
}

const accept: Record<Form, string> = {
  full: 'application/json',
  short: 'application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8, */*',
};
const missingFor = 10_000;
/** A registry in trouble is asked again after so many milliseconds. */
const askAgainAfter = 2000;

/** Opens the documents of the upstreams; what is held lies on the shelves of the caller. */
export function openDocuments({ client, upstreams, freshFor, staleFor, onAsked }: DocumentsOptions): Documents {
  const shared = openShared();

  function fresh(shelf: Shelf, form: Form): Document | undefined {
    const held = shelf.documents.get(form);
    if (!held || held === 'missing') return undefined;
    const clock = performance.now();
    return clock - held.confirmed < freshFor || (held.stale && clock < held.stale.until) ? held : undefined;
  }

  function isMissing(shelf: Shelf, form: Form): boolean {
    return shelf.documents.get(form) === 'missing' && performance.now() - shelf.missingAt < missingFor;
  }

  /** What was there before, while the registry is in trouble and policy has it so; the registry's own refusals are none. */
  function staleOf(held: Document | 'missing' | undefined, error: unknown): Document {
    const trouble = troubleOf(error);
    const clock = performance.now();
    const refusal = trouble.status < 500 && trouble.status !== 429;
    if (!held || held === 'missing' || refusal || clock - held.confirmed >= freshFor + staleFor) throw error;
    held.stale = { why: trouble.message, until: clock + askAgainAfter };
    return held;
  }

  async function fetched(shelf: Shelf, form: Form, held: Document | undefined, identity: Identity): Promise<Document> {
    const asked = { accept: accept[form], etag: held?.etag, authorization: identity.authorization };
    // Once the question is out there is time until the answer.
    if (!held && form === 'full') setImmediate(onAsked, shelf.name);
    const answer = await client.document(upstreamFor(upstreams, shelf.name), packumentPath(shelf.name), asked);
    const confirmed = performance.now();
    if (answer.kind === 'missing') {
      shelf.documents.set(form, 'missing');
      shelf.missingAt = confirmed;
      throw new UpstreamTrouble(404, 'the registry has no such package');
    }
    if (held && (answer.kind === 'unchanged' || answer.bytes.equals(held.bytes))) {
      held.confirmed = confirmed;
      delete held.stale;
      return held;
    }
    if (answer.kind === 'unchanged') throw new UpstreamTrouble(502, 'the registry says "unchanged" to a first question');
    const document: Document = { bytes: answer.bytes, etag: answer.etag, type: answer.type, confirmed };
    shelf.documents.set(form, document);
    return document;
  }

  return {
    fresh,
    isMissing,
    async get(shelf, form, identity) {
      const known = fresh(shelf, form);
      if (known) return known;
      const held = shelf.documents.get(form);
      if (isMissing(shelf, form)) throw new UpstreamTrouble(404, 'the registry has no such package');
      return await shared(`${form} ${shelf.identity}\n${shelf.name}`, () =>
        fetched(shelf, form, held === 'missing' ? undefined : held, identity).catch((error: unknown) => staleOf(held, error)),
      );
    },
  };
}

/** A document that makes no sense is not kept: the next request asks the registry again. */
export function parsedOrForgotten<T>(shelf: Shelf, form: Form, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    shelf.documents.delete(form);
    throw error;
  }
}

/** The facts in a document; where its parts lie is noted on the way. */
export function readIn(document: Document, name: string): Packument {
  const { parsed, places } = parsePlaced(name, document.bytes);
  if (!parsed.ok) throw new UpstreamTrouble(502, parsed.reason);
  document.layout = { found: places && layoutFrom(document.bytes, places) };
  return parsed.packument;
}
