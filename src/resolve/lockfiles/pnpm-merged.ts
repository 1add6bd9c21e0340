/** What stands for a package in pnpm's lockfile: one entry for all its peer contexts. */
import { placesWithout } from './entries.ts';
import { type LockfileInput, mostPackages, unreadable } from './format.ts';
import type { PnpmDocument } from './pnpm-document.ts';
import type { KeysOfPaths, VersionedDocument } from './pnpm-links.ts';
import { baseOf, type PnpmEntry, readEntry } from './pnpm-path.ts';

/** What stands for a package: one entry of the file. */
export interface Held {
  readonly key: string;
  readonly document: PnpmDocument;
  readonly version: number;
  readonly at: number;
  /** True when the key is the name and the version. */
  readonly isPlain: boolean;
}

/** All that stands for packages. */
export interface AllMerged {
  readonly size: number;
  held(at: number): Held;
  /** Where a key is among them. */
  placeOf(key: string): number | undefined;
  readonly keyOf: KeysOfPaths;
}

/** One package for all its peer contexts, unless they differ in what is fetched. */
export function mergePeers(input: LockfileInput, documents: readonly VersionedDocument[]): AllMerged {
  const held: Held[] = [];
  const places = new Map<string, number>();
  /** The keys of those entries whose path is another. */
  const others = new Map<string, string>();
  let count = 0;
  documents.forEach(({ document, version }, index) => {
    const before = documents.slice(0, index);
    for (let at = 0; at < document.size; at++) {
      const path = document.paths[at] as string;
      if (before.some((other) => other.document.placeOf(path) !== undefined)) continue;
      count++;
      const plain = document.isPlain(at) ? baseOf(path, version) : undefined;
      const one = { document, version, at };
      const base = plain ?? entryOf(input, one).base;
      const place = places.get(base);
      const same = place === undefined || sameBytes(entryOf(input, held[place] as Held), entryOf(input, one));
      const key = same ? base : path;
      if (key !== path) others.set(path, key);
      if (place === undefined || !(same || places.has(key))) {
        places.set(key, held.length);
        held.push({ key, document, version, at, isPlain: plain !== undefined && key === base });
      }
    }
    if (count > mostPackages) throw tooMany(input);
  });
  const isPath = (path: string) => documents.some(({ document }) => document.placeOf(path) !== undefined);
  const get = (path: string) => others.get(path) ?? (isPath(path) ? path : undefined);
  return { size: held.length, held: (at) => held[at] as Held, placeOf: (key) => places.get(key), keyOf: { get, has: isPath } };
}

/**
 * The same for documents of version 9 in which the path of every entry is its key, as nearly all are: its peers are told apart
 * elsewhere. Nothing is made of them. Undefined where an entry may have another key than its path.
 */
export function eachForItself(input: LockfileInput, documents: readonly VersionedDocument[]): AllMerged | undefined {
  const starts: number[] = [];
  let size = 0;
  for (const { document, version } of documents) {
    if (version !== 9 || document.odd === undefined) return undefined;
    for (const at of document.odd) if (baseAt(input, { document, version, at }) !== document.path(at)) return undefined;
    starts.push(size);
    size += document.size;
  }
  if (size > mostPackages) throw tooMany(input);
  const gone = thereBefore(documents, starts);
  const placeIn = placesWithout([...gone], size);
  const held = (place: number): Held => {
    const all = placeIn(place);
    const index = starts.findLastIndex((start) => start <= all);
    const { document, version } = documents[index] as VersionedDocument;
    const at = all - (starts[index] as number);
    return { key: document.path(at), document, version, at, isPlain: document.isPlain(at) };
  };
  const left = size - gone.size;
  let places: Map<string, number> | undefined;
  const placeOf = (key: string) => {
    places ??= new Map(Array.from({ length: left }, (_, place) => [held(place).key, place]));
    return places.get(key);
  };
  const has = (path: string) => placeOf(path) !== undefined;
  return { size: left, held, placeOf, keyOf: { has, get: (path) => (has(path) ? path : undefined) } };
}

/** The entries of which an earlier document holds the same path: that is asked from the earlier ones, which are the short ones. */
function thereBefore(documents: readonly VersionedDocument[], starts: readonly number[]): ReadonlySet<number> {
  const gone = new Set<number>();
  documents.forEach(({ document }, index) => {
    for (const path of documents.slice(0, index).flatMap((one) => one.document.paths)) {
      const at = document.placeOf(path);
      if (at !== undefined) gone.add((starts[index] as number) + at);
    }
  });
  return gone;
}

function baseAt(input: LockfileInput, one: Pick<Held, 'document' | 'version' | 'at'>): string {
  const plain = one.document.isPlain(one.at) ? baseOf(one.document.path(one.at), one.version) : undefined;
  return plain ?? entryOf(input, one).base;
}

function tooMany(input: LockfileInput): Error {
  return unreadable(input, `more than ${mostPackages} packages`, 'This is more than any real project has.');
}

/** What an entry says. */
export function entryOf(input: LockfileInput, { document, version, at }: Pick<Held, 'document' | 'version' | 'at'>): PnpmEntry {
  return plainEntry(document, at) ?? readEntry(input, document.row(at), version);
}

/** A release of which nothing is said but a hash; undefined where there may be more to it. */
function plainEntry(document: PnpmDocument, at: number): PnpmEntry | undefined {
  if (document.odd === undefined || !document.isPlain(at)) return undefined;
  const { path, integrity, resolution } = document.row(at);
  if (resolution) return undefined;
  const end = path.indexOf('@', 1);
  const [name, version] = [path.slice(0, end), path.slice(end + 1)];
  return { base: path, name, version, source: 'registry', resolved: undefined, integrity, hasInstallScript: undefined };
}

function sameBytes(a: PnpmEntry, b: PnpmEntry): boolean {
  return a.integrity === b.integrity && a.resolved === b.resolved;
}
