/** Two slips in one name, where it is long enough for that not to be chance. */
import { nameAt } from '../corpus.ts';
import { distanceUpTo } from '../distance.ts';
import { withinTwoEdits } from '../edits.ts';
import { Letters } from '../hash.ts';
import type { Confusion, Finder } from './confusion.ts';

export const twoEdits: Confusion = {
  name: 'two-edits',
  about: 'two letters differ',
  example: ['dezcord', 'discord'],
  decibans: -1,
};

export const scrambled: Confusion = {
  name: 'scrambled',
  about: 'the same letters, in another order here and there',
  example: ['rceat', 'react'],
  decibans: 14,
};

export const doubledLetters: Confusion = {
  name: 'doubled-letters',
  about: 'letters are doubled or undoubled in two places',
  example: ['expres-sesion', 'express-session'],
  decibans: 14,
};

/** Shorter names are two edits from each other by chance; the same letters are a chance less often. */
const shortest = 7;
const shortestScrambled = 5;
const target = new Letters();

export const findTwoEdits: Finder = ({ letters, scope }, corpus, report) => {
  if (letters.length < shortestScrambled) return;
  for (const place of withinTwoEdits(corpus, letters)) {
    const name = nameAt(corpus, place);
    if (name.startsWith('@') !== (scope !== undefined) || !target.read(name)) continue;
    if (distanceUpTo(letters.bytes, letters.length, target.bytes, target.length, 2) < 2) continue;
    if (sameLetters(letters, target)) report(place, scrambled, letters.length === shortestScrambled ? -4 : 0);
    else if (undoubled(letters) === undoubled(target)) report(place, doubledLetters);
    else if (letters.length >= shortest) report(place, twoEdits, letters.bytes[0] === target.bytes[0] ? 0 : -6);
  }
};

function sameLetters(a: Letters, b: Letters): boolean {
  if (a.signature !== b.signature || a.length !== b.length) return false;
  const sorted = (letters: Letters) => letters.bytes.slice(0, letters.length).sort();
  const [x, y] = [sorted(a), sorted(b)];
  return x.every((byte, at) => byte === y[at]);
}

function undoubled({ bytes, length }: Letters): string {
  return String.fromCharCode(...bytes.subarray(0, length)).replace(/(.)\1+/g, '$1');
}
