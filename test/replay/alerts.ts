/** Alerts per 1,000 honest releases, by rule, for block and for warn. */
import { readFileSync } from 'node:fs';
import type { Packument } from '../../src/model/packument.ts';
import { dataFolder } from '../../src/package-root.ts';
import { defaultPolicy } from '../../src/policy/build.ts';
import { joinedEvidence, type Weight } from '../../src/policy/join.ts';
import { loadWeights } from '../../src/policy/weights.ts';
import { packumentFiles, packumentOf } from './folder.ts';
import { blockedOutOfFold, type CountedWeight, type HeldOut } from './folds.ts';
import { judgeHistories } from './honest.ts';
import type { Count } from './signals.ts';

export interface RuleAlerts {
  readonly rule: string;
  readonly block: number;
  readonly warn: number;
}

export interface HonestAlerts {
  readonly packages: number;
  readonly releases: number;
  readonly unread: readonly string[];
  /** Releases with a block (or, without one, a warning) of any rule but the age rule. */
  readonly blocked: number;
  readonly warned: number;
  /** Releases of the last years only, where practices are today's. */
  readonly recent: { readonly since: number; readonly releases: number; readonly blocked: number; readonly warned: number };
  readonly rules: readonly RuleAlerts[];
  /** Blocked when the weights are counted without the package: five folds. Absent where the packuments are not those that were counted. */
  readonly blockedOutOfFold?: number;
  readonly releasesPerSecond: number;
  /** User and system time together. */
  readonly cpuMsPerRelease: number;
  /** Every block, to be looked at by hand. */
  readonly blocks: readonly string[];
}

const recentSince = 2018;
/** Most dependencies' own packuments are not in the folder: that says nothing of honest people. */
const notAtHand = 'phantom-dependency:unknown';

/** The shipped weights with their counts, and how many releases were counted. */
function countedWeights(): { readonly counted: ReadonlyMap<string, CountedWeight>; readonly releases: number } {
  const { signals, honest } = JSON.parse(readFileSync(new URL('weights.json', dataFolder), 'utf8')) as Counted;
  const count = ([seen, of]: Pair): Count => ({ seen, of });
  const rows = Object.entries(signals).map(([signal, row]): [string, CountedWeight] => [
    signal,
    { ...row, incidents: count(row.incidents), honest: count(row.honest) },
  ]);
  return { counted: new Map(rows), releases: Number.parseInt(honest, 10) };
}

type Pair = readonly [seen: number, of: number];

interface Counted {
  readonly signals: Readonly<Record<string, Weight & { readonly incidents: Pair; readonly honest: Pair }>>;
  /** Begins with the number of releases. */
  readonly honest: string;
}

/** Replays the histories of a folder of packuments with the recommended policy. */
export async function honestAlerts(folder: string): Promise<HonestAlerts> {
  const read = packumentFiles(folder).map((file) => ({ file, packument: packumentOf(file) }));
  const packuments = read.map(({ packument }) => packument).filter((one): one is Packument => typeof one !== 'string');
  const unread = read.flatMap(({ file, packument }) => (typeof packument === 'string' ? [`${file.name}: ${packument}`] : []));
  const rules = new Map<string, { block: number; warn: number }>();
  const blocks: string[] = [];
  const held: HeldOut[] = [];
  const all = { releases: 0, blocked: 0, warned: 0 };
  const recent = { releases: 0, blocked: 0, warned: 0 };
  const [began, spent] = [performance.now(), process.cpuUsage()];
  for await (const { name, version, report } of judgeHistories(packuments, defaultPolicy(), loadWeights())) {
    const alerts = report.findings.filter(
      (finding) => finding.ruleId !== 'release-age' && finding.signal !== notAtHand && finding.action !== 'allow',
    );
    const blocking = alerts.filter((finding) => finding.action === 'block');
    for (const rule of new Set(alerts.map((finding) => finding.ruleId))) {
      const counts = rules.get(rule) ?? { block: 0, warn: 0 };
      rules.set(rule, counts);
      counts[blocking.some((finding) => finding.ruleId === rule) ? 'block' : 'warn'] += 1;
    }
    const findings = report.findings.filter((finding) => finding.ruleId !== joinedEvidence.id);
    held.push({ name, findings, decided: blocking.some((finding) => finding.ruleId !== joinedEvidence.id) });
    if (blocking.length > 0) blocks.push(`${name}@${version}: ${blocking.map((finding) => finding.message).join('; ')}`);
    for (const counted of Number(report.asOf.slice(0, 4)) >= recentSince ? [all, recent] : [all]) {
      counted.releases += 1;
      if (blocking.length > 0) counted.blocked += 1;
      else if (alerts.length > 0) counted.warned += 1;
    }
  }
  const { counted, releases } = countedWeights();
  const policy = defaultPolicy();
  const seconds = (performance.now() - began) / 1000;
  const { user, system } = process.cpuUsage(spent);
  return {
    packages: packuments.length,
    unread,
    ...all,
    ...(releases === all.releases && { blockedOutOfFold: blockedOutOfFold(held, loadWeights(), counted, policy.joinThreshold) }),
    recent: { since: recentSince, ...recent },
    rules: [...rules]
      .map(([rule, counts]) => ({ rule, ...counts }))
      .sort((a, b) => b.block - a.block || b.warn - a.warn || (a.rule < b.rule ? -1 : 1)),
    releasesPerSecond: Math.round(all.releases / seconds),
    cpuMsPerRelease: Math.round((user + system) / all.releases) / 1000,
    blocks,
  };
}
