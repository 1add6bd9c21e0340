/** What the proxy holds of packages: documents of the registry, what was judged of them, and the bytes clients are served. */
import type { Packument, Release } from '../model/packument.ts';
import type { Instant } from '../model/time.ts';
import { openBoundedCache, openShared } from './bounded-cache.ts';
import { type Document, type Form, type Identity, openDocuments, parsedOrForgotten, readIn, type Shelf } from './documents.ts';
import { type EvidenceFor, openEvidenceFor } from './evidence-for.ts';
import { versionInFile } from './route.ts';
import { type Judged, type JudgedFile, type Served, serve, type TarballStyle } from './served.ts';
import { decided, judgeSuspects, stillValid } from './suspects.ts';
import type { Tarballs } from './tarballs.ts';
import type { UpstreamClient, Upstreams } from './upstream.ts';
import type { Bench, Judgement } from './verdict.ts';

interface Entry extends Shelf {
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
  readonly tarballs: Tarballs;
  readonly bench: Bench;
  /** True: everything is served, and only noted what would have been withheld. */
  readonly observe: boolean;
  readonly freshFor: number;
  readonly staleFor: number;
  readonly cacheBytes: number;
  readonly now: () => Instant;
  /** Where the reasons for a package are told. */
  pageOf?(name: string): string;
}

export interface Packages {
  judged(name: string, identity: Identity): Promise<Judged>;
  /** The verdict on one exact version by what its packument says; undefined when the registry does not list it. */
  judgement(name: string, version: string, identity: Identity): Promise<Judgement | undefined>;
  served(name: string, form: Form, style: TarballStyle | undefined, identity: Identity): Promise<Served>;
  /** The same where nothing has to be waited for. */
  servedNow(name: string, form: Form, style: TarballStyle | undefined, identity: Identity): Served | undefined;
  /** The verdict with contents on the version a file belongs to; undefined when the registry lists none. */
  file(name: string, file: string, identity: Identity): Promise<JudgedFile | undefined>;
  fileNow(name: string, file: string, identity: Identity): JudgedFile | undefined;
  /** What a verdict on a packument from elsewhere may rest on. */
  evidenceFor(identity: Identity, packument: Packument): EvidenceFor;
  /** Packages looked at so far for this identity and for those without one; undefined: for all. */
  held(identity: Identity | undefined): Iterable<{ readonly name: string; readonly judged: Judged }>;
  readonly weight: number;
}

const mostExtra = 1000;

/** Opens the store. Everything in it can be fetched and judged again, so it lives in memory only. */
export function openPackages(options: PackagesOptions): Packages {
  const { bench, now } = options;
  const cache = openBoundedCache<Entry>(options.cacheBytes);
  const shared = openShared();
  const documents = openDocuments({ ...options, onAsked: bench.expect });
  const evidenceFor = openEvidenceFor({ ...options, documents, shelf: entryOf, known });

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

  /** The decision where it is at hand and still holds. */
  function judgedNow(entry: Entry): Judged | undefined {
    const { judged } = entry;
    return judged && judged.from === documents.fresh(entry, 'full') && stillValid(judged, now()) ? judged : undefined;
  }

  /** The facts of a document that were read before. */
  function known(shelf: Shelf, document: Document): Packument | undefined {
    const judged = cache.get(`${shelf.identity}\n${shelf.name}`)?.judged;
    return judged?.from === document ? judged.packument : undefined;
  }

  async function judgedOf(entry: Entry, identity: Identity): Promise<Judged> {
    const document = await documents.get(entry, 'full', identity);
    const held = entry.judged;
    if (held && held.from === document && stillValid(held, now())) return held;
    return await shared(`judged ${entry.identity}\n${entry.name}`, () => judgeDocument(entry, document, identity));
  }

  async function judgeDocument(entry: Entry, document: Document, identity: Identity): Promise<Judged> {
    const packument = entry.judged?.from === document ? entry.judged.packument : parsedOrForgotten(entry, 'full', () => readIn(document, entry.name));
    const at = now();
    const { packuments, stale } = evidenceFor(identity, packument);
    const judgements = withDeepBlocks(entry, packument, await judgeSuspects(bench, { packument, packuments, now: at }, entry.extra), at);
    const judged = { packument, at, from: document, ...decided(judgements, at, stale()) };
    entry.judged = judged;
    weigh(entry);
    return judged;
  }

  /** The verdict on a version: by what its packument says; with `deep`, by what is in it as well, where the packument is no reason to withhold it. */
  async function judgement(entry: Entry, release: Release, judged: Judged, identity: Identity, deep: boolean): Promise<Judgement> {
    const shallow = judged.judgements.get(release.version) ?? (await judgeOne(entry, release, judged, identity, false));
    if (shallow.action === 'block' || !deep) return shallow;
    const known = entry.deep.get(keyOfRelease(release));
    return known && holds(known, now()) ? known : await judgeOne(entry, release, judged, identity, true);
  }

  function judgeOne(entry: Entry, release: Release, judged: Judged, identity: Identity, deep: boolean): Promise<Judgement> {
    const { packument } = judged;
    const key = keyOfRelease(release);
    return shared(`${deep ? 'deep' : 'one'} ${entry.identity}\n${entry.name}\n${key}`, async () => {
      const { packuments, contents, stale } = evidenceFor(identity, packument);
      const request = { packument, versions: [release.version], packuments, now: now(), ...(deep && { contents }) };
      const judgement = (await bench.judge(request)).get(release.version);
      if (!judgement) throw new Error(`no verdict on ${entry.name}@${release.version}`);
      if (deep && judgement.complete && release.integrity !== undefined && stale() === undefined) entry.deep.set(key, judgement);
      remember(entry, judged, judgement, stale());
      return judgement;
    });
  }

  return {
    judged: (name, identity) => judgedOf(entryOf(name, identity), identity),
    evidenceFor,
    async judgement(name, version, identity) {
      const entry = entryOf(name, identity);
      const judged = await judgedOf(entry, identity);
      const release = judged.packument.releases.find((one) => one.version === version);
      return release && (await judgement(entry, release, judged, identity, false));
    },
    async file(name, file, identity) {
      const entry = entryOf(name, identity);
      const before = await judgedOf(entry, identity);
      const release = releaseOfFile(before.packument, name, file);
      if (!release) return undefined;
      const verdict = await judgement(entry, release, before, identity, true);
      // The verdict may have become part of a newer decision; that one is what it is shown with.
      const judged = entry.judged ?? { ...before, from: await documents.get(entry, 'full', identity) };
      const found = { release, judgement: verdict, judged, stale: () => judged.from.stale?.why ?? judged.stale };
      if (entry.files.size >= mostExtra) entry.files.clear();
      if (verdict.complete && judged.packument === before.packument) entry.files.set(file, found);
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
      return entry && held && judgedNow(entry) === held.judged && documents.fresh(entry, form) === held.from ? held : undefined;
    },
    async served(name, form, style, identity) {
      const entry = entryOf(name, identity);
      const [judged, document] = await Promise.all([judgedOf(entry, identity), documents.get(entry, form, identity)]);
      const current = entry.judged ?? judged;
      const key = `${form} ${style?.name ?? ''}`;
      const held = entry.served.get(key);
      if (held && held.from === document && held.judged === current) return held;
      const made = {
        ...parsedOrForgotten(entry, form, () => serve(document, current, style, options.observe, options.pageOf?.(name))),
        from: document,
      };
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

  function remember(entry: Entry, judged: Judged, judgement: Judgement, stale: string | undefined): void {
    // What could not be told is asked again with the next request.
    if (entry.judged?.packument !== judged.packument || !judgement.complete) return;
    if (entry.extra.size < mostExtra) entry.extra.add(judgement.version);
    const judgements = new Map([...entry.judged.judgements, [judgement.version, judgement]]);
    entry.judged = { ...entry.judged, ...decided(judgements, entry.judged.at, entry.judged.stale ?? stale) };
  }
}

/** The version a tarball's file belongs to: by the conventional name, else by where its packument says it lies. */
function releaseOfFile(packument: Packument, name: string, file: string): Release | undefined {
  const version = versionInFile(name, file);
  return (
    packument.releases.find((release) => release.version === version) ?? packument.releases.find((release) => release.tarball?.endsWith(`/${file}`))
  );
}

/** What was found in the bytes of a version holds for as long as the bytes are the same, unless it passes by itself. */
function withDeepBlocks(entry: Entry, packument: Packument, judgements: ReadonlyMap<string, Judgement>, at: Instant): ReadonlyMap<string, Judgement> {
  if (entry.deep.size === 0) return judgements;
  const deep = packument.releases.flatMap((release) => entry.deep.get(keyOfRelease(release)) ?? []);
  const blocking = deep.filter((judgement) => judgement.action === 'block' && holds(judgement, at));
  return new Map([...judgements, ...blocking.map((judgement) => [judgement.version, judgement] as const)]);
}

function holds({ allowedFrom }: Judgement, at: Instant): boolean {
  return allowedFrom === undefined || at < allowedFrom;
}

function keyOfRelease({ version, integrity }: Release): string {
  return `${version} ${integrity ?? ''}`;
}
