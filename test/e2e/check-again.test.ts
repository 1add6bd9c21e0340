/** A lockfile checked again: what is remembered never makes an answer another than it would be without. */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type FixtureRegistry, publish, startFixtureRegistry } from '../helpers/fixture-registry.ts';
import { aWorkplace, type Ran, type Workplace } from '../helpers/run-cli.ts';

const day = 86_400_000;
const start = Date.UTC(2026, 5, 1);
const ago = (days: number, milliseconds = 0) => new Date(start - days * day + milliseconds).toISOString();

let registry: FixtureRegistry;
let place: Workplace;

beforeAll(async () => {
  registry = await startFixtureRegistry({
    tarballs: true,
    packuments: [
      publish('steady', [{ version: '1.0.0', at: ago(2000) }]),
      publish('revived', [
        { version: '1.0.0', at: ago(3000) },
        { version: '1.0.1', at: ago(100) },
      ]),
      // Well known, and two minutes from the age at which nobody looks into it any more.
      publish('express', [
        { version: '4.0.0', at: ago(1000) },
        { version: '4.0.1', at: ago(30, 120_000) },
      ]),
      publish('newcomer', [{ version: '1.0.0', at: ago(20) }]),
      publish('hasty', [
        { version: '1.0.0', at: ago(900) },
        { version: '1.0.1', at: ago(0.1) },
      ]),
    ],
  });
});
afterAll(() => registry.close());
beforeEach(() => {
  place?.remove();
  place = aWorkplace(registry.url);
});
afterAll(() => place.remove());

describe('a lockfile checked again', () => {
  it.each([
    ['nothing but what never changes', ['steady@1.0.0', 'revived@1.0.1'], undefined],
    ['a release that will be looked into no more', ['steady@1.0.0', 'express@4.0.1'], undefined],
    ['a finding that tells the time', ['newcomer@1.0.0', 'revived@1.0.1'], { rules: { 'new-package': 'warn' } }],
    [
      'a waiver that runs out',
      ['revived@1.0.1'],
      { rules: { 'dormant-revival': 'warn' }, waivers: [waiver('revived@1.0.1', '2026-06-01T00:02:00Z')] },
    ],
  ] as const)('with %s is answered as without memory', async (_what, specs, config) => {
    lock(...specs);
    if (config) place.write('depward.config.json', config);
    await checkAt(0);
    for (const [after, ...words] of [[30_000], [180_000], [day, '--offline']] as const) {
      const remembered = await checkAt(after, words);
      expect(remembered).toEqual(await checkAt(after, words, withoutMemory()));
    }
  });

  it('is answered from memory alone while nothing can have changed', async () => {
    lock('steady@1.0.0', 'revived@1.0.1');
    const first = await checkAt(0);
    const asked = registry.count();
    for (const file of readdirSync(join(place.home, 'cache')))
      if (!['answers-1', 'config-2', 'key'].includes(file)) rmSync(join(place.home, 'cache', file), { recursive: true });
    const again = await checkAt(30_000);
    expect(registry.count()).toBe(asked);
    expect(findingsOf(again)).toEqual(findingsOf(first));
    expect(findingsOf(again)).toContainEqual(expect.objectContaining({ ruleId: 'dormant-revival' }));
  });

  it('and changed meanwhile is judged, whatever is remembered', async () => {
    lock('steady@1.0.0');
    expect((await checkAt(0)).code).toBe(0);
    lock('steady@1.0.0', 'hasty@1.0.1');
    expect((await checkAt(1_000)).code).toBe(1);
    expect((await checkAt(2_000)).code).toBe(1);
    lock('steady@1.0.0');
    place.write('depward.config.json', { rules: { 'no-such-rule': 'warn' } });
    expect((await checkAt(3_000)).code).toBe(2);
  });
});

describe('specs checked again', () => {
  it('are answered from memory while what they were resolved from is fresh, and as without memory', async () => {
    const first = await checkAt(0, ['revived@^1.0.0', 'steady']);
    const asked = registry.count();
    const again = await checkAt(30_000, ['revived@^1.0.0', 'steady']);
    expect(registry.count()).toBe(asked);
    expect(again).toEqual(await checkAt(30_000, ['revived@^1.0.0', 'steady'], withoutMemory()));
    expect(findingsOf(first)).toContainEqual(expect.objectContaining({ ruleId: 'dormant-revival' }));
    expect(findingsOf(again)).toEqual(findingsOf(first));
    await checkAt(400_000, ['revived@^1.0.0', 'steady']);
    expect(registry.count()).toBeGreaterThan(asked);
  });

  it.each([
    ['a project of its own', () => place.write('package.json', { name: 'project', dependencies: { revived: '1.0.0' } })],
    ["another setting of npm's", () => place.write('.npmrc', `registry=${registry.url}\nlegacy-peer-deps=true\n`)],
    ['another policy', () => place.write('depward.config.json', { rules: { 'dormant-revival': 'off' } })],
  ] as const)('and with %s are resolved and judged anew', async (_what, change) => {
    await checkAt(0, ['steady', 'revived']);
    const kept = statSync(answersFolder()).mtimeMs;
    change();
    expect(await checkAt(1_000, ['steady', 'revived'])).toEqual(await checkAt(1_000, ['steady', 'revived'], withoutMemory()));
    expect(statSync(answersFolder()).mtimeMs).toBeGreaterThan(kept);
  });

  it.each([
    ['a folder', ['file:./beside'], {}],
    ['a project with workspaces', ['steady'], { workspaces: ['beside'] }],
    ['a project that depends on a folder', ['steady'], { dependencies: { beside: './beside' } }],
  ] as const)('of %s are not remembered', async (_what, specs, more) => {
    place.write('beside/package.json', { name: 'beside', version: '1.0.0' });
    place.write('package.json', { name: 'project', ...more });
    expect((await checkAt(0, specs)).code).toBe(0);
    expect(existsSync(answersFolder())).toBe(false);
  });
});

describe('a lockfile checked again offline', () => {
  it('is answered from memory, lacking what it lacked, until there is more in the cache', async () => {
    lock('steady@1.0.0', 'revived@1.0.1');
    const ran = [await checkAt(0, ['--offline']), await checkAt(1, ['--offline']), await checkAt(2, ['--offline'])];
    expect(ran.map(({ code }) => code)).toEqual([2, 2, 2]);
    const kept = readFileSync(join(answersFolder(), readdirSync(answersFolder())[0] ?? ''), 'utf8');
    expect(kept).toContain(`"judgedAt":${start + 1}`);
    expect((await checkAt(3)).code).toBe(0);
    expect((await checkAt(4, ['--offline'])).code).toBe(0);
  });
});

describe('a change gated again', () => {
  it('is answered as without memory, and anew once anything in it is another', async () => {
    git('init', '-q', '-b', 'main');
    lock('steady@1.0.0');
    commit('base');
    const quiet = await gateAt(0);
    expect(await gateAt(1_000)).toEqual(await gateAt(1_000, withoutMemory()));
    expect(quiet.code).toBe(0);

    lock('steady@1.0.0', 'revived@1.0.1', 'express@4.0.1');
    await gateAt(2_000);
    const asked = registry.count();
    const remembered = await gateAt(20_000);
    expect(registry.count()).toBe(asked);
    expect(remembered).toEqual(await gateAt(20_000, withoutMemory()));
    expect(await gateAt(200_000)).toEqual(await gateAt(200_000, withoutMemory()));

    lock('steady@1.0.0', 'hasty@1.0.1');
    expect((await gateAt(21_000)).code).toBe(1);
    expect((await gateAt(22_000)).code).toBe(1);
    lock('steady@1.0.0', 'revived@1.0.1', 'express@4.0.1');
    place.write('.npmrc', 'strict-ssl=false\n');
    expect(findingsOf(await gateAt(23_000))).toContainEqual(expect.objectContaining({ subject: expect.objectContaining({ file: '.npmrc' }) }));
  });
});

function git(...args: readonly string[]): void {
  const { status, stderr } = spawnSync('git', ['-c', 'user.name=jo', '-c', 'user.email=jo@acme.example', ...args], {
    cwd: place.folder,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
}

function commit(message: string): void {
  git('add', '-A');
  git('commit', '-q', '-m', message);
}

function gateAt(after: number, env: Readonly<Record<string, string>> = {}): Promise<Ran> {
  const clock = `data:text/javascript,Date.now=()=>${start + after}`;
  return place.runWith({ env: { NODE_OPTIONS: `--import=${clock}`, ...env } }, 'gate', '--format', 'json');
}

/** A frozen clock, so that two runs speak of the same moment. */
function checkAt(after: number, words: readonly string[] = [], env: Readonly<Record<string, string>> = {}): Promise<Ran> {
  const clock = `data:text/javascript,Date.now=()=>${start + after}`;
  return place.runWith({ env: { NODE_OPTIONS: `--import=${clock}`, ...env } }, 'check', '--format', 'json', ...words);
}

function answersFolder(): string {
  return join(place.home, 'cache', 'answers-1');
}

/** The same cache without what was judged. */
function withoutMemory(): Readonly<Record<string, string>> {
  const copy = join(place.home, 'forgetful');
  rmSync(copy, { recursive: true, force: true });
  cpSync(join(place.home, 'cache'), copy, { recursive: true });
  for (const file of ['judgements-2.log', 'answers-1']) rmSync(join(copy, file), { recursive: true, force: true });
  return { DEPWARD_CACHE: copy };
}

function lock(...specs: readonly string[]): void {
  const parts = specs.map((spec) => spec.split('@') as [string, string]);
  const packages = Object.fromEntries(
    parts.map(([name, version]) => [`node_modules/${name}`, { version, resolved: registry.tarballUrl(name, version) }]),
  );
  const root = { name: 'project', version: '1.0.0', dependencies: Object.fromEntries(parts) };
  place.write('package-lock.json', { name: 'project', version: '1.0.0', lockfileVersion: 3, packages: { '': root, ...packages } });
}

function waiver(subject: string, expires: string): object {
  return { rule: 'dormant-revival', package: subject, owner: 'jo@acme.example', reason: 'looked at', expires };
}

function findingsOf({ stdout }: Ran): readonly unknown[] {
  return JSON.parse(stdout).findings;
}
