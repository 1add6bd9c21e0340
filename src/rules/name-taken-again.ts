/** A name whose versions were all deleted can be published anew by anybody a day later: old lockfiles and habits then reach a stranger. */

import { defineRule } from '../model/rule.ts';
import { day, isoOf, spanText } from '../model/time.ts';
import { added, aTimeline, at } from './example.ts';

export default defineRule({
  meta: {
    id: 'name-taken-again',
    family: 'age',
    severity: 'medium',
    summary: 'All earlier versions of this name were deleted, and it was taken up again.',
    why: 'What the name stood for before and what it stands for now may have nothing in common but the name. Everybody who remembers the old one trusts the new one.',
    remedy: 'Make sure that the owner is who you think it is.',
    references: ['npm unpublish policy', 'left-pad 2016', 'Zahan et al. (2022)'],
    falsePositives: 'Owners who deleted a first try years ago. Weak alone; it counts together with other facts.',
    since: '0.1.0',
  },
  needs: ['times'],
  options: {
    days: { type: 'number', default: 365, min: 1, max: 3650, about: 'for so many days after it was taken up again' },
  },
  check(_change, { times }, { now, options }) {
    const { abandonedAt, firstPublished } = times;
    if (abandonedAt === undefined || firstPublished - abandonedAt < 30 * day || now - firstPublished > options.days * day) return [];
    return [
      {
        message: `the name had other versions until ${spanText(firstPublished - abandonedAt)} before its first listed one; all are deleted`,
        confidence: 'medium',
        facts: { lastDeleted: isoOf(abandonedAt), takenAgain: isoOf(firstPublished) },
      },
    ];
  },
  examples: [
    {
      title: 'emptied, then published again two years later',
      change: added('old-name', '2.0.0'),
      now: at('2026-01-02T00:00:00Z'),
      evidence: {
        times: aTimeline('2026-01-01T00:00:00Z', { firstPublished: at('2026-01-01T00:00:00Z'), abandonedAt: at('2024-01-01T00:00:00Z') }),
      },
      flagged: true,
    },
    {
      title: 'nothing was deleted',
      change: added('old-name', '2.0.0'),
      now: at('2026-01-02T00:00:00Z'),
      evidence: { times: aTimeline('2026-01-01T00:00:00Z', { firstPublished: at('2026-01-01T00:00:00Z') }) },
      flagged: false,
    },
  ],
});
