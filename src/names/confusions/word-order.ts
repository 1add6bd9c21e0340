/** The words of a popular name in another order. */
import { nameAt } from '../corpus.ts';
import { wordsKey } from '../corpus-build.ts';
import { Letters } from '../hash.ts';
import { keyed } from '../lookup.ts';
import { wordsOf } from '../words.ts';
import type { Confusion, Finder } from './confusion.ts';

export const wordOrder: Confusion = {
  name: 'word-order',
  about: 'the words are in another order',
  example: ['session-express', 'express-session'],
  decibans: 3,
  fame: { perDecade: 3, at: 6.5 },
};

const letters = new Letters();

/** Sets of words have one key, whatever the order: no permutation is ever made. */
export const findWordOrder: Finder = ({ words }, corpus, report) => {
  if (words.length < 2) return;
  const texts = words.map(({ text }) => text);
  const sorted = texts.toSorted().join(' ');
  for (const place of keyed(corpus, wordsKey(texts, letters))) {
    const found = wordsOf(nameAt(corpus, place));
    if (found.length === texts.length && found.join('') !== texts.join('') && found.toSorted().join(' ') === sorted) report(place, wordOrder);
  }
};
