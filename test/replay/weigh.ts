/**
 * Derives data/weights.json: how much more often a signal occurs in attacks than in honest releases, as a likelihood
 * ratio with half a case added on either side (Jeffreys), in decibans.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { popularNames } from '../../src/evidence/popular-names.ts';
import type { Packument } from '../../src/model/packument.ts';
import { resemblance } from '../../src/names/index.ts';
import { defaultPolicy } from '../../src/policy/build.ts';
import { rules } from '../../src/rules/index.ts';
import { packumentFiles, packumentOf } from './folder.ts';
import { judgeHistories } from './honest.ts';
import { type Count, countIn, type IncidentFacts, sourced } from './signals.ts';

/** Counts, derives, writes. */
export async function main(words: readonly string[], root: string): Promise<number> {
  const at = words.indexOf('--bench');
  const bench = at < 0 ? `${root}/../shared/bench` : (words[at + 1] ?? '');
  if (!existsSync(`${bench}/packuments`)) {
    console.error(`no bench data at ${bench}: nothing counted, data/weights.json left as it is`);
    return 2;
  }
  const incidents = sourced(JSON.parse(readFileSync(`${bench}/incidents/incidents.json`, 'utf8')) as IncidentFacts[]);
  const honest = await honestCounts(packumentFiles(`${bench}/packuments`).map(packumentOf).filter(isPackument));
  const names = nameCounts(`${bench}/typosquat/longtail_sample.tsv.gz`);
  const lookalikes = incidentNames(incidents);
  const rows = [...new Set([...honest.signals.keys(), ...names.keys()])]
    .sort()
    .flatMap((signal) => rowOf(signal, lookalikes.get(signal) ?? countIn(incidents, signal), names.get(signal) ?? honest.signals.get(signal)));
  const weights = {
    about:
      'How strongly a signal speaks for an attack: decibans = 10 log10 of the ratio of the two rates, half a case added on either side; at most 5 where no counted attack shows it.',
    incidents: `${incidents.length} documented malicious publications 2016-2026 whose sources were read; where a source does not say, the incident is not counted for that signal`,
    honest: `${honest.releases} releases of ${honest.packages} real packages, each judged as it looked a minute after publication; names against ${names.size > 0 ? '9,888 less popular names' : 'the same'}`,
    counted: new Date().toISOString().slice(0, 10),
    by: 'npm run data:weights',
    signals: Object.fromEntries(rows),
  };
  writeFileSync(
    `${root}/data/weights.json`,
    `${JSON.stringify(weights, null, 2).replace(
      /\{\n\s+"family": ([^}]*?)\n\s+\}/g,
      (_, body: string) =>
        `{ "family": ${body
          .replace(/\s*\n\s+/g, ' ')
          .replace(/\[ /g, '[')
          .replace(/ \]/g, ']')} }`,
    )}\n`,
  );
  console.log(`${rows.length} signals weighed from ${incidents.length} incidents and ${honest.releases} honest releases`);
  return 0;
}

function isPackument(value: Packument | string): value is Packument {
  return typeof value !== 'string';
}

const unseen = 5;

interface Honest {
  readonly releases: number;
  readonly packages: number;
  readonly signals: ReadonlyMap<string, Count>;
}

async function honestCounts(packuments: readonly Packument[]): Promise<Honest> {
  const seen = new Map<string, number>(knownSignals.map((signal) => [signal, 0]));
  let releases = 0;
  let attested = 0;
  for await (const { name, version, report } of judgeHistories(packuments, defaultPolicy(), new Map())) {
    releases += 1;
    if (hadPractice(packuments, name, version)) attested += 1;
    for (const signal of new Set(report.findings.map((finding) => finding.signal ?? finding.ruleId))) seen.set(signal, (seen.get(signal) ?? 0) + 1);
  }
  const of = (signal: string): number => (signal.startsWith('provenance-lost') ? attested : releases);
  return { releases, packages: packuments.length, signals: new Map([...seen].map(([signal, count]) => [signal, { seen: count, of: of(signal) }])) };
}

/** Signals that no honest history shows must be weighed too. */
const knownSignals = [
  'phantom-dependency:several',
  'phantom-dependency:stood',
  'phantom-dependency:script',
  'remote-dependency:quiet',
  'provenance-lost',
  'remote-dependency',
  'install-script-changed:hook-added',
];

/** Provenance can only be lost where the release before had it. */
function hadPractice(packuments: readonly Packument[], name: string, version: string): boolean {
  const releases = packuments.find((packument) => packument.name === name)?.releases ?? [];
  const index = releases.findIndex((release) => release.version === version);
  return index > 0 && releases[index - 1]?.trust !== 'none';
}

/** Honest names that the names engine would mistake; the packages of the histories are themselves the popular ones. */
function nameCounts(file: string): ReadonlyMap<string, Count> {
  if (!existsSync(file)) return new Map();
  const names = gunzipSync(readFileSync(file))
    .toString()
    .split('\n')
    .slice(1)
    .flatMap((line) => line.split('\t')[0] || []);
  return signalsOf(names.map((name) => [name]));
}

/** What the names engine says of the incidents' own packages, whatever the reports called them. */
function incidentNames(incidents: readonly IncidentFacts[]): ReadonlyMap<string, Count> {
  return signalsOf(incidents.map(({ incident_class, packages }) => (incident_class === 'new-package' ? packages.map(({ name }) => name) : [])));
}

function signalsOf(groups: readonly (readonly string[])[]): ReadonlyMap<string, Count> {
  const counts = new Map([
    ['typosquat', 0],
    ['typosquat:close', 0],
  ]);
  for (const group of groups) {
    const near = group.flatMap((name) => resemblance(name, popularNames()).near.slice(0, 1));
    if (near.length === 0) continue;
    const signal = near.some(({ tier }) => tier === 'block') ? 'typosquat:close' : 'typosquat';
    counts.set(signal, (counts.get(signal) ?? 0) + 1);
  }
  return new Map([...counts].map(([signal, seen]) => [signal, { seen, of: groups.length }]));
}

function rowOf(signal: string, attacks: Count | undefined, honest: Count | undefined): [string, object][] {
  const family = rules.find((rule) => rule.meta.id === signal.split(':')[0])?.meta.family;
  if (!attacks || !honest || family === undefined) return [];
  const rate = ({ seen, of }: Count): number => (seen + 0.5) / (of + 1);
  const counted = Math.round(100 * Math.log10(rate(attacks) / rate(honest))) / 10;
  // What no counted attack shows speaks softly, however rare it is among honest releases.
  const decibans = attacks.seen === 0 ? Math.min(counted, unseen) : counted;
  return [[signal, { family, decibans, incidents: [attacks.seen, attacks.of], honest: [honest.seen, honest.of] }]];
}
