/** The same letters, or the same name without its scope. */
import { form, nameAt } from '../corpus.ts';
import { placesOf } from '../lookup.ts';
import { bareName } from '../words.ts';
import type { Confusion, Finder } from './confusion.ts';

export const capitals: Confusion = {
  name: 'capitals',
  about: 'only capital letters differ',
  example: ['jsonstream', 'JSONStream'],
  decibans: 12,
  fame: { perDecade: 3, at: 6.5 },
};

export const separators: Confusion = {
  name: 'separator',
  about: 'a separator is dropped, added, moved or another one',
  example: ['cross_env', 'cross-env'],
  decibans: 9,
  fame: { perDecade: 3, at: 6.5 },
};

export const scopeFlattened: Confusion = {
  name: 'scope-flattened',
  about: 'the scope is written as part of the name',
  example: ['babel-core', '@babel/core'],
  decibans: 10,
  fame: { perDecade: 3, at: 6.5 },
};

export const scopeMade: Confusion = {
  name: 'scope-made',
  about: 'the first word is written as a scope',
  example: ['@socket/io', 'socket.io'],
  decibans: 9,
  fame: { perDecade: 3, at: 6.5 },
};

export const scopeDropped: Confusion = {
  name: 'scope-dropped',
  about: 'the scope is left out',
  example: ['core-http', '@azure/core-http'],
  decibans: 8,
  fame: { perDecade: 2, at: 5 },
};

export const scopeAdded: Confusion = {
  name: 'scope-added',
  about: 'the same name under a scope of somebody else',
  example: ['@somebody/lodash', 'lodash'],
  decibans: -9,
};

/** Everything that is found by its letters alone. */
export const findSameForms: Finder = (subject, corpus, report) => {
  const { letters, name, scope, bareFrom, words } = subject;
  for (const place of placesOf(corpus, form.letters, letters, 0, letters.length)) {
    const target = nameAt(corpus, place);
    if (target !== name && target.includes('/') === target.startsWith('@')) report(place, sameLetters(name, target), letters.length < 5 ? -8 : 0);
  }
  if (scope === undefined) {
    const alone = words.length === 1 ? -5 : 0;
    const targets = placesOf(corpus, form.bare, letters, 0, letters.length);
    // A word many scopes use is nobody's.
    for (const place of targets.slice(0, 3)) report(place, scopeDropped, alone - 3 * (targets.length - 1));
  } else
    for (const place of placesOf(corpus, form.letters, letters, bareFrom, letters.length))
      if (!nameAt(corpus, place).startsWith('@')) report(place, scopeAdded);
};

function sameLetters(name: string, target: string): Confusion {
  if (name.toLowerCase() === target.toLowerCase()) return capitals;
  const [scoped, wanted] = [bareName(name) !== name, bareName(target) !== target];
  if (scoped === wanted) return separators;
  return wanted ? scopeFlattened : scopeMade;
}
