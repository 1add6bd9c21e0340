/** rc 2021, chalk and debug 2025, tanstack 2026: obfuscated code was in 25 of 52 malicious updates, and in hardly any honest one. */
import { defineRule } from '../model/rule.ts';
import { printable } from '../model/text.ts';
import { aSign, at, changed, someContents } from './example.ts';

export default defineRule({
  meta: {
    id: 'obfuscated-code-added',
    family: 'hiding',
    severity: 'critical',
    summary: 'Code that runs was put through an obfuscator; the release before was not.',
    why: 'Minifiers make code small, obfuscators make it unreadable: names from a table, strings behind an accessor, scrambled control flow. Whoever ships that in an open package does not want the change to be read.',
    remedy: 'Stay on the release before. Ask the maintainers for the source of this file.',
    references: [
      'rc 2021',
      'rand-user-agent 2025',
      'chalk/debug 2025',
      'tanstack 2026',
      'Moog et al., Statically Detecting JavaScript Obfuscation (2021)',
    ],
    falsePositives:
      'Closed-source packages that protect their code. Minified bundles do not trip it; confidence is lower in files that nothing leads to, and where there is no release before.',
    since: '0.1.0',
  },
  needs: ['contents'],
  check(_change, { contents }) {
    const signs = contents.hiding
      .filter((sign) => sign.kind === 'obfuscated')
      .sort((a, b) => Number(b.reach !== 'shipped') - Number(a.reach !== 'shipped') || b.strength - a.strength);
    const [worst] = signs;
    if (!worst) return [];
    const runs = worst.reach !== 'shipped';
    const first = contents.against === undefined;
    return [
      {
        message: `${printable(worst.file, 80)} is obfuscated: ${printable(worst.detail)}`,
        confidence: !runs
          ? worst.strength >= 0.6 && !first
            ? 'medium'
            : 'low'
          : worst.strength >= 0.5 && (!first || worst.reach === 'install')
            ? 'high'
            : 'medium',
        facts: { file: `${printable(worst.file)}:${worst.line}`, runsOn: worst.reach, code: printable(worst.snippet, 120), files: signs.length },
        ...(runs ? {} : { signal: 'obfuscated-code-added:shipped' }),
      },
    ];
  },
  examples: [
    {
      title: 'an entry point that suddenly hides its strings',
      change: changed('quiet-lib', '1.0.0', '1.0.1'),
      now: at('2025-09-08T14:00:00Z'),
      evidence: { contents: someContents({ hiding: [aSign('obfuscated', '40 machine-made names such as _0x1a2b', 1)] }) },
      flagged: true,
    },
    {
      title: 'a bundle that is minified for the first time',
      change: changed('quiet-lib', '1.0.0', '1.1.0'),
      now: at('2025-09-08T14:00:00Z'),
      evidence: { contents: someContents({ hiding: [aSign('minified', '', 0.1)] }) },
      flagged: false,
    },
  ],
});
