import { describe, expect, it } from '@jest/globals';
import { factInWords } from '../../src/reporters/fact-words.ts';

function said(facts: Parameters<typeof factInWords>[2]) {
  return Object.entries(facts).flatMap(([name, value]) => {
    const words = factInWords(name, value, facts);
    return words ? [words.join(' ')] : [];
  });
}

describe('facts in words', () => {
  it('say what a resemblance is made of once, and how likely it is', () => {
    const facts = { popular: 'express', own: 0, confusion: ['decorated'], score: 0.987, parts: ['a popular name with other words around it +9'] };
    expect(said(facts)).toEqual([
      'popular name express',
      'downloads of its own 0',
      'likelihood 98 %',
      'weighed a popular name with other words around it +9',
    ]);
    expect(said({ confusion: ['capitals'] })).toEqual(['alike by capitals']);
  });

  it('are called by their names, in words, where no other is set', () => {
    expect(said({ runsOn: 'import', constructor: 'x', __proto: true })).toEqual(['runs on import', 'constructor x', '__proto true']);
  });
});
