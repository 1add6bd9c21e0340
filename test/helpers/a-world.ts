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
