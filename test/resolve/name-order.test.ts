import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compareNames } from '../../src/resolve/name-order.ts';

const { compare } = new Intl.Collator('en');

describe('the order of names', () => {
  it.each([
    ['names as they are', /^[a-z0-9_.@/-]{0,6}$/],
    ['names that differ in little', /^[a1_./@-]{0,4}$/],
    ['old names, and what is none', /^[aAbBéß1 ~'!_-]{0,4}$/],
  ])("is the dictionary's for %s", (_, letters) => {
    const text = fc.stringMatching(letters);
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(Math.sign(compareNames(a, b))).toBe(compare(a, b));
      }),
      { numRuns: 2_000 },
    );
  });
});
