/** Written by `npm run data:weights` from data/name-weights.json, where the counts are. */
import type { Family } from './confusions/confusion.ts';

/** From here on a name is accused; blocking takes more, and evidence of another kind. */
export const accuse = -2.8;
export const mayBlock = 8.4;

/** What being in use speaks for a name, and each ten times more downloads beyond a thousand. */
export const used = { listed: -18.5, perDecade: -1 } as const;

/** Decibans of the classes and features of each family. */
export const weights: Readonly<Record<Family, FamilyWeights>> = {
  addition: {
    classes: {
      'borrowed-name': 1.4,
      decorated: 8.1,
    },
    features: {
      cover: 2.26,
      decorations: 1.18,
      digits: 0.29,
      fame: 1.12,
      first: 0.42,
      five: -1.84,
      frame: -0.8,
      fresh: 3.96,
      glued: 0.81,
      inScope: -9.22,
      kin: -0.34,
      last: 0.87,
      phrase: -0.32,
      rest: -1.06,
      scoped: -9.97,
      star: 1.28,
      stranger: 5.26,
      throng: -2.56,
      trailing: -0.19,
      usual: -0.66,
      wanted: 2.53,
    },
  },
  scope: {
    classes: {
      'scope-added': -0.7,
      'scope-decorated': -2,
      'scope-dropped': 4.5,
      'scope-flattened': 3.8,
      'scope-lookalike': -3.3,
      'scope-made': -0.5,
      'scope-swapped': -4.7,
      'scope-slip': 4.2,
    },
    features: {
      fame: 0.57,
      five: -3.75,
      four: -1.72,
      holders: -2.11,
      house: 1.02,
      seven: -0.6,
      single: -2.31,
      stranger: 6.9,
      three: -5.46,
      usual: -1.21,
    },
  },
  spelling: {
    classes: {
      capitals: 9.6,
      'decorated-typo': 12.4,
      'decoration-dropped': 5.1,
      digit: 10.7,
      'digits-for-letters': 10.9,
      'doubled-letter': 18.6,
      'doubled-letters': 11.4,
      'first-letter': 9.8,
      insertion: 12,
      'language-swapped': 8.6,
      'last-letter': 10.8,
      'lookalike-digit': 14.7,
      'neighbour-key': 11.5,
      omission: 13,
      padded: 12,
      plural: 10.2,
      scrambled: 12.7,
      separator: 7.2,
      spelling: 11.4,
      substitution: 11.7,
      transposition: 23.6,
      'two-edits': 6.2,
      'undoubled-letter': 13.4,
      'word-form': 14.2,
      'word-order': 3.4,
      'foreign-script': 30,
      'lookalike-letters': 11.4,
      'word-ending': 2,
      'kind-dropped': 2,
      'kind-swapped': -1,
    },
    features: {
      begins: 1.58,
      ends: -2.76,
      fame: 1.89,
      five: -4.26,
      four: -10.17,
      known: -5.58,
      seven: -3.43,
      star: 0.7,
      three: -13.21,
    },
  },
};

interface FamilyWeights {
  readonly classes: Readonly<Record<string, number>>;
  readonly features: Readonly<Record<string, number>>;
}
