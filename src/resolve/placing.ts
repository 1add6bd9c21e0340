/**
 * Where npm puts packages, told as npm's tree builder tells it, step by step, for packages without peers, bundles and
 * shrinkwraps in a project that has nothing yet. Whatever else turns up on the way is a doubt, and the tree builder's own.
 */
import { compare } from 'semver';
import { compareNames } from './name-order.ts';
import { type Ask, add, answers, emptyPlaces, found, isWithin, type Link, type Place, type Places, type Release, remove, replace } from './places.ts';

/** What placing asks for: the release an ask picks, and whether npm goes through packages again whose questions lead elsewhere by now. */
export interface Placing {
  readonly pick: (ask: Ask) => Release | undefined;
  readonly revisits: boolean;
}

/** The tree, or undefined where the tree builder must be asked. */
export function placed(asks: readonly Ask[], { pick, revisits }: Placing): Places | undefined {
  const places = emptyPlaces(asks);
  const queue = new Queue();
  const seen = new Set<Place>();
  queue.push(places.root);
  let steps = 0;
  for (let place = queue.pop(); place; place = queue.pop()) {
    if (seen.has(place) || !isWithin(place, places.root)) continue;
    steps += 1;
    if (steps > mostSteps || (place === places.root && steps > 1)) return undefined;
    seen.add(place);
    const tasks = tasksOf(place, pick);
    if (!tasks) return undefined;
    for (const { link, release } of tasks) {
      if (!isWithin(place, places.root)) return undefined;
      if (link.to && link.valid) continue;
      const put = putDown(places, link, release);
      if (put === 'doubt') return undefined;
      if (put === 'kept') continue;
      again(put, link, { seen, queue, revisits });
      queue.push(put.place);
    }
  }
  return places;
}

/** More than any tree needs that comes to an end. */
const mostSteps = 50_000;

interface Task {
  readonly link: Link;
  readonly release: Release;
}

/** What of a package is not there or not right, in the order in which npm places it. */
function tasksOf(place: Place, pick: Placing['pick']): Task[] | undefined {
  const tasks: Task[] = [];
  for (const link of place.out.values()) {
    if (link.to && link.valid) continue;
    const release = pick(link.ask);
    if (!release) return undefined;
    tasks.push({ link, release });
  }
  return tasks.sort((a, b) => compareNames(a.link.ask.name, b.link.ask.name));
}

interface Put {
  readonly place: Place;
  readonly replaced: boolean;
}

/** Packages whose questions are answered wrongly now that another lies there. */
function again(
  { place, replaced }: Put,
  link: Link,
  { seen, queue, revisits }: { readonly seen: Set<Place>; readonly queue: Queue; readonly revisits: boolean },
): void {
  for (const into of place.into) {
    if (into === link || into.valid) continue;
    if (replaced || revisits) seen.delete(into.from);
    if (!seen.has(into.from)) queue.push(into.from);
  }
}

type Fit = 'free' | 'replace' | 'keep' | 'conflict';

/** Lays a release as far up as nobody minds. */
function putDown(places: Places, link: Link, release: Release): Put | 'kept' | 'doubt' {
  if (!answers(places, link.ask, release)) return 'doubt';
  const target = targetOf(places, link, release);
  if (!target) return 'doubt';
  const { place: above, fit } = target;
  if (fit === 'keep') {
    dedupe(places, above, true);
    return 'kept';
  }
  // npm would lay a link to it.
  for (let at: Place | undefined = above; at; at = at.parent)
    if (at.release && at.name === link.ask.name && isSame(at.release, release)) return 'doubt';
  const old = above.children.get(link.ask.name);
  const place = old ? putInstead(places, old, release) : add(places, above, link.ask.name, release);
  if (link.valid && link.to && link.to !== place) dedupe(places, link.to, false);
  for (const other of places.named.get(link.ask.name) ?? []) {
    if (!isWithin(other, above)) continue;
    dedupe(places, other, false);
    if (isWithin(other, places.root)) for (const child of [...other.children.values()]) dedupe(places, child, false);
  }
  return { place, replaced: fit === 'replace' };
}

/** The highest place below which a release fits, going up until it does not. */
function targetOf(places: Places, link: Link, release: Release): { readonly place: Place; readonly fit: Fit } | undefined {
  let best: { readonly place: Place; readonly fit: Fit } | undefined;
  for (let place: Place | undefined = link.from; place; place = place.parent) {
    const fit = fitOf(places, place, link, release);
    if (fit === 'conflict') return best;
    best = { place, fit };
  }
  return best;
}

function fitOf(places: Places, target: Place, link: Link, release: Release): Fit {
  const { name } = link.ask;
  const current = target.children.get(name);
  if (current?.release) return fitInstead(places, { current, its: current.release, target }, link, release);
  const own = target.out.get(name);
  if (own && own !== link && !answers(places, own.ask, release)) return 'conflict';
  const hidden = target === link.from ? undefined : found(target, name);
  for (const into of hidden?.into ?? []) if (into.valid && isWithin(into.from, target) && !answers(places, into.ask, release)) return 'conflict';
  return 'free';
}

function fitInstead(
  places: Places,
  { current, its, target }: { readonly current: Place; readonly its: Release; readonly target: Place },
  link: Link,
  release: Release,
): Fit {
  const suits = answers(places, link.ask, its);
  if (suits && isSame(its, release)) return 'keep';
  if (compare(release.version, its.version) >= 0 && canReplace(places, current, release)) return 'replace';
  if (suits) return 'keep';
  return target === link.from ? 'replace' : 'conflict';
}

function isSame(a: Release, b: Release): boolean {
  return a.integrity === b.integrity;
}

/** Whether all who are led to a package, and do not come with it, would be as well served by the release. */
function canReplace(places: Places, place: Place, release: Release): boolean {
  if (place.release?.name !== release.name) return false;
  const own = onlyFor([place], (link) => link.to !== place && link.valid);
  return [...place.into].every((link) => own.has(link.from) || answers(places, link.ask, release));
}

/** Of packages and all they ask for: those that nobody else asks for, looking at certain links alone. */
function onlyFor(first: Iterable<Place>, counts: (link: Link) => boolean): Set<Place> {
  const set = new Set(first);
  for (const place of set) for (const link of place.out.values()) if (link.to && counts(link)) set.add(link.to);
  for (let changed = true; changed; ) {
    changed = false;
    for (const place of set) {
      if (![...place.into].some((link) => !set.has(link.from) && counts(link))) continue;
      set.delete(place);
      changed = true;
    }
  }
  return set;
}

/** Puts a release where another lies, and takes out what only the other needed. */
function putInstead(places: Places, old: Place, release: Release): Place {
  const asked = new Set(release.asks.map(({ name }) => name));
  const left = [...old.out.values()].flatMap(({ ask, to }) => (to && !asked.has(ask.name) ? [...onlyFor([to], (link) => link.to !== to)] : []));
  const place = replace(places, old, release);
  const invalid = new Set([...place.out.values()].flatMap(({ to, valid }) => (to && !valid ? [to] : [])));
  for (const one of left) for (const other of onlyFor([one], (link) => link.to !== one && link.valid)) invalid.add(other);
  for (const one of onlyFor(invalid, (link) => link.from !== place && link.to !== place && link.valid)) remove(places, one);
  return place;
}

/** Takes a package out that one further up does as well for, or else the like below it. */
function dedupe(places: Places, place: Place, descend: boolean): void {
  if (isSpare(places, place)) for (const one of onlyFor([place], (link) => link.to !== place && link.valid)) remove(places, one);
  else if (descend) for (const child of [...place.children.values()].sort((a, b) => compareNames(a.key, b.key))) dedupe(places, child, true);
}

function isSpare(places: Places, place: Place): boolean {
  const above = place.parent?.parent;
  if (!above || !place.release) return false;
  if (place.into.size === 0) return true;
  const other = found(above, place.name)?.release;
  if (!other) return false;
  return isSame(other, place.release) || (canReplace(places, place, other) && compare(other.version, place.release.version) >= 0);
}

/** Places still to be looked at: the upper ones first, then by name. */
class Queue {
  readonly #levels: Place[][] = [];
  readonly #waiting = new Set<Place>();

  push(place: Place): void {
    if (this.#waiting.has(place)) return;
    this.#waiting.add(place);
    let level = this.#levels[place.depth];
    while (!level) {
      this.#levels.push([]);
      level = this.#levels[place.depth];
    }
    let [low, high] = [0, level.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (compareNames(level[middle]?.key ?? '', place.key) <= 0) low = middle + 1;
      else high = middle;
    }
    level.splice(low, 0, place);
  }

  pop(): Place | undefined {
    const place = this.#levels.find((level) => level.length > 0)?.shift();
    if (place) this.#waiting.delete(place);
    return place;
  }
}
