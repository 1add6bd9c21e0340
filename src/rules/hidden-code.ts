/**
 * prettier plug-ins 2025 split the names of what they called; rand-user-agent and gluestack 2025 pushed their code to the right
 * of what a screen shows; others carry it in files that promise pictures.
 */
import type { Hiding } from '../model/contents.ts';
import type { Confidence } from '../model/finding.ts';
import { defineRule } from '../model/rule.ts';
import { printable } from '../model/text.ts';
import { aSign, at, changed, someContents } from './example.ts';

export default defineRule({
  meta: {
    id: 'hidden-code',
    family: 'hiding',
    severity: 'critical',
    summary: 'Code is written so that readers overlook it.',
    why: 'Code far off to the right, names of modules in pieces or encoded, JavaScript in a picture file: none of it helps a program, all of it keeps reviewers and scanners from seeing what runs.',
    remedy: 'Look at the place named before using this release; stay on the release before meanwhile.',
    references: ['prettier plug-ins 2025', 'rand-user-agent 2025', 'gluestack 2025', 'fezbox 2025'],
    falsePositives: 'Code that puts a module name together to keep a bundler from following it.',
    since: '0.1.0',
  },
  needs: ['contents'],
  check(_change, { contents }) {
    const signs = contents.hiding.filter((sign) => confidenceOf(sign, contents.against === undefined) !== undefined);
    const [worst] = [...signs].sort((a, b) => rank(b, contents.against === undefined) - rank(a, contents.against === undefined));
    if (!worst) return [];
    return [
      {
        message: `${printable(worst.file, 80)} hides something: ${words[worst.kind] ?? worst.kind} (${printable(worst.detail, 80)})`,
        confidence: confidenceOf(worst, contents.against === undefined) ?? 'low',
        facts: {
          places: signs.slice(0, 10).map((sign) => `${printable(sign.file)}:${sign.line} ${sign.kind} ${printable(sign.detail, 60)}`),
          runsOn: worst.reach,
        },
        signal: `hidden-code:${worst.kind}`,
      },
    ];
  },
  examples: [
    {
      title: 'code after 300 blanks',
      change: changed('quiet-lib', '1.0.0', '1.0.1'),
      now: at('2025-05-05T14:00:00Z'),
      evidence: { contents: someContents({ hiding: [aSign('off-screen', 'code after 300 blanks', 1)] }) },
      flagged: true,
    },
    {
      title: 'nothing hidden',
      change: changed('quiet-lib', '1.0.0', '1.0.1'),
      now: at('2025-05-05T14:00:00Z'),
      evidence: { contents: someContents() },
      flagged: false,
    },
  ],
});

const words: Partial<Record<Hiding['kind'], string>> = {
  'off-screen': 'code off the screen',
  'disguised-name': 'a name in disguise',
  'computed-name': 'modules or members named by a call',
  misnamed: 'code under a false name',
};

/** How sure a sign makes; undefined when it belongs to another rule or says nothing alone. */
function confidenceOf(sign: Hiding, first: boolean): Confidence | undefined {
  const runs = sign.reach !== 'shipped';
  switch (sign.kind) {
    case 'off-screen':
      return runs && sign.strength >= 0.9 ? 'high' : runs ? 'medium' : 'low';
    case 'misnamed':
      return runs ? 'high' : 'low';
    case 'disguised-name':
      return runs && (!first || sign.reach === 'install') ? 'medium' : 'low';
    default:
      return undefined;
  }
}

function rank(sign: Hiding, first: boolean): number {
  return ['low', 'medium', 'high'].indexOf(confidenceOf(sign, first) ?? '');
}
