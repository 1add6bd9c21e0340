/** Reward spam and name squatting: packages of a README and a package.json, kept for a later release with code. */
import { defineRule } from '../model/rule.ts';
import { added, at, someContents } from './example.ts';

export default defineRule({
  meta: {
    id: 'empty-package',
    family: 'shape',
    severity: 'info',
    summary: 'There is no code in it.',
    why: 'A package without code does nothing for you today, and its owner can fill it tomorrow: every range that accepts it accepts that release too.',
    remedy: 'Remove it, or find out which package was meant.',
    references: ['tea spam 2024', 'IndonesianFoods 2025'],
    falsePositives: 'Packages of styles, fonts, pictures or translations.',
    since: '0.1.0',
  },
  needs: ['contents'],
  check(_change, { contents }) {
    if (contents.hasCode || contents.files > 3) return [];
    return [{ message: 'holds no code', confidence: 'low', facts: { files: contents.files, bytes: contents.bytes } }];
  },
  examples: [
    {
      title: 'a README and nothing else',
      change: added('squat', '1.0.0'),
      now: at('2026-01-01T00:00:00Z'),
      evidence: { contents: someContents({ hasCode: false, files: 2 }) },
      flagged: true,
    },
    {
      title: 'a library',
      change: added('quiet-lib', '1.0.0'),
      now: at('2026-01-01T00:00:00Z'),
      evidence: { contents: someContents() },
      flagged: false,
    },
  ],
});
