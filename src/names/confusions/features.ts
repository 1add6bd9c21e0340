/** What is counted about a likeness besides its class: each number has a weight of its own, learnt from labelled and honest names. */
import { type Corpus, downloadsAt, nameAt } from '../corpus.ts';
import { placeOf, usesOf } from '../lookup.ts';
import type { Subject } from '../subject.ts';
import { scopeOf, wordsOf } from '../words.ts';
import type { Features } from './confusion.ts';

/** How many names hold the name at a place as a word: 0 for one, 3 for a thousand. */
export function kinAt(corpus: Corpus, place: number): number {
  return Math.log10(1 + (corpus.relatives[place] ?? 0));
}

/** Fame of the target: downloads by tens from a million on; what lies above forty millions counts apart. */
export function fameOf(corpus: Corpus, place: number): { fame: number; star: number } {
  const fame = Math.log10(downloadsAt(corpus, place) + 1) - 6;
  return { fame, star: Math.max(0, fame - 1.5) };
}

/** Short names are like each other by chance. */
export function shortness(length: number): Features {
  return length <= 3 ? { three: 1 } : length === 4 ? { four: 1 } : length === 5 ? { five: 1 } : length <= 7 ? { seven: 1 } : {};
}

/** Of another spelling of the whole name. */
export function spelling({ words, letters, scope }: Subject, corpus: Corpus, place: number): Features {
  const meant = wordsOf(nameAt(corpus, place));
  const typed = words.filter(({ text }) => !meant.includes(text)).map(({ from, to }) => usesOf(corpus, letters, from, to));
  const usual = Math.max(0, ...typed);
  return {
    ...fameOf(corpus, place),
    ...shortness(meant.join('').length),
    kin: kinAt(corpus, place),
    phrase: meant.length - 1,
    ...(scope !== undefined && { scoped: 1 }),
    // A word that others use as it stands was probably not mistyped.
    ...(usual > 0 && { known: 1, usual }),
  };
}

/** How well known the owner of a scope is: downloads by tens from a thousand on; 0 for strangers. */
export function standing(corpus: Corpus, name: string): number {
  const scope = scopeOf(name);
  const place = scope === undefined ? -1 : placeOf(corpus, scope);
  return place < 0 ? 0 : Math.max(0, Math.log10(downloadsAt(corpus, place) + 1) - 3);
}
