/** rc 2021 (silent for three years), the crypto packages of 2025 (up to nine), art-template 2025: old packages make quiet victims. */

import { defineRule } from '../model/rule.ts';
import { day, isoOf, spanText } from '../model/time.ts';
import { aTimeline, at, changed } from './example.ts';

export default defineRule({
  meta: {
    id: 'dormant-revival',
    family: 'timing',
    severity: 'low',
    summary: 'The first release after a long silence.',
    why: 'Abandoned packages with many users have old passwords, expired mail domains and nobody watching.',
    remedy: 'Nothing by itself. Together with a new publisher, script or dependency: wait and compare with the release before.',
    references: ['rc 2021', 'art-template 2025', 'country-currency-map 2025', 'Zahan et al. (2022)'],
    falsePositives: 'A fifth of the entries of large lockfiles are such releases. Weak alone; it counts together with other facts.',
    since: '0.1.0',
  },
  needs: ['times'],
  options: {
    days: { type: 'number', default: 365, min: 30, max: 3650, about: 'silence of so many days' },
  },
  check(_change, { times }, { options }) {
    const last = times.previousAt;
    if (last === undefined) return [];
    const silence = times.published - last;
    if (silence < options.days * day) return [];
    return [
      {
        message: `the first release after ${spanText(silence)} of silence`,
        confidence: 'medium',
        facts: { lastRelease: isoOf(last), silentDays: Math.floor(silence / day) },
        signal: silence >= 2 * options.days * day ? 'dormant-revival:long' : 'dormant-revival',
      },
    ];
  },
  examples: [
    {
      title: 'three years of silence',
      change: changed('quiet-lib', '1.2.8', '1.2.9'),
      now: at('2021-11-04T16:00:00Z'),
      evidence: { times: aTimeline('2021-11-04T15:30:00Z', { previousAt: at('2018-05-26T00:00:00Z') }) },
      flagged: true,
    },
    {
      title: 'a month after the release before',
      change: changed('quiet-lib', '1.2.8', '1.2.9'),
      now: at('2021-11-04T16:00:00Z'),
      evidence: { times: aTimeline('2021-11-04T15:30:00Z', { previousAt: at('2021-10-04T00:00:00Z') }) },
      flagged: false,
    },
  ],
});
