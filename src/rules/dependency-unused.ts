/** axios 2026: the new dependency was never imported; it was there for its install script alone. */
import { defineRule } from '../model/rule.ts';
import { listText, printable } from '../model/text.ts';
import { at, changed, someContents } from './example.ts';

export default defineRule({
  meta: {
    id: 'dependency-unused',
    family: 'dependency',
    severity: 'low',
    summary: 'A dependency was added that no code of the release imports.',
    why: 'A dependency that nothing imports has one effect: it is installed, and its install script runs.',
    remedy: 'Look at the new dependency by itself: depward inspect.',
    references: ['axios 2026', 'event-stream 2018', 'mastra 2026'],
    falsePositives: 'Type packages, plug-ins found by name, command line tools that are started rather than imported.',
    since: '0.1.0',
  },
  needs: ['contents'],
  check(_change, { contents }) {
    const { unusedDependencies: names } = contents;
    if (names.length === 0) return [];
    return [
      {
        message: `adds ${listText(
          names.map((name) => printable(name, 60)),
          3,
        )}, which none of its code imports`,
        confidence: 'low',
        facts: { dependencies: names.slice(0, 20) },
      },
    ];
  },
  examples: [
    {
      title: 'a dependency that nothing imports',
      change: changed('http-lib', '1.14.0', '1.14.1'),
      now: at('2026-03-31T01:00:00Z'),
      evidence: { contents: someContents({ unusedDependencies: ['plain-helper'] }) },
      flagged: true,
    },
    {
      title: 'all are imported',
      change: changed('http-lib', '1.14.0', '1.14.1'),
      now: at('2026-03-31T01:00:00Z'),
      evidence: { contents: someContents() },
      flagged: false,
    },
  ],
});
