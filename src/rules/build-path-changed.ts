/** TanStack 2026: the project's own pipeline was made to publish from where it never had; what changed was the way to the release. */

import type { Provenance } from '../model/evidence.ts';
import type { Observation } from '../model/finding.ts';
import { defineRule } from '../model/rule.ts';
import { printable } from '../model/text.ts';
import { at, changed } from './example.ts';

export default defineRule({
  meta: {
    id: 'build-path-changed',
    family: 'trust',
    severity: 'low',
    summary: 'The release was built by another workflow or from another branch than the one before.',
    why: 'Whoever may write to any branch may add a workflow there that publishes. A release from a pull request was built from what a stranger proposed.',
    remedy: 'Nothing by itself. Together with another fact: look at the workflow run that the attestation names.',
    references: ['TanStack 2026', 'SLSA provenance', 'Fulcio certificate extensions'],
    falsePositives:
      'Workflows and default branches are renamed, and releases of older lines come from branches of their own. Weak alone; it counts together with other facts.',
    since: '0.1.0',
  },
  needs: ['attestations'],
  check(_change, { attestations }) {
    const { provenance: now, before } = attestations;
    if (!now) return [];
    return [...fromPullRequest(now), ...(before ? changedSince(before.provenance, now, before.version) : [])].slice(0, 1);
  },
  examples: [
    {
      title: 'another workflow on another branch',
      change: changed('http-client', '1.14.0', '1.14.1'),
      now: at('2026-03-31T00:30:00Z'),
      evidence: {
        attestations: {
          status: 'verified',
          provenance: { repository: 'github.com/project/http-client', workflow: '.github/workflows/x.yml', ref: 'refs/heads/fix' },
          before: {
            version: '1.14.0',
            provenance: { repository: 'github.com/project/http-client', workflow: '.github/workflows/release.yml', ref: 'refs/heads/main' },
          },
        },
      },
      flagged: true,
    },
    {
      title: 'the next tag',
      change: changed('http-client', '1.14.0', '1.14.1'),
      now: at('2026-03-31T00:30:00Z'),
      evidence: {
        attestations: {
          status: 'verified',
          provenance: { repository: 'github.com/project/http-client', workflow: '.github/workflows/release.yml', ref: 'refs/tags/v1.14.1' },
          before: {
            version: '1.14.0',
            provenance: { repository: 'github.com/project/http-client', workflow: '.github/workflows/release.yml', ref: 'refs/tags/v1.14.0' },
          },
        },
      },
      flagged: false,
    },
  ],
});

function fromPullRequest({ ref }: Provenance): readonly Observation[] {
  if (ref === undefined || !/^refs\/(?:pull|merge-requests)\//.test(ref)) return [];
  const facts = { ref: printable(ref, 120) };
  return [
    {
      message: 'built from a pull request, not from a branch of the project',
      confidence: 'medium',
      facts,
      signal: 'build-path-changed:pull-request',
    },
  ];
}

function changedSince(before: Provenance, now: Provenance, older: string): readonly Observation[] {
  const parts = [
    ...(differ(before.workflow, now.workflow) ? [`workflow ${now.workflow} instead of ${before.workflow}`] : []),
    ...(differ(placeOf(before.ref), placeOf(now.ref)) ? [`${placeOf(now.ref)} instead of ${placeOf(before.ref)}`] : []),
  ].map((part) => printable(part, 200));
  if (parts.length === 0) return [];
  return [{ message: `built another way than the release before: ${parts.join('; ')}`, confidence: 'low', facts: { changed: parts, older } }];
}

/** What is not known of one of the two is no change. */
function differ(a: string | undefined, b: string | undefined): boolean {
  return a !== undefined && b !== undefined && a !== b;
}

/** Every release has a tag of its own. */
function placeOf(ref: string | undefined): string | undefined {
  return ref?.startsWith('refs/tags/') ? 'a tag' : ref?.replace(/^refs\/heads\//, 'branch ');
}
