/** The maintainers themselves advise against a release (npm deprecate); takedowns are often announced so first. */

import { defineRule } from '../model/rule.ts';
import { printable } from '../model/text.ts';
import { added, aRelease, at } from './example.ts';

export default defineRule({
  meta: {
    id: 'deprecated',
    family: 'shape',
    severity: 'info',
    summary: 'The maintainers advise against this release.',
    why: 'A deprecated release gets no fixes, and the note may say that it is broken or was compromised.',
    remedy: 'Read the note and take the release it names.',
    references: ['npm deprecate', 'coa and rc 2021 (bad versions deprecated before they were removed)'],
    falsePositives: 'Most deprecations only mean that there is something newer.',
    since: '0.1.0',
  },
  needs: ['release'],
  check(_change, { release }) {
    const note = release.current.deprecated;
    if (note === undefined || note === '') return [];
    return [{ message: `deprecated: ${printable(note)}`, confidence: 'high', facts: {} }];
  },
  examples: [
    {
      title: 'deprecated in favour of another',
      change: added('request', '2.88.2'),
      now: at('2021-11-01T00:00:00Z'),
      evidence: { release: { current: aRelease('2.88.2', { deprecated: 'request has been deprecated' }) } },
      flagged: true,
    },
    {
      title: 'in good standing',
      change: added('request', '2.88.2'),
      now: at('2019-11-01T00:00:00Z'),
      evidence: { release: { current: aRelease('2.88.2') } },
      flagged: false,
    },
  ],
});
