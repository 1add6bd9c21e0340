/** A registry entry that is fetched from somewhere else, with nothing to show that the bytes are the registry's. */

import { lockedHashes, samePublished } from '../model/integrity.ts';
import { defineRule } from '../model/rule.ts';
import { readTarballUrl } from '../model/tarball-url.ts';
import { printable } from '../model/text.ts';
import { added, aRelease, at } from './example.ts';

export default defineRule({
  meta: {
    id: 'tarball-elsewhere',
    family: 'source',
    severity: 'high',
    summary: 'The lockfile fetches this version from another place than the registry names, and no hash vouches for it.',
    why: 'The facts judged here are those of the registry; what gets installed is what lies at the address in the lockfile. Without a common hash they may be different things.',
    remedy: 'Delete the entry and let the package manager resolve it anew. Allow hosts that mirror your registry with the option "hosts".',
    references: ['lockfile injection (Liran Tal, 2019)', 'lockfile-lint allowed-hosts'],
    falsePositives: 'Lockfiles written behind a mirror, with hashes too old to compare.',
    since: '0.1.0',
  },
  needs: ['release'],
  options: {
    hosts: { type: 'strings', default: [], about: 'hosts that serve the same tarballs as your registry, e.g. "mirror.acme.example"' },
  },
  check(change, { release }, { options }) {
    const { resolved, integrity, bundled } = change.after;
    const url = readTarballUrl(resolved);
    const named = readTarballUrl(release.current.tarball);
    if (bundled || !url || !named || (url.host === named.host && url.path === named.path)) return [];
    const compared = samePublished(lockedHashes(integrity, resolved), release.current);
    // The same bytes are the same wherever they lie; other bytes are integrity-mismatch's.
    if (compared) return [];
    const known = options.hosts.includes(url.host) && url.name === change.after.name;
    if (known) return [];
    return [
      {
        message: url.host === named.host ? 'fetched from another path than the registry names' : 'fetched from another host than the registry names',
        confidence: url.name === change.after.name ? 'medium' : 'high',
        facts: { lockfile: printable(`${url.host}${url.path}`), registry: printable(`${named.host}${named.path}`) },
      },
    ];
  },
  examples: [
    {
      title: 'a tarball on a server of somebody',
      change: added('left', '1.0.0', { resolved: 'https://files.example/left.tgz' }),
      now: at('2026-01-01T00:00:00Z'),
      evidence: {
        release: { current: aRelease('1.0.0', { tarball: 'https://registry.example/left/-/left-1.0.0.tgz', integrity: 'sha512-cmlnaHQ=' }) },
      },
      flagged: true,
    },
    {
      title: 'a mirror with the same bytes',
      change: added('left', '1.0.0', { resolved: 'https://mirror.example/left/-/left-1.0.0.tgz', integrity: 'sha512-cmlnaHQ=' }),
      now: at('2026-01-01T00:00:00Z'),
      evidence: {
        release: { current: aRelease('1.0.0', { tarball: 'https://registry.example/left/-/left-1.0.0.tgz', integrity: 'sha512-cmlnaHQ=' }) },
      },
      flagged: false,
    },
  ],
});
