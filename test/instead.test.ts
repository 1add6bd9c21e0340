import { describe, expect, it } from '@jest/globals';
import { type Evaluation, type EvidenceSource, evaluate } from '../src/engine.ts';
import { withAlternatives } from '../src/instead.ts';
import { had, notOffered } from '../src/model/evidence.ts';
import { readLockfile } from '../src/resolve/lockfiles/index.ts';
import { added, aStub, at } from '../src/rules/example.ts';
import releaseAge from '../src/rules/release-age.ts';

const now = at('2026-01-10T00:00:00Z');
const published: Readonly<Record<string, string>> = {
  '2.0.1': '2026-01-09T20:00:00Z',
  '2.0.0': '2026-01-08T00:00:00Z',
  '1.9.9': '2025-12-01T00:00:00Z',
};

describe('withAlternatives', () => {
  it('names the newest older version that the same policy lets in, not merely the one before', async () => {
    const input = evaluation();
    const report = await withAlternatives(await evaluate(input), input);
    expect(report.verdicts[0]).toMatchObject({ action: 'block', instead: '1.9.9' });
  });

  it('names none when every older version would be blocked as well', async () => {
    const input = evaluation({ days: 300 });
    const report = await withAlternatives(await evaluate(input), input);
    expect(report.verdicts[0]?.action).toBe('block');
    expect(report.verdicts[0]).not.toHaveProperty('instead');
  });

  it('names it for the entry of a lockfile, which says what it says only when asked', async () => {
    const text = '# yarn lockfile v1\n\n\nchild@^2.0.0:\n  version "2.0.1"\n  resolved "https://registry.example/child/-/child-2.0.1.tgz#aa"\n';
    const tree = await readLockfile({ file: 'yarn.lock', text });
    const input = { ...evaluation(), tree, changes: tree.packages.map((after) => ({ action: 'add', after }) as const) };
    const report = await withAlternatives(await evaluate(input), input);
    expect(report.verdicts[0]).toMatchObject({ subject: { name: 'child', version: '2.0.1' }, action: 'block', instead: '1.9.9' });
  });
});

function evaluation(options: { days: number } = { days: 3 }): Evaluation {
  const change = added('child', '2.0.1');
  const sources: EvidenceSource = {
    gather: async (changes) =>
      new Map(
        changes.map((one) => {
          const time = at(published[one.after.version] ?? '');
          const older = Object.keys(published).filter((version) => at(published[version] ?? '') < time);
          const listing = {
            status: 'listed',
            placeholder: false,
            releaseCount: 3,
            alternatives: older.map((version) => aStub(version, published[version] ?? '')),
          } as const;
          return [
            one,
            { listing: had(listing), times: had({ published: time, firstPublished: time, before: [], around: [] }), trust: notOffered('no') },
          ];
        }),
      ),
  };
  return {
    mode: 'check',
    toolVersion: '0.0.0',
    changes: [change],
    tree: { format: 'test', root: {}, packages: [change.after], dependentsOf: () => [] },
    sources,
    rules: [releaseAge],
    weights: new Map(),
    policy: {
      origin: 'test',
      rules: new Map([['release-age', { level: 'block', options }]]),
      overrides: [],
      waivers: [],
      require: [],
      joinThreshold: 30,
    },
    now,
  };
}
