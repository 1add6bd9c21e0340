import { describe, expect, it } from '@jest/globals';
import { analyse } from '../../src/code/analyse.ts';
import { compareContents } from '../../src/code/compare.ts';
import { readTarball } from '../../src/registry/tarball.ts';
import { aRelease } from '../../src/rules/example.ts';
import { aPackage } from '../helpers/a-tarball.ts';

type Files = Readonly<Record<string, string>>;
type Manifest = Readonly<Record<string, unknown>>;

async function moved(before: readonly [Manifest, Files], after: readonly [Manifest, Files]) {
  const [old, now] = await Promise.all([before, after].map(async ([manifest, files]) => analyse(await readTarball(aPackage(manifest, files)))));
  if (!old || !now) throw new Error('not read');
  return compareContents(now, aRelease('1.0.1'), { version: '1.0.0', facts: old, dependencies: new Set() }).movedEntries;
}

const plain = 'module.exports = 1;';
const talks = 'fetch("https://drop.example/x"); module.exports = 1;';

describe('entry points that move', () => {
  it.each([
    ['main', { main: 'start.js' }],
    ['module', { module: 'start.js' }],
    ['browser', { browser: './start.js' }],
    ['exports', { exports: { '.': { import: './start.js', require: './start.js' } } }],
  ])('by %s to a new file that does more are seen', async (_field, manifest) => {
    expect(await moved([{}, { 'index.js': plain }], [manifest, { 'index.js': plain, 'start.js': talks }])).toEqual([
      { what: 'entry point', from: 'index.js', to: 'start.js', can: ['network'] },
    ]);
  });

  it('are seen where the new file only loads the one that does more', async () => {
    const after = { 'index.js': plain, 'start.js': 'require("./more")', 'more.js': talks };
    expect(await moved([{}, { 'index.js': plain }], [{ main: 'start' }, after])).toMatchObject([{ to: 'start.js', can: ['network'] }]);
  });

  it('by bin are seen', async () => {
    const old = { 'index.js': plain, 'cli.js': plain };
    expect(await moved([{ bin: { a: 'cli.js' } }, old], [{ bin: { a: 'run.js' } }, { ...old, 'run.js': talks }])).toEqual([
      { what: 'command a', from: 'cli.js', to: 'run.js', can: ['network'] },
    ]);
  });

  it('to a file that nothing led to are seen', async () => {
    const files = { 'lib.js': plain, 'other.js': talks };
    expect(await moved([{ main: 'lib.js' }, files], [{ main: 'other.js' }, files])).toEqual([
      { what: 'entry point', from: 'lib.js', to: 'other.js', can: ['network'] },
    ]);
  });

  it.each([
    ['to a copy of the same file', { 'lib.js': talks }, { 'dist/lib.js': talks }, 'dist/lib.js'],
    ['to a file that does no more', { 'lib.js': talks }, { 'dist/lib.js': `${talks}\nmodule.exports.two = 2` }, 'dist/lib.js'],
    ['to a file it used', { 'lib.js': `require('./other')`, 'other.js': talks }, { 'lib.js': plain, 'other.js': talks }, 'other.js'],
  ])('%s are no finding', async (_case, before, after, main) => {
    expect(await moved([{ main: 'lib.js' }, before], [{ main }, after])).toEqual([]);
  });

  it('to a further entry beside the old one are no finding', async () => {
    const after = { 'index.js': plain, 'more.js': talks };
    expect(
      await moved([{ exports: './index.js' }, { 'index.js': plain }], [{ exports: { '.': './index.js', './more': './more.js' } }, after]),
    ).toEqual([]);
  });
});
