/** The same letters, or the same name without its scope. */
import { type Corpus, form, nameAt } from '../corpus.ts';
import { placesOf, usesOf } from '../lookup.ts';
import type { Subject } from '../subject.ts';
import { bareName } from '../words.ts';
import type { Confusion, Features, Finder } from './confusion.ts';
import { fameOf, shortness, spelling, standing } from './features.ts';

export const capitals: Confusion = {
  name: 'capitals',
  family: 'spelling',
  about: 'only capital letters differ',
  example: ['jsonstream', 'JSONStream'],
};

export const separators: Confusion = {
  name: 'separator',
  family: 'spelling',
  about: 'a separator is dropped, added, moved or another one',
  example: ['cross_env', 'cross-env'],
};

export const scopeFlattened: Confusion = {
  name: 'scope-flattened',
  family: 'scope',
  about: 'the scope is written as part of the name',
  example: ['babel-core', '@babel/core'],
};

export const scopeMade: Confusion = {
  name: 'scope-made',
  family: 'scope',
  about: 'the first word is written as a scope',
  example: ['@socket/io', 'socket.io'],
};

export const scopeDropped: Confusion = {
  name: 'scope-dropped',
  family: 'scope',
  about: 'the scope is left out',
  example: ['core-http', '@azure/core-http'],
};

export const scopeAdded: Confusion = {
  name: 'scope-added',
  family: 'scope',
  about: 'the same name under a scope of somebody else',
  example: ['@somebody/lodash', 'lodash'],
  everyday: true,
};

export const scopeSwapped: Confusion = {
  name: 'scope-swapped',
  family: 'scope',
  about: 'the same name as under a popular scope, under another one',
  example: ['@somebody/mcp-server', '@acme/mcp-server'],
  everyday: true,
};

/** Everything that is found by its letters alone. */
export const findSameForms: Finder = (subject, corpus, report) => {
  const { letters, name, scope, bareFrom } = subject;
  for (const place of placesOf(corpus, form.letters, letters, 0, letters.length)) {
    const target = nameAt(corpus, place);
    if (target === name || target.includes('/') !== target.startsWith('@')) continue;
    const same = sameLetters(name, target);
    report(place, same, same.family === 'scope' ? scoping(subject, corpus, place, 1) : spelling(subject, corpus, place));
  }
  // A word many scopes use is nobody's.
  const holders = placesOf(corpus, form.bare, letters, bareFrom, letters.length, mostHolders).filter(
    (place) => !nameAt(corpus, place).startsWith('@types/'),
  );
  for (const place of holders.slice(0, 3))
    report(place, scope === undefined ? scopeDropped : scopeSwapped, scoping(subject, corpus, place, holders.length));
  if (scope === undefined) return;
  for (const place of placesOf(corpus, form.letters, letters, bareFrom, letters.length))
    if (!nameAt(corpus, place).startsWith('@')) report(place, scopeAdded, scoping(subject, corpus, place, holders.length));
};

const mostHolders = 100;

/** Of a name that has the letters of the target, and another scope or none. */
function scoping({ letters, bareFrom, plain, words }: Subject, corpus: Corpus, place: number, holders: number): Features {
  const own = words.filter(({ from }) => from >= bareFrom);
  const uses = own.map(({ from, to }) => usesOf(corpus, letters, from, to));
  return {
    ...fameOf(corpus, place),
    ...shortness(letters.length - bareFrom),
    holders: Math.log10(Math.max(1, holders)),
    usual: uses.reduce((sum, one) => sum + one, 0) / Math.max(1, own.length),
    house: standing(corpus, nameAt(corpus, place)),
    stranger: plain.startsWith('@') && standing(corpus, plain) === 0 ? 1 : 0,
    ...(own.length === 1 && { single: 1 }),
  };
}

function sameLetters(name: string, target: string): Confusion {
  if (name.toLowerCase() === target.toLowerCase()) return capitals;
  const [scoped, wanted] = [bareName(name) !== name, bareName(target) !== target];
  if (scoped === wanted) return separators;
  return wanted ? scopeFlattened : scopeMade;
}
