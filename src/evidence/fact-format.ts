/** Slices as text and back. People, releases and stubs that several slices share are written once; stubs lie in columns. */
import type { Gathered, ReleaseStub } from '../model/evidence.ts';
import type { DependencySets, Person, Release, TrustLevel } from '../model/packument.ts';
import { type Slices, sliceKinds } from './slices.ts';

const trustLevels: readonly TrustLevel[] = ['none', 'provenance', 'trusted-publisher', 'approved'];
const bit = { trust: 3, sameLine: 4, installScript: 8, deprecated: 16 };

/** Writes slices down. */
export function encodeSlices(slices: Slices): string {
  const people = new Table<Person>((person) => JSON.stringify([person.name, person.email, person.oidcConfigId]));
  const releases = new Table<Release>((release) => release.version);
  const stubs = new Table<ReleaseStub>((stub) => stub.version);
  const { listing, release, times, publishers, maintainers, trust } = slices;
  const refs = (list: readonly ReleaseStub[]) => runOf(list.map((stub) => stubs.place(stub)));
  const names = (list: readonly Person[]) => list.map((person) => people.place(person));
  const body = [
    plain(listing, (value) => ({ ...value, alternatives: refs(value.alternatives) })),
    plain(release, ({ current, previous, settled }) => [current, previous, settled].map((one) => one && releases.place(one))),
    plain(times, (value) => ({ ...value, before: refs(value.before), around: refs(value.around) })),
    plain(publishers, (value) => ({
      ...value,
      current: people.place(value.current),
      founder: value.founder && people.place(value.founder),
      before: refs(value.before),
    })),
    plain(maintainers, (value) => ({ current: names(value.current), previous: value.previous && names(value.previous) })),
    plain(trust, (value) => ({ ...value, line: refs(value.line) })),
  ];
  const columns = columnsOf(stubs.items, people);
  const manifests = releases.items.map((one) => plainRelease(one, people));
  return JSON.stringify([people.items, columns, manifests, body]);
}

/** Reads slices; undefined for text that is not theirs. */
export function decodeSlices(text: string): Slices | undefined {
  try {
    return revive(JSON.parse(text) as Written);
  } catch {
    return undefined;
  }
}

/** Places in a list of stubs: all of the first n as a number. */
type Run = number | readonly number[];
type Plain<T> = T | readonly [why: 'not-offered' | 'failed', reason: string];
type Columns = readonly [versions: readonly string[], at: readonly (number | null)[], publishers: readonly number[], flags: readonly number[]];
// biome-ignore lint/suspicious/noExplicitAny: what our own checksummed lines hold, made into Slices right here
type Loose = any;
type Written = readonly [people: readonly Person[], columns: Columns, releases: readonly Loose[], body: readonly Plain<Loose>[]];

/** Numbers equal things in the order they come up. */
class Table<T> {
  readonly items: T[] = [];
  private readonly places = new Map<string, number>();
  private readonly key: (item: T) => string;

  constructor(key: (item: T) => string) {
    this.key = key;
  }

  place(item: T): number {
    const key = this.key(item);
    const held = this.places.get(key);
    if (held !== undefined) return held;
    this.places.set(key, this.items.length);
    return this.items.push(item) - 1;
  }
}

function plain<T>(gathered: Gathered<T>, write: (value: T) => object): Plain<object> {
  return gathered.ok ? write(gathered.value) : [gathered.why, gathered.reason];
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

function revive([people, columns, manifests, body]: Written): Slices {
  const stubs = stubsOf(columns, people);
  const releases = manifests.map((manifest) => releaseOf(manifest, people));
  const list = (run: Run): readonly ReleaseStub[] => (typeof run === 'number' ? stubs.slice(0, run) : run.map((place) => must(stubs[place])));
  const person = (place: number): Person => must(people[place]);
  if (body.length !== sliceKinds.length) throw new RangeError('slices are missing');
  const [listing, release, times, publishers, maintainers, trust] = body;
  return {
    listing: rich(listing, (value) => {
      value.alternatives = list(value.alternatives);
      return value;
    }),
    release: rich(release, ([current, previous, settled]) => ({
      current: must(releases[current]),
      ...(previous !== null && { previous: must(releases[previous]) }),
      ...(settled !== null && { settled: must(releases[settled]) }),
    })),
    times: rich(times, (value) => {
      value.before = list(value.before);
      value.around = list(value.around);
      return value;
    }),
    publishers: rich(publishers, (value) => {
      value.current = person(value.current);
      if (value.founder !== undefined) value.founder = person(value.founder);
      value.before = list(value.before);
      return value;
    }),
    maintainers: rich(maintainers, (value) => {
      value.current = value.current.map(person);
      if (value.previous) value.previous = value.previous.map(person);
      return value;
    }),
    trust: rich(trust, (value) => {
      value.line = list(value.line);
      return value;
    }),
  };
}

function rich<T>(written: Plain<Loose>, read: (value: Loose) => T): Gathered<T> {
  if (!Array.isArray(written) || typeof written[0] !== 'string') return { ok: true, value: read(written) };
  const [why, reason] = written;
  if ((why !== 'not-offered' && why !== 'failed') || typeof reason !== 'string') throw new RangeError('no such gap');
  return { ok: false, why, reason };
}

function stubsOf([versions, times, publishers, flags]: Columns, people: readonly Person[]): ReleaseStub[] {
  return versions.map((version, index) => {
    const flag = flags[index] ?? 0;
    const at = times[index];
    const publisher = people[publishers[index] ?? -1];
    return {
      version,
      ...(typeof at === 'number' && { at }),
      ...(publisher && { publisher }),
      trust: must(trustLevels[flag & bit.trust]),
      sameLine: (flag & bit.sameLine) !== 0,
      installScript: (flag & bit.installScript) !== 0,
      deprecated: (flag & bit.deprecated) !== 0,
    };
  });
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
