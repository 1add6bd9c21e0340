/** What is told from few versions must be what npm's picker picks from all. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import pick from 'npm-pick-manifest';
import type { NpmOptions } from '../../src/resolve/ideal-tree.ts';
import { pickedFrom } from '../../src/resolve/picking.ts';

const versions = ['1.0.0', '1.1.0', '1.2.0-rc.1', '1.2.0', '1.2.0+build', '2.0.0', '2.0.1-beta', '10.0.0', 'v3.0.0'];
const manifest = fc.record(
  {
    deprecated: fc.constantFrom<unknown>('no more', '', false, true),
    engines: fc.constantFrom<unknown>({ node: '>=99' }, { node: '>=1' }, { npm: '^7' }, { node: 4 }, 'node 4', ['node >= 4'], { node: '' }),
    bin: fc.constant('x.js'),
  },
  { requiredKeys: [], noNullPrototype: true },
);
const often = fc.oneof({ weight: 3, arbitrary: fc.constant({}) }, { weight: 2, arbitrary: manifest });
const document = fc
  .record({
    listed: fc.dictionary(fc.constantFrom(...versions), often, { noNullPrototype: true }),
    tags: fc.dictionary(fc.constantFrom('latest', 'next'), fc.constantFrom(...versions, '7.7.7'), { noNullPrototype: true }),
    time: fc.option(fc.dictionary(fc.constantFrom(...versions), fc.constantFrom('2024-01-01', '2024-03-01', 'never'), { noNullPrototype: true })),
    more: fc.constantFrom<object>(
      {},
      {},
      {},
      { policyRestrictions: { versions: { '1.0.0': {} } } },
      { stagedVersions: { versions: { '9.0.0': { version: '9.0.0' } } } },
    ),
  })
  .map(({ listed, tags, time, more }) => ({
    name: 'a',
    'dist-tags': tags,
    versions: Object.fromEntries(Object.entries(listed).map(([version, own]) => [version, { name: 'a', version, ...own }])),
    ...(time && { time }),
    ...more,
  }));
const range = fc.constantFrom(
  '*',
  '^1.0.0',
  '1',
  '~1.2.0',
  '1.2.0',
  '=1.2.0',
  'v1.1.0',
  '>=1.2.0-rc.0',
  '2.x || 1.0.0',
  '^3',
  '1.2.0+build',
  '7.7.7',
  '<0',
  '>1',
);
const settings = fc.constantFrom<NpmOptions>(
  {},
  {},
  { before: new Date('2024-02-01') },
  { before: '2024-02-01' },
  { defaultTag: 'next' },
  { nodeVersion: 'v99.1.0-nightly', npmVersion: '7.1.0' },
  { npmVersion: '11.0.0', nodeVersion: null },
  { avoid: '^1', includeStaged: true },
);

function npms(value: object, wanted: string, npm: NpmOptions): unknown {
  try {
    return pick(structuredClone(value) as Parameters<typeof pick>[0], wanted, npm as Parameters<typeof pick>[2]);
  } catch (error) {
    return Object(error).code;
  }
}

describe('picking', () => {
  it('comes to what npm picks, where it comes to anything', () => {
    let told = 0;
    fc.assert(
      fc.property(document, range, settings, (value, wanted, npm) => {
        const found = pickedFrom(value, wanted, npm);
        if (!found) return;
        told += 1;
        expect(found).toEqual(npms(value, wanted, npm));
      }),
      { numRuns: 6_000, seed: Number(process.env['DEPWARD_SEED'] ?? 9) },
    );
    expect(told).toBeGreaterThan(800);
  });

  it('looks at no version but those in question', () => {
    const looked: string[] = [];
    const of = (version: string, deprecated?: string) => ({
      enumerable: true,
      get: () => {
        looked.push(version);
        return { name: 'a', version, ...(deprecated !== undefined && { deprecated }) };
      },
    });
    const all = Object.create(null, { '1.0.0': of('1.0.0'), '1.1.0': of('1.1.0'), '1.2.0': of('1.2.0', 'no more'), '2.0.0': of('2.0.0') });
    const value = { name: 'a', 'dist-tags': { latest: '2.0.0' }, versions: all };
    expect(pickedFrom(value, '^2', {})).toMatchObject({ version: '2.0.0' });
    expect(pickedFrom(value, '1', {})).toMatchObject({ version: '1.1.0' });
    expect(looked).toEqual(['2.0.0', '1.2.0', '1.1.0']);
  });
});
