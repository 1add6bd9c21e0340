/** What the build and the pack come to; needs `dist/`, which `npm test` builds first. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';

const root = fileURLToPath(new URL('../..', import.meta.url));
const dist = join(root, 'dist');
const isBuilt = existsSync(join(dist, 'cli.js'));

(isBuilt ? describe : describe.skip)('built files', () => {
  // Through getters each call from one file to another costs several times as much. What is loaded on demand is looked up once.
  it('export plain values to each other', () => {
    const files = readdirSync(dist).filter((name) => /^chunk-.*\.js$/.test(name));
    expect(files.length).toBeGreaterThan(20);
    const program = `
      const [dist, ...files] = JSON.parse(process.argv[1]);
      const told = files.map((file) => Object.getOwnPropertyDescriptors(require(dist + '/' + file)));
      const getters = told.flatMap((all, at) => Object.entries(all).filter(([, one]) => one.get).map(([name]) => files[at] + ' ' + name));
      console.log(JSON.stringify({ getters, exports: told.flatMap(Object.keys).length }));`;
    const { stdout, stderr } = spawnSync(process.execPath, ['-e', program, JSON.stringify([dist, ...files])], { encoding: 'utf8' });
    expect(stderr).toBe('');
    const { getters, exports } = JSON.parse(stdout);
    expect(getters).toEqual([]);
    expect(exports).toBeGreaterThan(200);
  });

  // Only newer versions of Node complain of it, and only outside node_modules: seen where a checkout is run with a registry of its own.
  it('read a registry of the configuration without a word from Node', () => {
    const { status, stderr } = spawnSync(
      process.execPath,
      ['--pending-deprecation', join(dist, 'cli.js'), 'check', '--no-cache', '--registry', 'http://127.0.0.1:1/', 'x'],
      {
        encoding: 'utf8',
        env: { PATH: process.env['PATH'] },
      },
    );
    expect({ status, lines: stderr.split('\n').slice(0, 1) }).toEqual({
      status: 2,
      lines: ['depward: the registry could not be asked for x: it refuses connections'],
    });
  });
});

describe('packing', () => {
  it('sets up and builds first: nothing switches our own scripts off', () => {
    expect(readFileSync(join(root, '.npmrc'), 'utf8')).not.toMatch(/ignore-scripts/);
    expect(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).scripts.prepack).toContain('setup');
  });

  it('does not bring back the scripts of dependencies: those that have one are denied by name', () => {
    const { allowScripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
    const withScripts = Object.entries<{ hasInstallScript?: boolean; optional?: boolean }>(packages).flatMap(([key, entry]) =>
      entry.hasInstallScript && !entry.optional ? [key.slice(key.lastIndexOf('node_modules/') + 'node_modules/'.length)] : [],
    );
    expect(withScripts.length).toBeGreaterThan(0);
    expect(allowScripts).toEqual(Object.fromEntries(withScripts.sort().map((name) => [name, false])));
  });
});
