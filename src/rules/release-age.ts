/**
 * Most hijacked releases are found and removed within hours (chalk and debug 2025: two; axios 2026: three):
 * whoever waits a few days never meets them.
 */

import type { Observation } from '../model/finding.ts';
import { matchesPattern } from '../model/patterns.ts';
import { defineRule } from '../model/rule.ts';
import { day, type Instant, isoOf, spanText } from '../model/time.ts';
import { added, aStub, at } from './example.ts';

export default defineRule({
  meta: {
    id: 'release-age',
    family: 'age',
    severity: 'medium',
    summary: 'The release is younger than the waiting time.',
    why: 'Hijacked releases are mostly found and taken down within hours or a few days. A release nobody else has tried yet is tried by you.',
    remedy: 'Wait until the date shown, or take the older version named, or exempt your own scope with the option "exempt".',
    references: [
      'chalk/debug 2025 (removed after about 2 hours)',
      'axios 2026 (removed after about 3 hours)',
      'pnpm minimumReleaseAge; npm min-release-age',
    ],
    falsePositives: 'Every honest release is young once. That is the price of waiting; urgent security fixes can be waived by name and version.',
    since: '0.1.0',
  },
  needs: ['times', 'listing'],
  options: {
    days: { type: 'number', default: 3, min: 0, max: 365, about: 'waiting time in days' },
    exempt: { type: 'strings', default: [], about: 'package names or scopes (`@acme/*`) that need not wait' },
  },
  check(change, { times, listing }, { now, options }) {
    const ahead = times.datedAhead !== undefined && times.datedAhead > now ? times.datedAhead : undefined;
    const age = ahead === undefined ? now - times.published : 0;
    const wanted = options.days * day;
    if (age >= wanted || matchesPattern(change.after.name, options.exempt)) return [];
    const older = listing.alternatives.find((stub) => stub.at !== undefined && now - stub.at >= wanted && !stub.deprecated);
    if (ahead !== undefined) return [datedAhead(ahead, now, older?.version)];
    const passesAt = isoOf(times.published + wanted);
    return [
      {
        message: `published ${spanText(age)} ago, the waiting time is ${spanText(wanted)}`,
        confidence: 'high',
        facts: { published: isoOf(times.published), passes: passesAt, ...(older ? { older: older.version } : {}) },
        passesAt,
        remedy: older ? `Wait until ${passesAt}, or take ${older.version}, which is old enough.` : `Wait until ${passesAt}.`,
      },
    ];
  },
  examples: [
    {
      title: 'dated in the future',
      change: added('left', '1.0.1'),
      now: at('2025-09-08T14:16:00Z'),
      evidence: {
        times: {
          published: at('2025-09-08T14:16:00Z'),
          datedAhead: at('2031-01-01T00:00:00Z'),
          firstPublished: at('2015-01-01T00:00:00Z'),
          before: [],
          around: [],
        },
        listing: { status: 'listed', placeholder: false, releaseCount: 2, alternatives: [aStub('1.0.0', '2024-01-01T00:00:00Z')] },
      },
      flagged: true,
    },
    {
      title: 'published an hour ago',
      change: added('left', '1.0.1'),
      now: at('2025-09-08T14:16:00Z'),
      evidence: {
        times: { published: at('2025-09-08T13:16:00Z'), firstPublished: at('2015-01-01T00:00:00Z'), before: [], around: [] },
        listing: { status: 'listed', placeholder: false, releaseCount: 2, alternatives: [aStub('1.0.0', '2024-01-01T00:00:00Z')] },
      },
      flagged: true,
    },
    {
      title: 'published a month ago',
      change: added('left', '1.0.1'),
      now: at('2025-10-08T13:16:00Z'),
      evidence: {
        times: { published: at('2025-09-08T13:16:00Z'), firstPublished: at('2015-01-01T00:00:00Z'), before: [], around: [] },
        listing: { status: 'listed', placeholder: false, releaseCount: 2, alternatives: [] },
      },
      flagged: false,
    },
  ],
});

/** Nothing is promised: a day counted from now would be another with each run. */
function datedAhead(ahead: Instant, now: Instant, older: string | undefined): Observation {
  const take = older === undefined ? '' : `Take ${older}, which is old enough. `;
  return {
    message: `the registry dates it ${spanText(ahead - now)} in the future, so its age cannot be told and counts as none`,
    confidence: 'high',
    facts: { dated: isoOf(ahead), ...(older !== undefined && { older }) },
    remedy: `${take}Ask whoever runs the registry about the date; the waiting time begins when it has come.`,
  };
}
