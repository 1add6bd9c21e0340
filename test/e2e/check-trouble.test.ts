/** `depward check` where the machine or the registry makes trouble: a full disk, two at once, trees without a bottom. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Doc, type FixtureRegistry, publish, startFixtureRegistry } from '../helpers/fixture-registry.ts';
import { aWorkplace, type Workplace } from '../helpers/run-cli.ts';

const long = '2019-05-01T00:00:00Z';
let registry: FixtureRegistry;
let place: Workplace;

/** `deep-0` needs `deep-1`, that needs `deep-2`, and so on without end; with a peer npm's own algorithm has to decide. */
function endless(name: string): Doc | undefined {
  const [, kind, at] = /^(deep|peer)-(\d+)$/.exec(name) ?? [];
  const next = { [`${kind}-${Number(at) + 1}`]: '^1.0.0' };
  if (kind === undefined) return undefined;
  return publish(name, [{ version: '1.0.0', at: long, dependencies: next, ...(kind === 'peer' && { more: { peerDependencies: { floor: '*' } } }) }]);
}

beforeAll(async () => {
  registry = await startFixtureRegistry({ fallback: endless });
  for (let at = 0; at < 40; at += 1) registry.add(many(`part-${at}`, at < 39 ? { [`part-${at + 1}`]: '*' } : {}));
  registry.add(publish('floor', [{ version: '1.0.0', at: long }]));
});
afterAll(() => registry.close());
beforeEach(() => {
  place = aWorkplace(registry.url);
});
afterEach(() => place.remove());

function many(name: string, dependencies: Record<string, string>): Doc {
  const releases = Array.from({ length: 60 }, (_, at) => ({
    version: `1.${at}.0`,
    at: new Date(Date.parse(long) + at * 86_400_000).toISOString(),
    dependencies,
  }));
  return publish(name, releases);
}

function judged(stdout: string): string[] {
  const report = JSON.parse(stdout) as { verdicts: { subject: { name: string; version: string }; action: string }[] };
  return report.verdicts.map(({ subject, action }) => `${subject.name}@${subject.version} ${action}`).sort();
}

describe('a full disk', () => {
  const folder = mkdtempSync(join(tmpdir(), 'depward-full-'));
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder]).status === 0;
  afterAll(() => {
    if (mounted) spawnSync('umount', [folder]);
    rmdirSync(folder);
  });

  (mounted ? it : it.skip)(`while caching is said once and changes no answer${mounted ? '' : ' (skipped: cannot mount)'}`, async () => {
    const whole = await place.run('check', 'part-0', '--format', 'json', '--no-cache');
    for (const round of [1, 2]) {
      const ran = await place.runWith({ env: { DEPWARD_CACHE: join(folder, 'cache') } }, 'check', 'part-0', '--format', 'json');
      expect(ran.code).toBe(whole.code);
      expect(judged(ran.stdout)).toEqual(judged(whole.stdout));
      if (round === 1) expect(ran.stderr.match(/cannot be written/g)).toHaveLength(1);
      expect(ran.stderr).not.toMatch(/\bat .*\.js:\d+/);
    }
  });
});

describe('one cache', () => {
  it('serves two processes at once, and afterwards a third without the network', async () => {
    const both = await Promise.all([0, 20].map((at) => place.run('check', `part-${at}`, '--format', 'json')));
    expect(both.map(({ stdout }) => judged(stdout).length)).toEqual([40, 20]);
    registry.requests.length = 0;
    const again = await place.run('check', 'part-0', '--format', 'json');
    expect(judged(again.stdout)).toEqual(judged(both[0]?.stdout ?? ''));
    expect(registry.requests.filter(({ path }) => path.startsWith('/part-') && !path.includes('/-/'))).toEqual([]);
  });
});

describe('a tree without a bottom', () => {
  it.each(['deep-0', 'peer-0'])(
    '%s ends with a clear error, and nothing learnt is lost',
    async (spec) => {
      mkdirSync(join(place.folder, 'sub'));
      const started = Date.now();
      const ran = await place.run('check', spec);
      expect(ran).toMatchObject({ code: 2, stdout: '' });
      expect(ran.stderr).toMatch(/leads on to others more than 500 deep\n\s+No real package does/);
      // Long before the three minutes that resolving may take at all.
      expect(Date.now() - started).toBeLessThan(100_000);
      rmSync(join(place.folder, 'sub'), { recursive: true });
      const asked = registry.requests.length;
      await place.run('check', spec);
      expect(registry.requests.length - asked).toBeLessThan(100);
    },
    150_000,
  );
});

it('a dependency in words that npm does not know is said, and is no mistake of depward', async () => {
  registry.add(publish('odd-words', [{ version: '1.0.0', at: long, dependencies: { floor: 'patch:floor@npm%3A1.0.0#./a.patch', other: '*' } }]));
  const { code, stdout, stderr } = await place.run('check', 'odd-words');
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(/^depward: a package asks for a dependency in words npm does not know: .*patch:floor/);
  expect(stderr).toContain('npm install fails as well');
});
