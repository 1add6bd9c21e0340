/** A tree of packages being built: who lies where, who asks for whom, and whom each question leads to. */
import { satisfies } from 'semver';
import type { EdgeKind } from '../model/package.ts';
import type { Json } from './lockfiles/json.ts';

/** What a package asks for. */
export interface Ask {
  /** The name it is to lie under. */
  readonly name: string;
  /** As it is written. */
  readonly spec: string;
  /** The package meant, and which of its versions. */
  readonly of: string;
  readonly range: string;
  readonly kind: EdgeKind;
}

/** One version of a package, as far as placing goes. */
export interface Release {
  readonly name: string;
  readonly version: string;
  readonly integrity: string;
  readonly manifest: Json;
  readonly asks: readonly Ask[];
}

/** Where a package lies; the project itself has no release. */
export interface Place {
  readonly name: string;
  readonly release: Release | undefined;
  parent: Place | undefined;
  readonly depth: number;
  /** As npm calls it: `node_modules/a/node_modules/b`. */
  readonly key: string;
  readonly children: Map<string, Place>;
  readonly out: Map<string, Link>;
  readonly into: Set<Link>;
}

/** A question, and whom it leads to. */
export interface Link {
  readonly from: Place;
  readonly ask: Ask;
  to: Place | undefined;
  /** Whether that is what was asked for. */
  valid: boolean;
}

/** A tree, with what is asked of it all the time. */
export interface Places {
  readonly root: Place;
  /** In the order in which they came. */
  readonly named: Map<string, Set<Place>>;
  readonly asking: Map<string, Set<Link>>;
  /** What satisfies what, told once. */
  readonly told: Map<string, Map<string, boolean>>;
}

/** A tree with nothing in it but what the project asks for. */
export function emptyPlaces(asks: readonly Ask[]): Places {
  const root: Place = { name: '', release: undefined, parent: undefined, depth: 0, key: '', children: new Map(), out: new Map(), into: new Set() };
  const places: Places = { root, named: new Map(), asking: new Map(), told: new Map() };
  open(places, root, asks);
  return places;
}

/** Whether a version is what somebody asks for. */
export function answers(places: Places, ask: Ask, release: Release): boolean {
  // npm takes anything for this, releases before 1.0.0 and before a release too.
  if (ask.range === '*') return true;
  const ofRange = places.told.get(ask.range) ?? new Map<string, boolean>();
  places.told.set(ask.range, ofRange);
  const known = ofRange.get(release.version) ?? satisfies(release.version, ask.range, true);
  ofRange.set(release.version, known);
  return known;
}

/** Whom a name leads to from a place: what lies below it, or below one above. */
export function found(from: Place, name: string): Place | undefined {
  for (let place: Place | undefined = from; place; place = place.parent) {
    const child = place.children.get(name);
    if (child) return child;
  }
  return undefined;
}

/** True for the place itself too. */
export function isWithin(place: Place, above: Place): boolean {
  for (let at: Place | undefined = place; at; at = at.parent) if (at === above) return true;
  return false;
}

/** Puts a package below a place where none of the name lies. */
export function add(places: Places, parent: Place, name: string, release: Release): Place {
  const place = made(parent, name, release);
  enter(places, place);
  open(places, place, release.asks);
  lookAgain(places, parent, name);
  return place;
}

/** Puts a package where another of the name lies, whose children stay. */
export function replace(places: Places, old: Place, release: Release): Place {
  const parent = old.parent ?? places.root;
  const place = made(parent, old.name, release);
  const kept = [...old.children.values()];
  for (const link of old.out.values()) close(places, link);
  places.named.get(old.name)?.delete(old);
  old.parent = undefined;
  old.children.clear();
  enter(places, place);
  for (const child of kept) {
    child.parent = place;
    place.children.set(child.name, child);
    enterAgain(places, child);
  }
  open(places, place, release.asks);
  lookAgain(places, parent, place.name);
  return place;
}

/** Takes a package out, with all that lies below it. */
export function remove(places: Places, place: Place): void {
  const { parent } = place;
  if (!parent) return;
  parent.children.delete(place.name);
  place.parent = undefined;
  takeOut(places, place);
  lookAgain(places, parent, place.name);
}

function takeOut(places: Places, place: Place): void {
  places.named.get(place.name)?.delete(place);
  for (const link of place.out.values()) close(places, link);
  for (const child of place.children.values()) takeOut(places, child);
}

function made(parent: Place, name: string, release: Release): Place {
  const key = `${parent.key === '' ? '' : `${parent.key}/`}node_modules/${name}`;
  return { name, release, parent, depth: parent.depth + 1, key, children: new Map(), out: new Map(), into: new Set() };
}

function enter(places: Places, place: Place): void {
  place.parent?.children.set(place.name, place);
  setOf(places.named, place.name).add(place);
}

function enterAgain(places: Places, place: Place): void {
  places.named.get(place.name)?.delete(place);
  setOf(places.named, place.name).add(place);
  for (const child of place.children.values()) enterAgain(places, child);
}

function open(places: Places, from: Place, asks: readonly Ask[]): void {
  for (const ask of asks) {
    const link: Link = { from, ask, to: undefined, valid: ask.kind === 'optional' };
    from.out.set(ask.name, link);
    setOf(places.asking, ask.name).add(link);
    lead(places, link);
  }
}

function close(places: Places, link: Link): void {
  link.to?.into.delete(link);
  places.asking.get(link.ask.name)?.delete(link);
}

/** Where a name newly lies or no longer does, all below who ask for it are led anew. */
function lookAgain(places: Places, above: Place, name: string): void {
  for (const link of places.asking.get(name) ?? []) if (isWithin(link.from, above)) lead(places, link);
}

function lead(places: Places, link: Link): void {
  const to = found(link.from, link.ask.name);
  if (to === link.to && to) return;
  link.to?.into.delete(link);
  link.to = to;
  to?.into.add(link);
  link.valid = to?.release ? answers(places, link.ask, to.release) : link.ask.kind === 'optional';
}

function setOf<K, V>(map: Map<K, Set<V>>, key: K): Set<V> {
  const known = map.get(key);
  if (known) return known;
  const set = new Set<V>();
  map.set(key, set);
  return set;
}
