/** Confusions that a person makes and no single edit: the name is written back, and looked up. */
import { form, nameAt } from '../corpus.ts';
import { Letters } from '../hash.ts';
import { placesOf } from '../lookup.ts';
import type { Confusion, Finder } from './confusion.ts';
import { spelling } from './features.ts';

interface Rewrite extends Omit<Confusion, 'family'> {
  /** What may have been meant. At most a few. */
  readonly meant: (letters: string, words: readonly string[]) => Iterable<string>;
}

const kinds: readonly Rewrite[] = [
  {
    name: 'foreign-script',
    about: 'letters of another script that look the same',
    example: ['lоdash', 'lodash'],
    meant: () => [],
  },
  {
    name: 'lookalike-letters',
    about: 'letters that together look like another one',
    example: ['cornmander', 'commander'],
    meant: (letters) =>
      replaced(letters, [
        ['rn', 'm'],
        ['m', 'rn'],
        ['vv', 'w'],
        ['w', 'vv'],
        ['cl', 'd'],
        ['nn', 'm'],
      ]),
  },
  {
    name: 'digits-for-letters',
    about: 'digits stand for letters',
    example: ['w3bp4ck', 'webpack'],
    meant: (letters) => (/\d/.test(letters) ? [...unleet(letters)] : []),
  },
  {
    name: 'spelling',
    about: 'British for American spelling or the other way round',
    example: ['colours', 'colors'],
    meant: (letters) =>
      replaced(letters, [
        ['colour', 'color'],
        ['color', 'colour'],
        ['grey', 'gray'],
        ['gray', 'grey'],
        ['ise', 'ize'],
        ['ize', 'ise'],
        ['yse', 'yze'],
        ['yze', 'yse'],
        ['centre', 'center'],
        ['center', 'centre'],
        ['licence', 'license'],
        ['license', 'licence'],
        ['behaviour', 'behavior'],
        ['behavior', 'behaviour'],
      ]),
  },
  {
    name: 'word-form',
    about: 'a word is in the plural that was in the singular, or the other way round',
    example: ['requires-ports-x', 'require-port-x'],
    meant: (_, words) => wordForms(words),
  },
  {
    name: 'language-swapped',
    about: 'js, ts or node stand for one another',
    example: ['bignumber.ts', 'bignumber.js'],
    meant: (_, words) => swappedWords(words, ['js', 'ts', 'node', 'nodejs', 'javascript', 'typescript', 'esm', 'cjs']),
  },
  {
    name: 'decoration-dropped',
    about: 'js, node or the like is left out',
    example: ['llama-tokenizer', 'llama-tokenizer-js'],
    meant: (letters) => [`${letters}js`, `node${letters}`, `${letters}lib`, `${letters}core`, `${letters}ts`],
  },
  {
    name: 'padded',
    about: 'the same letter several times behind',
    example: ['expressqqq', 'express'],
    meant: (letters) => [letters.replace(/([a-z])\1{1,5}$/, '')],
  },
];

/** The kinds of rewriting. */
export const rewrites = kinds.map((kind) => ({ ...kind, family: 'spelling' as const }));

/** Nobody takes a longer name for another. */
const longest = 80;
const letters = new Letters();

/** Looks up everything that may have been meant. */
export const findRewrites: Finder = (subject, corpus, report) => {
  const { name, plain, words, scope } = subject;
  if (subject.letters.length > longest) return;
  const texts = words.map(({ text }) => text);
  const typed = texts.join('');
  const look = (meant: string, rewrite: Confusion) => {
    if (meant.length < 4 || !letters.read(meant)) return;
    for (const place of placesOf(corpus, form.letters, letters, 0, letters.length)) {
      if (nameAt(corpus, place).startsWith('@') === (scope !== undefined)) report(place, rewrite, spelling(subject, corpus, place));
    }
  };
  const [foreign] = rewrites;
  if (plain !== name && foreign) look(plain, foreign);
  for (const rewrite of rewrites) for (const meant of rewrite.meant(typed, texts)) if (meant !== typed) look(meant, rewrite);
};

function* replaced(text: string, pairs: readonly (readonly [string, string])[]): Iterable<string> {
  for (const [from, to] of pairs) {
    const at = text.indexOf(from);
    if (at < 0) continue;
    yield text.slice(0, at) + to + text.slice(at + from.length);
    if (text.includes(from, at + 1)) yield text.replaceAll(from, to);
  }
}

function* unleet(text: string): Iterable<string> {
  const base = text.replaceAll('0', 'o').replaceAll('3', 'e').replaceAll('4', 'a').replaceAll('5', 's').replaceAll('7', 't');
  yield base.replaceAll('1', 'l');
  yield base.replaceAll('1', 'i');
}

function* wordForms(words: readonly string[]): Iterable<string> {
  const singular = words.map((word) => word.replace(/ies$/, 'y').replace(/(?<=[a-z]{2})s$/, ''));
  yield singular.join('');
  if (words.length > 1) for (let at = 0; at < words.length; at++) yield words.map((word, i) => (i === at ? `${word}s` : word)).join('');
}

function* swappedWords(words: readonly string[], group: readonly string[]): Iterable<string> {
  for (const at of [0, words.length - 1]) {
    if (words.length < 2 || !group.includes(words[at] ?? '')) continue;
    for (const other of group) yield words.map((word, i) => (i === at ? other : word)).join('');
  }
}
