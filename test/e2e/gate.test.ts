/** The gate in a real repository: committed, branched, merged, cloned shallow; lockfiles of every manager. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type FixtureRegistry, publish, startFixtureRegistry } from '../helpers/fixture-registry.ts';
import { aWorkplace, type Workplace } from '../helpers/run-cli.ts';

const fixtures = join(import.meta.dirname, '../../fixtures/lockfiles');
let registry: FixtureRegistry;
let place: Workplace;
const left = Array.from({ length: 4 }, (_, minor) => ({ version: `1.${minor}.0`, at: `202${minor}-01-01T00:00:00Z` }));

beforeAll(async () => {
  registry = await startFixtureRegistry({ tarballs: true, packuments: [publish('left', left), publish('right', left)] });
});
afterAll(() => registry.close());
beforeEach(() => {
  place = aWorkplace(registry.url);
  git(place.folder, 'init', '-q', '-b', 'main');
});
afterEach(() => place.remove());

function git(folder: string, ...args: string[]): string {
  const env = {
    ...process.env,
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_SYSTEM: '/dev/null',
    GIT_AUTHOR_NAME: 'a',
    GIT_AUTHOR_EMAIL: 'a@b',
    GIT_COMMITTER_NAME: 'a',
    GIT_COMMITTER_EMAIL: 'a@b',
  };
  const ran = spawnSync('git', args, { cwd: folder, env, encoding: 'utf8' });
  if (ran.status !== 0) throw new Error(`git ${args.join(' ')}: ${ran.stderr}`);
  return ran.stdout.trim();
}

function commit(message: string, folder = place.folder): string {
  git(folder, 'add', '-A');
  git(folder, 'commit', '-q', '--allow-empty', '-m', message);
  return git(folder, 'rev-parse', 'HEAD');
}

function lock(packages: Readonly<Record<string, string>>, more: Readonly<Record<string, object>> = {}): object {
  const document = (name: string, version: string) => registryIntegrity(name, version);
  const entries = Object.entries(packages).map(([name, version]) => [
    `node_modules/${name}`,
    {
      version,
      resolved: registry.tarballUrl(name, version),
      ...(document(name, version) ? { integrity: document(name, version) } : {}),
      ...more[name],
    },
  ]);
  return {
    name: 'project',
    lockfileVersion: 3,
    requires: true,
    packages: { '': { name: 'project', dependencies: packages }, ...Object.fromEntries(entries) },
  };
}

const integrities = new Map<string, string | undefined>();
function registryIntegrity(name: string, version: string): string | undefined {
  return integrities.get(`${name}@${version}`);
}
beforeAll(async () => {
  for (const name of ['left', 'right']) {
    const body = (await (await fetch(registry.url + name)).json()) as { versions: Record<string, { dist: { integrity?: string } }> };
    for (const [version, manifest] of Object.entries(body.versions)) integrities.set(`${name}@${version}`, manifest.dist.integrity);
  }
});

async function gate(...args: string[]) {
  const ran = await place.run('gate', '--format', 'json', ...args);
  const report = ran.stdout === '' ? undefined : (JSON.parse(ran.stdout) as GateReport);
  const found =
    report?.findings.map(
      (finding) => `${finding.ruleId} ${finding.subject.name ?? finding.subject.file}${finding.subject.version ? `@${finding.subject.version}` : ''}`,
    ) ?? [];
  return {
    ...ran,
    report,
    found,
    judged:
      report?.verdicts
        .filter((verdict) => verdict.subject.name !== undefined)
        .map((verdict) => `${verdict.change} ${verdict.from ?? ''}${verdict.from ? '->' : ''}${verdict.subject.version}`) ?? [],
  };
}
interface GateReport {
  readonly action: string;
  readonly findings: readonly {
    readonly ruleId: string;
    readonly subject: {
      readonly name?: string;
      readonly version?: string;
      readonly file?: string;
      readonly where?: { readonly file: string; readonly line: number };
    };
  }[];
  readonly verdicts: readonly {
    readonly change?: string;
    readonly from?: string;
    readonly subject: { readonly name?: string; readonly version?: string; readonly where?: { readonly line: number } };
  }[];
  readonly removed: readonly object[];
  readonly notes: readonly { readonly kind: string; readonly message: string }[];
  readonly coverage: { readonly judged: number };
}

describe('what a branch changes', () => {
  beforeEach(() => {
    place.write('package-lock.json', lock({ left: '1.0.0' }));
    commit('one');
  });

  it('is judged against where it left the default branch, with line and old version', async () => {
    git(place.folder, 'checkout', '-q', '-b', 'topic');
    place.write('package-lock.json', lock({ left: '1.2.0' }));
    commit('two');
    git(place.folder, 'checkout', '-q', 'main');
    place.write('package-lock.json', lock({ left: '1.0.0', right: '1.0.0' }));
    commit('main moves on');
    git(place.folder, 'checkout', '-q', 'topic');
    const { judged, code, report } = await gate();
    expect([code, judged, report?.removed]).toEqual([0, ['change 1.0.0->1.2.0'], []]);
    expect(report?.verdicts[0]?.subject.where).toMatchObject({ file: 'package-lock.json', line: 12 });
  });

  it('is not judged where the policy from before leaves it out, and that is said', async () => {
    const config = { ignore: ['test/fixtures'] };
    place.write('depward.config.json', config);
    place.write('test/fixtures/package-lock.json', lock({ right: '1.0.0' }));
    commit('one and a half');
    place.write('package-lock.json', lock({ left: '1.1.0' }));
    place.write('test/fixtures/package-lock.json', lock({ right: '1.2.0' }));
    const { judged, report } = await gate();
    expect(judged).toEqual(['change 1.0.0->1.1.0']);
    expect(report?.notes).toEqual([
      { kind: 'paths-ignored', message: expect.stringContaining('leaves out 1 changed file (ignore): test/fixtures/package-lock.json') },
    ]);
    expect((await gate('--lockfile', 'test/fixtures/package-lock.json')).judged).toEqual(['change 1.0.0->1.2.0']);
    place.write('depward.config.json', { ignore: ['test/fixtures', '*.json'] });
    const more = await gate();
    expect([more.judged, more.report?.notes.map(({ kind }) => kind)]).toEqual([['change 1.0.0->1.1.0'], ['policy-weakened', 'paths-ignored']]);
  });

  it('may not be committed yet, and may be nothing', async () => {
    commit('nothing');
    const before = registry.count();
    expect(await gate()).toMatchObject({ code: 0, judged: [] });
    expect(registry.count()).toBe(before);
    place.write('package-lock.json', lock({ left: '1.0.0', right: '1.1.0' }));
    expect((await gate()).judged).toEqual(['add 1.1.0']);
    expect((await gate('--head', 'HEAD')).judged).toEqual([]);
  });

  it('is the last commit where that stands at the tip of the default branch', async () => {
    place.write('package-lock.json', lock({ left: '1.1.0' }));
    commit('two');
    const ran = await gate();
    expect(ran.judged).toEqual(['change 1.0.0->1.1.0']);
    expect(ran.stderr).toMatch(/^depward: this is the default branch.* compared with the commit before, [0-9a-f]{12} .*\n$/);
    expect((await gate('--base', 'main')).judged).toEqual([]);
    place.write('package-lock.json', lock({ left: '1.1.0', right: '1.0.0' }));
    expect(await gate()).toMatchObject({ judged: ['add 1.0.0'], stderr: '' });
    commit('three');
    const env = {
      CI_PIPELINE_SOURCE: 'push',
      CI_COMMIT_BRANCH: 'main',
      CI_DEFAULT_BRANCH: 'main',
      CI_COMMIT_BEFORE_SHA: git(place.folder, 'rev-parse', 'HEAD~2'),
    };
    const { stdout } = await place.runWith({ env }, 'gate', '--format', 'json');
    expect((JSON.parse(stdout) as GateReport).verdicts).toHaveLength(2);
  });

  it('is found on revisions named on purpose, even with names like options', async () => {
    place.write('package-lock.json', lock({ left: '1.1.0' }));
    commit('two');
    git(place.folder, 'update-ref', 'refs/heads/--upload-pack=x', 'HEAD');
    expect((await gate('--base', 'HEAD~1', '--head=--upload-pack=x')).judged).toEqual(['change 1.0.0->1.1.0']);
    expect(await gate('--base', 'nowhere')).toMatchObject({ code: 2, stderr: expect.stringContaining('no commit nowhere') });
    expect(await gate('--lockfile', 'other.json')).toMatchObject({ code: 2, stderr: expect.stringContaining('no lockfile') });
  });

  it('judges everything with --all, and without git', async () => {
    expect((await gate('--all')).judged).toEqual(['add 1.0.0']);
    rmSync(join(place.folder, '.git'), { recursive: true });
    const { judged, stderr } = await gate();
    expect(judged).toEqual(['add 1.0.0']);
    expect(stderr).toContain('no git repository');
  });

  it('warns of an added entry that says neither where it comes from nor what it is', async () => {
    place.write('package-lock.json', lock({ left: '1.0.0', right: '1.0.0' }, { right: { resolved: undefined, integrity: undefined } }));
    const { code, found, report } = await gate();
    expect(code).toBe(0);
    expect(found).toContain('integrity-missing right@1.0.0');
    expect(report?.verdicts.find(({ subject }) => subject.name === 'right')).toMatchObject({ action: 'warn' });
  });

  it('tells a git that is missing from a repository that is', async () => {
    const { stderr, code } = await place.runWith({ env: { PATH: '/nonexistent' } }, 'gate');
    expect(code).toBe(0);
    expect(stderr).toContain('git was not found (PATH)');
    expect(stderr).not.toContain('no git repository');
  });

  it('is stopped when the lockfile points elsewhere', async () => {
    place.write(
      'package-lock.json',
      lock({ left: '1.1.0' }, { left: { resolved: 'https://files.example/left/-/left-1.1.0.tgz', integrity: 'sha512-b3RoZXI=' } }),
    );
    const { code, found } = await gate();
    expect(code).toBe(1);
    expect(found).toEqual(expect.arrayContaining(['integrity-mismatch left@1.1.0', 'lockfile-host-added package-lock.json']));
    place.write(
      'package-lock.json',
      lock({ left: '1.0.0' }, { left: { resolved: 'https://files.example/right/-/right-6.6.6.tgz', integrity: 'sha512-b3RoZXI=' } }),
    );
    expect((await gate()).found).toEqual(
      expect.arrayContaining(['content-changed left@1.0.0', 'resolved-mismatch left@1.0.0', 'integrity-mismatch left@1.0.0']),
    );
  });

  it('cannot bring its own pardon, or its own registry', async () => {
    place.write('package-lock.json', lock({ left: '1.1.0' }, { left: { integrity: 'sha512-b3RoZXI=' } }));
    place.write('depward.config.json', {
      waivers: [{ rule: 'integrity-mismatch', package: 'left@1.1.0', owner: 'me', reason: 'trust me', expires: '2999-01-01' }],
    });
    place.write('.npmrc', 'registry=http://127.0.0.1:9/\n');
    const { code, report, found } = await gate();
    expect(found).toContain('integrity-mismatch left@1.1.0');
    expect([code, report?.notes.map((note) => note.kind)]).toEqual([1, ['waiver-in-change']]);
  });

  it('accepts what a saved report holds', async () => {
    place.write('package-lock.json', lock({ left: '1.1.0' }, { left: { integrity: 'sha512-b3RoZXI=' } }));
    expect((await gate('--format', `json=${join(place.home, 'saved.json')}`).catch(() => ({ code: 0 }))).code).not.toBe(0);
    const saved = await place.run('gate', '--format', `json=${join(place.home, 'saved.json')}`);
    expect(saved.code).toBe(1);
    const file = join(place.home, 'saved.json');
    const known = await gate('--baseline', file);
    expect(known.code).toBe(0);
    expect(known.report?.notes).toEqual([
      { kind: 'baseline', message: expect.stringMatching(/with \d findings: \d of what was found here are known from it; it counts until 20/) },
    ]);
    const report = JSON.parse(readFileSync(file, 'utf8'));
    writeFileSync(file, JSON.stringify({ ...report, asOf: '2020-01-01T00:00:00.000Z' }));
    const late = await gate('--baseline', file);
    expect([late.code, late.report?.notes[0]?.message]).toEqual([1, expect.stringContaining('counted until 2020-03-31: nothing in it counts')]);
    place.write('known.json', report);
    const own = await gate('--baseline', 'known.json');
    expect([own.code, own.report?.notes[0]?.message]).toEqual([1, expect.stringContaining('comes with this change itself')]);
    expect(await gate('--baseline', 'nothing.json')).toMatchObject({ code: 2 });
    place.write('nothing.json', '{}');
    commit('a report that is none');
    expect(await gate('--base', 'HEAD', '--baseline', 'nothing.json')).toMatchObject({ code: 2 });
  });

  it('knows what a saved report says of a file by its words', async () => {
    place.write('.npmrc', 'strict-ssl=false\n');
    const file = join(place.home, 'saved.json');
    await place.run('gate', '--format', `json=${file}`);
    const report = JSON.parse(readFileSync(file, 'utf8'));
    expect(report.findings).not.toEqual([]);
    expect((await gate('--baseline', file)).found).toEqual([]);
    writeFileSync(
      file,
      JSON.stringify({ ...report, findings: report.findings.map((finding: object) => ({ ...finding, message: 'something else' })) }),
    );
    expect((await gate('--baseline', file)).found).not.toEqual([]);
  });

  it('refuses conflicts and links out of the repository', async () => {
    place.write('package-lock.json', '<<<<<<< a\n=======\n>>>>>>> b\n');
    expect(await gate()).toMatchObject({ code: 2, stderr: expect.stringContaining('merge conflict') });
    rmSync(join(place.folder, 'package-lock.json'));
    writeFileSync(join(place.home, 'outside.json'), JSON.stringify(lock({ left: '1.1.0' })));
    symlinkSync(join(place.home, 'outside.json'), join(place.folder, 'package-lock.json'));
    expect(await gate()).toMatchObject({ code: 2, stderr: expect.stringContaining('out of the') });
    commit('a link');
    expect(await gate('--base', 'HEAD~1', '--head', 'HEAD')).toMatchObject({ code: 2, stderr: expect.stringContaining('out of the repository') });
  });

  it('may move a lockfile, remove it, or add another', async () => {
    git(place.folder, 'rm', '-q', 'package-lock.json');
    place.write('app/package-lock.json', lock({ left: '1.0.0', right: '1.0.0' }));
    expect((await gate()).judged).toEqual(['add 1.0.0']);
    rmSync(join(place.folder, 'app'), { recursive: true });
    expect((await gate()).report?.removed).toEqual([{ name: 'left', version: '1.0.0' }]);
    place.write('package-lock.json', lock({ left: '1.0.0' }));
    place.write('tools/package-lock.json', lock({ left: '1.1.0' }));
    expect((await gate()).judged).toEqual(['add 1.1.0']);
  });

  it('answers on incident day where a version is, and since when', async () => {
    place.write('package-lock.json', lock({ left: '1.1.0' }));
    const since = commit('two');
    place.write('package-lock.json', lock({ left: '1.1.0', right: '1.0.0' }));
    commit('three');
    const { stdout, code } = await place.run('gate', '--affected', 'left@1.1.0');
    expect(code).toBe(1);
    expect(stdout).toContain(`left@1.1.0  package-lock.json:13`);
    expect(stdout).toContain(`since ${since.slice(0, 12)}`);
    for (let index = 0; index < 3; index++) {
      place.write('package-lock.json', lock({ left: '1.1.0', right: `1.${index + 1}.0` }));
      commit(`more ${index}`);
    }
    expect((await place.run('gate', '--affected', 'left')).stdout).toContain(`since ${since.slice(0, 12)} (`);
    expect(await place.run('gate', '--affected', 'lsit.txt')).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining('there is no file lsit.txt'),
    });
    expect(await place.run('gate', '--affected', './list')).toMatchObject({ code: 2, stdout: '' });
    expect(await place.run('gate', '--affected', '.')).toMatchObject({ code: 2, stdout: '' });
    writeFileSync(join(place.home, 'list.txt'), '# bad\nleft@6.6.6\nright,9.9.9\n');
    expect(await place.run('gate', '--affected', join(place.home, 'list.txt'))).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('none of them in 1 lockfile'),
    });
  });
});

describe('shallow clones over file://', () => {
  let origin: string;
  let clone: string;
  beforeEach(() => {
    origin = mkdtempSync(join(tmpdir(), 'depward-origin-'));
    clone = place.folder;
    rmSync(clone, { recursive: true });
    git(origin, 'init', '-q', '-b', 'main');
    const write = (packages: Record<string, string>) => writeFileSync(join(origin, 'package-lock.json'), JSON.stringify(lock(packages), null, 2));
    write({ left: '1.0.0' });
    commit('one', origin);
    git(origin, 'checkout', '-q', '-b', 'topic');
    for (const minor of ['1', '2', '3']) {
      write({ left: `1.${minor}.0` });
      commit(`left ${minor}`, origin);
    }
    git(origin, 'checkout', '-q', 'main');
    for (let at = 0; at < 5; at++) {
      writeFileSync(join(origin, 'notes.txt'), `${at}`);
      commit(`note ${at}`, origin);
    }
    git(origin, 'checkout', '-q', '-b', 'merged');
    git(origin, 'merge', '-q', '--no-ff', '-m', 'merge', 'topic');
    git(origin, 'config', 'uploadpack.allowAnySHA1InWant', 'true');
    git(origin, 'checkout', '-q', 'main');
  });
  afterEach(() => rmSync(origin, { recursive: true, force: true }));

  it('deepens a depth-1 clone of a branch to the common commit', async () => {
    git(tmpdir(), 'clone', '-q', '--depth=1', '--branch', 'topic', `file://${origin}`, clone);
    expect(await gate()).toMatchObject({ code: 0, judged: ['change 1.0.0->1.3.0'] });
  });

  it('takes the first parent of a depth-1, detached merge commit of a pull request', async () => {
    git(tmpdir(), 'clone', '-q', '--depth=1', '--branch', 'merged', `file://${origin}`, clone);
    git(clone, 'checkout', '-q', '--detach');
    git(clone, 'branch', '-q', '-D', 'merged');
    const ran = await place.runWith(
      { env: { GITHUB_EVENT_NAME: 'pull_request', GITHUB_REF: 'refs/pull/7/merge', GITHUB_BASE_REF: 'main' } },
      'gate',
      '--format',
      'json',
    );
    expect([ran.code, ran.stderr]).toEqual([0, '']);
    expect((JSON.parse(ran.stdout) as GateReport).verdicts).toMatchObject([{ change: 'change', from: '1.0.0', subject: { version: '1.3.0' } }]);
  });

  it('says what to do when the history cannot be had', async () => {
    git(tmpdir(), 'clone', '-q', '--depth=1', '--branch', 'topic', `file://${origin}`, clone);
    git(clone, 'remote', 'remove', 'origin');
    git(clone, 'branch', '-q', '-m', 'topic', 'something');
    expect(await gate()).toMatchObject({ code: 2, stderr: expect.stringContaining('--base') });
  });
});

describe('every format', () => {
  it.each(['npm-v1', 'npm-v3', 'yarn-classic', 'yarn-berry-v8', 'pnpm-v5', 'pnpm-v9', 'bun-v1'])(
    '%s: one more version is one change',
    async (format) => {
      const file = format.startsWith('npm')
        ? 'package-lock.json'
        : format.startsWith('yarn')
          ? 'yarn.lock'
          : format.startsWith('pnpm')
            ? 'pnpm-lock.yaml'
            : 'bun.lock';
      cpSync(join(fixtures, format, 'everything'), place.folder, { recursive: true });
      commit('one');
      const path = join(place.folder, file);
      writeFileSync(path, readFileSync(path, 'utf8').replace(/(?<!\^)3\.0\.0/g, '3.0.1'));
      const { judged, stderr, report } = await gate('--no-cache');
      expect([stderr, judged]).toEqual(['', ['change 3.0.0->3.0.1']]);
      expect(report?.findings.map((finding) => finding.ruleId)).toContain('package-not-found');
    },
  );
});
