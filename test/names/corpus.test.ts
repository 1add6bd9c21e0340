import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { downloadsAt, nameAt, openCorpus, packDownloads } from '../../src/names/corpus.ts';
import { buildCorpus } from '../../src/names/corpus-build.ts';
import { placeOf } from '../../src/names/lookup.ts';

const data = (file: string) => readFileSync(new URL(`../../data/${file}`, import.meta.url));

describe('the embedded list', () => {
  const corpus = openCorpus(data('popular-names.bin'));

  it('finds each of its names at its place', () => {
    for (let id = 0; id < corpus.count; id += 97) expect(placeOf(corpus, nameAt(corpus, id))).toBe(id);
  });

  it('does not know what it does not hold', () => {
    expect(['', '@', '__proto__', 'lodahs', 'constructor ', 'LODASH'].map((name) => placeOf(corpus, name))).toEqual([-1, -1, -1, -1, -1, -1]);
  });

  const about: { bytes: number; sha256: string; date: string; sources: unknown } = JSON.parse(data('popular-names.json').toString());

  it('says where it comes from, and is what it says', () => {
    const bytes = data('popular-names.bin');
    expect(about.sources).toEqual([
      { package: expect.stringMatching(/^download-counts@/), licence: 'MIT' },
      { package: expect.any(String), licence: 'MIT' },
    ]);
    expect([about.bytes, about.sha256]).toEqual([bytes.length, createHash('sha256').update(bytes).digest('hex')]);
  });

  it('is no larger than a package should be', () => {
    expect(about.bytes).toBeLessThan(9_500_000);
  });

  it('is fresh enough: `npm run data` makes it so', () => {
    expect(Date.now() - Date.parse(about.date)).toBeLessThan(400 * 86_400_000);
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
    expect(downloadsAt(corpus, placeOf(corpus, '@babel'))).toBe(40);
  });

  it('keeps downloads to within a thousandth', () => {
    const counts = [0, 1, 999, 1023, 1024, 1025, 2047, 2048, 54_321, 1_000_000, 452_434_618, 2_399_072_936];
    const corpus = openCorpus(buildCorpus(counts.map((downloads, at) => ({ name: `name-${at}`, downloads }))));
    for (const [at, count] of counts.entries()) {
      const kept = downloadsAt(corpus, placeOf(corpus, `name-${at}`));
      expect(Math.abs(kept - count)).toBeLessThanOrEqual(count / 1000);
    }
    expect(packDownloads(0xffffffff)).toBeLessThan(0x10000);
  });

  it('reads a section when it is first asked for, once, and answers the same', () => {
    const bytes = data('popular-names.bin');
    const read: number[] = [];
    const parts = openCorpus((from, to) => {
      read.push(to - from);
      return bytes.subarray(from, to);
    });
    const whole = openCorpus(bytes);
    expect(read.reduce((sum, length) => sum + length, 0)).toBeLessThan(1000);
    expect(placeOf(parts, 'express')).toBe(placeOf(whole, 'express'));
    const once = read.length;
    expect(read.reduce((sum, length) => sum + length, 0)).toBeLessThan(bytes.length / 2);
    expect(nameAt(parts, placeOf(parts, 'express'))).toBe('express');
    expect(read).toHaveLength(once);
  });

  it('splits the text between the names found with edits and the others', () => {
    const names = Array.from({ length: 50 }, (_, at) => ({ name: `name-${'x'.repeat(at % 7)}${at}`, downloads: 100 - at }));
    const corpus = openCorpus(buildCorpus(names, 21));
    expect([corpus.count, corpus.indexed]).toEqual([50, 21]);
    for (const [at, { name }] of names.entries()) expect([nameAt(corpus, at), placeOf(corpus, name)]).toEqual([name, at]);
  });

  it('refuses damaged bytes', () => {
    const bytes = buildCorpus([{ name: 'lodash', downloads: 30 }]);
    expect(() => openCorpus(bytes.subarray(0, bytes.length >> 1))).toThrow(/damaged/);
    expect(() => openCorpus(new Uint8Array(0))).toThrow(/damaged/);
  });
});
