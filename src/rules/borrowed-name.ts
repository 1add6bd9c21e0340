/** colors-ext and nodemailer-js (2022 to 2026), chai-as-* (2025): new packages whose names ride on famous ones; and names that assistants make up (Spracklen et al., 2025). */

import { defineRule } from '../model/rule.ts';
import { day, isoOf, spanText } from '../model/time.ts';
import { isFaint, isHint } from '../names/index.ts';
import { added, aListing, aNearName, aTimeline, at } from './example.ts';

const chai = aNearName('chai', { classes: ['borrowed-name'], score: 0.6, tier: 'warn' });

export default defineRule({
  meta: {
    id: 'borrowed-name',
    family: 'name',
    severity: 'medium',
    summary: 'A young package has a famous name with other words around it.',
    why: 'Such a name sounds as if it belonged to the famous package. Attackers publish under names that people and assistants expect to exist.',
    remedy: 'Look who owns it: the famous project says in its own documentation which packages belong to it.',
    references: [
      'Kintis et al., Hiding in Plain Sight: combosquatting (2017)',
      'Spracklen et al., We Have a Package for You! (2025)',
      'chai-as-* 2025',
    ],
    falsePositives: 'Every honest young plug-in. A warning by itself; it blocks only together with independent facts.',
    since: '0.1.0',
  },
  needs: ['name', 'times', 'listing'],
  options: {
    days: { type: 'number', default: 60, min: 0, max: 3650, about: 'a package counts as young for this many days after its first release' },
  },
  check(change, { name, times, listing }, { now, options }) {
    if (change.action === 'change' || listing.status !== 'listed') return [];
    const age = now - times.firstPublished;
    const famous = name.near.find((near) => near.kinship === undefined && isHint(near) && !isFaint(near));
    if (!famous || age >= options.days * day) return [];
    return [
      {
        message: `the name ${famous.classes[0] === 'borrowed-name' ? 'rides on' : 'sounds like'} ${famous.target}, and the package was first published ${spanText(age)} ago`,
        confidence: 'low',
        facts: { popular: famous.target, downloads: famous.downloads, score: famous.score, firstPublished: isoOf(times.firstPublished) },
        ...(times.datedAhead === undefined && { passesAt: isoOf(times.firstPublished + options.days * day) }),
      },
    ];
  },
  examples: [
    {
      title: 'a famous name and a made-up word, days old',
      change: added('chai-deflect', '1.0.0'),
      now: at('2026-03-31T00:00:00Z'),
      evidence: {
        name: { near: [chai] },
        listing: aListing(),
        times: aTimeline('2026-03-30T20:00:00Z', { firstPublished: at('2026-03-29T06:00:00Z') }),
      },
      flagged: true,
    },
    {
      title: 'the same around for years',
      change: added('chai-deflect', '1.0.0'),
      now: at('2026-03-31T00:00:00Z'),
      evidence: { name: { near: [chai] }, listing: aListing(), times: aTimeline('2026-03-30T20:00:00Z') },
      flagged: false,
    },
    {
      title: 'young, of the same owner',
      change: added('chai-deflect', '1.0.0'),
      now: at('2026-03-31T00:00:00Z'),
      evidence: {
        name: { near: [{ ...chai, kinship: 'same owner' }] },
        listing: aListing(),
        times: aTimeline('2026-03-30T20:00:00Z', { firstPublished: at('2026-03-29T06:00:00Z') }),
      },
      flagged: false,
    },
  ],
});
