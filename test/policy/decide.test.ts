import { describe, expect, it } from '@jest/globals';
import type { Confidence, Finding, Gap } from '../../src/model/finding.ts';
import type { Level, Policy, Waiver } from '../../src/model/policy.ts';
import { actionOf, actionOfGap, applyWaivers, settingFor } from '../../src/policy/decide.ts';

const now = Date.UTC(2026, 0, 1);
const waiver: Waiver = { rule: 'r', subject: 'left@1.0.0', integrity: 'sha512-a', owner: 'ann', reason: 'fork', expires: now + 1 };

function finding(confidence: Confidence = 'high', integrity: string | undefined = 'sha512-a'): Finding {
  const subject = { kind: 'package' as const, name: 'left', version: '1.0.0', ...(integrity !== undefined && { integrity }) };
  return { ruleId: 'r', severity: 'high', subject, path: [], message: 'm', confidence, facts: {} };
}

function policy(level: Level, more: Partial<Policy> = {}): Policy {
  return { origin: 't', rules: new Map([['r', { level, options: {} }]]), overrides: [], waivers: [], require: [], joinThreshold: 20, ...more };
}

describe('what a finding does', () => {
  it.each([
    ['block', 'high', 'block'],
    ['block', 'medium', 'block'],
    ['block', 'low', 'warn'],
    ['warn', 'high', 'warn'],
    ['info', 'high', 'allow'],
    ['off', 'high', 'allow'],
  ] as const)('%s with %s confidence: %s', (level, confidence, action) => {
    expect(actionOf(finding(confidence), policy(level))).toBe(action);
  });

  it('takes the last override that names package and rule', () => {
    const rules = (level: Level) => new Map([['r', { level, options: {} }]]);
    const overrides = [
      { packages: ['le*'], rules: rules('warn') },
      { packages: ['left'], rules: rules('info') },
      { packages: ['@left/*'], rules: rules('off') },
    ];
    expect(settingFor(policy('block', { overrides }), 'r', 'left')?.level).toBe('info');
    expect(settingFor(policy('block', { overrides }), 'r', 'right')?.level).toBe('block');
  });
});

describe('what missing evidence does', () => {
  const gap = (why: Gap['why']): Gap => ({ subject: finding().subject, missing: 'trust', why, reason: 'time-out', ruleIds: ['r'] });

  it('failed: warns in check, blocks behind the other doors, unless the policy says so', () => {
    expect(actionOfGap(gap('failed'), policy('block'), 'check')).toBe('warn');
    expect(actionOfGap(gap('failed'), policy('block'), 'gate')).toBe('block');
    expect(actionOfGap(gap('failed'), policy('block'), 'proxy')).toBe('block');
    expect(actionOfGap(gap('failed'), policy('block', { onFailed: 'block' }), 'check')).toBe('block');
  });

  it('not offered: blocks only where the policy requires it', () => {
    expect(actionOfGap(gap('not-offered'), policy('block'), 'gate')).toBe('allow');
    expect(actionOfGap(gap('not-offered'), policy('block', { require: ['trust'] }), 'check')).toBe('block');
  });
});

describe('a waiver', () => {
  const apply = (found: Finding, given: Waiver) => applyWaivers([found], policy('block', { waivers: [given] }), now);

  it('covers the artefact it names', () => {
    expect(apply(finding(), waiver)).toMatchObject({ counted: [], waived: [{ owner: 'ann', reason: 'fork' }], notes: [] });
  });

  it('does not cover a swapped tarball, and says so', () => {
    const { counted, notes } = apply(finding('high', 'sha512-b'), waiver);
    expect(counted).toHaveLength(1);
    expect(notes).toEqual([
      { kind: 'waiver-unused', message: 'waiver of r for left@1.0.0 (ann) does not count: the artefact here is another, sha512-b' },
    ]);
  });

  it('without integrity covers only what has none', () => {
    const { integrity: _, ...unbound } = waiver;
    expect(apply(finding(), unbound).notes[0]?.message).toContain('it must name the integrity sha512-a');
    const { subject: __, ...rest } = finding();
    expect(apply({ ...rest, subject: { kind: 'package', name: 'left', version: '1.0.0' } }, unbound).waived).toHaveLength(1);
  });

  it('ends, and says so', () => {
    const { counted, notes } = apply(finding(), { ...waiver, expires: now });
    expect(counted).toHaveLength(1);
    expect(notes).toEqual([{ kind: 'waiver-expired', message: 'waiver of r for left@1.0.0 (ann) expired on 2026-01-01' }]);
  });

  it('of another rule or package is said to be unused', () => {
    expect(apply(finding(), { ...waiver, rule: 'other' }).notes[0]?.message).toContain('covers nothing here');
  });
});
