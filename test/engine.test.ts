import { describe, expect, it } from '@jest/globals';
import { type Evaluation, type EvidenceSource, evaluate, type JudgementMemory, type RememberedJudgement } from '../src/engine.ts';
import { type EvidenceSet, failed, had, notOffered } from '../src/model/evidence.ts';
import type { Change, ResolvedPackage, ResolvedTree } from '../src/model/package.ts';
import type { Level, Policy } from '../src/model/policy.ts';
import { type AnyRule, defineRule } from '../src/model/rule.ts';
import { added, at } from '../src/rules/example.ts';

const now = at('2026-01-10T00:00:00Z');

const youthRule = defineRule({
  meta: meta('too-young', 'age'),
  needs: ['times'],
  check: (_change, { times }, context) =>
    context.now - times.published < 1000 ? [{ message: 'young', confidence: 'high', facts: { older: '1.0.0' } }] : [],
  examples: [],
});
const handRule = defineRule({
  meta: meta('other-hand', 'publisher'),
  needs: ['publishers'],
  check: (_change, { publishers }) => (publishers.before.length === 0 ? [{ message: 'new hand', confidence: 'low', facts: {} }] : []),
  examples: [],
});

const remoteRule = defineRule({
  meta: meta('remote-hand', 'publisher'),
  needs: [],
  check: () => [{ message: 'always', confidence: 'high', facts: {} }],
  examples: [],
});

describe('evaluate', () => {
  it('blocks what a rule at level block is sure of, and says the way in', async () => {
    const report = await judge({ rules: { 'too-young': 'block' }, evidence: { times: young(), publishers: seenBefore() } });
    expect(report.action).toBe('block');
    expect(report.verdicts[0]).toMatchObject({ action: 'block', path: [{ name: 'parent' }, { name: 'child' }] });
    expect(report.findings.map((finding) => [finding.ruleId, finding.action])).toEqual([['too-young', 'block']]);
  });

  it('lets low confidence warn at most', async () => {
    const report = await judge({
      rules: { 'other-hand': 'block' },
      evidence: { times: old(), publishers: had({ current: { name: 'x' }, before: [] }) },
    });
    expect(report.action).toBe('warn');
  });

  it('does not run a rule that is off', async () => {
    const report = await judge({ rules: { 'too-young': 'off' }, evidence: { times: young() } });
    expect(report.findings).toEqual([]);
    expect(report.action).toBe('allow');
  });

  it('counts evidence the registry does not offer as coverage, and blocks on it where the policy requires it', async () => {
    const evidence = { times: old(), publishers: notOffered('this registry publishes no publishers') };
    const lenient = await judge({ rules: { 'other-hand': 'warn' }, evidence });
    expect(lenient).toMatchObject({ action: 'allow', complete: true, coverage: { notOffered: [{ evidence: 'publishers', packages: 1 }] } });
    const strict = await judge({ rules: { 'other-hand': 'warn' }, evidence, policy: { require: ['publishers'] } });
    expect(strict.action).toBe('block');
  });

  it('blocks on required evidence even when no rule that is on needs it', async () => {
    const evidence = { times: old(), publishers: notOffered('this registry publishes no publishers') };
    const report = await judge({ rules: { 'too-young': 'warn' }, evidence, policy: { require: ['publishers'] } });
    expect(report.action).toBe('block');
  });

  it('never reads failed evidence as clean: check warns and is incomplete, gate blocks', async () => {
    const evidence = { times: failed('the registry timed out'), publishers: seenBefore() };
    const check = await judge({ rules: { 'too-young': 'block' }, evidence });
    expect(check).toMatchObject({ action: 'warn', complete: false, gaps: [{ missing: 'times', ruleIds: ['too-young'] }] });
    const gate = await judge({ rules: { 'too-young': 'block' }, evidence, mode: 'gate' });
    expect(gate.action).toBe('block');
  });

  it('judges what there is of evidence that lacks a part, and tells the part', async () => {
    const lacking = { why: 'failed', reason: 'a part of it is missing' } as const;
    const evidence = { times: { ...young(), lacking }, publishers: seenBefore() };
    const check = await judge({ rules: { 'too-young': 'warn' }, evidence });
    expect(check).toMatchObject({
      complete: false,
      findings: [{ ruleId: 'too-young' }],
      gaps: [{ missing: 'times', ruleIds: ['too-young'], ...lacking }],
    });
    expect((await judge({ rules: { 'too-young': 'warn' }, evidence, mode: 'gate' })).action).toBe('block');
  });

  it('treats evidence nobody collected as failed', async () => {
    const report = await judge({ rules: { 'too-young': 'block' }, evidence: {} });
    expect(report).toMatchObject({ complete: false, gaps: [{ missing: 'times', why: 'failed' }] });
  });

  it('joins independent weak facts to a block, and shows the parts', async () => {
    const evidence = { times: young(), publishers: had({ current: { name: 'x' }, before: [] }) };
    const report = await judge({ rules: { 'too-young': 'info', 'other-hand': 'info', 'joined-evidence': 'block' }, evidence });
    expect(report.action).toBe('block');
    expect(report.findings[0]).toMatchObject({ ruleId: 'joined-evidence', facts: { decibans: 34 } });
  });

  it.each([
    ['a clean package', { 'too-young': 'block', 'other-hand': 'warn' }, { times: old(), publishers: notOffered('none here') }],
    ['a block', { 'remote-hand': 'block' }, { times: old() }],
    ['a finding that does not tell the time', { 'other-hand': 'warn' }, { times: old(), publishers: had({ current: { name: 'x' }, before: [] }) }],
  ] as const)('says of %s that is remembered the same without judging it again', async (_what, rules, evidence) => {
    const memory = aMemory();
    const first = await judge({ rules, evidence, memory });
    const again = await judge({ rules, evidence: {}, memory });
    expect(memory.kept).toHaveLength(1);
    expect(again).toEqual(first);
  });

  it.each([
    ['a finding of a rule that asked for the time', { 'too-young': 'info' }, { times: young(), publishers: seenBefore() }],
    ['evidence that failed', { 'too-young': 'block' }, { times: failed('the registry timed out') }],
    ['what the policy requires and the registry does not offer', { 'other-hand': 'warn' }, { times: old(), publishers: notOffered('none here') }],
  ] as const)('never remembers %s', async (what, rules, evidence) => {
    const memory = aMemory();
    await judge({ rules, evidence, memory, ...(what.startsWith('what') && { policy: { require: ['publishers'] } }) });
    expect(memory.kept).toEqual([]);
  });

  it('says from when on the clock alone makes its answer another', async () => {
    const evidence = { times: old(), publishers: seenBefore() };
    const moments = async (given: Partial<Case>): Promise<number[]> => {
      const told: number[] = [];
      await judge({ rules: { 'too-young': 'warn' }, evidence, onUntil: (moment) => told.push(moment), ...given });
      return told;
    };
    expect(await moments({})).toEqual([]);
    expect(await moments({ evidence: { times: young() } })).toEqual([now]);
    expect(await moments({ until: now + 5 })).toEqual([now + 5]);
    expect(await moments({ memory: { ...aMemory(), recall: () => ({ findings: [], notOffered: [], until: now + 7 }) } })).toEqual([now + 7]);
    const waiver = { rule: 'x', subject: 'y', owner: 'o', reason: 'r', expires: now + 9 };
    expect(await moments({ policy: { waivers: [waiver] } })).toEqual([now + 9]);
  });

  it('lists removed packages without judging them', async () => {
    const before = added('gone', '1.0.0').after;
    const report = await judge({ rules: {}, evidence: {}, extra: [{ action: 'remove', before }] });
    expect(report.removed).toEqual([{ name: 'gone', version: '1.0.0' }]);
  });

  it('gives the same bytes for the same inputs in any order', async () => {
    const one = await judge({ rules: { 'too-young': 'warn' }, evidence: { times: young(), publishers: seenBefore() } });
    const two = await judge({ rules: { 'too-young': 'warn' }, evidence: { times: young(), publishers: seenBefore() } });
    expect(JSON.stringify(one)).toBe(JSON.stringify(two));
  });
});

interface Case {
  readonly rules: Readonly<Record<string, Level>>;
  readonly evidence: EvidenceSet;
  readonly policy?: Partial<Policy>;
  readonly mode?: Evaluation['mode'];
  readonly extra?: readonly Change[];
  readonly memory?: JudgementMemory;
  readonly until?: number;
  readonly onUntil?: (moment: number) => void;
}

function judge(given: Case) {
  const child = added('child', '1.0.1');
  const sources: EvidenceSource = {
    gather: async (changes) => new Map(changes.map((change) => [change, { listing: listed(), ...given.evidence }])),
    until: () => given.until,
  };
  const policy: Policy = {
    origin: 'test',
    rules: new Map(Object.entries(given.rules).map(([id, level]) => [id, { level, options: {} }])),
    overrides: [],
    waivers: [],
    require: [],
    joinThreshold: 30,
    ...given.policy,
  };
  return evaluate({
    mode: given.mode ?? 'check',
    toolVersion: '0.0.0',
    changes: [child, ...(given.extra ?? [])],
    tree: treeOf(child.after),
    sources,
    rules: [youthRule, handRule, remoteRule] as readonly AnyRule[],
    weights: new Map([
      ['too-young', { family: 'age', decibans: 20 }],
      ['other-hand', { family: 'publisher', decibans: 14 }],
    ]),
    policy,
    now,
    ...(given.memory && { memory: given.memory }),
    ...(given.onUntil && { onUntil: given.onUntil }),
  });
}

function aMemory(): JudgementMemory & { readonly kept: RememberedJudgement[] } {
  const kept: RememberedJudgement[] = [];
  return { kept, recall: () => kept[0], keep: (_change, judgement) => void kept.push(judgement), save: () => undefined, oldest: () => undefined };
}

function treeOf(child: ResolvedPackage): ResolvedTree {
  const parent = added('parent', '2.0.0').after;
  return {
    format: 'test',
    root: {},
    packages: [parent, child],
    dependentsOf: (key) => (key === child.key ? [{ from: parent.key, spec: '^1.0.0', kind: 'prod' }] : [{ from: '', spec: '*', kind: 'prod' }]),
  };
}

function meta(id: string, family: 'age' | 'publisher') {
  return {
    id,
    family,
    severity: 'medium',
    summary: id,
    why: 'because',
    remedy: 'wait',
    references: [],
    falsePositives: 'none',
    since: '0.1.0',
  } as const;
}
function young() {
  return had({ published: now - 1, firstPublished: now - 1, before: [], around: [] });
}
function old() {
  return had({ published: 0, firstPublished: 0, before: [], around: [] });
}
function seenBefore() {
  return had({
    current: { name: 'x' },
    before: [{ version: '1.0.0', trust: 'none', sameLine: true, installScript: false, deprecated: false } as const],
  });
}
function listed() {
  return had({ status: 'listed', placeholder: false, releaseCount: 2, alternatives: [] } as const);
}
