import { describe, expect, it } from '@jest/globals';
import type { Finding } from '../../src/model/finding.ts';
import { join } from '../../src/policy/join.ts';
import { loadWeights, parseWeights } from '../../src/policy/weights.ts';
import { rules } from '../../src/rules/index.ts';

describe('the counted weights', () => {
  const weights = loadWeights();

  it('belong to signals of rules, in the family of their rule', () => {
    const families = new Map(rules.map((rule) => [rule.meta.id, rule.meta.family]));
    for (const [signal, weight] of weights) expect([signal, weight.family]).toEqual([signal, families.get(signal.split(':')[0] ?? '')]);
    expect(weights.size).toBeGreaterThan(20);
  });

  it('convict two weak facts of different families only when they are rare together', () => {
    const silence = finding('dormant-revival', 'dormant-revival');
    expect(join([silence, finding('publisher-changed', 'publisher-changed:new')], weights, 24)).toBeUndefined();
    expect(join([silence, finding('publisher-changed', 'publisher-changed:dormant')], weights, 24)?.ruleId).toBe('joined-evidence');
  });

  it('convict no single family, however strong', () => {
    const both = [finding('install-script-added', 'install-script-added'), finding('new-package-install-script', 'new-package-install-script')];
    expect(join(both, weights, 24)).toBeUndefined();
  });

  it('are refused when damaged', () => {
    expect(() => parseWeights('{"signals":{"x":{"family":"nonsense","decibans":3}}}')).toThrow('no weight for x');
    expect(() => parseWeights('{"signals":{"x":{"family":"name","decibans":"3"}}}')).toThrow('no weight for x');
  });
});

function finding(ruleId: string, signal: string): Finding {
  const subject = { kind: 'package', name: 'a', version: '1.0.0' } as const;
  return { ruleId, signal, message: signal, confidence: 'medium', facts: {}, severity: 'low', subject, path: [] };
}
