import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { type JudgementOptions, openJudgements } from '../../src/evidence/judgements.ts';
import type { NameEvidence, NewDependency } from '../../src/model/evidence.ts';
import type { IncomingChange, ResolvedTree } from '../../src/model/package.ts';
import { isWellKnown } from '../../src/names/index.ts';
import { added, at } from '../../src/rules/example.ts';

const folder = mkdtempSync(join(tmpdir(), 'depward-judgements-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const now = at('2026-01-10T00:00:00Z');
const change = added('a', '1.0.0', { integrity: 'sha512-one' });
const judgement = {
  findings: [{ ruleId: 'version-burst', severity: 'low', message: 'three releases within an hour', confidence: 'medium', facts: { releases: 3 } }],
  notOffered: [{ missing: 'publishers', reason: 'this registry does not name publishers' }],
} as const;
let files = 0;

describe('the memory of judgements', () => {
  it('gives back what was found and what was not offered, while the facts behind it are fresh', () => {
    const options = remembered(change);
    expect(openJudgements({ ...options, now: now + 60_000 }).recall(change)).toMatchObject(judgement);
    expect(openJudgements({ ...options, now: now + 6 * 60_000 }).recall(change)).toBeUndefined();
    expect(openJudgements({ ...options, now: now + 6 * 60_000, offline: true }).recall(change)).toMatchObject(judgement);
    expect(openJudgements({ ...options, now: now - 60_000 }).recall(change)).toBeUndefined();
  });

  it('keeps nothing of what was judged offline: the registry could have given more', () => {
    const options = remembered(change, [], 0, treeWith(), true);
    expect(openJudgements({ ...options, offline: false }).recall(change)).toBeUndefined();
    expect(openJudgements(options).recall(change)).toBeUndefined();
  });

  it('counts freshness from the oldest fact, not from the judgement', () => {
    const options = remembered(change, [], 290);
    const memory = openJudgements({ ...options, now: now + 9_000 });
    expect(memory.recall(change)).toMatchObject(judgement);
    expect(memory.oldest()).toBe(now - 290_000);
    expect(openJudgements({ ...options, now: now + 20_000 }).recall(change)).toBeUndefined();
  });

  it.each([
    ['another integrity', added('a', '1.0.0', { integrity: 'sha512-two' })],
    ['another place to come from', added('a', '1.0.0', { integrity: 'sha512-one', resolved: 'https://registry.example/a.tgz' })],
    ['another version', added('a', '1.0.1', { integrity: 'sha512-one' })],
    ['another name it is installed under', added('a', '1.0.0', { integrity: 'sha512-one', alias: 'b' })],
    ['a change instead of an addition', { ...change, action: 'change', before: change.after } as IncomingChange],
  ])('says nothing of %s', (_what, other) => {
    expect(openJudgements(remembered(change)).recall(other)).toBeUndefined();
  });

  it('says nothing under another policy, build, registry or account', () => {
    const options = remembered(change);
    expect(openJudgements({ ...options, under: ['other policy'] }).recall(change)).toBeUndefined();
    expect(openJudgements({ ...options, askedAt: () => 'elsewhere' }).recall(change)).toBeUndefined();
  });

  it('stands among other names of the project only where all it was compared with is well known', () => {
    const known: NameEvidence = { downloads: 1_000_000, near: [] };
    const part: NewDependency = { name: 'part', spec: '^1.0.0', kind: 'prod', near: [] };
    const among = (options: JudgementOptions) => openJudgements({ ...options, ownNames: () => ['another'] }).recall(change);
    const elsewhere = (leansOn: readonly NewDependency[], name?: NameEvidence) =>
      among({ ...remembered(change, leansOn, 0, treeWith('1.0.0'), false, undefined, name), tree: treeWith('1.0.0') });
    expect(elsewhere([], known)).toMatchObject(judgement);
    expect(elsewhere([{ ...part, downloads: 1_000_000 }], known)).toMatchObject(judgement);
    expect(elsewhere([part], known)).toBeUndefined();
    expect(elsewhere([], { downloads: 1_000, near: [] })).toBeUndefined();
    expect(elsewhere([], { near: [] })).toBeUndefined();
    expect(elsewhere([])).toBeUndefined();
    expect(among({ ...remembered(change, [], 0, treeWith(), false, undefined, known), under: ['other policy'] })).toBeUndefined();
  });

  it('says nothing once a new dependency it looked at resolves to another version', () => {
    const leansOn: NewDependency = { name: 'part', spec: '^1.0.0', kind: 'prod', near: [] };
    const options = { ...remembered(change, [leansOn], 0, treeWith('1.0.0')), tree: treeWith('1.0.0') };
    expect(openJudgements(options).recall(change)).toMatchObject(judgement);
    expect(openJudgements({ ...options, tree: treeWith('1.0.1') }).recall(change)).toBeUndefined();
  });

  it('says nothing from the moment on from which the clock makes it another', () => {
    const options = remembered(change, [], 0, treeWith(), false, now + 60_000);
    expect(openJudgements({ ...options, now: now + 59_999 }).recall(change)).toMatchObject({ ...judgement, until: now + 60_000 });
    expect(openJudgements({ ...options, now: now + 60_000, offline: true }).recall(change)).toBeUndefined();
  });

  it('takes a damaged line for no line', () => {
    const options = remembered(change);
    const text = readFileSync(options.path, 'utf8').replace('publishers', 'maintainer');
    rmSync(options.path);
    appendFileSync(options.path, text);
    expect(openJudgements(options).recall(change)).toBeUndefined();
  });
});

function remembered(
  of: IncomingChange,
  leansOn: readonly NewDependency[] = [],
  age = 0,
  tree: ResolvedTree = treeWith(),
  offline = false,
  until?: number,
  name?: NameEvidence,
): JudgementOptions {
  const path = join(folder, `judgements-${++files}.log`);
  const options: JudgementOptions = { path, now, offline, under: ['policy'], ownNames: () => ['mine'], tree, isWellKnown, askedAt: () => 'here' };
  const memory = openJudgements(options);
  memory.keep(of, { ...judgement, ...(until !== undefined && { until }) }, leansOn, name);
  memory.save(now - age * 1000);
  return options;
}

function treeWith(part?: string): ResolvedTree {
  return { format: 'test', root: {}, packages: [change.after, ...(part ? [added('part', part).after] : [])], dependentsOf: () => [] };
}
