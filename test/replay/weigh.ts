/**
 * Derives data/weights.json: how much more often a signal occurs in attacks than in honest releases, as a likelihood
 * ratio with half a case added on either side (Jeffreys), in decibans.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { popularNames } from '../../src/evidence/popular-names.ts';
import type { Packument } from '../../src/model/packument.ts';
import { repositoryOf } from '../../src/model/repository.ts';
import { defaultOptions, type Family } from '../../src/model/rule.ts';
import { hour } from '../../src/model/time.ts';
import { resemblance } from '../../src/names/index.ts';
import { defaultPolicy } from '../../src/policy/build.ts';
import { added, aListing, aTimeline } from '../../src/rules/example.ts';
import { rules } from '../../src/rules/index.ts';
import { decibansOf } from './decibans.ts';
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
    .flatMap((signal) => rowOf(signal, lookalikes.get(signal) ?? countIn(incidents, signal), names.get(signal) ?? honest.signals.get(signal)))
    .map(heldBack);
  const weights = {
    about:
      'How strongly a signal speaks for an attack: decibans = 10 log10 of the ratio of the two rates, half a case added on either side; at most 5 where no counted attack shows it, 15 where one does, 20 where two do.',
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

/** What honest accounts publish at once is seen only as far as their packages are in the folder. */
function heldBack([signal, row]: Row): Row {
  return [signal, signal === 'publisher-burst' ? { ...row, decibans: Math.min(row.decibans, 5) } : row];
}

function isPackument(value: Packument | string): value is Packument {
  return typeof value !== 'string';
}

type Row = [
  signal: string,
  row: { readonly family: Family; readonly decibans: number; readonly incidents: readonly number[]; readonly honest: readonly number[] },
];

interface Honest {
  readonly releases: number;
  readonly packages: number;
  readonly signals: ReadonlyMap<string, Count>;
}

async function honestCounts(packuments: readonly Packument[]): Promise<Honest> {
  const seen = new Map<string, number>(knownSignals.map((signal) => [signal, 0]));
  let releases = 0;
  let attested = 0;
  let sized = 0;
  for await (const { name, version, report } of judgeHistories(packuments, defaultPolicy(), new Map())) {
    releases += 1;
    if (sizeKnown(packuments, name, version)) sized += 1;
    if (hadPractice(packuments, name, version)) attested += 1;
    for (const signal of new Set(report.findings.map((finding) => finding.signal ?? finding.ruleId))) seen.set(signal, (seen.get(signal) ?? 0) + 1);
  }
  // What only new packages can show says nothing more of how new they are: it is counted among them.
  const fresh = seen.get('new-package:days') ?? releases;
  const of = (signal: string): number => {
    if (signal === expired) return publishedExpired.of;
    if (signal === 'new-package-install-script:common') return fresh;
    if (signal.startsWith('provenance-lost')) return attested;
    return signal.startsWith('package-grown') ? sized : releases;
  };
  seen.set(expired, publishedExpired.seen);
  seen.set('publisher-burst', publisherBursts(packuments));
  return { releases, packages: packuments.length, signals: new Map([...seen].map(([signal, count]) => [signal, { seen: count, of: of(signal) }])) };
}

/** How often one account published packages of four projects within three hours, as far as they are here. */
function publisherBursts(packuments: readonly Packument[]): number {
  const byAccount = new Map<string, { readonly at: number; readonly project: string }[]>();
  for (const { name, releases } of packuments) {
    for (const { at, publisher, repository } of releases) {
      if (at === undefined || publisher === undefined || publisher.oidcConfigId !== undefined) continue;
      const own = byAccount.get(publisher.name) ?? [];
      byAccount.set(publisher.name, own);
      own.push({ at, project: repositoryOf(repository) ?? /^@[^/]+/.exec(name)?.[0] ?? name });
    }
  }
  const near = (own: readonly { at: number; project: string }[], at: number) =>
    new Set(own.filter((one) => Math.abs(one.at - at) <= 3 * hour).map((one) => one.project)).size;
  return [...byAccount.values()].flatMap((own) => own.filter(({ at }) => near(own, at) >= 4)).length;
}

/** Domains of those days can no longer be asked for: the count of Zahan et al. (2022), packages with an expired domain of all packages. */
const expired = 'mail-domain-expired';
const publishedExpired: Count = { seen: 8494, of: 1_630_000 };

/** Signals that no honest history shows must be weighed too. */
const knownSignals = [
  'unusual-pace:hour',
  'unusual-pace:speed',
  'phantom-dependency:several',
  'phantom-dependency:stood',
  'phantom-dependency:script',
  'remote-dependency:quiet',
  'publisher-mail-changed:anonymous',
  'version-jump:first',
  'provenance-lost',
  'remote-dependency',
  'install-script-changed:hook-added',
];

/** The registry counts bytes since 2018 only. */
function sizeKnown(packuments: readonly Packument[], name: string, version: string): boolean {
  const releases = packuments.find((packument) => packument.name === name)?.releases ?? [];
  return releases.find((release) => release.version === version)?.unpackedSize !== undefined;
}

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
  const fresh = incidents.filter(({ incident_class, packages }) => incident_class === 'new-package' && packages.length > 0);
  return signalsOf(fresh.map(({ packages }) => packages.map(({ name }) => name)));
}

/** A group shows a signal when half of its names or more do; each name as it would be asked for on its first day. */
function signalsOf(groups: readonly (readonly string[])[]): ReadonlyMap<string, Count> {
  const counts = new Map(nameSignals.map((signal) => [signal, 0]));
  for (const group of groups) {
    const said = group.map(signalsOfName);
    const shown = nameSignals.filter((signal) => said.filter((signals) => signals.includes(signal)).length * 2 >= Math.max(1, group.length));
    for (const signal of shown) counts.set(signal, (counts.get(signal) ?? 0) + 1);
  }
  return new Map([...counts].map(([signal, seen]) => [signal, { seen, of: groups.length }]));
}

const nameSignals = ['typosquat', 'typosquat:close', 'borrowed-name'];

function signalsOfName(name: string): string[] {
  const now = Date.UTC(2026, 0, 1);
  const { downloads: _popularToday, ...evidence } = resemblance(name, popularNames());
  const seen = { name: evidence, listing: aListing({ releaseCount: 1 }), times: aTimeline('2026-01-01T00:00:00Z', { firstPublished: now }) };
  return rules
    .filter((rule) => ['typosquat', 'borrowed-name'].includes(rule.meta.id))
    .flatMap((rule) => rule.check(added(name, '1.0.0'), seen, { now, options: defaultOptions(rule.options) }))
    .map((observation) => observation.signal ?? 'borrowed-name');
}

function rowOf(signal: string, attacks: Count | undefined, honest: Count | undefined): Row[] {
  const family = rules.find((rule) => rule.meta.id === signal.split(':')[0])?.meta.family;
  if (!attacks || !honest || family === undefined) return [];
  return [[signal, { family, decibans: decibansOf(attacks, honest), incidents: [attacks.seen, attacks.of], honest: [honest.seen, honest.of] }]];
}
