/** Lockfile injection and swapped artefacts: the bytes are not those that were locked or listed. */
import { defineRule } from '../model/rule.ts';
import { at, changed, someContents } from './example.ts';

export default defineRule({
  meta: {
    id: 'tarball-mismatch',
    family: 'source',
    severity: 'critical',
    summary: 'The tarball is not the one that the lockfile or the registry names.',
    why: 'An integrity names bytes exactly. When what the registry serves has another one, either the lockfile was made for something else, or the tarball was exchanged.',
    remedy: 'Do not install. Find out which of the two is right before changing the lockfile.',
    references: ['Subresource integrity in lockfiles', 'lockfile injection (Kinnaird 2019)'],
    falsePositives: 'Company mirrors that repack tarballs.',
    since: '0.1.0',
  },
  needs: ['contents'],
  check(change, { contents }) {
    if (contents.contradicts === undefined) return [];
    return [
      {
        message: `its bytes are not those the ${contents.contradicts} names`,
        confidence: 'high',
        facts: { expected: change.after.integrity ?? 'as the registry lists', ...(contents.packed !== undefined && { packed: contents.packed }) },
      },
    ];
  },
  examples: [
    {
      title: 'other bytes than locked',
      change: changed('quiet-lib', '1.0.0', '1.0.1'),
      now: at('2026-01-01T00:00:00Z'),
      evidence: { contents: someContents({ contradicts: 'lockfile' }) },
      flagged: true,
    },
    {
      title: 'the bytes that were locked',
      change: changed('quiet-lib', '1.0.0', '1.0.1'),
      now: at('2026-01-01T00:00:00Z'),
      evidence: { contents: someContents() },
      flagged: false,
    },
  ],
});
