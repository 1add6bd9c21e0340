/** npm 11, pnpm 10, Yarn and bun install a lockfile's injected tarball with the hash of that tarball; only the registry knows better. */

import { lockedHashes, samePublished } from '../model/integrity.ts';
import { defineRule } from '../model/rule.ts';
import { printable } from '../model/text.ts';
import { added, aRelease, at } from './example.ts';

export default defineRule({
  meta: {
    id: 'integrity-mismatch',
    family: 'source',
    severity: 'critical',
    summary: 'The hash in the lockfile is not the hash the registry publishes for this version.',
    why: 'The lockfile decides which bytes get installed. An entry with another tarball and the hash of that tarball installs without a word, and nobody reads hashes in a review.',
    remedy: 'Do not install. Delete the entry and let the package manager resolve it anew; ask whoever changed the lockfile.',
    references: ['lockfile injection (Liran Tal, 2019)', 'npm EALLOWREMOTE', 'pnpm ERR_PNPM_TARBALL_URL_MISMATCH'],
    falsePositives: 'A registry that repacks what it mirrors. Name it as registry for these packages, or waive them.',
    since: '0.1.0',
  },
  needs: ['release'],
  check(change, { release }) {
    const { integrity, resolved, bundled } = change.after;
    if (bundled) return [];
    const { current } = release;
    const locked = lockedHashes(integrity, resolved);
    const compared = samePublished(locked, current);
    if (compared?.same !== false) return [];
    return [
      {
        message: `the lockfile asks for other bytes than the registry publishes (${compared.algorithm})`,
        confidence: 'high',
        facts: {
          lockfile: printable(integrity ?? resolved ?? '', 120),
          registry: printable(current.integrity ?? current.shasum ?? '', 120),
          ...(resolved !== undefined && { from: printable(withoutCredentials(resolved)) }),
        },
      },
    ];
  },
  examples: [
    {
      title: 'another tarball with its own hash',
      change: added('left', '1.0.0', { integrity: 'sha512-b3RoZXI=', resolved: 'https://files.example/left-1.0.0.tgz' }),
      now: at('2026-01-01T00:00:00Z'),
      evidence: { release: { current: aRelease('1.0.0', { integrity: 'sha512-cmlnaHQ=' }) } },
      flagged: true,
    },
    {
      title: 'an old lockfile with only a sha1, which fits',
      change: added('left', '1.0.0', { integrity: 'sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=' }),
      now: at('2026-01-01T00:00:00Z'),
      evidence: { release: { current: aRelease('1.0.0', { integrity: 'sha512-cmlnaHQ=', shasum: 'da39a3ee5e6b4b0d3255bfef95601890afd80709' }) } },
      flagged: false,
    },
  ],
});

function withoutCredentials(url: string): string {
  return url.replace(/\/\/[^/@\s]*@/, '//');
}
