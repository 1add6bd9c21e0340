/**
 * Slices as text and back. People, releases and stubs that several slices share are written once; stubs lie in columns. The
 * text has sections, and only those are parsed that somebody looks into: a run over thousands of packages looks into few.
 */

import type { Gathered, Lack, ReleaseStub } from '../model/evidence.ts';
import { once } from '../model/once.ts';
import { type DependencySets, type Person, type Release, trustLevels } from '../model/packument.ts';
import type { Slices } from './slices.ts';

const bit = { trust: 3, sameLine: 4, installScript: 8, deprecated: 16 };
/** JSON escapes tabs: one in the text is ours. */
const separator = '\t';

/** Writes slices down. */
export function encodeSlices(slices: Slices): string {
  const people = new Table<Person>((person) => JSON.stringify([person.name, person.email, person.oidcConfigId]));
  const releases = new Table<Release>((release) => release.version);
  const stubs = new Table<ReleaseStub>((stub) => stub.version);
  const { listing, release, times, publishers, maintainers, trust, added } = slices;
  const refs = (list: readonly ReleaseStub[]): Run => stubs.first(list) ?? runOf(list.map((stub) => stubs.place(stub)));
  const names = (list: readonly Person[]) => list.map((person) => people.place(person));
  // Times first: they have the longest list, which then is one run.
  const written = {
    times: plain(times, (value) => ({ ...value, before: refs(value.before), around: refs(value.around) })),
    listing: plain(listing, (value) => ({ ...value, alternatives: refs(value.alternatives) })),
    release: plain(release, ({ current, previous, settled }, lacking) => ({
      lacking: lacking && [lacking.why, lacking.reason],
      current: releases.place(current),
      previous: previous && releases.place(previous),
      settled: settled && releases.place(settled),
    })),
    publishers: plain(publishers, (value) => ({
      ...value,
      current: people.place(value.current),
      founder: value.founder && people.place(value.founder),
      before: refs(value.before),
    })),
    maintainers: plain(maintainers, (value) => ({ current: names(value.current), previous: value.previous && names(value.previous) })),
    trust: plain(trust, (value) => ({ ...value, line: refs(value.line) })),
    added,
  };
  const columns = columnsOf(stubs.items, people);
  const manifests = releases.items.map((one) => plainRelease(one, people));
  return [{ ...written, people: people.items }, columns, ...manifests].map((section) => JSON.stringify(section)).join(separator);
}

/** Reads slices; undefined for text that is not theirs. */
export function decodeSlices(text: string): Slices | undefined {
  const [core = '', columns = '', ...manifests] = text.split(separator);
  try {
    return revive(JSON.parse(core) as Core, columns, manifests);
  } catch {
    return undefined;
  }
}

/** Places in a list of stubs: all of the first n as a number. */
type Run = number | readonly number[];
type Columns = readonly [versions: readonly string[], at: readonly (number | null)[], publishers: readonly number[], flags: readonly number[]];
// biome-ignore lint/suspicious/noExplicitAny: what our own checksummed lines hold, made into Slices right here
type Loose = any;
type Core = Readonly<Record<Exclude<keyof Slices, 'added'>, Loose>> & Pick<Slices, 'added'> & { readonly people: readonly Person[] };

/** Numbers equal things in the order they come up. */
class Table<T> {
  readonly items: T[] = [];
  private readonly places = new Map<string, number>();
  private readonly key: (item: T) => string;
  /** Lists name the same one many times in a row. */
  private last: readonly [item: T, place: number] | undefined;

  constructor(key: (item: T) => string) {
    this.key = key;
  }

  place(item: T): number {
    if (this.last?.[0] === item) return this.last[1];
    const place = this.placeOf(item);
    this.last = [item, place];
    return place;
  }

  private placeOf(item: T): number {
    const key = this.key(item);
    const held = this.places.get(key);
    if (held !== undefined) return held;
    this.places.set(key, this.items.length);
    return this.items.push(item) - 1;
  }

  /** How many there are on the list, where they are the first of all. */
  first(list: readonly T[]): number | undefined {
    const { items } = this;
    for (let at = 0; at < list.length; at += 1) if (list[at] !== items[at]) return undefined;
    return list.length;
  }
}

function plain<T>(gathered: Gathered<T>, write: (value: T, lacking: Lack | undefined) => object): object {
  return gathered.ok ? write(gathered.value, gathered.lacking) : [gathered.why, gathered.reason];
}

function runOf(places: readonly number[]): Run {
  return places.every((place, index) => place === index) ? places.length : places;
}

function columnsOf(stubs: readonly ReleaseStub[], people: Table<Person>): Columns {
  return [
    stubs.map((stub) => stub.version),
    stubs.map((stub) => stub.at ?? null),
    stubs.map((stub) => (stub.publisher ? people.place(stub.publisher) : -1)),
    stubs.map(
      (stub) =>
        trustLevels.indexOf(stub.trust) +
        (stub.sameLine ? bit.sameLine : 0) +
        (stub.installScript ? bit.installScript : 0) +
        (stub.deprecated ? bit.deprecated : 0),
    ),
  ];
}

function plainRelease(release: Release, people: Table<Person>): object {
  const { dependencies, publisher, approver, maintainers, ...rest } = release;
  const { prod, optional, peer, bundled } = dependencies;
  return {
    ...rest,
    dependencies: [[...prod].flat(), [...optional].flat(), [...peer].flat(), bundled],
    publisher: publisher && people.place(publisher),
    approver: approver && people.place(approver),
    maintainers: maintainers?.map((person) => people.place(person)),
  };
}

function revive(
  { people, listing, release, times, publishers, maintainers, trust, added }: Core,
  columns: string,
  manifests: readonly string[],
): Slices {
  const stubs = once(() => stubsOf(JSON.parse(columns) as Columns, people));
  const list = (run: Run): readonly ReleaseStub[] => {
    if (run === 0) return [];
    return typeof run === 'number' ? stubs().slice(0, run) : run.map((place) => must(stubs()[place]));
  };
  const person = (place: number): Person => must(people[place]);
  if (!Array.isArray(added) || !Array.isArray(people)) throw new RangeError('not slices');
  return {
    listing: rich(listing, (value) => lazy(value, 'alternatives', list)),
    release: rich(release, (value) => lazyReleases(value, manifests, people)),
    times: rich(times, (value) => lazy(lazy(value, 'before', list), 'around', list)),
    publishers: rich(publishers, (value) => {
      value.current = person(value.current);
      if (value.founder !== undefined) value.founder = person(value.founder);
      return lazy(value, 'before', list);
    }),
    maintainers: rich(maintainers, (value) => {
      value.current = value.current.map(person);
      if (value.previous) value.previous = value.previous.map(person);
      return value;
    }),
    trust: rich(trust, (value) => lazy(value, 'line', list)),
    added,
  };
}

function rich(written: Loose, read: (value: Loose) => Loose): Gathered<Loose> {
  if (Array.isArray(written)) return { ok: false, ...lackFrom(written) };
  if (written.lacking === undefined) return { ok: true, value: read(written) };
  const { lacking, ...value } = written;
  return { ok: true, value: read(value), lacking: lackFrom(lacking) };
}

function lackFrom([why, reason]: Loose): Lack {
  if ((why !== 'not-offered' && why !== 'failed') || typeof reason !== 'string') throw new RangeError('no such gap');
  return { why, reason };
}

/** Puts a list in the place of its run, made when first looked at. */
function lazy(value: Loose, key: string, list: (run: Run) => readonly ReleaseStub[]): Loose {
  const run: Run = value[key];
  if (typeof run !== 'number' && !Array.isArray(run)) throw new RangeError('not a list');
  const get = once(() => list(run));
  return Object.defineProperty(value, key, { enumerable: true, get });
}

function lazyReleases(places: Loose, manifests: readonly string[], people: readonly Person[]): Loose {
  const made = manifests.map((manifest) => once(() => releaseOf(JSON.parse(manifest), people)));
  for (const key of Object.keys(places)) Object.defineProperty(places, key, { enumerable: true, get: must(made[places[key]]) });
  return places;
}

function stubsOf([versions, times, publishers, flags]: Columns, people: readonly Person[]): ReleaseStub[] {
  return versions.map((version, index) => stubFrom(version, times[index] ?? undefined, people[publishers[index] ?? -1], flags[index] ?? 0));
}

function stubFrom(version: string, at: number | undefined, publisher: Person | undefined, flag: number): ReleaseStub {
  const rest = { sameLine: (flag & bit.sameLine) !== 0, installScript: (flag & bit.installScript) !== 0, deprecated: (flag & bit.deprecated) !== 0 };
  const trust = must(trustLevels[flag & bit.trust]);
  return { version, ...(at !== undefined && { at }), ...(publisher && { publisher }), trust, ...rest };
}

function releaseOf(manifest: Loose, people: readonly Person[]): Release {
  const [prod, optional, peer, bundled] = manifest.dependencies;
  const dependencies: DependencySets = { prod: mapOf(prod), optional: mapOf(optional), peer: mapOf(peer), bundled };
  manifest.dependencies = dependencies;
  if (manifest.publisher !== undefined) manifest.publisher = must(people[manifest.publisher]);
  if (manifest.approver !== undefined) manifest.approver = must(people[manifest.approver]);
  if (manifest.maintainers) manifest.maintainers = manifest.maintainers.map((place: number) => must(people[place]));
  return manifest;
}

function mapOf(flat: readonly string[]): ReadonlyMap<string, string> {
  const map = new Map<string, string>();
  for (let at = 0; at < flat.length; at += 2) map.set(must(flat[at]), must(flat[at + 1]));
  return map;
}

function must<T>(value: T | undefined): T {
  if (value === undefined) throw new RangeError('a fact refers to nothing');
  return value;
}
