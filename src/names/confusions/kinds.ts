/** What a package extends is part of its name: `babel-plugin-…`, `…-loader`. Such words are forgotten, and taken for one another. */
import { type Corpus, downloadsAt, form, nameAt } from '../corpus.ts';
import { Letters } from '../hash.ts';
import { placesOf } from '../lookup.ts';
import type { Confusion, Finder } from './confusion.ts';
import { fameOf } from './features.ts';

export const kindDropped: Confusion = {
  name: 'kind-dropped',
  family: 'spelling',
  about: 'words are left out that tell what it extends',
  example: ['syntax-dynamic-import', 'babel-plugin-syntax-dynamic-import'],
};

export const kindSwapped: Confusion = {
  name: 'kind-swapped',
  family: 'spelling',
  about: 'the words that tell what it extends are others',
  example: ['mini-css-extract-loader', 'mini-css-extract-plugin'],
  everyday: true,
};

/** The words of one tool, in front or behind: the longer ones first. */
const inFront = [
  ['babelplugin', 'babelpreset', 'babel', 'plugin', 'preset'],
  ['eslintplugin', 'eslintconfig', 'eslint', 'plugin', 'config'],
  ['stylelintconfig', 'stylelintplugin', 'stylelint', 'config'],
  ['rollupplugin', 'rollup', 'plugin'],
  ['viteplugin', 'vite', 'plugin'],
  ['prettierplugin', 'prettier', 'plugin'],
  ['postcssplugin', 'postcss'],
  ['gulpplugin', 'gulp'],
  ['gruntcontrib', 'gruntplugin', 'grunt', 'contrib'],
  ['jestenvironment', 'jest', 'environment'],
];
const behind = [['webpackplugin', 'webpackloader', 'loader', 'plugin', 'webpack']];

const leastDownloads = 1_000_000;
const mostWords = 8;
const letters = new Letters();

/** Puts the words of each kind where others stand, or none. */
export const findKinds: Finder = ({ words, scope }, corpus, report) => {
  if (scope !== undefined || words.length < 2 || words.length > mostWords) return;
  const typed = words.map(({ text }) => text).join('');
  const ends = new Set(words.flatMap(({ from, to }) => [from, to]));
  for (const { kinds, isInFront } of tools) {
    const own = kinds.find((kind) =>
      isInFront ? typed.startsWith(kind) && ends.has(kind.length) : typed.endsWith(kind) && ends.has(typed.length - kind.length),
    );
    const rest = isInFront ? typed.slice(own?.length ?? 0) : typed.slice(0, typed.length - (own?.length ?? 0));
    if (rest.length < (own === undefined ? shortestBare : shortestRest)) continue;
    for (const kind of kinds) {
      if (kind === own) continue;
      const isLonger = own === undefined || kind.includes(own);
      for (const place of meantBy(isInFront ? kind + rest : rest + kind, corpus))
        report(place, isLonger ? kindDropped : kindSwapped, fameOf(corpus, place));
    }
  }
};

const shortestRest = 3;
/** Where no word of a kind is left, only a long rest says what was meant. */
const shortestBare = 8;
const tools = [...inFront.map((kinds) => ({ kinds, isInFront: true })), ...behind.map((kinds) => ({ kinds, isInFront: false }))];

/** Only names so much used that their kind is left out in talk. */
function meantBy(meant: string, corpus: Corpus): readonly number[] {
  if (!letters.read(meant)) return [];
  return placesOf(corpus, form.letters, letters, 0, letters.length).filter(
    (place) => downloadsAt(corpus, place) >= leastDownloads && !nameAt(corpus, place).startsWith('@'),
  );
}
