/** Typosquats, invented names and droppers are days old when they are used (easy-day-js 2026, plain-crypto-js 2026: less than a day). */

import { defineRule } from '../model/rule.ts';
import { day, isoOf, spanText } from '../model/time.ts';
import { added, aListing, aTimeline, at, changed } from './example.ts';

export default defineRule({
  meta: {
    id: 'new-package',
    family: 'age',
    severity: 'low',
    summary: 'The package itself has existed for a short time only.',
    why: 'Names that imitate others, names an assistant made up, and packages that exist only to carry a payload are young. A package with years of releases has something to lose.',
    remedy:
      'Make sure this is the package you were told about: open its repository, see who owns it, and prefer the established package for the job.',
    references: ['plain-crypto-js 2026 (18 hours old when axios pulled it in)', 'Zahan et al., What are Weak Links in the npm Supply Chain? (2022)'],
    falsePositives: 'Every package is new once. Updates of a package you have already are not judged by this rule.',
    since: '0.1.0',
  },
  needs: ['times', 'listing'],
  options: {
    days: { type: 'number', default: 30, min: 0, max: 3650, about: 'a package counts as new for this many days after its first release' },
  },
  check(change, { times, listing }, { now, options }) {
    // Who has it already knew its age when it came in.
    if (change.action === 'change') return [];
    const age = now - times.firstPublished;
    if (age >= options.days * day || listing.placeholder) return [];
    const fresh = age < 3 * day;
    return [
      {
        message: `the first version of this package was published ${spanText(age)} ago`,
        confidence: fresh ? 'high' : 'medium',
        facts: { firstPublished: isoOf(times.firstPublished), releases: listing.releaseCount },
        signal: fresh ? 'new-package:days' : 'new-package',
        ...(times.datedAhead === undefined && { passesAt: isoOf(times.firstPublished + options.days * day) }),
      },
    ];
  },
  examples: [
    {
      title: 'first published yesterday',
      change: added('plain-helper', '1.0.1'),
      now: at('2026-03-31T00:21:00Z'),
      evidence: { times: aTimeline('2026-03-30T20:00:00Z', { firstPublished: at('2026-03-30T06:00:00Z') }), listing: aListing({ releaseCount: 2 }) },
      flagged: true,
    },
    {
      title: 'an update of a package that is in the tree already',
      change: changed('plain-helper', '1.0.0', '1.0.1'),
      now: at('2026-03-31T00:21:00Z'),
      evidence: { times: aTimeline('2026-03-30T20:00:00Z', { firstPublished: at('2026-03-30T06:00:00Z') }), listing: aListing({ releaseCount: 2 }) },
      flagged: false,
    },
    {
      title: 'around since 2015',
      change: added('plain-helper', '1.0.1'),
      now: at('2026-03-31T00:21:00Z'),
      evidence: { times: aTimeline('2026-03-30T20:00:00Z'), listing: aListing() },
      flagged: false,
    },
  ],
});
