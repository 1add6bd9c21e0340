/** A lockfile that names a version the registry does not list: taken down, deleted, or never there. */

import { defineRule } from '../model/rule.ts';
import { isoOf } from '../model/time.ts';
import { added, aListing, at } from './example.ts';

export default defineRule({
  meta: {
    id: 'unlisted-version',
    family: 'shape',
    severity: 'high',
    summary: 'The registry does not list this version.',
    why: 'Bad releases are removed by the registry or their owner; what is left is lockfiles and caches that still ask for them. A version that never existed means somebody wrote the lockfile by hand.',
    remedy:
      'Take a listed version and resolve again. If the version was removed, find out why before anything else: machines that installed it may be compromised.',
    references: ['ua-parser-js 0.7.29', 'axios 1.14.1', 'npm unpublish policy'],
    falsePositives: 'An owner who removed a broken release; a mirror that lags behind.',
    since: '0.1.0',
  },
  needs: ['listing'],
  check(_change, { listing }) {
    if (listing.status !== 'version-not-listed') return [];
    const [older] = listing.alternatives;
    const removed = listing.removedAfter;
    return [
      {
        message:
          removed === undefined
            ? 'the registry lists other versions of this package, but not this one'
            : 'this version was published and then removed',
        confidence: 'high',
        facts: {
          releases: listing.releaseCount,
          ...(removed !== undefined && { published: isoOf(removed) }),
          ...(older && { older: older.version }),
        },
        signal: removed === undefined ? 'unlisted-version' : 'unlisted-version:removed',
      },
    ];
  },
  examples: [
    {
      title: 'removed after it was found out',
      change: added('agent-parser', '0.7.29'),
      now: at('2021-11-01T00:00:00Z'),
      evidence: { listing: aListing({ status: 'version-not-listed', removedAfter: at('2021-10-22T12:15:00Z') }) },
      flagged: true,
    },
    {
      title: 'listed',
      change: added('agent-parser', '0.7.28'),
      now: at('2021-11-01T00:00:00Z'),
      evidence: { listing: aListing() },
      flagged: false,
    },
  ],
});
