import { describe, expect, it } from '@jest/globals';
import type { Finding } from '../../src/model/finding.ts';
import { join, type Weights } from '../../src/policy/join.ts';

const weights: Weights = new Map([
  ['new-hand', { family: 'publisher', decibans: 12 }],
  ['new-mail', { family: 'publisher', decibans: 15 }],
  ['silence', { family: 'timing', decibans: 9 }],
  ['new-script', { family: 'script', decibans: 18 }],
  ['reassuring', { family: 'name', decibans: -30 }],
]);

describe('join', () => {
  it('convicts on facts of two families that reach the threshold, strongest first', () => {
    const joined = join([found('new-hand'), found('new-script')], weights, 30);
    expect(joined).toMatchObject({
      ruleId: 'joined-evidence',
      confidence: 'high',
      facts: { decibans: 30, parts: ['new-script +18', 'new-hand +12'] },
    });
  });

  it('does not send anybody back to an earlier release where there is none', () => {
    const first: Weights = new Map([...weights, ['new-package', { family: 'age', decibans: 20 }]]);
    expect(join([found('new-hand'), found('new-script')], first, 20)?.remedy).toBeUndefined();
    expect(join([found('new-package'), found('new-script')], first, 20)?.remedy).toMatch(/^Do not install it\. Make sure of the name/);
  });

  it('never convicts on one family, however much of it there is', () => {
    expect(join([found('new-hand'), found('new-mail')], weights, 20)).toBeUndefined();
    expect(join([found('new-script')], weights, 10)).toBeUndefined();
  });

  it('counts only the strongest signal of a family', () => {
    expect(join([found('new-hand'), found('new-mail'), found('silence')], weights, 25)).toBeUndefined();
    expect(join([found('new-hand'), found('new-mail'), found('silence')], weights, 24)).toMatchObject({ facts: { decibans: 24 } });
  });

  it('looks a finer signal up before the rule id', () => {
    expect(join([found('some-rule', 'new-script'), found('new-hand', 'new-hand:unheard-of')], weights, 30)).toMatchObject({
      facts: { decibans: 30 },
    });
  });

  it('does not take a fact for independent of one that it is part of', () => {
    const young: Weights = new Map([
      ...weights,
      ['new-package-install-script', { family: 'script', decibans: 30 }],
      ['new-package', { family: 'age', decibans: 17 }],
    ]);
    expect(join([found('new-package-install-script'), found('new-package')], young, 25)).toBeUndefined();
    expect(join([found('new-package-install-script'), found('new-package'), found('new-hand')], young, 25)).toMatchObject({
      facts: { parts: ['new-package-install-script +30', 'new-hand +12'] },
    });
  });

  it('does not let a signal without weight, or one that speaks for a release, count against or for it', () => {
    expect(join([found('new-script'), found('new-hand'), found('unheard-of'), found('reassuring')], weights, 30)).toMatchObject({
      facts: { parts: ['new-script +18', 'new-hand +12'] },
    });
  });
});

function found(ruleId: string, signal?: string): Finding {
  return {
    ruleId,
    ...(signal && { signal }),
    severity: 'medium',
    confidence: 'low',
    message: ruleId,
    facts: {},
    subject: { kind: 'package', name: 'x', version: '1.0.0' },
    path: [],
  };
}
