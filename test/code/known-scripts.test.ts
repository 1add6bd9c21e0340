import { expect, it } from '@jest/globals';
import { analyse } from '../../src/code/analyse.ts';
import { readTarball } from '../../src/registry/tarball.ts';
import { aPackage } from '../helpers/a-tarball.ts';

const manifest = { name: 'kept', version: '1.0.0', main: 'index.js' };
const script = "const { execSync } = require('child_process');\nexecSync('id');\nrequire('./other');\n";

it('tells the same of a file that was read before, in whatever package and place it stands', async () => {
  const first = analyse(await readTarball(aPackage(manifest, { 'index.js': script, 'other.js': 'exports.a = 1;' })));
  const again = analyse(await readTarball(aPackage(manifest, { 'index.js': script, 'other.js': 'exports.a = 1;' })));
  expect(again).toEqual(first);
  const moved = analyse(
    await readTarball(aPackage({ ...manifest, main: 'lib/a.js' }, { 'lib/a.js': script, 'lib/other.js': 'fetch("https://x.test")' })),
  );
  expect(moved.capabilities.map(({ file, kind, line }) => `${file}:${line} ${kind}`)).toEqual(
    expect.arrayContaining(['lib/a.js:2 process', 'lib/other.js:1 network']),
  );
  expect(moved.files.map(({ path, reach }) => `${path} ${reach}`)).toContain('lib/other.js import');
});

it('reads a file as a script and as a module apart', async () => {
  const source = 'await 1; eval(x);';
  const commonjs = analyse(await readTarball(aPackage(manifest, { 'index.js': source })));
  const module = analyse(await readTarball(aPackage({ ...manifest, type: 'module' }, { 'index.js': source })));
  for (const facts of [commonjs, module]) expect(facts.capabilities).toMatchObject([{ kind: 'dynamic-code', file: 'index.js' }]);
});

it('forgets the oldest of thousands', async () => {
  const files = Object.fromEntries(Array.from({ length: 2100 }, (_, at) => [`f${at}.js`, `exports.n = ${at};`]));
  const index = `${Object.keys(files)
    .map((name) => `require('./${name}')`)
    .join(';')}; eval(x)`;
  const archive = await readTarball(aPackage(manifest, { ...files, 'index.js': index }));
  expect(analyse(archive)).toEqual(analyse(archive));
});
