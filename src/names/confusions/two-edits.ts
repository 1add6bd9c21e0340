/** Two slips in one name, where it is long enough for that not to be chance. */
import { nameAt } from '../corpus.ts';
import { distanceUpTo } from '../distance.ts';
import { foremost, withinTwoEdits } from '../edits.ts';
import { Letters } from '../hash.ts';
import type { Confusion, Finder } from './confusion.ts';
import { spelling } from './features.ts';

export const twoEdits: Confusion = {
  name: 'two-edits',
  about: 'two letters differ',
  example: ['dezcord', 'discord'],
  family: 'spelling',
};

export const scrambled: Confusion = {
  name: 'scrambled',
  about: 'the same letters, in another order here and there',
  example: ['rceat', 'react'],
  family: 'spelling',
};

export const doubledLetters: Confusion = {
  name: 'doubled-letters',
  about: 'letters are doubled or undoubled in two places',
  example: ['expres-sesion', 'express-session'],
  family: 'spelling',
};

/** Shorter names are two edits from each other by chance; the same letters are a chance less often. */
const shortest = 7;
const shortestScrambled = 5;
const mostNear = 48;
const target = new Letters();

export const findTwoEdits: Finder = (subject, corpus, report) => {
  const { letters, scope } = subject;
  if (letters.length < shortestScrambled) return;
  for (const place of foremost(withinTwoEdits(corpus, letters), mostNear)) {
    const name = nameAt(corpus, place);
    if (name.startsWith('@') !== (scope !== undefined) || !target.read(name)) continue;
    if (distanceUpTo(letters.bytes, letters.length, target.bytes, target.length, 2) < 2) continue;
    if (sameLetters(letters, target)) report(place, scrambled, spelling(subject, corpus, place));
    else if (undoubled(letters) === undoubled(target)) report(place, doubledLetters, spelling(subject, corpus, place));
    else if (letters.length >= shortest)
      report(place, twoEdits, {
        ...spelling(subject, corpus, place),
        begins: letters.bytes[0] === target.bytes[0] ? 1 : 0,
        ends: letters.bytes[letters.length - 1] === target.bytes[target.length - 1] ? 1 : 0,
      });
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
