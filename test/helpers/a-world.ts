/** Registries of a handful of packages that need each other in every way, for tests that compare two resolutions. */
import fc from 'fast-check';
import { publish } from './fixture-registry.ts';
import type { Written } from './write-packument.ts';

export const names = ['a', 'b', 'c', 'd', '@s/e'] as const;
const range = fc.constantFrom(
  '*',
  '',
  '*',
  '>=1',
  '>=1.1.0',
  '>1.0.0',
  '^1.0.0',
  '~1.0.0',
  '>=1.0.0',
  '1.0.0',
  '^2.0.0',
  '1.x || 2.x',
  'latest',
  'npm:b@^1.0.0',
);
const dependencies = fc.dictionary(fc.constantFrom(...names), range, { maxKeys: 3 });
const odd = fc.oneof(
  { weight: 60, arbitrary: fc.constant({}) },
  { weight: 1, arbitrary: fc.constant({ os: ['plan9'] }) },
  { weight: 1, arbitrary: fc.constant({ engines: { node: '>=99' } }) },
  { weight: 1, arbitrary: fc.constant({ deprecated: 'no more' }) },
  { weight: 1, arbitrary: fc.constant({ hasInstallScript: true }) },
  { weight: 1, arbitrary: fc.constant({ scripts: { postinstall: 'node x', prepare: 'tsc' } }) },
  { weight: 1, arbitrary: dependencies.map((peerDependencies) => ({ peerDependencies })) },
  { weight: 2, arbitrary: dependencies.map((optionalDependencies) => ({ optionalDependencies })) },
  { weight: 1, arbitrary: fc.constant({ bundleDependencies: ['a'] }) },
);
const releases = fc
  .array(fc.record({ dependencies, more: odd }), { minLength: 3, maxLength: 3 })
  .map((made) => made.map((one, at): Written => ({ version: ['1.0.0', '1.1.0', '2.0.0'][at] ?? '', at: `2024-0${at + 1}-01T00:00:00Z`, ...one })));
export const world = fc.tuple(...names.map((name) => releases.map((made) => publish(name, made))));

/** Packages whose versions exclude each other, so that they come to lie below one another, and little else. */
export const busyNames = ['a', 'a-b', 'b', 'c', 'd', 'D2', '@s/e', 'f'] as const;
const versions = ['1.0.0', '1.1.0', '2.0.0', '2.1.0-rc.1', '3.0.0'];
const narrow = fc.constantFrom(
  '*',
  '',
  '^1.0.0',
  '~1.0.0',
  '1.0.0',
  '1.1.0',
  '^1.1.0',
  '^2.0.0',
  '2',
  '1.x || 3.x',
  '>=2',
  '^3.0.0',
  'npm:b@^1.0.0',
  'npm:c@2',
);
const asks = fc.dictionary(fc.constantFrom(...busyNames), narrow, { maxKeys: 4 });
const optionalPeers = asks.map((peers) => ({
  peerDependencies: peers,
  peerDependenciesMeta: Object.fromEntries(Object.keys(peers).map((peer) => [peer, { optional: true }])),
}));
const rarely = fc.oneof(
  { weight: 200, arbitrary: fc.constant({}) },
  { weight: 10, arbitrary: asks.map((optionalDependencies) => ({ optionalDependencies })) },
  { weight: 4, arbitrary: fc.constantFrom({ os: ['plan9'] }, { cpu: ['z80'], libc: ['musl'] }, { os: ['!plan9'] }) },
  { weight: 2, arbitrary: optionalPeers },
  { weight: 2, arbitrary: fc.constant({ peerDependencies: { react: '*' }, peerDependenciesMeta: { react: { optional: true } } }) },
  { weight: 1, arbitrary: asks.map((peerDependencies) => ({ peerDependencies })) },
  { weight: 1, arbitrary: fc.constant({ deprecated: 'no more' }) },
  { weight: 1, arbitrary: fc.constant({ dist: { tarball: 'http://registry.example/same.tgz', integrity: `sha512-${'A'.repeat(86)}==` } }) },
);
const busyReleases = fc
  .array(fc.record({ dependencies: asks, more: rarely }), { minLength: versions.length, maxLength: versions.length })
  .map((made) => made.map((one, at): Written => ({ version: versions[at] ?? '', at: `2024-0${at + 1}-01T00:00:00Z`, ...one })));
export const busyWorld = fc.tuple(...busyNames.map((name) => busyReleases.map((made) => publish(name, made))));
