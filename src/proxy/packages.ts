/** What the proxy holds of packages: documents of the registry, what was judged of them, and the bytes clients are served. */
import { createHash } from 'node:crypto';
import type { Packument, Release } from '../model/packument.ts';
import type { Instant } from '../model/time.ts';
import { parsePlaced } from '../registry/packument.ts';
import type { PackumentSource } from '../registry/source.ts';
import { openBoundedCache, openShared } from './bounded-cache.ts';
import { type Filtered, filterPackument } from './filter-packument.ts';
import { layoutFrom, layoutOf, type PackumentLayout } from './json-layout.ts';
import { packumentPath, versionInFile } from './route.ts';
import { blockedOf, judgeSuspects, stillValid, validUntil } from './suspects.ts';
import { troubleOf, type UpstreamClient, type Upstreams, UpstreamTrouble, upstreamFor } from './upstream.ts';
import type { Bench, Judgement, JudgeRequest } from './verdict.ts';

/** The two forms a registry has for a packument. */
export type Form = 'full' | 'short';

/** On whose behalf: `key` separates what different credentials may see; the credentials themselves are never kept. */
export interface Identity {
  readonly key: string;
  readonly authorization: string | undefined;
}

/** What was decided about a package, from one document of it. */
export interface Judged {
  readonly packument: Packument;
  readonly judgements: ReadonlyMap<string, Judgement>;
  /** Versions that are not to be had. */
  readonly withheld: ReadonlyMap<string, Judgement>;
  /** Made then, and to be made again at `until`. */
  readonly at: Instant;
  readonly until: Instant;
}

/** A document ready to be served. */
export interface Served {
  /** Why the registry could not be asked whether this still holds, where that is so. */
  readonly stale: () => string | undefined;
  readonly bytes: Buffer;
  /** As the registry sent it. */
  readonly whole: Buffer;
  readonly etag: string;
  readonly type: string;
  readonly filtered: Filtered;
  /** The decision it was made by. */
  readonly judged: Judged;
  gzip?: Buffer | Promise<Buffer>;
}

/** A version whose tarball may be delivered, or not. */
export interface JudgedFile {
  readonly stale: () => string | undefined;
  readonly release: Release;
  readonly judgement: Judgement;
  readonly judged: Judged;
}

/** How a client wants tarball addresses: a function by registry address, and a name for the result. */
export interface TarballStyle {
  readonly name: string;
  rewrite(url: string, name: string, version: string): string;
}

interface Document {
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

interface Entry {
  readonly name: string;
  readonly identity: string;
  readonly documents: Map<Form, Document | 'missing'>;
  missingAt: number;
  judged?: Judged & { readonly from: Document };
  /** Versions that were asked for by themselves. */
  readonly extra: Set<string>;
  /** Verdicts with contents, by version and integrity: neither changes any more. */
  readonly deep: Map<string, Judgement>;
  readonly served: Map<string, Served & { readonly from: Document }>;
  /** Files asked for under the present decision. */
  readonly files: Map<string, JudgedFile>;
}

export interface PackagesOptions {
  readonly client: UpstreamClient;
  readonly upstreams: Upstreams;
  readonly bench: Bench;
  /** True: everything is served, and only noted what would have been withheld. */
  readonly observe: boolean;
  /** For how long a document is served without asking the registry again, in milliseconds. */
  readonly freshFor: number;
  /** For how long after that it may still be served while the registry is in trouble, in milliseconds. */
  readonly staleFor: number;
  readonly cacheBytes: number;
  readonly now: () => Instant;
}

export interface Packages {
  judged(name: string, identity: Identity): Promise<Judged>;
  /** The verdict on one exact version, with its contents where they are given; undefined when the registry does not list it. */
  judgement(name: string, version: string, identity: Identity, contents?: JudgeRequest['contents']): Promise<Judgement | undefined>;
  served(name: string, form: Form, style: TarballStyle | undefined, identity: Identity): Promise<Served>;
  /** The same where nothing has to be waited for. */
  servedNow(name: string, form: Form, style: TarballStyle | undefined, identity: Identity): Served | undefined;
  /** The verdict with contents on the version a file belongs to; undefined when the registry lists none. */
  file(name: string, file: string, identity: Identity, contents: (packument: Packument) => JudgeRequest['contents']): Promise<JudgedFile | undefined>;
  fileNow(name: string, file: string, identity: Identity): JudgedFile | undefined;
  /** Packages looked at so far for this identity and for those without one; undefined: for all. */
  held(identity: Identity | undefined): Iterable<{ readonly name: string; readonly judged: Judged }>;
  readonly weight: number;
}

const accept: Record<Form, string> = {
  full: 'application/json',
  short: 'application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8, */*',
};
const missingFor = 10_000;
/** A registry in trouble is asked again after so many milliseconds. */
const askAgainAfter = 2000;
const mostExtra = 1000;

/** Opens the store. Everything in it can be fetched and judged again, so it lives in memory only. */
export function openPackages(options: PackagesOptions): Packages {
  const { client, upstreams, bench, now } = options;
  const cache = openBoundedCache<Entry>(options.cacheBytes);
  const shared = openShared();

  const keyOf = (name: string, identity: Identity) => `${identity.key}\n${name}`;

  function entryOf(name: string, identity: Identity): Entry {
    const key = keyOf(name, identity);
    const held = cache.get(key);
    if (held) return held;
    const entry: Entry = {
      name,
      identity: identity.key,
      documents: new Map(),
      missingAt: 0,
      extra: new Set(),
      deep: new Map(),
      served: new Map(),
      files: new Map(),
    };
    cache.set(key, entry, 1000);
    return entry;
  }

  function weigh(entry: Entry): void {
    const buffers = new Set<Buffer>();
    for (const document of entry.documents.values()) if (document !== 'missing') buffers.add(document.bytes);
    for (const served of entry.served.values()) buffers.add(served.bytes);
    const bytes = [...buffers].reduce((sum, buffer) => sum + buffer.length, 0);
    cache.set(`${entry.identity}\n${entry.name}`, entry, 1000 + bytes + (entry.judged?.packument.releases.length ?? 0) * 1000);
  }

  function freshDocument(entry: Entry, form: Form): Document | undefined {
    const held = entry.documents.get(form);
    if (!held || held === 'missing') return undefined;
    const clock = performance.now();
    return clock - held.confirmed < options.freshFor || (held.stale && clock < held.stale.until) ? held : undefined;
  }

  function isMissing(entry: Entry, form: Form): boolean {
    return entry.documents.get(form) === 'missing' && performance.now() - entry.missingAt < missingFor;
  }

  /** The decision where it is at hand and still holds. */
  function judgedNow(entry: Entry): Judged | undefined {
    const { judged } = entry;
    return judged && judged.from === freshDocument(entry, 'full') && stillValid(judged, now()) ? judged : undefined;
  }

  async function documentOf(entry: Entry, form: Form, identity: Identity): Promise<Document> {
    const fresh = freshDocument(entry, form);
    if (fresh) return fresh;
    const held = entry.documents.get(form);
    if (isMissing(entry, form)) throw new UpstreamTrouble(404, 'the registry has no such package');
    return await shared(`document ${form} ${entry.identity}\n${entry.name}`, () =>
      fetched(entry, form, held === 'missing' ? undefined : held, identity).catch((error: unknown) => staleOf(held, error)),
    );
  }

  /** What was there before, while the registry is in trouble and policy has it so; the registry's own refusals are none. */
  function staleOf(held: Document | 'missing' | undefined, error: unknown): Document {
    const trouble = troubleOf(error);
    const clock = performance.now();
    const refusal = trouble.status < 500 && trouble.status !== 429;
    if (!held || held === 'missing' || refusal || clock - held.confirmed >= options.freshFor + options.staleFor) throw error;
    held.stale = { why: trouble.message, until: clock + askAgainAfter };
    return held;
  }

  async function fetched(entry: Entry, form: Form, held: Document | undefined, identity: Identity): Promise<Document> {
    const asked = { accept: accept[form], etag: held?.etag, authorization: identity.authorization };
    // Once the question is out there is time until the answer.
    if (!held && form === 'full') setImmediate(() => bench.expect(entry.name));
    const answer = await client.document(upstreamFor(upstreams, entry.name), packumentPath(entry.name), asked);
    const confirmed = performance.now();
    if (answer.kind === 'missing') {
      entry.documents.set(form, 'missing');
      entry.missingAt = confirmed;
      throw new UpstreamTrouble(404, 'the registry has no such package');
    }
    if (held && (answer.kind === 'unchanged' || answer.bytes.equals(held.bytes))) {
      held.confirmed = confirmed;
      delete held.stale;
      return held;
    }
    if (answer.kind === 'unchanged') throw new UpstreamTrouble(502, 'the registry says "unchanged" to a first question');
    const document: Document = { bytes: answer.bytes, etag: answer.etag, type: answer.type, confirmed };
    entry.documents.set(form, document);
    return document;
  }

  /** Facts of other packages, fetched with the same credentials, for the engine. */
  function sourceFor(identity: Identity, known: Packument): PackumentSource {
    return {
      registryOf: (name) => upstreamFor(upstreams, name).url,
      async packument(name) {
        if (name === known.name) return { status: 'found', packument: known, confirmedAt: now() };
        try {
          const entry = entryOf(name, identity);
          if (isMissing(entry, 'full')) return { status: 'not-found', confirmedAt: now() };
          const parsed = entry.judged?.from === entry.documents.get('full') ? entry.judged?.packument : undefined;
          const packument = parsed ?? readIn(await documentOf(entry, 'full', identity), name);
          return { status: 'found', packument, confirmedAt: now() };
        } catch (error) {
          const trouble = troubleOf(error);
          return trouble.status === 404 ? { status: 'not-found', confirmedAt: now() } : { status: 'failed', reason: trouble.message };
        }
      },
    };
  }

  async function judgedOf(entry: Entry, identity: Identity): Promise<Judged> {
    const document = await documentOf(entry, 'full', identity);
    const held = entry.judged;
    if (held && held.from === document && stillValid(held, now())) return held;
    return await shared(`judged ${entry.identity}\n${entry.name}`, () => judgeDocument(entry, document, identity));
  }

  async function judgeDocument(entry: Entry, document: Document, identity: Identity): Promise<Judged> {
    const packument = entry.judged?.from === document ? entry.judged.packument : parsedOrForgotten(entry, 'full', () => readIn(document, entry.name));
    const at = now();
    const request = { packument, packuments: sourceFor(identity, packument), now: at };
    const judgements = withDeepBlocks(entry, packument, await judgeSuspects(bench, request, entry.extra));
    const judged = { packument, judgements, withheld: blockedOf(judgements), at, until: validUntil(judgements, at), from: document };
    entry.judged = judged;
    weigh(entry);
    return judged;
  }

  async function judgement(name: string, version: string, identity: Identity, contents?: JudgeRequest['contents']): Promise<Judgement | undefined> {
    const entry = entryOf(name, identity);
    const judged = await judgedOf(entry, identity);
    const release = judged.packument.releases.find((one) => one.version === version);
    if (!release) return undefined;
    const key = `${version} ${release.integrity ?? ''}`;
    const judge = (deep: boolean) =>
      shared(`${deep ? 'deep' : 'one'} ${entry.identity}\n${name}\n${key}`, async () => {
        const request = { packument: judged.packument, versions: [version], packuments: sourceFor(identity, judged.packument), now: now() };
        const judgement = (await bench.judge(deep && contents ? { ...request, contents } : request)).get(version);
        if (!judgement) throw new Error(`no verdict on ${name}@${version}`);
        if (deep && judgement.complete && release.integrity !== undefined) entry.deep.set(key, judgement);
        remember(entry, judged, judgement);
        return judgement;
      });
    const shallow = judged.judgements.get(version) ?? (await judge(false));
    if (shallow.action === 'block' || !contents) return shallow;
    return entry.deep.get(key) ?? (await judge(true));
  }

  return {
    judged: (name, identity) => judgedOf(entryOf(name, identity), identity),
    judgement,
    async file(name, file, identity, contents) {
      const entry = entryOf(name, identity);
      const { packument } = await judgedOf(entry, identity);
      const release = releaseOfFile(packument, name, file);
      const verdict = release && (await judgement(name, release.version, identity, contents(packument)));
      // The verdict may have become part of a newer decision; that one is what it is shown with.
      const judged = entry.judged;
      if (!release || !verdict || !judged) return undefined;
      const found = { release, judgement: verdict, judged, stale: () => judged.from.stale?.why };
      if (entry.files.size >= mostExtra) entry.files.clear();
      if (verdict.complete && judged.packument === packument) entry.files.set(file, found);
      return found;
    },
    fileNow(name, file, identity) {
      const entry = cache.get(keyOf(name, identity));
      const found = entry?.files.get(file);
      return entry && found && judgedNow(entry) === found.judged ? found : undefined;
    },
    servedNow(name, form, style, identity) {
      const entry = cache.get(keyOf(name, identity));
      const held = entry?.served.get(`${form} ${style?.name ?? ''}`);
      return entry && held && judgedNow(entry) === held.judged && freshDocument(entry, form) === held.from ? held : undefined;
    },
    async served(name, form, style, identity) {
      const entry = entryOf(name, identity);
      const [judged, document] = await Promise.all([judgedOf(entry, identity), documentOf(entry, form, identity)]);
      const current = entry.judged ?? judged;
      const key = `${form} ${style?.name ?? ''}`;
      const held = entry.served.get(key);
      if (held && held.from === document && held.judged === current) return held;
      const made = { ...parsedOrForgotten(entry, form, () => make(document, current, name, style)), from: document };
      for (const [other, { from }] of entry.served) if (![...entry.documents.values()].includes(from)) entry.served.delete(other);
      if (entry.served.size >= 8) entry.served.clear();
      entry.served.set(key, made);
      weigh(entry);
      return made;
    },
    *held(identity) {
      for (const entry of cache.values()) {
        const visible = identity === undefined || entry.identity === '' || entry.identity === identity.key;
        if (entry.judged && visible) yield { name: entry.name, judged: entry.judged };
      }
    },
    get weight() {
      return cache.weight;
    },
  };

  function remember(entry: Entry, judged: Judged, judgement: Judgement): void {
    // What could not be told is asked again with the next request.
    if (entry.judged?.packument !== judged.packument || !judgement.complete) return;
    if (entry.extra.size < mostExtra) entry.extra.add(judgement.version);
    const judgements = new Map([...entry.judged.judgements, [judgement.version, judgement]]);
    entry.judged = { ...entry.judged, judgements, withheld: blockedOf(judgements), until: validUntil(judgements, entry.judged.at) };
  }

  function make(document: Document, judged: Judged, name: string, style: TarballStyle | undefined): Served {
    const known = new Set(judged.packument.releases.map((release) => release.version));
    const keep = options.observe ? () => true : (version: string) => known.has(version) && !judged.withheld.has(version);
    try {
      document.layout ??= { found: layoutOf(document.bytes) };
      const filtering = { keep, ...(style && { tarball: (url: string, version: string) => style.rewrite(url, name, version) }) };
      const filtered = filterPackument(document.bytes, filtering, document.layout.found);
      const etag = `"${createHash('sha256').update(filtered.bytes).digest('base64url').slice(0, 27)}"`;
      return {
        stale: () => document.stale?.why,
        bytes: filtered.bytes,
        whole: document.bytes,
        etag,
        type: document.type.startsWith('application/') ? document.type : 'application/json',
        filtered,
        judged,
      };
    } catch (error) {
      if (error instanceof SyntaxError) throw new UpstreamTrouble(502, 'the registry sent a document that is not a packument');
      throw error;
    }
  }
}

/** The version a tarball's file belongs to: by the conventional name, else by where its packument says it lies. */
function releaseOfFile(packument: Packument, name: string, file: string): Release | undefined {
  const version = versionInFile(name, file);
  return (
    packument.releases.find((release) => release.version === version) ?? packument.releases.find((release) => release.tarball?.endsWith(`/${file}`))
  );
}

/** What was found in the bytes of a version holds for as long as the bytes are the same. */
function withDeepBlocks(entry: Entry, packument: Packument, judgements: ReadonlyMap<string, Judgement>): ReadonlyMap<string, Judgement> {
  if (entry.deep.size === 0) return judgements;
  const deep = packument.releases.flatMap((release) => entry.deep.get(`${release.version} ${release.integrity ?? ''}`) ?? []);
  return new Map([
    ...judgements,
    ...deep.filter((judgement) => judgement.action === 'block').map((judgement) => [judgement.version, judgement] as const),
  ]);
}

/** A document that makes no sense is not kept: the next request asks the registry again. */
function parsedOrForgotten<T>(entry: Entry, form: Form, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    entry.documents.delete(form);
    throw error;
  }
}

/** The facts in a document; where its parts lie is noted on the way. */
function readIn(document: Document, name: string): Packument {
  const { parsed, places } = parsePlaced(name, document.bytes);
  if (!parsed.ok) throw new UpstreamTrouble(502, parsed.reason);
  document.layout = { found: places && layoutFrom(document.bytes, places) };
  return parsed.packument;
}
