/** Asks the built depward, as a user would, about one release of an incident at the minute it came out. */
import { execFile } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import semver from 'semver';
import type { FixtureRegistry } from '../helpers/fixture-registry.ts';
import type { Case, Incident } from './incident.ts';
import { fieldsOf, textOf } from './pieces.ts';

/** What a door said. `blocked` leaves the age rule out; `held` is the age rule alone. */
export interface Outcome {
  readonly verdict: 'blocked' | 'held' | 'warned' | 'missed' | 'broken';
  /** Rules and signals that decided, or what went wrong. */
  readonly because: readonly string[];
  /** Findings that warn, for the reader of the JSON. */
  readonly warned: readonly string[];
}

export interface Bench {
  readonly cli: string;
  readonly scratch: string;
  readonly registry: FixtureRegistry;
  readonly doors: ReadonlySet<string>;
}

const ageRules: ReadonlySet<string> = new Set(['release-age']);

/** Somebody adds the package: `depward check name@version` in an empty folder. */
export async function add(one: Case, bench: Bench): Promise<Outcome> {
  const folder = freshFolder(bench, 'add');
  writeFileSync(join(folder, 'package.json'), '{"name":"replay","version":"1.0.0"}');
  return outcomeOf(await depward(['check', `${one.name}@${one.version}`, ...common(one, bench)], folder, bench));
}

/** A change moves the lockfile from the release before to this one: `depward gate`; undefined without a release before, or where there is no gate. */
export async function bump(one: Case, incident: Incident, bench: Bench): Promise<Outcome | undefined> {
  if (one.from === undefined || !bench.doors.has('gate')) return undefined;
  const folder = freshFolder(bench, 'bump');
  const git = (...words: string[]): Promise<unknown> =>
    execute('git', ['-c', 'user.name=replay', '-c', 'user.email=replay@mail.example', ...words], folder);
  await git('init', '-q', '-b', 'main');
  writeProject(folder, one.name, one.from, incident, one.at);
  await git('add', '-A');
  await git('commit', '-q', '-m', 'before');
  writeProject(folder, one.name, one.version, incident, one.at);
  return outcomeOf(await depward(['gate', '--base', 'HEAD', '--head', 'worktree', ...common(one, bench)], folder, bench));
}

function common(one: Case, bench: Bench): string[] {
  return ['--registry', bench.registry.url, '--as-of', momentOf(one), '--no-cache', '--format', 'json'];
}

/** A minute after publication. */
export function momentOf({ at }: Case): string {
  return new Date(Date.parse(at) + 60_000).toISOString();
}

export function freshFolder(bench: Bench, name: string): string {
  const folder = join(bench.scratch, name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** Whatever a replayed release points at outside is refused at once. */
const loopbackOnly = {
  NO_COLOR: '1',
  npm_config_fetch_retries: '0',
  https_proxy: 'http://127.0.0.1:9',
  HTTPS_PROXY: 'http://127.0.0.1:9',
  no_proxy: '127.0.0.1',
  NO_PROXY: '127.0.0.1',
  GIT_SSH_COMMAND: 'false',
  GIT_TERMINAL_PROMPT: '0',
};

/** Nothing of this machine's configuration, and a cache of its own. */
export function environmentIn(folder: string): Record<string, string> {
  return { PATH: process.env.PATH ?? '', HOME: folder, USERPROFILE: folder, npm_config_userconfig: join(folder, 'none.npmrc'), ...loopbackOnly };
}

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function depward(words: readonly string[], folder: string, bench: Bench): Promise<Ran> {
  return execute(process.execPath, [bench.cli, ...words], folder);
}

function execute(file: string, words: readonly string[], folder: string): Promise<Ran> {
  const env = environmentIn(folder);
  return new Promise((resolve) => {
    execFile(file, words, { cwd: folder, env, timeout: 60_000, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : error ? 2 : 0, stdout, stderr });
    });
  });
}

function outcomeOf({ stdout, stderr, code }: Ran): Outcome {
  let report: Record<string, unknown>;
  try {
    report = fieldsOf(JSON.parse(stdout));
  } catch {
    return { verdict: 'broken', because: [stderr.trim().split('\n')[0] ?? `exit ${code}`], warned: [] };
  }
  const findings = (Array.isArray(report['findings']) ? report['findings'] : []).map(fieldsOf);
  const signals = (action: string, age: boolean): string[] => [
    ...new Set(findings.filter((one) => one['action'] === action && ageRules.has(String(one['ruleId'])) === age).map(nameOf)),
  ];
  const blocked = signals('block', false);
  const held = signals('block', true);
  const warned = signals('warn', false);
  if (blocked.length > 0) return { verdict: 'blocked', because: blocked, warned };
  if (held.length > 0) return { verdict: 'held', because: held, warned };
  return { verdict: warned.length > 0 ? 'warned' : 'missed', because: warned, warned };
}

function nameOf(finding: Record<string, unknown>): string {
  const parts = fieldsOf(finding['facts'])['parts'];
  const rule = String(finding['signal'] ?? finding['ruleId']);
  return Array.isArray(parts) ? `${rule} (${parts.join(', ')})` : rule;
}

/** A package.json and the lockfile npm would have written for it, of what the incident's documents hold. */
function writeProject(folder: string, name: string, version: string, incident: Incident, at: string): void {
  const packages: Record<string, unknown> = { '': { name: 'replay', version: '1.0.0', dependencies: { [name]: version } } };
  const queue: [string, string][] = [[name, version]];
  for (let next = queue.shift(); next; next = queue.shift()) {
    const [each, wanted] = next;
    const key = `node_modules/${each}`;
    const manifest = fieldsOf(fieldsOf(incident.documents.get(each)?.['versions'])[wanted]);
    if (packages[key] !== undefined || textOf(manifest['version']) === undefined) continue;
    const { dependencies, optionalDependencies, scripts } = manifest;
    const hooked = ['preinstall', 'install', 'postinstall'].some((hook) => fieldsOf(scripts)[hook] !== undefined);
    packages[key] = {
      version: wanted,
      ...(fieldsOf(dependencies) && { dependencies }),
      ...(optionalDependencies !== undefined && { optionalDependencies }),
      ...(textOf(fieldsOf(manifest['dist'])['integrity']) !== undefined && { integrity: fieldsOf(manifest['dist'])['integrity'] }),
      ...(hooked && { hasInstallScript: true }),
    };
    for (const [dependency, range] of Object.entries({ ...fieldsOf(dependencies), ...fieldsOf(optionalDependencies) })) {
      const best = newest(incident, dependency, String(range), at);
      if (best !== undefined) queue.push([dependency, best]);
    }
  }
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'replay', version: '1.0.0', dependencies: { [name]: version } }, null, 2));
  writeFileSync(
    join(folder, 'package-lock.json'),
    JSON.stringify({ name: 'replay', version: '1.0.0', lockfileVersion: 3, requires: true, packages }, null, 2),
  );
}

function newest(incident: Incident, name: string, range: string, at: string): string | undefined {
  const document = incident.documents.get(name);
  const time = fieldsOf(document?.['time']);
  const visible = Object.keys(fieldsOf(document?.['versions'])).filter(
    (version) => Date.parse(textOf(time[version]) ?? '') <= Date.parse(at) + 60_000,
  );
  return semver.maxSatisfying(visible, range) ?? undefined;
}
