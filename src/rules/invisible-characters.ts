/** GlassWorm 2025 and its kin keep their payload in characters that no editor shows; "Trojan Source" (2021) reorders what is read. */
import { defineRule } from '../model/rule.ts';
import { printable } from '../model/text.ts';
import { aSign, at, changed, someContents } from './example.ts';

export default defineRule({
  meta: {
    id: 'invisible-characters',
    family: 'hiding',
    severity: 'critical',
    summary: 'Code holds characters that nobody sees, or names that only look Latin.',
    why: 'A run of invisible characters can carry a whole program past every reviewer. Marks that change the direction of text, and letters of other alphabets in names, make code read otherwise than it runs.',
    remedy: 'Look at the file with an editor that shows such characters; stay on the release before meanwhile.',
    references: ['GlassWorm 2025', 'Boucher and Anderson, Trojan Source: Invisible Vulnerabilities (2021)'],
    falsePositives: 'Tables of Unicode characters and translations written as they are.',
    since: '0.1.0',
  },
  needs: ['contents'],
  check(_change, { contents }) {
    const signs = contents.hiding.filter(
      (sign) =>
        sign.reach !== 'shipped' && (sign.kind === 'invisible-text' || sign.kind === 'bidirectional-text' || sign.kind === 'lookalike-identifier'),
    );
    const [worst] = [...signs].sort((a, b) => b.strength - a.strength);
    if (!worst) return [];
    const sure = worst.strength >= 0.9 ? 'high' : worst.kind === 'lookalike-identifier' ? 'medium' : 'low';
    return [
      {
        message: `${printable(worst.file, 80)} holds ${worst.kind === 'lookalike-identifier' ? `a name with look-alike letters: ${printable(worst.detail, 40)}` : printable(worst.detail, 60)}`,
        confidence: sure,
        facts: {
          places: signs.slice(0, 10).map((sign) => `${printable(sign.file)}:${sign.line} ${printable(sign.detail, 60)}`),
          runsOn: worst.reach,
        },
      },
    ];
  },
  examples: [
    {
      title: 'eight hundred variation selectors in a row',
      change: changed('quiet-lib', '1.0.0', '1.0.1'),
      now: at('2025-10-18T14:00:00Z'),
      evidence: { contents: someContents({ hiding: [aSign('invisible-text', '800 invisible characters in a row', 1)] }) },
      flagged: true,
    },
    {
      title: 'plain text',
      change: changed('quiet-lib', '1.0.0', '1.0.1'),
      now: at('2025-10-18T14:00:00Z'),
      evidence: { contents: someContents() },
      flagged: false,
    },
  ],
});
