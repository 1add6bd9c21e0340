/** The words of a popular name in another order. */
import { nameAt } from '../corpus.ts';
import { wordsKey } from '../corpus-build.ts';
import { Letters } from '../hash.ts';
import { filed } from '../lookup.ts';
import { wordsOf } from '../words.ts';
import type { Confusion, Finder } from './confusion.ts';
import { spelling } from './features.ts';

export const wordOrder: Confusion = {
  name: 'word-order',
  about: 'the words are in another order',
  example: ['session-express', 'express-session'],
  family: 'spelling',
};

const letters = new Letters();

/** Sets of words have one key, whatever the order: no permutation is ever made. */
export const findWordOrder: Finder = (subject, corpus, report) => {
  const { words } = subject;
  if (words.length < 2) return;
  const texts = words.map(({ text }) => text);
  const sorted = texts.toSorted().join(' ');
  const isReordered = (place: number) => {
    const found = wordsOf(nameAt(corpus, place));
    return found.length === texts.length && found.join('') !== texts.join('') && found.toSorted().join(' ') === sorted;
  };
  for (const place of filed(corpus, wordsKey(texts, letters), mostPlaces, isReordered)) report(place, wordOrder, spelling(subject, corpus, place));
};

const mostPlaces = 8;
