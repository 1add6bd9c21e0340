/** One story, told by every package manager's lockfile: the same packages must come out. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { ResolvedPackage, ResolvedTree } from '../../src/model/package.ts';
import { pathTo } from '../../src/model/tree.ts';
import { diffTrees } from '../../src/resolve/diff.ts';
import { readLockfile } from '../../src/resolve/lockfiles/index.ts';

interface Row {
  readonly name: string;
  readonly version: string;
  readonly source: string;
  readonly alias: string | null;
  readonly dev: boolean;
  readonly optional: boolean;
  readonly integrity: string | null;
}

const home = join(import.meta.dirname, '../../fixtures/lockfiles');
const expected = JSON.parse(readFileSync(join(home, 'everything.json'), 'utf8')) as readonly Row[];
const formats = readdirSync(home, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));

function read(format: string): Promise<ResolvedTree> {
  const folder = join(home, format, 'everything');
  const file = readdirSync(folder).find((name) => name !== 'package.json') ?? '';
  const manifest: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return readLockfile({ file, text: readFileSync(join(folder, file), 'utf8'), manifest });
}

function judged(tree: ResolvedTree): ResolvedPackage[] {
  return tree.packages.filter((entry) => entry.source !== 'workspace' && entry.name !== 'pnpm');
}

/** Versions of git and URL dependencies, and hashes of berry's archives, are not written everywhere. */
function row(entry: ResolvedPackage | Row, berry: boolean) {
  const { name, version, source, dev, optional } = entry;
  return {
    name,
    version: source === 'registry' ? version : '',
    source,
    alias: entry.alias ?? null,
    dev,
    optional,
    integrity: berry ? null : (entry.integrity ?? null),
  };
}

function byName(a: { name: string }, b: { name: string }): number {
  return a.name < b.name ? -1 : 1;
}

describe.each(formats)('%s', (format) => {
  const berry = format.startsWith('yarn-berry');
  let tree: ResolvedTree;
  beforeAll(async () => {
    tree = await read(format);
  });

  it('holds the same packages', () => {
    expect(
      judged(tree)
        .map((entry) => row(entry, berry))
        .sort(byName),
    ).toEqual(expected.map((entry) => row(entry, berry)));
  });

  it('has unique keys and leads from the project to every package', () => {
    expect(new Set(tree.packages.map((entry) => entry.key)).size).toBe(tree.packages.length);
    for (const entry of tree.packages) expect([entry.key, tree.dependentsOf(entry.key).length > 0]).toEqual([entry.key, true]);
    const deep = tree.packages.find((entry) => entry.name === '@acme/deep');
    expect(pathTo(tree, deep?.key ?? '').map((ref) => ref.name)).toEqual(['devy', '@acme/deep']);
  });

  it('points at the line of every entry', () => {
    const folder = join(home, format, 'everything');
    for (const entry of judged(tree)) {
      const where = entry.where;
      expect([entry.key, where?.file]).toEqual([entry.key, readdirSync(folder).find((name) => name !== 'package.json')]);
      const line = readFileSync(join(folder, where?.file ?? ''), 'utf8').split('\n')[(where?.line ?? 0) - 1] ?? '';
      expect(line.slice((where?.column ?? 0) - 1)).toMatch(new RegExp(`${entry.alias ?? entry.name}|${entry.name}`));
      expect(line.slice(0, (where?.column ?? 0) - 1).trim()).toBe('');
    }
  });

  it('marks patched packages where the manager patches', () => {
    const patches = !format.startsWith('npm') && format !== 'yarn-classic';
    expect(judged(tree).flatMap((entry) => (entry.patched ? [entry.name] : []))).toEqual(patches ? ['right'] : []);
  });
});

it('moving from one package manager to another changes no registry package', async () => {
  const v3 = await read('npm-v3');
  for (const format of formats.filter((name) => !name.includes('documents'))) {
    const changed = diffTrees(v3, await read(format)).flatMap((change) =>
      change.action === 'remove' ? [] : change.after.source === 'registry' ? [`${format}: ${change.action} ${change.after.name}`] : [],
    );
    expect(changed).toEqual([]);
  }
});
