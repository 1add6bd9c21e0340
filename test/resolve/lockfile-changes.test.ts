/** Several lockfiles in one change: the same is told once, and nothing that differs is lost in it. */
import { describe, expect, it } from '@jest/globals';
import { lockfileChanges } from '../../src/resolve/lockfile-changes.ts';
import type { Side } from '../../src/resolve/sides.ts';

type Entry = Readonly<Record<string, unknown>>;
const hash = (letter: string): string => `sha512-${Buffer.alloc(64, letter).toString('base64')}`;
const address = 'https://registry.example/x/-/x-1.0.0.tgz';
const x = (more: Entry = {}): Entry => ({ version: '1.0.0', resolved: address, integrity: hash('b'), ...more });

function side(folders: Readonly<Record<string, Entry | undefined>>): Side {
  const texts = new Map(
    Object.entries(folders).map(([folder, entry]) => {
      const packages = { '': { name: folder, dependencies: { x: '1' } }, ...(entry && { 'node_modules/x': entry }) };
      return [`${folder}/package-lock.json`, JSON.stringify({ name: folder, lockfileVersion: 3, requires: true, packages })];
    }),
  );
  return {
    paths: async () => new Set(texts.keys()),
    text: async (path: string) => texts.get(path),
    first: async (paths: readonly string[]) => paths.find((path) => texts.has(path)),
  } as unknown as Side;
}

async function changes(before: Parameters<typeof side>[0], after: Parameters<typeof side>[0]) {
  const changed = new Set(Object.keys(after).map((folder) => `${folder}/package-lock.json`));
  return (await lockfileChanges({ before: side(before), after: side(after), changed })).changes;
}

describe('of several lockfiles', () => {
  it('the same is told once, with all places', async () => {
    const found = await changes({ a: undefined, b: undefined, c: undefined }, { a: x(), b: x(), c: x() });
    expect(found).toMatchObject([{ action: 'add', after: { where: { file: 'a/package-lock.json' } } }]);
    expect(found).toMatchObject([{ alsoAt: [{ file: 'b/package-lock.json' }, { file: 'c/package-lock.json' }] }]);
  });

  it('bytes exchanged in one are not lost behind what another adds', async () => {
    const found = await changes({ a: undefined, b: x({ integrity: hash('a') }) }, { a: x(), b: x() });
    expect(found.map(({ action }) => action).sort()).toEqual(['add', 'change']);
  });

  it('another address of the same bytes is not lost either', async () => {
    const found = await changes({ a: undefined, b: undefined }, { a: x(), b: x({ resolved: 'http://other.invalid/x-1.0.0.tgz' }) });
    expect(found).toHaveLength(2);
  });
});
