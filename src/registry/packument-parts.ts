/** What is read of a packument; the rest (read-mes above all) is passed over without being built. */
import type { Shape } from './json-shape.ts';

const ofVersion = {
  scripts: { keys: { preinstall: 'value', install: 'value', postinstall: 'value', prepare: 'value' } },
  hasInstallScript: 'value',
  gypfile: 'value',
  dependencies: 'value',
  optionalDependencies: 'value',
  peerDependencies: 'value',
  bundleDependencies: 'value',
  bundledDependencies: 'value',
  bin: 'value',
  dist: 'value',
  _npmUser: 'value',
  maintainers: 'value',
  deprecated: 'value',
  repository: 'value',
  gitHead: 'value',
  description: 'value',
  _hasShrinkwrap: 'value',
  peerDependenciesMeta: 'value',
  engines: 'value',
  os: 'value',
  cpu: 'value',
  libc: 'value',
} as const;

/** The same by name, in the order of slots. */
export const versionParts = Object.keys(ofVersion) as readonly (keyof typeof ofVersion)[];

export const wantedParts: Shape = {
  keys: {
    name: 'value',
    'dist-tags': 'value',
    time: 'value',
    maintainers: 'value',
    versions: { each: { slots: versionParts } },
  },
};

/** The same facts, and the places that a proxy cuts and rewrites. */
export const placedParts: Shape = {
  keys: {
    name: 'value',
    'dist-tags': { note: 'dist-tags' },
    time: { each: 'value', note: 'time' },
    maintainers: 'value',
    versions: {
      alike: true,
      note: 'versions',
      each: {
        keys: {
          ...ofVersion,
          dist: {
            keys: {
              tarball: { note: 'tarball' },
              integrity: 'value',
              shasum: 'value',
              unpackedSize: 'value',
              fileCount: 'value',
              signatures: 'value',
              attestations: 'value',
            },
          },
        },
      },
    },
  },
};
