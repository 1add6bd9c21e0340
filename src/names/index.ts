/** What a name itself says: which popular names it could be mistaken for. Pure. */
import type { NameEvidence, NearName } from '../model/evidence.ts';
import type { Confusion, Features } from './confusions/confusion.ts';
import { closeFinders, confusions, finders } from './confusions/index.ts';
import { type Corpus, downloadsAt, nameAt } from './corpus.ts';
import { placeOf } from './lookup.ts';
import { readSubject, type Subject } from './subject.ts';
import { chance, type Weighed, weigh } from './weigh.ts';
import { accuse, mayBlock } from './weights.ts';

export { confusions } from './confusions/index.ts';
export { type Corpus, openCorpus, type ReadBytes } from './corpus.ts';
export { buildCorpus, type Popular } from './corpus-build.ts';
export { inWords } from './weigh.ts';

/** A popular name that is alike, accused or not. */
export interface Resemblance {
  readonly target: string;
  readonly downloads: number;
  /** The strongest class first. */
  readonly classes: readonly string[];
  readonly decibans: number;
  readonly score: number;
  readonly tier: 'none' | 'warn' | 'block';
  readonly parts: readonly string[];
}

/** A scope with so many downloads a month is nobody's to squat in. */
const knownScope = 100_000;

/** Whether a likeness is one that honest names have every day, or not a clear one: nothing follows from it unless the package is young. */
export function isHint(near: NearName): boolean {
  return near.score < clear || everyday.has(near.classes[0] ?? '');
}

/** Whether a likeness is too faint to be held even against a young package: good enough to ask what was meant. */
export function isFaint(near: NearName): boolean {
  return near.score < even;
}

/** From these scores on a likeness is worth telling of a package of any age, and of a young one. */
const clear = 0.7;
const even = 0.5;

const everyday: ReadonlySet<string> = new Set(confusions.filter((confusion) => confusion.everyday).map(({ name }) => name));

/** Names so much used are what others are mistaken for. */
const wellKnown = 100_000;

/** True for a name that is mistaken for nothing: whatever other names there are, nothing is held against it. */
export function isWellKnown({ downloads = 0 }: Pick<NameEvidence, 'downloads'>): boolean {
  return downloads >= wellKnown;
}

/** The popular names a name could be mistaken for: what may be held against it. `extra` is asked for where it has a say. */
export function resemblance(name: string, corpus: Corpus, extra?: () => Corpus): NameEvidence {
  const own = listed(name, corpus);
  if (own !== undefined && own >= wellKnown) return { downloads: own, near: [] };
  const near = lookalikes(name, corpus, extra?.())
    .slice(0, 3)
    .flatMap(({ target, downloads, classes, score, tier, parts }): NearName[] =>
      tier === 'none' ? [] : [{ target, downloads, classes, score, tier, parts }],
    );
  return { ...(own !== undefined && { downloads: own }), near };
}

/** The popular names most alike, best first, whether or not anything follows from it. */
export function lookalikes(name: string, corpus: Corpus, extra?: Corpus): Resemblance[] {
  if (extra && placeOf(extra, name) >= 0) return [];
  return compare(name, listed(name, corpus), extra ? [corpus, extra] : [corpus]);
}

/** Compares a name that is downloaded `own` times a month, or is not listed, with the names of some lists. */
export function compare(name: string, own: number | undefined, lists: readonly Corpus[]): Resemblance[] {
  if (own !== undefined && own >= wellKnown) return [];
  const subject = readSubject(name);
  if (!subject || lists.some((list) => isTrusted(subject, list))) return [];
  return lists
    .flatMap((list) => alike(subject, list, own))
    .sort(byWeight)
    .filter(({ target }, at, all) => all.findIndex((other) => other.target === target) === at)
    .slice(0, 5);
}

/** How often a name is downloaded in a month, where it is listed. */
export function listed(name: string, corpus: Corpus): number | undefined {
  const place = placeOf(corpus, name);
  return place < 0 ? undefined : downloadsAt(corpus, place);
}

/** Only the owner of a scope publishes under it. */
function isTrusted({ scope }: Subject, corpus: Corpus): boolean {
  const place = scope === undefined ? -1 : placeOf(corpus, scope);
  return place >= 0 && downloadsAt(corpus, place) >= knownScope;
}

function alike(subject: Subject, corpus: Corpus, own: number | undefined): Resemblance[] {
  const byPlace = new Map<number, Weighed[]>();
  for (const { place, confusion, features } of sightingsOf(subject, corpus, own)) {
    const weighed = weigh(confusion, features, downloadsAt(corpus, place), own);
    const earlier = byPlace.get(place);
    if (earlier) earlier.push(weighed);
    else byPlace.set(place, [weighed]);
  }
  return [...byPlace].map(([place, weighed]) => told(nameAt(corpus, place), downloadsAt(corpus, place), weighed));
}

/** A popular name, how the subject is like it, and what was counted. */
export interface Sighting {
  readonly place: number;
  readonly confusion: Confusion;
  readonly features: Features;
}

/** Everything a name is like, not yet weighed. */
export function sightings(name: string, corpus: Corpus, own?: number): Sighting[] {
  const subject = readSubject(name);
  return !subject || isTrusted(subject, corpus) ? [] : sightingsOf(subject, corpus, own);
}

function sightingsOf(subject: Subject, corpus: Corpus, own: number | undefined): Sighting[] {
  const found: Sighting[] = [];
  for (const find of own === undefined ? finders : closeFinders) {
    find(subject, corpus, (place, confusion, features) => {
      found.push({ place, confusion, features });
    });
  }
  return found.filter(({ place }) => {
    const target = nameAt(corpus, place);
    return target !== subject.name && downloadsAt(corpus, place) > 10 * (own ?? 0) && !sameScope(subject, target);
  });
}

function sameScope({ scope }: Subject, target: string): boolean {
  return scope !== undefined && target.startsWith(`${scope}/`);
}

/** Classes of one pair are not independent: the strongest counts. */
function told(target: string, downloads: number, weighed: Weighed[]): Resemblance {
  const [best, ...others] = weighed.sort((a, b) => b.decibans - a.decibans);
  const decibans = best?.decibans ?? 0;
  return {
    target,
    downloads,
    classes: [...new Set([best, ...others].flatMap((one) => (one ? [one.confusion.name] : [])))],
    decibans,
    score: chance(decibans),
    tier: decibans < accuse ? 'none' : decibans < mayBlock || best?.confusion.everyday ? 'warn' : 'block',
    parts: best?.parts() ?? [],
  };
}

/** What was meant comes before what is merely in the name. */
function byWeight(a: Resemblance, b: Resemblance): number {
  return rank(a) - rank(b) || b.decibans - a.decibans || b.downloads - a.downloads || (a.target < b.target ? -1 : 1);
}

function rank({ tier, classes, decibans }: Resemblance): number {
  if (tier === 'none') return 2;
  return decibans < 0 || everyday.has(classes[0] ?? '') ? 1 : 0;
}
