/** Without a hash whatever the server hands out is installed; sha1 can be forged. */

import type { Observation } from '../model/finding.ts';
import { lockedHashes } from '../model/integrity.ts';
import { defineRule } from '../model/rule.ts';
import { added, at } from './example.ts';

/** An old fault of npm, too: every twentieth of its lockfiles has such entries. */
const nothingOfIt: Observation = {
  message: 'the lockfile holds neither an address nor a hash of it',
  confidence: 'low',
  facts: {},
  signal: 'integrity-missing:unpinned',
};

export default defineRule({
  meta: {
    id: 'integrity-missing',
    family: 'source',
    severity: 'medium',
    summary: 'The lockfile does not pin the bytes of this package, or only by sha1.',
    why: 'The hash is what makes a lockfile a promise. Without it the registry, a mirror or anybody between may serve something else tomorrow; sha1 collisions can be made since 2017. An entry of npm with neither an address nor a hash is installed without a word: npm asks the registry that is configured for the name and version, takes the tarball and the hash this gives it, and never writes them down, not even on npm install.',
    remedy:
      'Resolve the package anew with a current package manager, which records sha512: take the entry out of the lockfile and run the install once. Where the registry itself publishes none, ask whoever runs it.',
    references: ['SHAttered (2017)', 'W3C Subresource Integrity'],
    falsePositives:
      'Lockfiles of npm 4 and Yarn before 1.10, packages published before 2017, and registries without sha512. npm 7 to 11 lose address and hash of entries where they build a lockfile from packages that are already installed: such entries are told with low confidence. Not told: packages of other platforms in lockfiles of Yarn 2 and later, which hold no hash of them.',
    since: '0.1.0',
  },
  needs: [],
  sources: ['registry', 'remote'],
  check(change) {
    const { integrity, checksum, resolved, bundled, source, unpinned } = change.after;
    const stripped = change.action === 'change' && (change.before.integrity ?? change.before.checksum) !== undefined;
    const silent = integrity === undefined && checksum === undefined && resolved === undefined && !stripped && source === 'registry';
    if (bundled || checksum !== undefined) return [];
    if (silent) return unpinned ? [nothingOfIt] : [];
    const hashes = lockedHashes(integrity, resolved);
    if (hashes.size === 0) {
      return [
        {
          message: 'no hash of it is recorded',
          confidence: stripped ? 'high' : 'medium',
          facts: stripped ? { stripped } : {},
          signal: 'integrity-missing',
        },
      ];
    }
    const weak = hashes.size === 1 && hashes.has('sha1');
    return weak
      ? [{ message: 'only a sha1 hash of it is recorded', confidence: 'low', facts: { algorithm: 'sha1' }, signal: 'integrity-missing:sha1' }]
      : [];
  },
  examples: [
    {
      title: 'an address without a hash',
      change: added('left', '1.0.0', { resolved: 'https://registry.example/left/-/left-1.0.0.tgz' }),
      now: at('2026-01-01T00:00:00Z'),
      evidence: {},
      flagged: true,
    },
    {
      title: 'nothing but name and version in a package-lock',
      change: added('left', '1.0.0', { unpinned: true }),
      now: at('2026-01-01T00:00:00Z'),
      evidence: {},
      flagged: true,
    },
    {
      title: 'pinned by sha512',
      change: added('left', '1.0.0', { integrity: 'sha512-cmlnaHQ=' }),
      now: at('2026-01-01T00:00:00Z'),
      evidence: {},
      flagged: false,
    },
  ],
});
