/** All classes of confusion. One not listed here does not exist; a test holds each to its own example. */
import { borrowed, decorated, decoratedTypo, findAdditions } from './additions.ts';
import type { Confusion, Finder } from './confusion.ts';
import { findEndings, wordEnding } from './endings.ts';
import { capitals, findSameForms, scopeAdded, scopeDropped, scopeFlattened, scopeMade, scopeSwapped, separators } from './forms.ts';
import { findKinds, kindDropped, kindSwapped } from './kinds.ts';
import { findOneEdit, slips } from './one-edit.ts';
import { findRewrites, rewrites } from './rewrites.ts';
import { findScope, scopeDecorated, scopeLookalike, scopeSlip } from './scopes.ts';
import { doubledLetters, findTwoEdits, scrambled, twoEdits } from './two-edits.ts';
import { findWordOrder, wordOrder } from './word-order.ts';

export const confusions: readonly Confusion[] = [
  ...slips,
  scrambled,
  doubledLetters,
  twoEdits,
  ...rewrites,
  capitals,
  separators,
  wordOrder,
  wordEnding,
  kindDropped,
  kindSwapped,
  scopeFlattened,
  scopeMade,
  scopeDropped,
  scopeAdded,
  scopeSwapped,
  scopeLookalike,
  scopeSlip,
  scopeDecorated,
  decorated,
  decoratedTypo,
  borrowed,
];

/** Slips and lookalikes: what even a name in use may be held to. */
export const closeFinders: readonly Finder[] = [findSameForms, findOneEdit, findScope];

export const finders: readonly Finder[] = [...closeFinders, findRewrites, findWordOrder, findEndings, findKinds, findTwoEdits, findAdditions];
