/** The other side of every detection: how often the same rules bother people who only release their package. */
import { type Evaluation, evaluate } from '../../src/engine.ts';
import { openEvidence } from '../../src/evidence/collect.ts';
import { popularNames } from '../../src/evidence/popular-names.ts';
import type { IncomingChange, ResolvedPackage, ResolvedTree } from '../../src/model/package.ts';
import type { Packument, Release } from '../../src/model/packument.ts';
import type { Policy } from '../../src/model/policy.ts';
import type { Report } from '../../src/model/report.ts';
import { minute } from '../../src/model/time.ts';
import { resemblance } from '../../src/names/index.ts';
import type { Weights } from '../../src/policy/join.ts';
import type { PackumentSource } from '../../src/registry/source.ts';
import { rules } from '../../src/rules/index.ts';

/** What was said of one honest release at the minute it came out. */
export interface Judged {
  readonly name: string;
  readonly version: string;
  readonly report: Report;
}

/** Judges every release of the packuments as it looked a minute after publication, as a change from the release before. */
export async function* judgeHistories(packuments: readonly Packument[], policy: Policy, weights: Weights): AsyncGenerator<Judged> {
  const source = sourceOf(packuments);
  for (const packument of packuments) {
    let before: Release | undefined;
    for (const release of packument.releases) {
      if (release.at === undefined) continue;
      const report = await judge(packument.name, release, before, release.at + minute, source, policy, weights);
      yield { name: packument.name, version: release.version, report };
      before = release;
    }
  }
}

function judge(
  name: string,
  release: Release,
  before: Release | undefined,
  now: number,
  packuments: PackumentSource,
  policy: Policy,
  weights: Weights,
): Promise<Report> {
  const after = aPackage(name, release.version);
  const change: IncomingChange = before ? { action: 'change', before: aPackage(name, before.version), after } : { action: 'add', after };
  const tree: ResolvedTree = { format: 'replay', root: {}, packages: [after], dependentsOf: () => [] };
  const names = (text: string) => resemblance(text, popularNames());
  const evaluation: Evaluation = {
    mode: 'gate',
    toolVersion: '0.0.0',
    changes: [change],
    tree,
    sources: openEvidence({ packuments, names, tree, now, past: true, offline: true }),
    rules,
    weights,
    policy,
    now,
  };
  return evaluate(evaluation);
}

function sourceOf(packuments: readonly Packument[]): PackumentSource {
  const held = new Map(packuments.map((packument) => [packument.name, packument]));
  return {
    registryOf: () => 'https://registry.example/',
    packument: async (name) => {
      const packument = held.get(name);
      return packument ? { status: 'found', packument, confirmedAt: 0 } : { status: 'failed', reason: 'its packument is not at hand' };
    },
  };
}

function aPackage(name: string, version: string): ResolvedPackage {
  return { key: `node_modules/${name}`, name, version, source: 'registry', dev: false, optional: false, peer: false, bundled: false };
}
