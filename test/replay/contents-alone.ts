/** The attacks told again, judged by what is in their tarballs and nothing else: no times, no publishers, no names. */
import { analyse } from '../../src/code/analyse.ts';
import { compareContents } from '../../src/code/compare.ts';
import { evaluate } from '../../src/engine.ts';
import type { TarballFacts } from '../../src/model/contents.ts';
import { had } from '../../src/model/evidence.ts';
import type { Release } from '../../src/model/packument.ts';
import type { Report } from '../../src/model/report.ts';
import { defaultPolicy } from '../../src/policy/build.ts';
import { loadWeights } from '../../src/policy/weights.ts';
import { packumentFrom } from '../../src/registry/packument.ts';
import { readTarball } from '../../src/registry/tarball.ts';
import { added, at } from '../../src/rules/example.ts';
import { rules } from '../../src/rules/index.ts';
import { type Incident, incidentsOf } from './incident.ts';
import { packedUp } from './pack.ts';

const alone = rules.filter(({ needs }) => needs.every((kind) => kind === 'contents'));

/** One release of an attack. */
export interface Told {
  readonly id: string;
  /** What the attack gets, and what the release before it gets, judged whole. */
  readonly bad: Report;
  readonly good: Report | undefined;
}

/** Judges every attack in a folder whose files are told again. */
export async function judgeIncidents(folder: string): Promise<readonly Told[]> {
  const told: Told[] = [];
  for (const incident of incidentsOf(folder))
    if (typeof incident !== 'string' && incident.malicious && incident.files) told.push(...(await judge(incident)));
  return told;
}

/** Every release of an attack beside the release before it, both ways round: packed. */
export function pairsOf(folder: string): readonly (readonly [before: Buffer, after: Buffer])[] {
  return incidentsOf(folder).flatMap((plain) => {
    if (typeof plain === 'string' || !plain.files) return [];
    const { incident, archives } = packedUp(plain);
    const packed = new Map(archives.map(({ name, version, bytes }) => [`${name}@${version}`, bytes]));
    return incident.cases.flatMap(({ name, version, from }) => {
      const [bad, good] = [packed.get(`${name}@${version}`), packed.get(`${name}@${from}`)];
      return bad && good ? [[good, bad] as const, [bad, good] as const] : [];
    });
  });
}

async function judge(plain: Incident): Promise<Told[]> {
  const { incident, archives } = packedUp(plain);
  const facts = new Map<string, TarballFacts>();
  for (const { name, version, bytes } of archives) facts.set(`${name}@${version}`, analyse(await readTarball(bytes)));
  const told: Told[] = [];
  for (const { name, version, from } of incident.cases) {
    const parsed = packumentFrom(name, incident.documents.get(name));
    const releases = new Map((parsed.ok ? parsed.packument.releases : []).map((release) => [release.version, release]));
    const [bad, listed] = [facts.get(`${name}@${version}`), releases.get(version)];
    if (!bad || !listed) continue;
    const good = from === undefined ? undefined : facts.get(`${name}@${from}`);
    const before = from === undefined ? undefined : releases.get(from);
    told.push({
      id: incident.id,
      bad: await reportOn(name, bad, listed, good && before && { facts: good, release: before }),
      good: good && before && (await reportOn(name, good, before, undefined)),
    });
  }
  return told;
}

async function reportOn(
  name: string,
  facts: TarballFacts,
  listed: Release,
  before: { readonly facts: TarballFacts; readonly release: Release } | undefined,
): Promise<Report> {
  const contents = compareContents(
    facts,
    listed,
    before && {
      version: before.release.version,
      facts: before.facts,
      dependencies: new Set([...before.release.dependencies.prod.keys(), ...before.release.dependencies.optional.keys()]),
    },
  );
  const change = added(name, listed.version);
  return evaluate({
    mode: 'gate',
    toolVersion: '0',
    changes: [change],
    tree: { format: 'test', root: {}, packages: [change.after], dependentsOf: () => [] },
    sources: { gather: async () => new Map([[change, { contents: had(contents) }]]) },
    rules: alone,
    weights: loadWeights(),
    policy: defaultPolicy(),
    now: at('2026-01-01T00:00:00Z'),
  });
}
