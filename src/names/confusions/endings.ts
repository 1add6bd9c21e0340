/** The same word in another form: `…-fetcher` for `…-fetch`, `styling-…` for `styled-…`. */
import { downloadsAt, form, nameAt } from '../corpus.ts';
import { Letters } from '../hash.ts';
import { placesOf } from '../lookup.ts';
import type { Confusion, Finder } from './confusion.ts';
import { fameOf } from './features.ts';

export const wordEnding: Confusion = {
  name: 'word-ending',
  family: 'spelling',
  about: 'a word has another ending',
  example: ['styling-components', 'styled-components'],
};

const endings = ['', 'e', 'er', 'or', 'ing', 'ed', 'ion', 'ation'];
const shortestStem = 3;
const shortestWord = 4;
const mostWords = 5;
const leastDownloads = 1_000_000;
const letters = new Letters();

/** Gives every word of a phrase its other endings, one word at a time. */
export const findEndings: Finder = ({ words, scope }, corpus, report) => {
  if (scope !== undefined || words.length < 2 || words.length > mostWords) return;
  const typed = words.map(({ text }) => text).join('');
  for (const { text, from, to } of words) {
    for (const other of formsOf(text)) {
      if (!letters.read(typed.slice(0, from) + other + typed.slice(to))) continue;
      for (const place of placesOf(corpus, form.letters, letters, 0, letters.length))
        if (downloadsAt(corpus, place) >= leastDownloads && !nameAt(corpus, place).startsWith('@')) report(place, wordEnding, fameOf(corpus, place));
    }
  }
};

function formsOf(word: string): ReadonlySet<string> {
  const forms = new Set<string>();
  if (word.length < shortestWord) return forms;
  for (const ending of endings) {
    const stem = word.length - ending.length;
    if (stem < shortestStem || !word.endsWith(ending)) continue;
    for (const other of endings) if (other !== ending) forms.add(word.slice(0, stem) + other);
  }
  return forms;
}
