/** A stolen publishing right can be used from a repository of the thief's own: attested, green, and built elsewhere. */

import type { Provenance } from '../model/evidence.ts';
import type { Observation } from '../model/finding.ts';
import { repositoryOf } from '../model/repository.ts';
import { defineRule } from '../model/rule.ts';
import { printable } from '../model/text.ts';
import { aRelease, at, changed } from './example.ts';

export default defineRule({
  meta: {
    id: 'build-source-changed',
    family: 'trust',
    severity: 'high',
    summary: 'The release was built from another repository than the one before, or than it names.',
    why: 'Provenance tells where a release was built. It vouches for the place, not for the people: a release from somebody else’s repository is attested just as well.',
    remedy: 'Look whether the project moved. If nobody said so, stay on the release before.',
    references: ['SLSA provenance', 'npm trusted publishing', 'Fulcio certificate extensions'],
    falsePositives:
      'Projects that move to another organisation. A repository that was renamed or handed over keeps its number and is not accused; another repository of the same owner, or another owner than package.json names, warns only.',
    since: '0.1.0',
  },
  needs: ['attestations', 'release'],
  check(_change, { attestations, release }) {
    const { provenance: now, before } = attestations;
    if (!now) return [];
    const moved = before && movedFrom(before.provenance, now, before.version);
    return moved ?? otherThanNamed(now, release.current.repository);
  },
  examples: [
    {
      title: 'built from a stranger’s repository',
      change: changed('http-client', '1.14.0', '1.14.1'),
      now: at('2026-03-31T00:30:00Z'),
      evidence: {
        attestations: {
          status: 'verified',
          provenance: { repository: 'github.com/newcomer/http-client' },
          before: { version: '1.14.0', provenance: { repository: 'github.com/project/http-client' } },
        },
        release: { current: aRelease('1.14.1') },
      },
      flagged: true,
    },
    {
      title: 'the repository was renamed',
      change: changed('http-client', '1.14.0', '1.14.1'),
      now: at('2026-03-31T00:30:00Z'),
      evidence: {
        attestations: {
          status: 'verified',
          provenance: { repository: 'github.com/project/client', repositoryId: '77' },
          before: { version: '1.14.0', provenance: { repository: 'github.com/project/http-client', repositoryId: '77' } },
        },
        release: { current: aRelease('1.14.1', { repository: 'git+https://github.com/Project/client.git' }) },
      },
      flagged: false,
    },
  ],
});

function movedFrom(before: Provenance, now: Provenance, older: string): readonly Observation[] | undefined {
  if (now.repository === before.repository) return undefined;
  if (now.repositoryId !== undefined && now.repositoryId === before.repositoryId) return [];
  const related = sameOwner(before, now);
  return [
    {
      message: `built from ${printable(now.repository, 120)}, where the release before came from ${printable(before.repository, 120)}`,
      confidence: related ? 'low' : 'high',
      facts: { now: printable(now.repository, 120), before: printable(before.repository, 120), older },
      signal: related ? 'build-source-changed:same-owner' : 'build-source-changed',
    },
  ];
}

function otherThanNamed(now: Provenance, field: string | undefined): readonly Observation[] {
  const named = repositoryOf(field);
  if (named === undefined || named === now.repository || ownerIn(named) === ownerIn(now.repository)) return [];
  return [
    {
      message: `built from ${printable(now.repository, 120)}, but it names ${printable(named, 120)} as its repository`,
      confidence: 'low',
      facts: { built: printable(now.repository, 120), named: printable(named, 120) },
      signal: 'build-source-changed:not-as-named',
    },
  ];
}

function sameOwner(a: Provenance, b: Provenance): boolean {
  if (a.ownerId !== undefined && b.ownerId !== undefined) return a.ownerId === b.ownerId;
  return ownerIn(a.repository) === ownerIn(b.repository);
}

function ownerIn(repository: string): string {
  return repository.split('/').slice(0, 2).join('/');
}
