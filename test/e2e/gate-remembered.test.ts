/** A change whose packages were all judged in earlier changes: what is recalled says the same, byte for byte, as judging anew. */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type FixtureRegistry, publish, startFixtureRegistry } from '../helpers/fixture-registry.ts';
import { aWorkplace, type Workplace } from '../helpers/run-cli.ts';

const day = 86_400_000;
const minute = 60_000;
const start = Date.UTC(2026, 5, 1);
const ago = (days: number, milliseconds = 0) => new Date(start - days * day + milliseconds).toISOString();
const revived = [
  { version: '1.0.0', at: ago(3000) },
  { version: '1.0.1', at: ago(100) },
];
const warning = { rules: { 'dormant-revival': 'warn', 'release-age': ['warn', { days: 3 }], 'new-package': 'warn' } };

/** What a change brings, under which policy, and until when a waiver covers some of it. */
const brought: readonly (readonly [string, readonly string[], object, string])[] = [
  ['quiet ones', ['chalk@1.0.0', 'debug@1.0.0'], warning, ''],
  ['findings that warn', ['express@1.0.1', 'lodash@1.0.1', 'chalk@1.0.0'], warning, ''],
  ['a waiver', ['express@1.0.1', 'chalk@1.0.0'], warning, '2026-06-02T00:00:00Z'],
  ['a waiver that ran out', ['express@1.0.1', 'chalk@1.0.0'], warning, '2026-06-01T00:00:30Z'],
  ['a way in through another package', ['carrier@1.1.0>express@1.0.1', 'chalk@1.0.0'], warning, ''],
  [
    'rules of a name',
    ['express@1.0.1', 'lodash@1.0.1'],
    { ...warning, overrides: [{ packages: ['lodash'], rules: { 'dormant-revival': 'off' } }] },
    '',
  ],
];

let registry: FixtureRegistry;
let place: Workplace;
const hashes = new Map<string, string>();

beforeAll(async () => {
  registry = await startFixtureRegistry({
    tarballs: true,
    packuments: [
      publish('chalk', [{ version: '1.0.0', at: ago(2000) }]),
      publish('debug', [{ version: '1.0.0', at: ago(1900) }]),
      // Well known: whatever other names there are, nothing is held against these.
      publish('express', revived),
      publish('lodash', revived),
      publish('carrier', [{ version: '1.1.0', at: ago(1900), dependencies: { express: '^1.0.0' } }]),
      // Two minutes from the age at which it is old enough.
      publish('ripening', [
        ...[700, 500, 300, 100].map((days, minor) => ({ version: `1.${minor}.0`, at: ago(days) })),
        { version: '1.4.0', at: ago(3, 2 * minute) },
      ]),
    ],
  });
  for (const name of ['chalk', 'debug', 'express', 'lodash', 'carrier', 'ripening']) {
    const { versions } = (await (await fetch(registry.url + name)).json()) as { versions: Record<string, { dist: { integrity: string } }> };
    for (const [version, { dist }] of Object.entries(versions)) hashes.set(`${name}@${version}`, dist.integrity);
  }
});
afterAll(async () => {
  place.remove();
  await registry.close();
});
beforeEach(() => {
  place?.remove();
  place = aWorkplace(registry.url);
  git('init', '-q', '-b', 'main');
});

describe('a change of packages that earlier changes brought', () => {
  it.each(brought)('is answered from memory as it is judged anew, with %s', async (_what, specs, config, expires) => {
    base(expires === '' ? config : { ...config, waivers: [waiver('express@1.0.1', expires)] });
    await oneByOne(specs);
    const asked = registry.count();
    lock(...specs);
    const recalled = await gateAt(minute);
    expect(recalled.judged).toBe(false);
    expect(registry.count()).toBe(asked);
    await expectAnew(recalled, minute);
  });

  it('says what it found with its way in, and what is waived', async () => {
    base({ ...warning, waivers: [waiver('lodash@1.0.1', '2026-06-02T00:00:00Z')] });
    const specs = ['carrier@1.1.0>express@1.0.1', 'lodash@1.0.1'];
    await oneByOne(specs);
    lock(...specs);
    const { judged, report } = await gateAt(minute);
    expect(judged).toBe(false);
    expect(report.findings).toMatchObject([
      { ruleId: 'dormant-revival', action: 'warn', subject: { name: 'express' }, path: [{ name: 'carrier' }, { name: 'express' }] },
    ]);
    expect(report.waived).toMatchObject([{ finding: { ruleId: 'dormant-revival', subject: { name: 'lodash' } } }]);
  });

  it.each([
    ['another policy', 1, (): void => base({ rules: { ...warning.rules, 'dormant-revival': 'off' } })],
    ['a stricter policy', 1, (): void => base({ rules: { ...warning.rules, 'dormant-revival': 'block' } })],
    ["another .npmrc of the base's", 1, (): void => base(warning, `registry=${registry.url}\n//127.0.0.1/:_authToken=abc\nstrict-ssl=false\n`)],
    ['another .npmrc of its own', 1, (): void => place.write('.npmrc', 'legacy-peer-deps=true\n')],
    ['a memory that is too old', 6, (): void => undefined],
  ] as const)('is judged anew under %s', async (_what, minutes, change) => {
    base(warning);
    await oneByOne(['express@1.0.1', 'chalk@1.0.0']);
    change();
    lock('express@1.0.1', 'chalk@1.0.0');
    const again = await gateAt(minutes * minute);
    expect(again.judged).toBe(true);
    await expectAnew(again, minutes * minute);
  });

  it('does not outlive what the clock alone makes another', async () => {
    base(warning);
    await oneByOne(['ripening@1.4.0', 'chalk@1.0.0']);
    lock('ripening@1.4.0', 'chalk@1.0.0');
    const young = await gateAt(minute);
    expect(young.report.findings).toMatchObject([{ ruleId: 'release-age', action: 'warn' }]);
    await expectAnew(young, minute);
    const old = await gateAt(3 * minute);
    expect(old.report.findings).toEqual([]);
    await expectAnew(old, 3 * minute);
  });

  it('is judged as of a moment without any memory', async () => {
    base(warning);
    await oneByOne(['express@1.0.1', 'chalk@1.0.0']);
    lock('express@1.0.1', 'chalk@1.0.0');
    const words = ['--as-of', ago(50)];
    const past = await gateAt(minute, words);
    expect(past.judged).toBe(true);
    await expectAnew(past, minute, words);
  });

  it('is judged anew where a package stands beside what was not judged', async () => {
    base(warning);
    await oneByOne(['express@1.0.1']);
    lock('express@1.0.1', 'lodash@1.0.1');
    const more = await gateAt(minute);
    expect(more.judged).toBe(true);
    expect(more.report.findings).toHaveLength(2);
    await expectAnew(more, minute);
  });

  it('is judged anew where something blocks: what to take instead is looked up', async () => {
    base({ rules: { ...warning.rules, 'dormant-revival': 'block' } });
    await oneByOne(['express@1.0.1', 'chalk@1.0.0']);
    lock('express@1.0.1', 'chalk@1.0.0');
    const blocked = await gateAt(minute);
    expect(blocked.code).toBe(1);
    await expectAnew(blocked, minute);
  });
});

/** Commits a lockfile of what the changes start from. */
function base(config: object, npmrc?: string): void {
  place.write('depward.config.json', config);
  if (npmrc !== undefined) place.write('.npmrc', npmrc);
  lock();
  git('add', '-A');
  git('commit', '-q', '--allow-empty', '-m', 'base');
}

/** Each judged in a change of its own. */
async function oneByOne(specs: readonly string[]): Promise<void> {
  for (const spec of specs) {
    lock(spec);
    await gateAt(0);
  }
}

/** `a@1>b@1`: a depends on b. */
function lock(...specs: readonly string[]): void {
  const chains = ['carrier@1.1.0>express@1.0.0', ...specs].map((spec) => spec.split('>').map((part) => part.split('@') as [string, string]));
  const direct = Object.fromEntries(chains.map(([first]) => first as [string, string]));
  const packages = Object.fromEntries(
    chains.flatMap((chain) =>
      chain.map(([name, version], at) => [
        `node_modules/${name}`,
        {
          version,
          resolved: registry.tarballUrl(name, version),
          integrity: hashes.get(`${name}@${version}`),
          ...(chain[at + 1] && { dependencies: Object.fromEntries([chain[at + 1] as [string, string]]) }),
        },
      ]),
    ),
  );
  const root = { name: 'project', version: '1.0.0', dependencies: direct };
  place.write('package.json', root);
  place.write('package-lock.json', { name: 'project', version: '1.0.0', lockfileVersion: 3, requires: true, packages: { '': root, ...packages } });
}

interface Gated {
  readonly code: number | null;
  readonly text: string;
  readonly json: string;
  readonly stderr: string;
  /** True where what judges packages was loaded. */
  readonly judged: boolean;
  readonly report: { readonly findings: readonly unknown[]; readonly waived: readonly unknown[] };
}

/** A clock that stands still, so that two runs speak of the same moment; at the end what was loaded is told. */
async function gateAt(after: number, words: readonly string[] = [], env: Readonly<Record<string, string>> = {}): Promise<Gated> {
  const [loaded, report] = [join(place.home, 'loaded'), join(place.home, 'report.json')];
  rmSync(report, { force: true });
  const tell = `process.on('exit',()=>process.getBuiltinModule('fs').writeFileSync(${JSON.stringify(loaded)},Object.keys(process.getBuiltinModule('module')._cache).join()))`;
  const script = `data:text/javascript,${encodeURIComponent(`Date.now=()=>${start + after};${tell}`)}`;
  const options = { env: { NODE_OPTIONS: `--import=${script}`, ...env } };
  const ran = await place.runWith(options, 'gate', '--format', 'text', '--format', `json=${report}`, ...words);
  const json = existsSync(report) ? readFileSync(report, 'utf8') : '{}';
  const judged = readFileSync(loaded, 'utf8').includes('commands-session.js');
  return { code: ran.code, text: ran.stdout, stderr: ran.stderr, json, judged, report: JSON.parse(json) };
}

/** The same, with nothing kept of what was judged or answered, and again with no cache at all: that may tell no age, and nothing else. */
async function expectAnew({ judged: _judged, ...told }: Gated, after: number, words: readonly string[] = []): Promise<void> {
  const copy = join(place.home, 'forgetful');
  rmSync(copy, { recursive: true, force: true });
  cpSync(join(place.home, 'cache'), copy, { recursive: true });
  for (const file of ['judgements-2.log', 'answers-1', 'layouts-2.log']) rmSync(join(copy, file), { recursive: true, force: true });
  const { judged, ...anew } = await gateAt(after, words, { DEPWARD_CACHE: copy });
  expect(judged).toBe(true);
  expect(withoutAge(told)).toEqual(withoutAge(anew));
  const { judged: _still, ...bare } = await gateAt(after, [...words, '--no-cache']);
  expect(withoutAge(told)).toEqual(withoutAge(bare));
}

function withoutAge({ text, json, ...more }: Omit<Gated, 'judged'>): object {
  return { ...more, report: undefined, json: json.replace(/,\s*"oldestFactSeconds": \d+/, ''), text: text.replace(/;? ?facts up to [^.;]*/, '') };
}

function waiver(subject: string, expires: string): object {
  return { rule: 'dormant-revival', package: subject, integrity: hashes.get(subject), owner: 'jo@acme.example', reason: 'looked at', expires };
}

function git(...args: readonly string[]): void {
  const { status, stderr } = spawnSync('git', ['-c', 'user.name=jo', '-c', 'user.email=jo@acme.example', ...args], {
    cwd: place.folder,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
}
