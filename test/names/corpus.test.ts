import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { nameAt, openCorpus, placeOf } from '../../src/names/corpus.ts';
import { buildCorpus } from '../../src/names/corpus-build.ts';

const data = (file: string) => readFileSync(new URL(`../../data/${file}`, import.meta.url));

describe('the embedded list', () => {
  const corpus = openCorpus(data('popular-names.bin'));

  it('finds each of its names at its place', () => {
    for (let id = 0; id < corpus.count; id += 97) expect(placeOf(corpus, nameAt(corpus, id))).toBe(id);
  });

  it('does not know what it does not hold', () => {
    expect(['', '@', '__proto__', 'lodahs', 'constructor ', 'LODASH'].map((name) => placeOf(corpus, name))).toEqual([-1, -1, -1, -1, -1, -1]);
  });

  it('says where it comes from', () => {
    const about: unknown = JSON.parse(data('popular-names.json').toString());
    expect(about).toMatchObject({
      sources: [{ licence: 'MIT' }, { licence: 'MIT' }],
      date: expect.stringMatching(/^20/),
      bytes: data('popular-names.bin').length,
    });
  });
});

describe('building', () => {
  it('gives the same bytes for the same names in any order', () => {
    const names = [
      { name: '@babel/core', downloads: 10 },
      { name: 'lodash', downloads: 30 },
    ];
    expect(buildCorpus(names)).toEqual(buildCorpus(names.toReversed()));
  });

  it('lists scopes with the downloads of their packages together', () => {
    const corpus = openCorpus(
      buildCorpus([
        { name: '@babel/core', downloads: 10 },
        { name: '@babel/types', downloads: 30 },
      ]),
    );
    expect(corpus.downloads[placeOf(corpus, '@babel')]).toBe(40);
  });

  it('refuses damaged bytes', () => {
    const bytes = buildCorpus([{ name: 'lodash', downloads: 30 }]);
    expect(() => openCorpus(bytes.subarray(0, bytes.length >> 1))).toThrow(/damaged/);
    expect(() => openCorpus(new Uint8Array(0))).toThrow(/damaged/);
  });
});
