import { describe, expect, it } from '@jest/globals';
import { nearest } from '../../src/names/nearest.ts';

describe('the word somebody probably meant', () => {
  it.each([
    ['typosqat', 'typosquat'],
    ['TYPOSQUAT', 'typosquat'],
    ['relase-age', 'release-age'],
    ['xyz', undefined],
    ['x'.repeat(100_000), undefined],
  ])('%.12s: %s', (word, meant) => {
    expect(nearest(word, ['typosquat', 'release-age', 'deprecated'])).toBe(meant);
  });
});
