import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { confusions } from '../../src/names/confusions/index.ts';
import { accuse, mayBlock, used, weights } from '../../src/names/weights.ts';

interface Counted {
  readonly accuse: number;
  readonly block: number;
  readonly used: object;
  readonly families: Readonly<
    Record<string, { readonly classes: Readonly<Record<string, { readonly decibans: number }>>; readonly features: Readonly<Record<string, number>> }>
  >;
}

describe('the weights of likenesses', () => {
  const counted: Counted = JSON.parse(readFileSync(new URL('../../data/name-weights.json', import.meta.url), 'utf8'));

  it('are those of the counts in data/: `npm run data:weights` writes both', () => {
    expect({ accuse, block: mayBlock, used }).toEqual({ accuse: counted.accuse, block: counted.block, used: counted.used });
    const bare = Object.entries(counted.families).map(([family, { classes, features }]) => [
      family,
      { classes: Object.fromEntries(Object.entries(classes).map(([name, { decibans }]) => [name, decibans])), features },
    ]);
    expect(weights).toEqual(Object.fromEntries(bare));
  });

  it('hold every class', () => {
    for (const { name, family } of confusions) expect(weights[family].classes[name]).toEqual(expect.any(Number));
  });

  it('ask more before blocking than before warning', () => {
    expect(mayBlock).toBeGreaterThan(accuse);
  });
});
