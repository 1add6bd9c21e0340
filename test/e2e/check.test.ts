/** `depward check` through the built command line, against a registry on loopback. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Ajv } from 'ajv';
import { type FixtureRegistry, publish, startFixtureRegistry } from '../helpers/fixture-registry.ts';
import { aWorkplace, type Workplace } from '../helpers/run-cli.ts';

const long = '2019-05-01T00:00:00Z';
const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();

let registry: FixtureRegistry;
let place: Workplace;

beforeAll(async () => {
  registry = await startFixtureRegistry({
    tarballs: true,
    packuments: [
      publish('steady', [
        { version: '1.0.0', at: long },
        { version: '1.1.0', at: '2020-05-01T00:00:00Z', dependencies: { 'steady-part': '^2.0.0' } },
      ]),
      publish('steady-part', [{ version: '2.0.0', at: long }]),
      publish('hasty', [
        { version: '1.0.0', at: long },
        { version: '1.0.1', at: daysAgo(0.1) },
      ]),
      publish('taken-over', [
        { version: '3.0.0', at: '2021-01-01T00:00:00Z' },
        { version: '3.1.0', at: '2021-06-01T00:00:00Z' },
        { version: '3.1.1', at: daysAgo(30), by: 'stranger', scripts: { postinstall: 'node setup.js' } },
      ]),
      publish('uses-taken-over', [{ version: '1.0.0', at: long, dependencies: { 'taken-over': '^3.0.0' } }]),
      publish('pulled', [
        { version: '1.0.0', at: long },
        { version: '1.0.1', at: '2020-01-01T00:00:00Z', gone: true },
      ]),
      publish('talks', [{ version: '1.0.0', at: daysAgo(1), more: { deprecated: 'use \u001b[31mother\u001b[0m\n::error::now' } }]),
    ],
  });
});
afterAll(() => registry.close());
beforeEach(() => {
  place?.remove();
  registry.clearFaults();
  place = aWorkplace(registry.url);
});
afterAll(() => place.remove());

describe('a spec', () => {
  it('of an honest package is allowed, with everything it pulls in', async () => {
    const { code, stdout, stderr } = await place.run('check', 'steady');
    expect(stdout).toContain('2 packages judged, nothing to object to');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(readdirSync(place.folder)).toEqual([]);
  });

  it('is resolved and judged again without the network, from the cache', async () => {
    const cold = await place.run('check', 'steady', '--offline');
    expect(cold).toMatchObject({ code: 2, stdout: '' });
    expect(cold.stderr).toMatch(
      /^depward: the registry could not be asked for steady: it is not in the cache.*\n +run it once without --offline[^\n]*\n$/,
    );
    const first = await place.run('check', 'steady', '--format', 'json');
    const asked = registry.requests.length;
    const again = await place.run('check', 'steady@^1.0.0', '--offline', '--format', 'json');
    expect([again.code, JSON.parse(again.stdout).verdicts]).toEqual([0, JSON.parse(first.stdout).verdicts]);
    const elsewhere = await place.run('check', 'git+file:///nowhere/x.git', 'https://registry.invalid/x.tgz', '--offline');
    expect(elsewhere).toMatchObject({ code: 2, stderr: expect.stringContaining('--offline') });
    expect(registry.requests).toHaveLength(asked);
  });

  it('that nobody had published by then was a name nobody held', async () => {
    const { code, stdout } = await place.run('check', 'steady', '--as-of', '2018-01-01', '--format', 'json');
    const { findings } = JSON.parse(stdout) as { findings: { ruleId: string; subject: { name: string } }[] };
    expect([code, findings.map(({ ruleId, subject }) => `${ruleId} ${subject.name}`)]).toEqual([1, ['package-not-found steady']]);
    const said = await place.run('check', 'steady', '--as-of', '2018-01-01');
    expect(said.stdout).toContain('nothing was published under this name yet at the moment asked about');
    expect(said.stdout).toContain('Ask about a later moment');
  });

  it('comes with the way in of every package, also of those with nothing against them', async () => {
    const { stdout } = await place.run('check', 'steady', '--format', 'json');
    const { verdicts } = JSON.parse(stdout) as { verdicts: { action: string; path: { name: string }[] }[] };
    expect(verdicts.map(({ path }) => path.map(({ name }) => name))).toEqual([['steady', 'steady-part'], ['steady']]);
  });

  it('whose peer was never published comes to an end, though npm --force does not', async () => {
    registry.add(publish('asks-too-much', [{ version: '1.0.0', at: long, more: { peerDependencies: { steady: '^77.0.0' } } }]));
    place.write('package.json', { name: 'project', version: '1.0.0', dependencies: { steady: '^1.0.0' } });
    const ran = await place.run('check', 'asks-too-much');
    expect(ran).toMatchObject({ code: 0, stderr: expect.stringMatching(/\(ERESOLVE\); judged as npm --legacy-peer-deps would install it/) });
  });

  it('that npm itself cannot place is told in words', async () => {
    registry.add(publish('odd', [{ version: '1.0.0', at: long, dependencies: { constructor: '^1.0.0' } }]));
    const ran = await place.run('check', 'odd');
    expect(ran).toMatchObject({ code: 2, stderr: expect.stringContaining('npm cannot place a package called like') });
  });

  it('of the folder itself means all that its package.json asks for, or its lockfile', async () => {
    place.write('package.json', { name: 'project', version: '1.0.0', dependencies: { steady: '^1.0.0' } });
    expect((await place.run('check', '.')).stdout).toContain('2 packages judged, nothing to object to');
    place.write('package-lock.json', { lockfileVersion: 3, packages: { '': { name: 'project' }, 'node_modules/steady-part': { version: '2.0.0' } } });
    expect((await place.run('check', '.')).stdout).toContain('1 package judged');
    place.write('package-lock.json', { lockfileVersion: 3, packages: { '': { name: 'project' } } });
    expect((await place.run('check', '.')).stdout).toContain('no package to judge');
  });

  it('of a package the project has already is judged all the same', async () => {
    const locked = { 'node_modules/hasty': { version: '1.0.1', resolved: `${registry.url}hasty/-/hasty-1.0.1.tgz` } };
    place.write('package.json', { name: 'project', version: '1.0.0', dependencies: { hasty: '^1.0.0' } });
    place.write('package-lock.json', { lockfileVersion: 3, packages: { '': { name: 'project', dependencies: { hasty: '^1.0.0' } }, ...locked } });
    const { code, stdout } = await place.run('check', 'hasty');
    expect(stdout).toContain('BLOCK hasty@1.0.1');
    expect(code).toBe(1);
  });

  it('of a taken-over package is blocked, with the way in and what to take instead', async () => {
    const { code, stdout } = await place.run('check', 'uses-taken-over', '--format', 'json');
    const report = JSON.parse(stdout);
    expect(code).toBe(1);
    const verdict = report.verdicts[0];
    expect(verdict).toMatchObject({ action: 'block', subject: { name: 'taken-over', version: '3.1.1' }, instead: '3.1.0' });
    expect(verdict.path.map((step: { name: string }) => step.name)).toEqual(['uses-taken-over', 'taken-over']);
  });

  it('that is too young says when it will pass', async () => {
    const { code, stdout } = await place.run('check', 'hasty');
    expect(code).toBe(1);
    expect(stdout).toMatch(/release-age: published 2 hours ago, the waiting time is 3 days/);
    expect(stdout).toMatch(/Wait until 20..-..-..T..:..:..Z, or take 1\.0\.0/);
  });

  it('as of a moment before the bad release finds the good one', async () => {
    const { code, stdout } = await place.run('check', 'taken-over', '--as-of', '2022-01-01T00:00:00Z', '--format', 'json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout).verdicts[0].subject.version).toBe('3.1.0');
  });

  it('that names nothing the registry has is a finding, beside others that exist', async () => {
    const { code, stdout } = await place.run('check', 'steady', 'does-not-exist-at-all', '--format', 'json');
    const report = JSON.parse(stdout);
    expect(code).toBe(1);
    expect(report.findings.map((finding: { ruleId: string }) => finding.ruleId)).toContain('package-not-found');
    expect(report.verdicts).toHaveLength(3);
  });

  it('at an exact version the registry no longer lists is a finding, with what is known of its removal', async () => {
    const { code, stdout } = await place.run('check', 'pulled@1.0.1', '--format', 'json');
    expect(code).toBe(1);
    expect(JSON.parse(stdout).findings).toMatchObject([
      { ruleId: 'unlisted-version', subject: { name: 'pulled', version: '1.0.1' }, signal: 'unlisted-version:removed' },
    ]);
  });

  it('can be an alias: the real package is judged', async () => {
    const { stdout } = await place.run('check', 'mine@npm:taken-over@3.1.1', '--format', 'json');
    expect(JSON.parse(stdout).verdicts[0].subject).toMatchObject({ name: 'taken-over', alias: 'mine' });
  });
});

describe('a lockfile', () => {
  const lock = (packages: object) => ({ name: 'app', lockfileVersion: 3, requires: true, packages: { '': { name: 'app' }, ...packages } });

  it('is judged whole, with the line of each finding, and from the cache offline', async () => {
    place.write('package-lock.json', lock({ 'node_modules/taken-over': { version: '3.1.1' }, 'node_modules/steady': { version: '1.0.0' } }));
    const first = await place.run('check');
    expect(first.code).toBe(1);
    expect(first.stdout).toContain('package-lock.json:');
    const before = registry.count();
    const offline = await place.run('check', '--offline', '--format', 'json');
    expect(JSON.parse(offline.stdout)).toMatchObject({ action: 'block', complete: true });
    expect(registry.count()).toBe(before);
  });

  it.each([
    ['truncated', '{ "lockfileVersion": 3, "packages": {'],
    ['with conflict markers', '{\n<<<<<<< ours\n  "lockfileVersion": 3\n=======\n>>>>>>> theirs\n}'],
    ['of an unknown version', '{ "lockfileVersion": 9, "packages": {} }'],
    ['empty', ''],
    ['that is a list', '[]'],
  ])('%s is an error with a hint, never an empty tree', async (_what, text) => {
    place.write('package-lock.json', text);
    const ran = await place.run('check');
    expectClearError(ran);
  });

  it('that is not there is said, with what to do', async () => {
    const ran = await place.run('check');
    expectClearError(ran);
    expect(ran.stderr).toContain('depward check express');
  });
});

describe('a registry in trouble', () => {
  it.each([
    ['HTML', { kind: 'html' } as const],
    ['500', { kind: 'status', status: 500 } as const],
    ['401', { kind: 'status', status: 401 } as const],
    ['403', { kind: 'status', status: 403 } as const],
    ['429 without end', { kind: 'status', status: 429, headers: { 'retry-after': '0' } } as const],
    ['a cut-off document', { kind: 'cut', keepBytes: 60 } as const],
    ['a redirect loop', { kind: 'redirect-loop' } as const],
  ])(
    '(%s) is never a pass: exit 2, and the rest is judged',
    async (_what, fault) => {
      place.write('package-lock.json', {
        lockfileVersion: 3,
        packages: { '': {}, 'node_modules/steady': { version: '1.0.0' }, 'node_modules/steady-part': { version: '2.0.0' } },
      });
      registry.fault('steady', fault);
      const ran = await place.run('check', '--format', 'json');
      const report = JSON.parse(ran.stdout);
      expect(ran.code).toBe(2);
      expect(report).toMatchObject({ complete: false, coverage: { judged: 2, incomplete: 1 } });
      expect(report.gaps[0].subject.name).toBe('steady');
    },
    60_000,
  );

  it('that is down is said in one line, with a hint', async () => {
    const ran = await place.runWith({ env: { npm_config_registry: 'http://127.0.0.1:9/' } }, 'check', 'steady');
    expectClearError(ran);
  }, 60_000);

  it('is named as it was asked, and a credential out of a variable that is not set as that', async () => {
    registry.fault('steady', { kind: 'status', status: 401 });
    expect((await place.run('check', 'steady')).stderr).toContain(`npm whoami --registry ${registry.url}`);
    place.write('.npmrc', `//${registry.url.replace('http://', '')}:_authToken=\${NO_SUCH_TOKEN}\n`);
    expect((await place.run('check', 'steady')).stderr).toContain(`takes the credentials from \${NO_SUCH_TOKEN}, which is not set`);
  });

  it.each([
    ['before=garbage', 'set to something that is no time'],
    ['min-release-age=soon', 'set to something that is no time'],
    ['before=2010-01-01', 'npm is configured to take nothing later'],
    [`registry=\${NO_SUCH_REGISTRY}`, `takes the registry from \${NO_SUCH_REGISTRY}, which is not set`],
  ])('npm set to %s is told as what it is', async (line, said) => {
    place.write('.npmrc', `${line}\n`);
    const ran = await place.runWith({ env: line.startsWith('registry') ? { npm_config_registry: '' } : {} }, 'check', 'steady');
    expectClearError(ran);
    expect(ran.stderr).toContain(said);
  });

  it('is not asked before the policy is right; a rule like none is answered with where they stand', async () => {
    place.write('depward.config.json', '{"rules": {"constructor": "warn"}}');
    const ran = await place.run('check', 'steady');
    expectClearError(ran);
    expect(ran.stderr).toContain('depward rules lists them');
  });

  it('answers a token nobody ever sees', async () => {
    place.write('.npmrc', `//${registry.url.replace('http://', '')}:_authToken=npm_canary0123456789\n`);
    registry.fault('steady', { kind: 'status', status: 401 });
    const { stdout, stderr, code } = await place.runWith({ env: { DEPWARD_DEBUG: '1' } }, 'check', 'steady', '--verbose');
    expect(code).toBe(2);
    expect(stdout + stderr).not.toContain('canary');
    expect(allText(place.env.DEPWARD_CACHE ?? '')).not.toContain('canary');
  });
});

describe('the command line', () => {
  it.each([
    [['check', 'not a spec']],
    [['check', 'steady', '--as-of', 'yesterday']],
    [['check', 'steady', '--as-of', '2999-01-01T00:00:00Z']],
    [['check', 'steady', '--format', 'xml']],
    [['check', 'steady', '--config', 'nowhere.json']],
    [['check', 'steady', '--registry', 'ftp://x']],
    [['chekc']],
    [['check', '--nope']],
  ])('refuses %j clearly', async (args) => {
    expectClearError(await place.run(...args));
  });

  it('names the line and the nearest key of a slip in the policy', async () => {
    place.write('depward.config.json', '{\n  "rules": {\n    "release-aeg": "warn"\n  }\n}\n');
    const ran = await place.run('check', 'steady');
    expectClearError(ran);
    expect(ran.stderr).toMatch(/depward\.config\.json:3:5/);
    expect(ran.stderr).toContain('release-age');
  });

  it('prints text of strangers only made safe', async () => {
    const { stdout } = await place.run('check', 'talks', '--verbose');
    expect(stdout).toContain('\\u{1b}');
    expect(stdout).not.toContain('\u001b');
    expect(stdout).not.toMatch(/^::error/m);
  });

  it('writes JSON that its published schema accepts', async () => {
    const schema = JSON.parse(readFileSync(new URL('../../depward.report.schema.json', import.meta.url), 'utf8'));
    const validate = new Ajv({ strict: false, validateFormats: false }).compile(schema);
    for (const spec of ['steady', 'taken-over', 'hasty', 'does-not-exist-at-all']) {
      const { stdout } = await place.run('check', spec, '--format', 'json');
      expect(validate(JSON.parse(stdout)) || validate.errors).toBe(true);
    }
  });

  it('gives the same bytes twice', async () => {
    const args = ['check', 'uses-taken-over', '--as-of', '2026-01-01T00:00:00Z', '--format', 'json'] as const;
    expect((await place.run(...args)).stdout).toBe((await place.run(...args)).stdout);
  });

  it('ends on Ctrl-C with exit 2, and the cache still serves', async () => {
    registry.fault('steady', { kind: 'delay', ms: 6000 });
    const ran = await place.runWith({ interruptAfter: 1500 }, 'check', 'steady');
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain('interrupted');
    registry.clearFaults();
    expect((await place.run('check', 'steady')).code).toBe(0);
  });
});

function expectClearError({ code, stdout, stderr }: { code: number | null; stdout: string; stderr: string }): void {
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).not.toMatch(/^\s+at /m);
  expect(stderr).not.toContain('should not have happened');
  expect(stderr.trim().split('\n').length).toBeLessThanOrEqual(3);
  expect(stderr.trim()).not.toBe('');
}

function allText(folder: string): string {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
      .join('\n');
  } catch {
    return '';
  }
}

describe('the memory of clean packages', () => {
  const unread = (stdout: string) =>
    JSON.parse(stdout).coverage.notOffered.find((gap: { evidence: string }) => gap.evidence === 'contents')?.packages ?? 0;

  it('does not spare a package from being unpacked that is now looked at more closely', async () => {
    // A well-known old release among many direct dependencies is not unpacked; as one of a few it is.
    const names = Array.from({ length: 13 }, (_, index) => `filler-${index}`);
    registry.add(publish('is-number', [{ version: '7.0.0', at: long }]), ...names.map((name) => publish(name, [{ version: '1.0.0', at: long }])));
    const versions = Object.fromEntries([...names.map((name) => [name, '1.0.0']), ['is-number', '7.0.0']]);
    const packages = Object.fromEntries(Object.entries(versions).map(([name, version]) => [`node_modules/${name}`, { version }]));
    place.write('package-lock.json', { lockfileVersion: 3, packages: { '': { dependencies: versions }, ...packages } });
    expect(unread((await place.run('check', '--format', 'json')).stdout)).toBe(1);
    const few = { '': { dependencies: { 'is-number': '7.0.0' } }, 'node_modules/is-number': { version: '7.0.0' } };
    place.write('package-lock.json', { lockfileVersion: 3, packages: few });
    expect(unread((await place.run('check', '--format', 'json')).stdout)).toBe(0);
  });
});
