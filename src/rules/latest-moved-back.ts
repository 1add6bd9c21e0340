/** Maintainers who find a bad release out move `latest` back first, as npm cannot delete it for them (eslint-config-prettier 2025, rspack 2024). */

import { defineRule } from '../model/rule.ts';
import { compareVersions, isPrerelease, onSameLine, parseVersion } from '../model/version.ts';
import { aListing, at, changed } from './example.ts';

export default defineRule({
  meta: {
    id: 'latest-moved-back',
    family: 'timing',
    severity: 'medium',
    summary: 'The registry’s `latest` points below this release on the same line.',
    why: 'Publishing moves `latest` forward. When it stands below a release of the same line, somebody moved it back: the release is broken, or it was not made by the maintainers.',
    remedy: 'Take what `latest` names.',
    references: ['npm dist-tag', 'eslint-config-prettier 2025', 'rspack 2024'],
    falsePositives: 'Projects that publish first and move `latest` later.',
    since: '0.1.0',
  },
  needs: ['listing'],
  check(change, { listing }) {
    const judged = parseVersion(change.after.version);
    const latest = parseVersion(listing.latest ?? '');
    if (!judged || !latest || listing.status !== 'listed' || isPrerelease(judged) || isPrerelease(latest)) return [];
    if (!onSameLine(judged, latest) || compareVersions(judged, latest) <= 0) return [];
    return [
      {
        message: `latest is ${listing.latest}, below this release of the same line`,
        confidence: 'medium',
        facts: { latest: listing.latest ?? '', older: listing.latest ?? '' },
      },
    ];
  },
  examples: [
    {
      title: 'latest was moved back',
      change: changed('lint-config', '10.1.5', '10.1.7'),
      now: at('2025-07-18T20:00:00Z'),
      evidence: { listing: aListing({ latest: '10.1.5' }) },
      flagged: true,
    },
    {
      title: 'the latest itself',
      change: changed('lint-config', '10.1.5', '10.1.8'),
      now: at('2025-07-18T20:00:00Z'),
      evidence: { listing: aListing({ latest: '10.1.8' }) },
      flagged: false,
    },
    {
      title: 'an older line',
      change: changed('lint-config', '11.0.0', '12.0.0'),
      now: at('2025-07-18T20:00:00Z'),
      evidence: { listing: aListing({ latest: '11.0.0' }) },
      flagged: false,
    },
  ],
});
