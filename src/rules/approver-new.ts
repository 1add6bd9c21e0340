/** Staged publishing (2026) puts a person between a pipeline and the registry: worth as much as that person is known. */

import type { Person, Release } from '../model/packument.ts';
import { defineRule } from '../model/rule.ts';
import { listText, printable } from '../model/text.ts';
import { aRelease, at, changed } from './example.ts';

export default defineRule({
  meta: {
    id: 'approver-new',
    family: 'publisher',
    severity: 'low',
    summary: 'The release was approved by an account that had no part in the releases before it.',
    why: 'A staged release waits until somebody approves it with a second factor. Whoever can approve can let anything through that a pipeline was made to build.',
    remedy: 'Nothing by itself. Together with new code, scripts or dependencies: look whether the project knows the account.',
    references: ['npm staged publishing (2026)'],
    falsePositives: 'Teams in which people take turns. Weak alone; it counts together with other facts.',
    since: '0.1.0',
  },
  needs: ['release'],
  check(_change, { release }) {
    const { approver } = release.current;
    const earlier = [release.settled, release.previous].filter((one) => one !== undefined);
    const known = new Set(earlier.flatMap(handsIn).map((person) => person.name));
    if (!approver || known.size === 0 || known.has(approver.name)) return [];
    const facts = { approver: printable(approver.name, 80), before: [...known].slice(0, 5).map((name) => printable(name, 80)) };
    return [
      { message: `approved by ${facts.approver}, before it was ${listText(facts.before)}`, confidence: 'medium', facts, signal: 'approver-new' },
    ];
  },
  examples: [
    {
      title: 'somebody approves who was never there',
      change: changed('paint', '5.6.0', '5.6.1'),
      now: at('2026-09-08T14:00:00Z'),
      evidence: {
        release: {
          current: aRelease('5.6.1', { approver: { name: 'newcomer' } }),
          settled: aRelease('5.6.0', { approver: { name: 'owner' }, maintainers: [{ name: 'owner' }, { name: 'second' }] }),
        },
      },
      flagged: true,
    },
    {
      title: 'a maintainer approves for the first time',
      change: changed('paint', '5.6.0', '5.6.1'),
      now: at('2026-09-08T14:00:00Z'),
      evidence: {
        release: {
          current: aRelease('5.6.1', { approver: { name: 'second' } }),
          settled: aRelease('5.6.0', { approver: { name: 'owner' }, maintainers: [{ name: 'owner' }, { name: 'second' }] }),
        },
      },
      flagged: false,
    },
  ],
});

function handsIn({ publisher, approver, maintainers = [] }: Release): Person[] {
  return [publisher, approver, ...maintainers].filter((person) => person !== undefined);
}
