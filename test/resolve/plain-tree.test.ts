/** Where the short way comes to a tree, it must be the one arborist comes to; where it cannot tell, it must say so. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import parse from 'npm-package-arg';
import { validRange } from 'semver';
import type { ResolvedTree } from '../../src/model/package.ts';
import { type Documents, documentsFrom } from '../../src/resolve/documents.ts';
import { buildIdealTree, treeOf } from '../../src/resolve/ideal-tree.ts';
import { type PlainTree, plainTree } from '../../src/resolve/plain-tree.ts';
import { rangeIn } from '../../src/resolve/releases.ts';
import { busyNames, busyWorld, names, world } from '../helpers/a-world.ts';
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

const busyAsked = fc.uniqueArray(
  fc.tuple(fc.constantFrom(...busyNames), fc.constantFrom('', '@^1.0.0', '@1.0.0', '@*', '@latest', '@2', '@npm:b@1')),
  {
    minLength: 1,
    maxLength: 4,
    selector: ([name]) => name,
  },
);
const settings = fc.constantFrom<object>({}, { save: true }, { save: false }, { legacyPeerDeps: true }, { before: new Date('2024-03-15') });
const runs = Number(process.env['DEPWARD_RUNS'] ?? 400);

describe('trees the short way comes to', () => {
  it('are those arborist builds where versions exclude each other', async () => {
    let deep = 0;
    let told = 0;
    await fc.assert(
      fc.asyncProperty(busyWorld, busyAsked, settings, async (docs, wanted, more) => {
        const specs = wanted.map(([name, version]) => `${name}${version}`);
        const found = await plain(specs, docs, more);
        if (!found) return;
        told += 1;
        if (found.tree.packages.some(({ key }) => key.indexOf('node_modules/', 20) > 0)) deep += 1;
        expect(comparable(found)).toEqual(comparable(await withArborist(specs, docs, more)));
      }),
      { numRuns: runs, seed: Number(process.env['DEPWARD_SEED'] ?? 5) },
    );
    if (process.env['DEPWARD_RUNS']) console.log(`${told} told, ${deep} of them with packages below others`);
    expect(told).toBeGreaterThan(runs * 0.25);
    expect(deep).toBeGreaterThan(runs * 0.1);
  }, 600_000);

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

  it('have two versions of one package where npm has them', async () => {
    const docs = [
      publish('a', [{ version: '1.0.0', at: '2024-01-01', dependencies: { b: '^1.0.0', c: '*' } }]),
      publish('b', [
        { version: '1.0.0', at: '2024-01-01' },
        { version: '2.0.0', at: '2024-01-01' },
      ]),
      publish('c', [{ version: '1.0.0', at: '2024-01-01', dependencies: { b: '^2.0.0', x: 'npm:b@1' } }]),
    ];
    const found = await plain(['a'], docs);
    expect(found?.tree.packages.map(({ key }) => key).sort()).toEqual([
      'node_modules/a',
      'node_modules/b',
      'node_modules/c',
      'node_modules/c/node_modules/b',
      'node_modules/x',
    ]);
    expect(found && comparable(found)).toEqual(comparable(await withArborist(['a'], docs)));
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
  const b = publish('b', [{ version: '1.0.0', at: '2024-01-01' }]);
  const one = (more: Written['more'] = {}) => publish('a', [{ version: '1.0.0', at: '2024-01-01', more }]);

  it.each<[string, Doc[], string[], object]>([
    ['a tag there is not', [one()], ['a@next'], {}],
    ['an alias of a tag', [one()], ['x@npm:a@latest'], {}],
    ['git', [one()], ['github:acme/a'], {}],
    ['a package that does not exist', [], ['a'], {}],
    ['a version that does not exist', [one()], ['a@3'], {}],
    ['a peer', [one({ peerDependencies: { b: '*' } })], ['a'], {}],
    ['a bound platform', [one({ os: ['linux'] })], ['a'], {}],
    ['an optional peer that is there', [one({ peerDependencies: { b: '*' }, peerDependenciesMeta: { b: { optional: true } } }), b], ['a', 'b'], {}],
    ['names that differ by case alone', [one(), publish('A', [{ version: '1.0.0', at: '2024-01-01' }])], ['a', 'A'], {}],
    ['other versions of a dependency accepted', [one({ acceptDependencies: { b: '*' } })], ['a'], {}],
    ['a question for a tag', [one({ dependencies: { b: 'latest' } }), b], ['a'], {}],
    ['fewer packages at any price', [one()], ['a'], { preferDedupe: true }],
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
});

it('what is taken for a range npm takes for the same range', () => {
  const part = fc.constantFrom(...'0123456789.xX*^~<>=| -+abtgrz', '1.0.0', '^1.2.3', '-beta.1', ' || ', '.tgz', '.tar', 'latest', '>=', ' - ');
  let ranges = 0;
  fc.assert(
    fc.property(fc.array(part, { maxLength: 5 }), (parts) => {
      const text = parts.join('');
      const range = rangeIn(text);
      // Nothing at all is for npm what is there: asked for by the trees above.
      if (range === undefined || text.trim() === '') return;
      ranges += 1;
      const { type, fetchSpec } = parse.resolve('a', text, '/');
      expect(['range', 'version']).toContain(type);
      expect(validRange(fetchSpec, true)).toBe(validRange(range, true));
      expect(fetchSpec === '*').toBe(range === '*');
    }),
    { numRuns: 5_000, seed: 2 },
  );
  expect(ranges).toBeGreaterThan(500);
  expect(['^1.0.0-beta.2', '>=1 <2 || 3.x', 'v1.0', '1.0.0+build.5', '', '*'].map(rangeIn)).not.toContain(undefined);
  expect(['latest', 'next', 'file:x', '1.0.0.tgz', 'a/b', 'npm:b@1', './x', 'workspace:*'].map(rangeIn)).toEqual(Array(8).fill(undefined));
});
