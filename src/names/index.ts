/** What a name itself says: which popular names it could be mistaken for. Pure. */
import type { NameEvidence, NearName } from '../model/evidence.ts';
import { borrowed } from './confusions/additions.ts';
import { closeFinders, finders } from './confusions/index.ts';
import { type Corpus, downloadsAt, nameAt } from './corpus.ts';
import { placeOf } from './lookup.ts';
import { readSubject, type Subject } from './subject.ts';
import { accuse, chance, mayBlock, type Weighed, weigh } from './weigh.ts';

export { type Corpus, openCorpus } from './corpus.ts';
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

/** Names so much used are what others are mistaken for. */
const wellKnown = 100_000;

/** The popular names a name could be mistaken for: what may be held against it. */
export function resemblance(name: string, corpus: Corpus, extra?: Corpus): NameEvidence {
  const own = listed(name, corpus);
  const near = lookalikes(name, corpus, extra)
    .slice(0, 3)
    .flatMap(({ target, downloads, classes, score, tier, parts }): NearName[] =>
      tier === 'none' ? [] : [{ target, downloads, classes, score, tier, parts }],
    );
  return { ...(own !== undefined && { downloads: own }), near };
}

/** Whether a name only has a popular one in it, with other words around: too common to be held against it alone. */
export function borrows(near: NearName): boolean {
  return near.classes[0] === borrowed.name;
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
  const sightings = new Map<number, Weighed[]>();
  for (const find of own === undefined ? finders : closeFinders) {
    find(subject, corpus, (place, confusion, more = 0) => {
      const weighed = weigh(confusion, more, downloadsAt(corpus, place), own);
      const earlier = sightings.get(place);
      if (earlier) earlier.push(weighed);
      else sightings.set(place, [weighed]);
    });
  }
  return [...sightings].flatMap(([place, weighed]) => {
    const target = nameAt(corpus, place);
    const downloads = downloadsAt(corpus, place);
    return target === subject.name || downloads <= 10 * (own ?? 0) || sameScope(subject, target) ? [] : [told(target, downloads, weighed)];
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
    tier: decibans < accuse ? 'none' : decibans < mayBlock || best?.confusion === borrowed ? 'warn' : 'block',
    parts: best?.parts ?? [],
  };
}

/** What was meant comes before what is merely in the name. */
function byWeight(a: Resemblance, b: Resemblance): number {
  return rank(a) - rank(b) || b.decibans - a.decibans || b.downloads - a.downloads || (a.target < b.target ? -1 : 1);
}

function rank({ tier, classes }: Resemblance): number {
  if (tier === 'none') return 2;
  return classes[0] === borrowed.name ? 1 : 0;
}
