import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Corpus, nameAt, openCorpus } from '../../src/names/corpus.ts';
import { buildCorpus } from '../../src/names/corpus-build.ts';
import { withinOneEdit, withinTwoEdits } from '../../src/names/edits.ts';
import { Letters } from '../../src/names/hash.ts';

const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '-', '1'), minLength: 1, maxLength: 12 }).filter((name) => plain(name) !== '');
const words = fc.uniqueArray(word, { minLength: 1, maxLength: 60 });

describe('the index', () => {
  it.each([
    [1, withinOneEdit],
    [2, withinTwoEdits],
  ] as const)('finds within %i edits what comparing with every name finds', (edits, find) => {
    fc.assert(
      fc.property(words, word, (names, asked) => {
        const corpus = openCorpus(buildCorpus(names.map((name) => ({ name, downloads: 1 }))));
        const query = new Letters();
        query.read(asked);
        expect(
          find(corpus, query)
            .map((id) => nameAt(corpus, id))
            .sort(),
        ).toEqual(bySearch(corpus, asked, edits));
      }),
      { numRuns: 300 },
    );
  });
});

function bySearch(corpus: Corpus, asked: string, edits: number): string[] {
  return Array.from({ length: corpus.count }, (_, id) => nameAt(corpus, id))
    .filter((name) => distance(plain(name), plain(asked)) <= edits)
    .sort();
}

function plain(name: string): string {
  return name.replace(/[^a-z0-9]/g, '');
}

/** The textbook table, unbanded: the reference. */
function distance(a: string, b: string): number {
  const table = Array.from({ length: a.length + 1 }, (_, i) => Array.from({ length: b.length + 1 }, (_, j) => (i === 0 ? j : j === 0 ? i : 0)));
  const cell = (i: number, j: number): number => table[i]?.[j] ?? 0;
  for (let i = 1; i <= a.length; i++)
    for (let j = 1; j <= b.length; j++) {
      const swap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? cell(i - 2, j - 2) + 1 : 999;
      const cost = Math.min(cell(i - 1, j) + 1, cell(i, j - 1) + 1, cell(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1), swap);
      const row = table[i];
      if (row) row[j] = cost;
    }
  return cell(a.length, b.length);
}
