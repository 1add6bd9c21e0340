/** The part of arborist that comes within the build against arborist itself: peers, optional ones, bundles, aliases, overrides, platforms, other sources. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ResolvedTree } from '../../src/model/package.ts';
import { codeOf, documentsFrom } from '../../src/resolve/documents.ts';
import { buildIdealTree, buildWithin, type IdealTree, type NpmOptions, packageNodes, treeOf } from '../../src/resolve/ideal-tree.ts';
import { plainTree } from '../../src/resolve/plain-tree.ts';
import { type Doc, publish } from '../helpers/fixture-registry.ts';
import type { Written } from '../helpers/write-packument.ts';

const within = fileURLToPath(new URL('../../dist/npm-tree.cjs', import.meta.url));
// Built by `npm test` and by the build; a bare run of this file may come before.
const built = existsSync(within);
const registry = 'http://registry.example/';
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'depward-within-'));
});
beforeEach(() => {
  for (const file of ['package.json', 'package-lock.json']) rmSync(join(folder, file), { force: true });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const names = ['a', 'b', 'c', 'd', 'f', '@s/e'] as const;
const name = fc.constantFrom(...names);
const range = fc.constantFrom('*', '>=1.1.0', '^1.0.0', '~1.0.0', '1.0.0', '^1.1.0', '^2.0.0', '2', '1.x || 2.x', 'latest', 'npm:b@^1.0.0', '^3.0.0');
const some = (most: number) => fc.dictionary(name, range, { maxKeys: most });
const odd = fc.oneof(
  { weight: 20, arbitrary: fc.constant({}) },
  { weight: 14, arbitrary: some(2).map((peerDependencies) => ({ peerDependencies })) },
  {
    weight: 6,
    arbitrary: some(2).map((peerDependencies) => ({
      peerDependencies,
      peerDependenciesMeta: Object.fromEntries(Object.keys(peerDependencies).map((peer) => [peer, { optional: true }])),
    })),
  },
  { weight: 6, arbitrary: some(2).map((optionalDependencies) => ({ optionalDependencies })) },
  { weight: 1, arbitrary: fc.constant({ os: ['plan9'] }) },
  { weight: 1, arbitrary: fc.constant({ cpu: ['!any', 'z80'] }) },
  { weight: 1, arbitrary: fc.constant({ engines: { node: '>=99' } }) },
  { weight: 1, arbitrary: fc.constant({ deprecated: 'no more' }) },
  { weight: 1, arbitrary: fc.constant({ scripts: { postinstall: 'node x' } }) },
  { weight: 1, arbitrary: fc.constant({ bundleDependencies: ['a'] }) },
);
const releases = fc
  .array(fc.record({ dependencies: some(3), more: odd }), { minLength: 3, maxLength: 3 })
  .map((made) => made.map((one, at): Written => ({ version: ['1.0.0', '1.1.0', '2.0.0'][at] ?? '', at: `2024-0${at + 1}-01T00:00:00Z`, ...one })));
const world = fc.tuple(...names.map((one) => releases.map((made) => publish(one, made))));
const asked = fc.uniqueArray(fc.tuple(name, fc.constantFrom('', '@^1.0.0', '@1.0.0', '@latest', '@~2')), {
  minLength: 0,
  maxLength: 2,
  selector: ([one]) => one,
});
const project = fc.record({
  name: fc.constant('project'),
  dependencies: some(3),
  devDependencies: some(1),
  overrides: fc.oneof(
    { weight: 3, arbitrary: fc.constant({}) },
    { weight: 1, arbitrary: fc.dictionary(name, fc.constantFrom('1.0.0', '1.1.0', '2.0.0'), { maxKeys: 2 }) },
    { weight: 1, arbitrary: fc.constant({ b: { c: '1.0.0' } }) },
  ),
});
const settings = fc.constantFrom<object>(
  {},
  {},
  {},
  { legacyPeerDeps: true },
  { strictPeerDeps: true },
  { force: true },
  { preferDedupe: true },
  { before: new Date('2024-02-15') },
  { installStrategy: 'nested' },
);

function optionsFor(docs: readonly Doc[], more: object): NpmOptions {
  const known = new Map(structuredClone(docs).map((doc) => [doc['name'], doc]));
  const fetch = (one: string) => {
    const found = known.get(one);
    return found ? Promise.resolve(found) : Promise.reject(Object.assign(new Error(one), { code: 'E404' }));
  };
  const documents = documentsFrom(fetch, {}, (one) => `${registry}${one.replace('/', '%2f')}`);
  return { registry, ...more, packumentCache: documents.cache, picks: documents.picks, step: endingAfter(500), documents };
}

/** Real trees of so few packages need some dozens of steps. */
function endingAfter(most: number): () => void {
  let left = most;
  return () => {
    left -= 1;
    if (left < 0) throw Object.assign(new Error('no end'), { code: 'limit' });
  };
}

function comparable({ root, requested, refused }: IdealTree) {
  const tree = root && treeOf(root);
  const failures = root ? packageNodes(root).flatMap((node) => node.errors.map((error) => `${node.location} ${codeOf(error)}`)) : [];
  const packages = [...(tree?.packages ?? [])].sort((a, b) => (a.key < b.key ? -1 : 1));
  const edges = packages.map(({ key }) => edgesOf(tree as ResolvedTree, key));
  return { root: tree?.root, packages, edges, requested: [...requested].sort(), refused: codeOf(refused), failures: failures.sort() };
}

function isEnded({ root, refused }: IdealTree): boolean {
  return [refused, ...(root ? packageNodes(root).flatMap((node) => node.errors) : [])].some((error) => codeOf(error) === 'limit');
}

function edgesOf(tree: ResolvedTree, key: string): string[] {
  return tree
    .dependentsOf(key)
    .map((edge) => JSON.stringify(edge))
    .sort();
}

const runs = Number(process.env['DEPWARD_RUNS'] ?? 80);

(built ? describe : describe.skip)('the part of arborist within the build', () => {
  it('comes to what arborist comes to', async () => {
    let compared = 0;
    let told = 0;
    await fc.assert(
      fc.asyncProperty(world, asked, fc.option(project), settings, async (docs, wanted, manifest, more) => {
        rmSync(join(folder, 'package.json'), { force: true });
        if (manifest) writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
        const add = wanted.map(([one, version]) => `${one}${version}`);
        const mine = optionsFor(docs, more);
        // As in a check: what was picked on the way to a plain tree is picked already.
        if (!manifest && add.length > 0) await plainTree(add, mine['documents'] as Parameters<typeof plainTree>[1], mine);
        const found = await buildWithin(folder, { add }, mine, within);
        // Bundles are unpacked, from a registry that is none.
        if (!found) return;
        compared += 1;
        const expected = await buildIdealTree(folder, { add }, optionsFor(docs, more));
        // Some of these have no end; where they are ended does not matter.
        if ([found, expected].some(isEnded)) return;
        told += 1;
        expect(comparable(found)).toEqual(comparable(expected));
      }),
      { numRuns: runs, seed: 11 },
    );
    expect(told).toBeGreaterThan(runs * 0.5);
    expect(compared).toBeGreaterThan(runs * 0.6);
  }, 300_000);

  it.each([
    ['git', { b: 'github:acme/b' }],
    ['a web address', { b: 'https://b.example/b.tgz' }],
  ] as const)('leaves %s to the whole', async (_what, dependencies) => {
    const docs = [publish('a', [{ version: '1.0.0', at: '2024-01-01', dependencies }])];
    expect(await buildWithin(folder, { add: ['a'] }, optionsFor(docs, {}), within)).toBeUndefined();
  });
});

(built ? it : it.skip)('a range is taken for no address, as by the package itself', () => {
  const { 'npm-package-arg': parse } = createRequire(import.meta.url)(within.replace('npm-tree', 'npm-specs'));
  const whole = createRequire(import.meta.url)('npm-package-arg');
  const outline = ({ type, fetchSpec, rawSpec, saveSpec, hosted }: Record<string, unknown>) => ({
    type,
    fetchSpec,
    rawSpec,
    saveSpec,
    hosted: String(hosted),
  });
  const character = fc.constantFrom(...'0123456789.xX*^~<>=| -+abcgithub@/:#');
  const told = (read: typeof whole, spec: string) => {
    try {
      return outline(read.resolve('a', spec, '/'));
    } catch (error) {
      return codeOf(error);
    }
  };
  fc.assert(
    fc.property(fc.string({ unit: character, maxLength: 12 }), (spec) => {
      expect(told(parse, spec)).toEqual(told(whole, spec));
    }),
    { numRuns: 3000, seed: 3 },
  );
});
