/** The action, the workflow and the GitLab job, step by step as their runners do it: depward packed and installed, a real checkout of a change. */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { githubWorkflow, gitlabJob } from '../../src/commands/ci-templates.ts';
import { toolVersion } from '../../src/package-root.ts';
import { commitAll, git } from '../helpers/a-repository.ts';
import { aPackage } from '../helpers/a-tarball.ts';
import { type FixtureRegistry, publish, startFixtureRegistry } from '../helpers/fixture-registry.ts';
import { aWorkplace, type Workplace } from '../helpers/run-cli.ts';
import type { Written } from '../helpers/write-packument.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const version = toolVersion();
const linux = process.platform === 'linux' ? describe : describe.skip;
let registry: FixtureRegistry;
let place: Workplace;
let base: string;

interface Step {
  readonly run?: string;
  readonly if?: string;
  readonly shell?: string;
  readonly 'working-directory'?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Puts the bytes of a release into the registry; what its packument is to say. */
function served(name: string, version: string, at: string, bytes: Buffer): Written {
  registry.addTarball(name, version, bytes);
  const integrity = `sha512-${createHash('sha512').update(bytes).digest('base64')}`;
  hashes.set(`${name}@${version}`, integrity);
  return { version, at, more: { dist: { integrity } } };
}

/** depward packed as it stands; what it needs lies where node looks further up. */
function serveDepward(): void {
  spawnSync('npm', ['pack', '--ignore-scripts', '--pack-destination', place.home], { cwd: root, stdio: 'ignore' });
  const bytes = readFileSync(join(place.home, `depward-${version}.tgz`));
  registry.add(publish('depward', [served('depward', version, '2020-01-01T00:00:00Z', bytes)]));
}

/** A merge commit of a pull request that moves one package; the commit it goes to. */
function aChange(name: string, left: string): string {
  const write = (wanted: string) => place.write('package-lock.json', lock(wanted));
  git(place.folder, 'checkout', '-q', 'main');
  const into = git(place.folder, 'rev-parse', 'HEAD');
  git(place.folder, 'checkout', '-q', '-b', name);
  write(left);
  commitAll(place.folder, name);
  git(place.folder, 'checkout', '-q', '--detach', 'main');
  git(place.folder, 'merge', '-q', '--no-ff', '-m', 'merge', name);
  git(place.folder, 'update-ref', `refs/pull/${name}/merge`, 'HEAD');
  return into;
}

const hashes = new Map<string, string>();

function lock(left: string): object {
  const entry = { version: left, resolved: registry.tarballUrl('left', left), integrity: hashes.get(`left@${left}`) };
  return { lockfileVersion: 3, packages: { '': { dependencies: { left: '*' } }, 'node_modules/left': entry } };
}

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly summary: string;
  readonly workspace: string;
}

/** Folders of a runner, with the change checked out as its checkout does (`fetch-depth: 2`), and what comes of the steps. */
async function onRunner(
  change: string,
  steps: readonly Step[],
  inputs: Readonly<Record<string, string>>,
  more: Readonly<Record<string, string>>,
): Promise<Ran> {
  const home = join(place.home, 'runner');
  rmSync(home, { recursive: true, force: true });
  const [workspace, temp] = [join(home, 'work'), join(home, 'temp')];
  for (const folder of [workspace, temp]) mkdirSync(folder, { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(home, 'node_modules'));
  git(workspace, 'init', '-q');
  git(workspace, 'remote', 'add', 'origin', `file://${place.folder}`);
  git(workspace, 'fetch', '-q', '--no-tags', '--depth=2', 'origin', `+refs/pull/${change}/merge:refs/remotes/pull/merge`);
  git(workspace, 'checkout', '-q', '--detach', 'refs/remotes/pull/merge');
  const summary = join(temp, 'summary');
  const env = { ...place.env, CI: 'true', RUNNER_TEMP: temp, GITHUB_STEP_SUMMARY: summary, ...more };
  const filled = (text: string) =>
    text.replace(/\$\{\{ *(?:inputs\.([\w-]+)|runner\.temp) *\}\}/g, (_, input: string | undefined) =>
      input === undefined ? temp : (inputs[input] ?? ''),
    );
  let [code, out] = [0, ''];
  for (const step of steps) {
    if (step.run === undefined || (code !== 0 && step.if !== 'always()')) continue;
    const script = join(temp, 'step.sh');
    writeFileSync(script, filled(step.run));
    const words = step.shell === 'bash' ? ['--noprofile', '--norc', '-eo', 'pipefail', script] : ['-e', script];
    const own = Object.fromEntries(Object.entries(step.env ?? {}).map(([name, value]) => [name, filled(value)]));
    const ran = await bash(words, resolve(workspace, filled(step['working-directory'] ?? '.')), { ...env, ...own });
    out += ran.out;
    code ||= ran.code;
  }
  return { code, out, summary: existsSync(summary) ? readFileSync(summary, 'utf8') : '', workspace };
}

function bash(words: readonly string[], cwd: string, env: NodeJS.ProcessEnv): Promise<{ code: number; out: string }> {
  return new Promise((done, reject) => {
    const child = spawn('bash', words, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece) => (out += piece));
    child.on('error', reject);
    child.on('close', (code) => done({ code: code ?? 137, out }));
  });
}

linux('what stands in CI, run as there', () => {
  beforeAll(async () => {
    const soon = `${new Date().getFullYear() + 1}-01-01T00:00:00Z`;
    const times = ['2020-01-01T00:00:00Z', '2020-03-01T00:00:00Z', soon];
    registry = await startFixtureRegistry();
    registry.add(
      publish(
        'left',
        times.map((at, minor) => served('left', `1.${minor}.0`, at, aPackage({ name: 'left', version: `1.${minor}.0` }, { 'index.js': '1;' }))),
      ),
    );
    place = aWorkplace(registry.url);
    git(place.folder, 'init', '-q', '-b', 'main');
    place.write('package.json', { dependencies: { left: '*' } });
    place.write('package-lock.json', lock('1.0.0'));
    base = commitAll(place.folder);
    aChange('honest', '1.1.0');
    aChange('blocked', '1.2.0');
    serveDepward();
  }, 60_000);
  afterAll(async () => {
    place.remove();
    await registry.close();
  });

  const github = { GITHUB_ACTIONS: 'true', GITHUB_EVENT_NAME: 'pull_request', GITHUB_REF: 'refs/pull/7/merge', GITHUB_BASE_REF: 'main' };
  const action = parse(readFileSync(join(root, 'action.yml'), 'utf8')) as {
    inputs: Record<string, { default: string }>;
    runs: { steps: readonly Step[] };
  };
  const defaults = Object.fromEntries(Object.entries(action.inputs).map(([name, input]) => [name, input.default]));

  it('the action lets an honest change pass, with a summary', async () => {
    const { code, out, summary } = await onRunner('honest', action.runs.steps, { ...defaults, 'sarif-file': 'depward.sarif' }, github);
    expect([code, out]).toEqual([0, expect.stringContaining('1 package judged, nothing to object to')]);
    expect(summary).toContain('nothing to object to');
  }, 60_000);

  it('the action blocks, with annotations, a summary and a SARIF report', async () => {
    const { code, out, summary, workspace } = await onRunner('blocked', action.runs.steps, { ...defaults, 'sarif-file': 'depward.sarif' }, github);
    expect([code, out]).toEqual([1, expect.stringContaining('::error file=package-lock.json,line=')]);
    expect(out).toContain('BLOCK left@1.2.0');
    expect(summary).toContain('depward: blocked');
    expect(readFileSync(join(workspace, 'depward.sarif'), 'utf8')).toContain('release-age');
  }, 60_000);

  it('the action takes no version that is not exact', async () => {
    expect(await onRunner('honest', action.runs.steps, { ...defaults, version: 'latest' }, github)).toMatchObject({
      code: 2,
      out: expect.stringContaining('version must be exact'),
    });
  });

  it('the workflow of init blocks too, with a summary all the same', async () => {
    const { jobs } = parse(githubWorkflow(version)) as { jobs: { depward: { steps: readonly Step[] } } };
    const { code, out, summary } = await onRunner('blocked', jobs.depward.steps, {}, github);
    expect([code, out]).toEqual([1, expect.stringContaining('::error file=package-lock.json,line=')]);
    expect(summary).toContain('depward: blocked');
  }, 60_000);

  it('the GitLab job of init does, with its reports', async () => {
    const { depward } = parse(gitlabJob(version)) as { depward: { script: readonly string[] } };
    const work = join(place.home, 'runner/work');
    const steps = [{ run: depward.script.join('\n').replaceAll('/tmp', join(place.home, 'runner/temp')) }];
    const { code, out } = await onRunner('blocked', steps, {}, { GITLAB_CI: 'true', CI_PROJECT_DIR: work, CI_MERGE_REQUEST_DIFF_BASE_SHA: base });
    expect([code, out]).toEqual([1, expect.stringContaining('BLOCK left@1.2.0')]);
    expect(readFileSync(join(work, 'depward-code-quality.json'), 'utf8')).toContain('"check_name": "release-age"');
    expect(readFileSync(join(work, 'depward-junit.xml'), 'utf8')).toContain('<testsuites');
  }, 60_000);
});
