/** The real proxy as a process: killed in the middle of its writes, on a full disk, and asked by everybody at once. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statfsSync } from 'node:fs';
import { get, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type FixtureRegistry, publish, startFixtureRegistry } from '../helpers/fixture-registry.ts';
import { cliPath } from '../helpers/run-cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'depward-proxy-faults-'));
const running: ChildProcess[] = [];
const names = Array.from({ length: 40 }, (_, index) => `fx-faults-${index}`);
let registry: FixtureRegistry;

beforeAll(async () => {
  const releases = [
    { version: '1.0.0', at: '2020-01-01T00:00:00Z' },
    { version: '1.0.1', at: new Date(Date.now() - 3_600_000).toISOString() },
  ];
  registry = await startFixtureRegistry({ packuments: names.map((name) => publish(name, releases)), tarballs: true });
});
afterAll(async () => {
  for (const child of running) child.kill('SIGKILL');
  await registry.close();
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
});

/** A file system of a few pages, seen by one process and its children alone; undefined where the system allows none. */
const tinyDisk = ((): ((folder: string, words: readonly string[]) => readonly string[]) | undefined => {
  const script = 'mount -t tmpfs -o size=24k,mode=700 none "$0" && exec "$@"';
  const on = (disk: string, words: readonly string[]) => ['unshare', '-rm', 'sh', '-c', script, disk, ...words];
  const [program = '', ...words] = on(folder, ['true']);
  return spawnSync(program, words, { stdio: 'ignore' }).status === 0 ? on : undefined;
})();

interface Started {
  readonly url: string;
  readonly child: ChildProcess;
  readonly printed: () => string;
}

async function started(audit: string, disk?: string): Promise<Started> {
  const proxy = [process.execPath, cliPath, 'proxy', '--listen', '127.0.0.1:0', '--upstream', registry.url, '--audit', audit];
  const [program = '', ...words] = disk === undefined || !tinyDisk ? proxy : tinyDisk(disk, proxy);
  const child = spawn(program, words, {
    cwd: folder,
    env: { PATH: process.env['PATH'], HOME: folder, DEPWARD_CACHE: disk ?? join(folder, 'cache') },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  running.push(child);
  let printed = '';
  const url = await new Promise<string>((resolve, reject) => {
    child.stderr?.on('data', (piece) => {
      printed += piece;
      const found = /at (http:\S+) by/.exec(printed)?.[1];
      if (found) resolve(found);
    });
    child.on('exit', () => reject(new Error(printed)));
  });
  return { url, child, printed: () => printed };
}

/** Every package and tarball at once; statuses, or `cut` where the connection broke. */
function askAll(url: string): Promise<(number | 'cut')[]> {
  const paths = names.flatMap((name) => [name, `${name}/-/${name}-1.0.0.tgz`, `${name}/-/${name}-1.0.1.tgz`]);
  return Promise.all(paths.map((path) => statusOf(url + path)));
}

function statusOf(url: string): Promise<number | 'cut'> {
  return new Promise((resolve) => {
    const onResponse = (response: IncomingMessage) => {
      response.resume();
      response.on('close', () => resolve(response.complete ? (response.statusCode ?? 'cut') : 'cut'));
    };
    get(url, { agent: false }, onResponse).on('error', () => resolve('cut'));
  });
}

const whole = names.flatMap(() => [200, 200, 403]);

describe('a proxy', () => {
  it('that is killed in the middle of its writes leaves nothing that misleads the next one', async () => {
    const audit = join(folder, 'audit.log');
    for (const after of [5, 40, 120]) {
      const { url, child } = await started(audit);
      const asked = askAll(url);
      await new Promise((resolve) => setTimeout(resolve, after));
      child.kill('SIGKILL');
      // Whatever was answered before the end was right.
      for (const [index, status] of (await asked).entries()) expect(['cut', whole[index]]).toContain(status);
    }
    const { url, child } = await started(audit);
    expect(await askAll(url)).toEqual(whole);
    child.kill('SIGTERM');
    await new Promise((resolve) => child.on('exit', resolve));
    const lines = readFileSync(audit, 'utf8').split('\n').filter(Boolean);
    const damaged = lines.filter((line) => !isJson(line));
    expect(damaged.length).toBeLessThanOrEqual(3);
    expect(lines.length).toBeGreaterThanOrEqual(whole.length);
  }, 60_000);

  (existsSync('/dev/full') ? it : it.skip)(
    'on a full disk goes on guarding, and says that it cannot write',
    async () => {
      const { url, printed } = await started('/dev/full');
      expect(await askAll(url)).toEqual(whole);
      expect(printed()).toContain('the audit log /dev/full cannot be written');
      const metrics = await (await fetch(`${url}-/depward/metrics`)).text();
      expect(Number(/^depward_audit_lost (\d+)$/m.exec(metrics)?.[1])).toBeGreaterThan(0);
    },
    60_000,
  );

  (tinyDisk ? it : it.skip)(
    `whose cache lies on a full disk judges as before${tinyDisk ? '' : ' (skipped: no mounts of our own here)'}`,
    async () => {
      const disk = join(folder, 'disk');
      mkdirSync(disk);
      const { url, child } = await started(join(disk, 'audit.log'), disk);
      expect(await askAll(url)).toEqual(whole);
      // Seen from outside by the process that has it mounted.
      const seen = `/proc/${child.pid}/root${disk}`;
      expect(statfsSync(seen).bfree).toBe(0);
      const kept = readdirSync(join(seen, 'contents-1'));
      expect(kept.length).toBeGreaterThan(0);
      expect(kept.filter((name) => name.endsWith('.tmp'))).toEqual([]);
      expect((await fetch(`${url}-/depward/health`)).status).toBe(200);
      child.kill('SIGTERM');
      expect(await new Promise((resolve) => child.on('exit', resolve))).toBe(0);
    },
    60_000,
  );

  it('fetches a cold package once, however many ask for it', async () => {
    const { url } = await started(join(folder, 'audit-2.log'));
    const [name] = names;
    const before = [registry.count(name), registry.count(`/${name}/-/${name}-1.0.0.tgz`)] as const;
    const asked = Array.from({ length: 2000 }, (_, index) => statusOf(url + (index % 2 ? name : `${name}/-/${name}-1.0.0.tgz`)));
    expect(new Set(await Promise.all(asked))).toEqual(new Set([200]));
    expect([registry.count(name), registry.count(`/${name}/-/${name}-1.0.0.tgz`)]).toEqual([before[0] + 1, before[1] + 1]);
  }, 60_000);
});

function isJson(line: string): boolean {
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}
