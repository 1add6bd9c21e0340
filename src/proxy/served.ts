/** What is decided about packages, and what clients are served of it. */
import { hash } from 'node:crypto';
import type { Packument, Release } from '../model/packument.ts';
import type { Instant } from '../model/time.ts';
import type { Document } from './documents.ts';
import { insteadOf, withheldText } from './explain.ts';
import { type Filtered, type Filtering, filterPackument } from './filter-packument.ts';
import { layoutOf } from './json-layout.ts';
import { UpstreamTrouble } from './trouble.ts';
import type { Judgement } from './verdict.ts';

/** What was decided about a package, from one document of it. */
export interface Judged {
  readonly packument: Packument;
  readonly judgements: ReadonlyMap<string, Judgement>;
  /** Versions that are not to be had. */
  readonly withheld: ReadonlyMap<string, Judgement>;
  /** Made then, and to be made again at `until`. */
  readonly at: Instant;
  readonly until: Instant;
  /** Why facts of other packages behind it could not be confirmed, where that is so. */
  readonly stale: string | undefined;
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
  /** How the addresses of a package begin and are shown to begin, where that is all there is to rewriting them. */
  start?(name: string): { readonly from: string; readonly to: string };
}

/** A document without what is withheld, as a client is served it; with `observe` with all of it. `page` tells more of it. */
export function serve(document: Document, judged: Judged, style: TarballStyle | undefined, observe: boolean, page?: string): Served {
  const known = new Set(judged.packument.releases.map((release) => release.version));
  const keep = observe ? () => true : (version: string) => known.has(version) && !judged.withheld.has(version);
  try {
    document.layout ??= { found: layoutOf(document.bytes) };
    const why = (removed: readonly string[]) => whyWithheld(judged, removed, page);
    const filtering = { keep, why, ...(style && shownBy(style, judged.packument.name)) };
    const filtered = filterPackument(document.bytes, filtering, document.layout.found);
    const etag = `"${hash('sha256', filtered.bytes, 'base64url').slice(0, 27)}"`;
    return {
      stale: () => document.stale?.why ?? judged.stale,
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

const mostTold = 5;

/** The newest of those withheld, each with its reason and what to do. */
function whyWithheld(judged: Judged, removed: readonly string[], page: string | undefined): string | undefined {
  const { name } = judged.packument;
  const told = removed.flatMap((version) => judged.withheld.get(version) ?? []).slice(-mostTold);
  if (told.length === 0) return undefined;
  const lines = told.reverse().map((judgement) => `[depward] ${withheldText(name, judgement, insteadOf(judged, judgement.version))}`);
  const rest = removed.length - told.length;
  const more = page === undefined ? [] : [`${rest > 0 ? `${rest} more versions are withheld; ` : ''}all of it: ${page}`];
  return [...lines, ...more].join('\n');
}

function shownBy(style: TarballStyle, name: string): Pick<Filtering, 'tarball' | 'start'> {
  const start = style.start?.(name);
  return { tarball: (url, version) => style.rewrite(url, name, version), ...(start && { start }) };
}
