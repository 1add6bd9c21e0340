import { expect, it } from '@jest/globals';
import type { Finding } from '../../src/model/finding.ts';
import type { Weight } from '../../src/policy/join.ts';
import { decibansOf } from './decibans.ts';
import { blockedOutOfFold, type CountedWeight, type HeldOut } from './folds.ts';

it('a weight says less where few attacks have shown it', () => {
  const honest = { seen: 0, of: 10_000 };
  expect([0, 1, 2, 9].map((seen) => decibansOf({ seen, of: 44 }, honest))).toEqual([5, 15, 20, 36.3]);
  expect(decibansOf({ seen: 0, of: 44 }, { seen: 900, of: 10_000 })).toBeLessThan(0);
});

it('a release is not judged by weights that its own package was counted for', () => {
  // Rare only because it was hardly ever looked for outside this one package.
  const counted = new Map<string, CountedWeight>([
    ['odd', { family: 'shape', decibans: 16, incidents: { seen: 9, of: 44 }, honest: { seen: 22, of: 1000 } }],
    ['odder', { family: 'timing', decibans: 16, incidents: { seen: 9, of: 44 }, honest: { seen: 22, of: 1000 } }],
  ]);
  const shipped = new Map<string, Weight>(counted);
  const releases: HeldOut[] = [
    { name: 'a', findings: [found('odd'), found('odder')], decided: false },
    { name: 'b', findings: [], decided: true },
    { name: 'c', findings: [found('odd')], decided: false },
  ];
  expect(blockedOutOfFold(releases, shipped, counted, 12)).toBe(2);
  expect(blockedOutOfFold(releases, shipped, counted, 18)).toBe(1);
});

function found(ruleId: string): Finding {
  return {
    ruleId,
    severity: 'low',
    confidence: 'medium',
    message: '',
    facts: {},
    path: [],
    subject: { kind: 'package', name: 'x', version: '1.0.0' },
  };
}
