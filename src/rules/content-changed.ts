/** A version is published once: other bytes under the same number are never an update. */

import { hashesOf, isWeaker, sameBytes } from '../model/integrity.ts';
import type { IncomingChange } from '../model/package.ts';
import { defineRule } from '../model/rule.ts';
import { printable } from '../model/text.ts';
import { at, changed } from './example.ts';

export default defineRule({
  meta: {
    id: 'content-changed',
    family: 'source',
    severity: 'critical',
    summary: 'The change keeps the version and exchanges its bytes.',
    why: 'Registries never change a published version. A lockfile entry whose hash or address changes under the same version number points to something else than what was reviewed.',
    remedy: 'Do not install. Restore the entry, or delete it and let the package manager resolve it anew.',
    references: ['lockfile injection (Liran Tal, 2019)'],
    falsePositives: 'Moving to another registry that repacks what it mirrors; a package republished on a private registry.',
    since: '0.1.0',
  },
  needs: [],
  sources: ['registry', 'remote'],
  check(change) {
    const how = exchanged(change);
    if (how === undefined || change.action !== 'change') return [];
    const { before, after } = change;
    return [
      {
        message: how,
        confidence: 'high',
        facts: {
          before: printable(before.integrity ?? before.checksum ?? before.resolved ?? 'nothing', 120),
          after: printable(after.integrity ?? after.checksum ?? after.resolved ?? 'nothing', 120),
        },
      },
    ];
  },
  examples: [
    {
      title: 'the same version with another hash',
      change: {
        ...changed('left', '1.0.0', '1.0.0', { integrity: 'sha512-b3RoZXI=' }),
        before: { ...changed('left', '1.0.0', '1.0.0').after, integrity: 'sha512-cmlnaHQ=' },
        action: 'change',
      },
      now: at('2026-01-01T00:00:00Z'),
      evidence: {},
      flagged: true,
    },
    {
      title: 'the same version, pinned by sha1 where sha512 stood',
      change: {
        ...changed('left', '1.0.0', '1.0.0', { integrity: 'sha1-b3RoZXI=' }),
        before: { ...changed('left', '1.0.0', '1.0.0').after, integrity: 'sha512-cmlnaHQ=' },
        action: 'change',
      },
      now: at('2026-01-01T00:00:00Z'),
      evidence: {},
      flagged: true,
    },
    {
      title: 'another address, where the lockfile names no version',
      change: {
        ...changed('left', '', '', { source: 'remote', resolved: 'https://files.example/left-2.tgz', integrity: 'sha512-b3RoZXI=' }),
        before: {
          ...changed('left', '', '', { source: 'remote', resolved: 'https://files.example/left-1.tgz', integrity: 'sha512-cmlnaHQ=' }).after,
        },
        action: 'change',
      },
      now: at('2026-01-01T00:00:00Z'),
      evidence: {},
      flagged: false,
    },
    {
      title: 'an update',
      change: changed('left', '1.0.0', '1.0.1', { integrity: 'sha512-b3RoZXI=' }),
      now: at('2026-01-01T00:00:00Z'),
      evidence: {},
      flagged: false,
    },
  ],
});

function exchanged(change: IncomingChange): string | undefined {
  if (change.action !== 'change') return undefined;
  const { before, after } = change;
  if (before.name !== after.name || before.version !== after.version || before.source !== after.source) return undefined;
  // Some lockfiles name no version of what comes from a web address: another address may be another version.
  if (after.version === '' && before.resolved !== after.resolved) return undefined;
  if (before.integrity !== undefined && after.integrity !== undefined) {
    const [had, has] = [hashesOf(before.integrity), hashesOf(after.integrity)];
    if (sameBytes(has, had)?.same === false) return 'the same version has another hash now';
    return isWeaker(has, had) ? 'the hash of this version was exchanged for one that is easier to forge' : undefined;
  }
  if (before.checksum !== undefined && after.checksum !== undefined) {
    const sameCache = before.checksum.split('/', 1)[0] === after.checksum.split('/', 1)[0] || !before.checksum.includes('/');
    return sameCache && before.checksum !== after.checksum ? 'the same version has another checksum now' : undefined;
  }
  const had = before.integrity ?? before.checksum;
  const has = after.integrity ?? after.checksum;
  if (had !== undefined && has === undefined) return 'the hash of this version was taken out of the lockfile';
  const moved = before.resolved !== undefined && after.resolved !== undefined && before.resolved !== after.resolved;
  return moved && has === undefined ? 'the same version comes from another address now, and nothing says that it is the same' : undefined;
}
