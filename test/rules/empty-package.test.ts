import { describe, expect, it } from '@jest/globals';
import { analyse } from '../../src/code/analyse.ts';
import { compareContents } from '../../src/code/compare.ts';
import { readTarball } from '../../src/registry/tarball.ts';
import { aRelease } from '../../src/rules/example.ts';
import { aPackage } from '../helpers/a-tarball.ts';

describe('a package without code', () => {
  it.each<[string, Readonly<Record<string, string>>, boolean]>([
    ['holds its package.json alone', {}, false],
    ['holds a README', { 'README.md': '# it' }, false],
    ['holds data', { 'data.json': '{}' }, true],
    ['holds a script', { 'index.js': '' }, true],
  ])('%s', async (_, files, hasCode) => {
    const facts = analyse(await readTarball(aPackage({ name: 'it', version: '1.0.0' }, files)));
    expect(compareContents(facts, aRelease('1.0.0'), undefined).hasCode).toBe(hasCode);
  });
});
