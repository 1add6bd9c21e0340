import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from '@jest/globals';
import { listedByBun } from '../../src/commands/bun-packages.ts';

const folder = mkdtempSync(join(tmpdir(), 'depward-bun-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('takes where a version comes from out of the lockfile, which bun obeys', async () => {
  const packages = { left: ['left@1.0.0', 'http://elsewhere.example/left/-/left-6.6.6.tgz', {}, 'sha512-cmlnaHQ='] };
  const workspaces = { '': { name: 'p', dependencies: { left: '1.0.0' } } };
  writeFileSync(join(folder, 'bun.lock'), JSON.stringify({ lockfileVersion: 1, workspaces, packages }));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'p', dependencies: { left: '1.0.0' } }));
  const listed = await listedByBun([{ name: 'left', version: '1.0.0' }], folder);
  expect(listed).toEqual([
    { name: 'left', version: '1.0.0', source: 'registry', resolved: 'http://elsewhere.example/left/-/left-6.6.6.tgz', integrity: 'sha512-cmlnaHQ=' },
  ]);
});

it.each([
  ['2.0.0', { source: 'registry', version: '2.0.0' }],
  ['2.0.0-beta.1+7', { source: 'registry', version: '2.0.0-beta.1+7' }],
  ['http://files.example/left.tgz', { source: 'remote', version: '', resolved: 'http://files.example/left.tgz' }],
  ['./left.tgz', { source: 'file', version: '' }],
  ['../left.tgz', { source: 'file', version: '' }],
  ['file:left', { source: 'file', version: '' }],
  ['git+ssh://git@host.example/left.git#0123', { source: 'git', version: '', resolved: 'git+ssh://git@host.example/left.git#0123' }],
  ['github:acme/left#0123', { source: 'git', version: '', resolved: 'github:acme/left#0123' }],
])('knows what %s is', async (version, wanted) => {
  expect(await listedByBun([{ name: 'left', version }], folder)).toEqual([{ name: 'left', ...wanted }]);
});
