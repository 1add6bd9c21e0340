/** Dependents told one by one are those that reading every entry tells. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { edgesInto, npmEdges } from '../../../src/resolve/lockfiles/npm-edges.ts';
import { readOwnLayout } from '../../../src/resolve/lockfiles/npm-layout.ts';

const name = fc.constantFrom('a', 'b', 'c', '@s/a', 'aa', 'node');
const ranges = fc.dictionary(name, fc.constantFrom('^1.0.0', '*', 'npm:b@2', 'file:packages/w'), { maxKeys: 4 });
const entry = fc.record(
  {
    version: fc.constantFrom('1.0.0', '2.0.0'),
    dependencies: ranges,
    devDependencies: ranges,
    optionalDependencies: ranges,
    peerDependencies: ranges,
    engines: fc.constant({ node: '>=20' }),
  },
  { requiredKeys: ['version'] },
);
const key = fc.oneof(
  name.map((one) => `node_modules/${one}`),
  fc.tuple(name, name).map(([outer, inner]) => `node_modules/${outer}/node_modules/${inner}`),
  fc.constantFrom('packages/w', 'packages/w/node_modules/a'),
);
const link = fc.constantFrom('packages/w', 'node_modules/a', 'nowhere').map((resolved) => ({ resolved, link: true }));
const lockfile = fc
  .record({
    root: entry.map(({ version: _, ...rest }) => ({ name: 'p', ...rest })),
    workspaces: fc.boolean(),
    entries: fc.dictionary(key, fc.oneof({ arbitrary: entry, weight: 6 }, { arbitrary: link, weight: 1 }), { maxKeys: 12 }),
    legacy: fc.boolean(),
  })
  .map(({ root, workspaces, entries, legacy }) => ({
    name: 'p',
    lockfileVersion: legacy ? 2 : 3,
    requires: true,
    packages: { '': { ...root, ...(workspaces && { workspaces: ['packages/*'] }) }, ...entries },
    ...(legacy && { dependencies: { a: { version: '1.0.0', requires: { b: '^1.0.0' } } } }),
  }));

describe('dependents in package-lock', () => {
  it('are the same asked for one by one and gathered from all entries', () => {
    let told = 0;
    fc.assert(
      fc.property(lockfile, (value) => {
        const file = readOwnLayout('package-lock.json', `${JSON.stringify(value, null, 2)}\n`);
        if (!file) return;
        const all = npmEdges(new Map(file.rows.map((row) => [row.key, row.json])));
        const into = edgesInto(file);
        for (const row of file.rows) {
          expect(into(row.key)).toEqual(all.get(row.key) ?? []);
          told += into(row.key).length;
        }
      }),
      { seed: 20261123, numRuns: 150 },
    );
    expect(told).toBeGreaterThan(150);
  });
});
