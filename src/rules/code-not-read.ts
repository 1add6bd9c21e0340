/** Code that defeats the parser, or is too large for it, is code nobody has looked at: said, never passed over. */
import { defineRule } from '../model/rule.ts';
import { listText, printable } from '../model/text.ts';
import { at, changed, someContents } from './example.ts';

export default defineRule({
  meta: {
    id: 'code-not-read',
    family: 'hiding',
    severity: 'low',
    summary: 'New code that runs could only be read as tokens, or not at all.',
    why: 'What a parser cannot read is judged by its words alone, and what is too large not at all. Attackers know that; honest code rarely changes from one to the other.',
    remedy: 'Look at the files named by hand.',
    references: ['vietmoney 2025 and its kin: scripts of ten megabytes'],
    falsePositives: 'Large bundles, and scripts in a syntax that nothing runs as it is.',
    since: '0.1.0',
  },
  needs: ['contents'],
  check(_change, { contents }) {
    const files = contents.unread.filter(({ why }) => why !== 'not JavaScript');
    if (files.length === 0) return [];
    return [
      {
        message: `${listText(
          files.map(({ file }) => printable(file, 60)),
          3,
        )} could not be read as code`,
        confidence: 'low',
        facts: { files: files.map(({ file, why }) => `${printable(file)}: ${printable(why, 80)}`) },
      },
    ];
  },
  examples: [
    {
      title: 'a script of 20 megabytes',
      change: changed('quiet-lib', '1.0.0', '1.0.1'),
      now: at('2026-01-01T00:00:00Z'),
      evidence: { contents: someContents({ unread: [{ file: 'bundle.js', why: 'too large to be read' }] }) },
      flagged: true,
    },
    {
      title: 'all was parsed',
      change: changed('quiet-lib', '1.0.0', '1.0.1'),
      now: at('2026-01-01T00:00:00Z'),
      evidence: { contents: someContents() },
      flagged: false,
    },
  ],
});
