/** A package straight from a repository or a server: no registry keeps its bytes, and npm runs its prepare script. */

import { isCommitArchive } from '../model/commit.ts';
import { lockedHashes } from '../model/integrity.ts';
import { defineRule } from '../model/rule.ts';
import { printable } from '../model/text.ts';
import { added, at } from './example.ts';

export default defineRule({
  meta: {
    id: 'remote-source',
    family: 'source',
    severity: 'medium',
    summary: 'The package comes from a repository or a web server, not from a registry.',
    why: 'What is served there can change or vanish without a new version, no publish time or publisher is recorded, and for repositories npm builds the package on your machine. None of the metadata rules can look at it; what the build of a repository fetches, its development dependencies among it, is not looked at either.',
    remedy: 'Use the published package, or publish the fork under your own scope. If it must be, pin a full commit id.',
    references: ['npm allow-git, allow-remote', 'tanstack 2026 (payload in a repository dependency)', 'PhantomRaven 2025 (payload at a web address)'],
    falsePositives: 'Forks in use on purpose.',
    since: '0.1.0',
  },
  needs: [],
  sources: ['git', 'remote'],
  check(change) {
    const { source, resolved = '', integrity } = change.after;
    if (source !== 'git' && source !== 'remote') return [];
    // Yarn and pnpm fetch a commit as an archive of it.
    const commit = /#(?:[0-9a-f]{40}|[0-9a-f]{64})(?:$|&|::)/i.test(resolved) || isCommitArchive(resolved);
    const pinned = commit || (source === 'remote' && lockedHashes(integrity, resolved).size > 0);
    return [
      {
        message: pinned ? `comes from a ${placeOf(source)}` : `comes from a ${placeOf(source)} and is not pinned to its content`,
        confidence: 'medium',
        facts: { ...(resolved !== '' && { from: printable(withoutCredentials(resolved)) }), pinned, contents: readOf(source) },
        signal: pinned ? 'remote-source' : 'remote-source:unpinned',
      },
    ];
  },
  examples: [
    {
      title: 'a repository at a branch',
      change: added('forked', '1.0.0', { source: 'git', resolved: 'git+https://git.example/acme/forked.git#main' }),
      now: at('2026-01-01T00:00:00Z'),
      evidence: {},
      flagged: true,
    },
    {
      title: 'an archive nobody holds to its content',
      change: added('forked', '1.0.0', { source: 'remote', resolved: 'https://github.com/acme/forked/archive/refs/tags/v1.0.0.tar.gz' }),
      now: at('2026-01-01T00:00:00Z'),
      evidence: {},
      flagged: true,
    },
    {
      title: 'a package of the registry',
      change: added('published', '1.0.0'),
      now: at('2026-01-01T00:00:00Z'),
      evidence: {},
      flagged: false,
    },
  ],
});

function placeOf(source: 'git' | 'remote'): string {
  return source === 'git' ? 'repository' : 'web server';
}

/** What became of its bytes. */
function readOf(source: 'git' | 'remote'): string {
  return source === 'git'
    ? 'judged by the files of its commit alone, where they can be had; not what its build fetches'
    : 'judged by its bytes alone, where they can be had';
}

function withoutCredentials(url: string): string {
  return url.replace(/\/\/[^/@\s]*@/, '//').replace(/\?[^#]*/, '');
}
