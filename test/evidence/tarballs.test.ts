import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { openContents } from '../../src/evidence/contents-store.ts';
import { openTarballs, type TarballSource } from '../../src/evidence/tarballs.ts';
import { readTarball } from '../../src/registry/tarball.ts';
import { aPackage } from '../helpers/a-tarball.ts';

const folder = mkdtempSync(join(tmpdir(), 'depward-contents-'));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const good = aPackage({ name: 'a', version: '1.0.0' }, { 'index.js': 'module.exports = 1' });
const other = aPackage({ name: 'a', version: '1.0.0' }, { 'index.js': 'module.exports = 2' });

function source(bytes: Buffer): TarballSource & { asked: number } {
  const counted = {
    asked: 0,
    async *tarballBytes() {
      counted.asked += 1;
      yield bytes.subarray(0, 50);
      yield bytes.subarray(50);
    },
  };
  return counted;
}

describe('facts of tarballs', () => {
  it('are learnt once and then come from the store, offline too', async () => {
    const { integrity } = await readTarball(good);
    const from = source(good);
    const ref = { url: 'https://registry.example/a.tgz', lockfile: integrity, registry: integrity };
    const first = await openTarballs(from, openContents(folder)).read(ref);
    const second = await openTarballs(undefined, openContents(folder)).read(ref);
    expect(from.asked).toBe(1);
    expect(second).toEqual(first);
    expect(first.facts.files.map(({ path }) => path)).toEqual(['package.json', 'index.js']);
  });

  it('say whose word the bytes contradict, and are not taken from the store for it', async () => {
    const [a, b] = [(await readTarball(good)).integrity, (await readTarball(other)).integrity];
    const tarballs = openTarballs(source(good), openContents(folder));
    expect((await tarballs.read({ url: 'u:1', lockfile: b, registry: a })).contradicts).toBe('lockfile');
    expect((await tarballs.read({ url: 'u:2', lockfile: a, registry: b })).contradicts).toBe('registry');
    expect((await tarballs.read({ url: 'u:3', lockfile: a, registry: a })).contradicts).toBeUndefined();
  });

  it('are learnt again when the store is damaged, and nobody is asked offline', async () => {
    const { integrity } = await readTarball(good);
    const ref = { url: 'u:1', registry: integrity };
    await openTarballs(source(good), openContents(folder)).read(ref);
    for (const name of readdirSync(folder)) writeFileSync(join(folder, name), 'damaged');
    const from = source(good);
    await openTarballs(from, openContents(folder)).read(ref);
    expect(from.asked).toBe(1);
    await expect(openTarballs(undefined, undefined).read(ref)).rejects.toMatchObject({ code: 'not-found' });
  });

  it('fail with a sentence when the tarball is damaged', async () => {
    await expect(openTarballs(source(good.subarray(0, 80)), undefined).read({ url: 'u:1' })).rejects.toThrow(/damaged/);
  });
});
