/** A scope that looks like one everybody trusts: whoever holds it may put any name under it. */
import { type Corpus, downloadsAt, form, nameAt } from '../corpus.ts';
import { withinOneEdit } from '../edits.ts';
import { Letters } from '../hash.ts';
import { placeOf, placesOf } from '../lookup.ts';
import { wordsOf } from '../words.ts';
import type { Confusion, Finder } from './confusion.ts';
import { decorations } from './decorations.ts';
import { fameOf, shortness } from './features.ts';

export const scopeLookalike: Confusion = {
  name: 'scope-lookalike',
  about: 'the scope is one slip away from a popular one',
  example: ['@bable/core', '@babel/core'],
  family: 'scope',
};

export const scopeSlip: Confusion = {
  name: 'scope-slip',
  about: 'the scope is one slip away from a long one that very many use',
  example: ['@testing-libary/anything', '@testing-library'],
  family: 'scope',
};

export const scopeDecorated: Confusion = {
  name: 'scope-decorated',
  about: 'the scope is a popular name with something added that means nothing',
  example: ['@babel-js/core', '@babel/core'],
  family: 'scope',
};

const letters = new Letters();
const shortest = 4;
/** Scopes that very many use, and long ones that many use: one slip away from these there is hardly an honest one. */
function isFamous(corpus: Corpus, place: number, scope: string): boolean {
  const [name, downloads] = [nameAt(corpus, place), downloadsAt(corpus, place)];
  const { length } = wordsOf(name).join('');
  return name[1] === scope[1]?.toLowerCase() && ((length >= 6 && downloads >= 10_000_000) || (length >= 10 && downloads >= 1_000_000));
}

/** Scopes are listed as `@scope`, with the downloads of all their packages. */
export const findScope: Finder = ({ plain, scope }, corpus, report) => {
  if (scope === undefined || !letters.read(scope)) return;
  const tell = (place: number, confusion: Confusion) => {
    const target = nameAt(corpus, place);
    if (target === scope || !target.startsWith('@') || target.includes('/')) return;
    const same = placeOf(corpus, target + plain.slice(scope.length));
    report(same < 0 ? place : same, confusion, { ...fameOf(corpus, place), ...shortness(target.length - 1), ...(same >= 0 && { exists: 1 }) });
  };
  const near = letters.length < shortest ? [] : withinOneEdit(corpus, letters);
  for (const place of near) {
    tell(place, scopeLookalike);
    if (isFamous(corpus, place, scope)) tell(place, scopeSlip);
  }
  letters.read(scope);
  for (const [from, to] of undecorated(scope)) {
    for (const place of placesOf(corpus, form.letters, letters, from, to)) tell(place, scopeDecorated);
  }
};

/** Where the letters lie that remain without a decoration in front or behind. */
function* undecorated(scope: string): Iterable<[number, number]> {
  const plain = scope.toLowerCase().replace(/[^a-z0-9]/g, '');
  for (const word of decorations) {
    if (plain.length < word.length + shortest) continue;
    if (plain.endsWith(word)) yield [0, plain.length - word.length];
    if (plain.startsWith(word)) yield [word.length, plain.length];
  }
}
