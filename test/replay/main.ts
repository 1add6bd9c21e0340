/** `npm run replay`: real attacks as they looked at the minute of publication, and the honest releases beside them. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startFixtureRegistry } from '../helpers/fixture-registry.ts';
import { honestAlerts } from './alerts.ts';
import { type Baselines, baselinesOf } from './baselines.ts';
import { add, type Bench, bump, momentOf, type Outcome } from './doors.ts';
import { type Case, type Incident, incidentsOf } from './incident.ts';
import { packedUp } from './pack.ts';
import { through } from './proxy-door.ts';
import { textTable, withTables } from './table.ts';

/** One release judged at every door. */
export interface JudgedCase extends Case {
  readonly add: Outcome;
  readonly bump?: Outcome;
  readonly proxy?: Outcome;
}

/** One incident with all that was said of it. */
export interface Row {
  readonly id: string;
  readonly title: string;
  readonly malicious: boolean;
  readonly files: boolean;
  readonly cases: readonly JudgedCase[];
  readonly verdict: Outcome['verdict'];
  /** Why it was not blocked, where it was not and somebody knows. */
  readonly why?: string;
  readonly baselines: Baselines;
}

const usage = 'npm run replay [-- --incidents DIR --packuments DIR --json FILE --readme FILE --only ID]';

/** Runs the replay; exit code 0 when everything could be judged. */
export async function main(words: readonly string[], root: string): Promise<number> {
  const options = optionsOf(words);
  if (options === undefined) {
    console.error(`usage: ${usage}`);
    return 2;
  }
  const folder = options.get('incidents') ?? join(root, 'fixtures/incidents');
  const packuments = options.get('packuments') ?? join(root, '../shared/bench/packuments');
  const { rows, unread } = await replay(folder, root, options.get('only'));
  const alerts = existsSync(packuments) && !options.has('only') ? await honestAlerts(packuments) : undefined;
  console.log(textTable(rows, unread, alerts));
  if (!alerts && !options.has('only')) console.log(`skipped honest releases: no packuments at ${packuments}`);
  const json = options.get('json');
  if (json !== undefined) writeFileSync(json, `${JSON.stringify({ schema: 1, incidents: rows, unread, honest: alerts }, null, 2)}\n`);
  const readme = options.get('readme');
  if (readme !== undefined) writeFileSync(readme, withTables(readFileSync(readme, 'utf8'), rows, alerts));
  return unread.length === 0 && rows.every((row) => row.verdict !== 'broken') ? 0 : 1;
}

async function replay(folder: string, root: string, only: string | undefined): Promise<{ rows: Row[]; unread: string[] }> {
  const scratch = mkdtempSync(join(tmpdir(), 'depward-replay-'));
  const cli = join(root, 'dist/cli.js');
  const doors = new Set(
    [...execFileSync(process.execPath, [cli, '--help'], { encoding: 'utf8' }).matchAll(/^ {2}([a-z]+)\b/gm)].map((match) => String(match[1])),
  );
  const rows: Row[] = [];
  const unread: string[] = [];
  try {
    for (const incident of incidentsOf(folder)) {
      if (typeof incident === 'string') unread.push(incident);
      else if (only === undefined || incident.id === only) rows.push(await judged(incident, { cli, scratch, doors }));
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  return { rows, unread };
}

async function judged(told: Incident, where: Omit<Bench, 'registry'>): Promise<Row> {
  const { incident, archives } = packedUp(told);
  const registry = await startFixtureRegistry({ packuments: incident.documents.values() });
  for (const { name, version, bytes } of archives) registry.addTarball(name, version, bytes);
  const cases: JudgedCase[] = [];
  try {
    for (const one of incident.cases) {
      registry.asOf(momentOf(one));
      const bench = { ...where, registry };
      const bumped = await bump(one, incident, bench);
      const added = await add(one, bench);
      const passed = await through(one, bench);
      cases.push({ ...one, add: added, ...(bumped && { bump: bumped }), ...(passed && { proxy: passed }) });
    }
  } finally {
    await registry.close();
  }
  const { id, title, malicious, files, why } = incident;
  const verdict = weakest(cases);
  return {
    id,
    title,
    malicious,
    files,
    cases,
    verdict,
    ...(verdict !== 'blocked' && why !== undefined && { why }),
    baselines: baselinesOf(incident),
  };
}

const order: readonly Outcome['verdict'][] = ['broken', 'missed', 'warned', 'held', 'blocked'];

/** An incident is as well met as its worst case at its better door: an update is met by the gate, a new package by check. */
function weakest(cases: readonly JudgedCase[]): Outcome['verdict'] {
  const met = cases.map((one) => order.indexOf((one.bump ?? one.add).verdict));
  return order[Math.min(...met)] ?? 'broken';
}

function optionsOf(words: readonly string[]): Map<string, string> | undefined {
  const options = new Map<string, string>();
  for (let at = 0; at < words.length; at += 2) {
    const name = words[at]?.replace(/^--/, '');
    const value = words[at + 1];
    if (name === undefined || value === undefined || !['incidents', 'packuments', 'json', 'readme', 'only'].includes(name)) return undefined;
    options.set(name, value);
  }
  return options;
}
