/** Without a hash whatever the server hands out is installed; sha1 can be forged. */

import { lockedHashes } from '../model/integrity.ts';
import { defineRule } from '../model/rule.ts';
import { added, at } from './example.ts';

export default defineRule({
  meta: {
    id: 'integrity-missing',
    family: 'source',
    severity: 'medium',
    summary: 'The lockfile does not pin the bytes of this package, or only by sha1.',
    why: 'The hash is what makes a lockfile a promise. Without it the registry, a mirror or anybody between may serve something else tomorrow; sha1 collisions can be made since 2017.',
    remedy: 'Resolve the package anew with a current package manager, which records sha512.',
    references: ['SHAttered (2017)', 'W3C Subresource Integrity'],
    falsePositives: 'Lockfiles of npm 4 and Yarn before 1.10, packages published before 2017, and registries without sha512.',
    since: '0.1.0',
  },
  needs: [],
  sources: ['registry', 'remote'],
  check(change) {
    const { integrity, checksum, resolved, bundled, source } = change.after;
    const stripped = change.action === 'change' && (change.before.integrity ?? change.before.checksum) !== undefined;
    // Berry leaves checksums of packages for other platforms out; there nothing is recorded at all.
    const silent = integrity === undefined && checksum === undefined && resolved === undefined && !stripped;
    if (bundled || checksum !== undefined || (silent && source === 'registry')) return [];
    const hashes = lockedHashes(integrity, resolved);
    if (hashes.size === 0) {
      return [
        { message: 'the lockfile holds no hash of it', confidence: stripped ? 'high' : 'medium', facts: { stripped }, signal: 'integrity-missing' },
      ];
    }
    const weak = hashes.size === 1 && hashes.has('sha1');
    return weak
      ? [{ message: 'the lockfile holds only a sha1 hash of it', confidence: 'low', facts: { algorithm: 'sha1' }, signal: 'integrity-missing:sha1' }]
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
      title: 'pinned by sha512',
      change: added('left', '1.0.0', { integrity: 'sha512-cmlnaHQ=' }),
      now: at('2026-01-01T00:00:00Z'),
      evidence: {},
      flagged: false,
    },
  ],
});
