/** Where there is nothing to decide, the short way and arborist must come to the same; where there is, the short way must say so. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ResolvedTree } from '../../src/model/package.ts';
import { type Documents, documentsFrom } from '../../src/resolve/documents.ts';
import { buildIdealTree, treeOf } from '../../src/resolve/ideal-tree.ts';
import { type PlainTree, plainTree } from '../../src/resolve/plain-tree.ts';
import { names, world } from '../helpers/a-world.ts';
import { type Doc, publish } from '../helpers/fixture-registry.ts';
import type { Written } from '../helpers/write-packument.ts';

const registry = 'http://registry.example/';
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'depward-plain-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function documents(docs: readonly Doc[]): Documents {
  const known = new Map(docs.map((doc) => [doc['name'], doc]));
  const fetch = (name: string) => {
    const found = known.get(name);
    return found ? Promise.resolve(found) : Promise.reject(Object.assign(new Error(name), { code: 'E404' }));
  };
  return documentsFrom(fetch, {}, (name) => `${registry}${name}`);
}

const npm = { registry, before: undefined };

function plain(specs: readonly string[], docs: readonly Doc[], more: object = {}): Promise<PlainTree | undefined> {
  return plainTree(specs, documents(docs), { ...npm, ...more });
}

async function withArborist(specs: readonly string[], docs: readonly Doc[], more: object = {}): Promise<PlainTree> {
  const { root, requested, refused } = await buildIdealTree(folder, { add: specs }, { ...npm, packumentCache: documents(docs).cache, ...more });
  if (!root || refused !== undefined) throw refused;
  return { tree: treeOf(root), requested };
}

function comparable({ tree, requested }: PlainTree) {
  const byKey = (a: { key: string }, b: { key: string }) => (a.key < b.key ? -1 : 1);
  return {
    root: tree.root,
    requested: [...requested].sort(),
    packages: [...tree.packages].sort(byKey),
    dependents: [...tree.packages].sort(byKey).map(({ key }) => edgesOf(tree, key)),
  };
}

function edgesOf(tree: ResolvedTree, key: string): string[] {
  return tree
    .dependentsOf(key)
    .map((edge) => JSON.stringify(edge))
    .sort();
}

const asked = fc.uniqueArray(fc.tuple(fc.constantFrom(...names), fc.constantFrom('', '@^1.0.0', '@1.0.0', '@*', '@latest', '@~2')), {
  minLength: 1,
  maxLength: 2,
  selector: ([name]) => name,
});

describe('trees with nothing to decide', () => {
  it('are those arborist builds', async () => {
    let decided = 0;
    await fc.assert(
      fc.asyncProperty(world, asked, fc.option(fc.constantFrom('2024-01-15', '2024-02-15')), async (docs, wanted, moment) => {
        const specs = wanted.map(([name, version]) => `${name}${version}`);
        const more = moment === null ? {} : { before: new Date(moment) };
        const found = await plain(specs, docs, more);
        if (!found) return;
        decided += 1;
        expect(comparable(found)).toEqual(comparable(await withArborist(specs, docs, more)));
      }),
      { numRuns: 500, seed: 7 },
    );
    expect(decided).toBeGreaterThan(60);
  });

  it('know what optional dependencies alone bring in', async () => {
    const docs = [
      publish('a', [{ version: '1.0.0', at: '2024-01-01', dependencies: { b: '*' }, more: { optionalDependencies: { c: '*' } } }]),
      publish('b', [{ version: '1.0.0', at: '2024-01-01' }]),
      publish('c', [{ version: '1.0.0', at: '2024-01-01', dependencies: { b: '1', d: '1' } }]),
      publish('d', [{ version: '1.0.0', at: '2024-01-01' }]),
    ];
    const found = await plain(['a'], docs);
    expect(found?.tree.packages.filter(({ optional }) => optional).map(({ name }) => name)).toEqual(['c', 'd']);
    expect(found && comparable(found)).toEqual(comparable(await withArborist(['a'], docs)));
  });
});

describe('what is left to arborist', () => {
  const one = (more: Written['more'] = {}) => publish('a', [{ version: '1.0.0', at: '2024-01-01', more }]);

  it.each<[string, Doc[], string[], object]>([
    ['a tag', [one()], ['a@latest'], {}],
    ['an alias', [one()], ['x@npm:a@1'], {}],
    ['git', [one()], ['github:acme/a'], {}],
    ['a package that does not exist', [], ['a'], {}],
    ['a version that does not exist', [one()], ['a@3'], {}],
    ['a peer', [one({ peerDependencies: { b: '*' } })], ['a'], {}],
    ['a bound platform', [one({ os: ['linux'] })], ['a'], {}],
    ['bundled dependencies', [one({ bundleDependencies: ['b'] })], ['a'], {}],
    ['a shrinkwrap of its own', [one({ _hasShrinkwrap: true })], ['a'], {}],
    ['a dependency that does not exist', [one({ dependencies: { gone: '*' } })], ['a'], {}],
    ['a dependency from elsewhere', [one({ dependencies: { b: 'https://b.example/b.tgz' } })], ['a'], {}],
    ['an odd hash', [one({ dist: { tarball: `${registry}a.tgz`, integrity: 'sha999-x' } })], ['a'], {}],
    ['another way of placing', [one()], ['a'], { installStrategy: 'nested' }],
    ['another way of saving', [one()], ['a'], { saveType: 'dev' }],
    ['one name twice', [one()], ['a@1', 'a@1.0.0'], {}],
  ])('%s', async (_what, docs, specs, more) => {
    expect(await plain(specs, docs, more)).toBeUndefined();
    expect((await plain(['a'], [one()]))?.tree.packages).toHaveLength(1);
  });

  it('two versions of one package', async () => {
    const docs = [
      publish('a', [{ version: '1.0.0', at: '2024-01-01', dependencies: { b: '^1.0.0', c: '*' } }]),
      publish('b', [
        { version: '1.0.0', at: '2024-01-01' },
        { version: '2.0.0', at: '2024-01-01' },
      ]),
      publish('c', [{ version: '1.0.0', at: '2024-01-01', dependencies: { b: '*' } }]),
    ];
    expect(await plain(['a'], docs)).toBeUndefined();
  });
});
