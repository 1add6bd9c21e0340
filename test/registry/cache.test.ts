import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { cacheFolder } from '../../src/registry/cache-folder.ts';
import { writeChecked } from '../../src/registry/checked-file.ts';
import { openRegistry, type RegistryOptions } from '../../src/registry/client.ts';
import { parsePackument } from '../../src/registry/packument.ts';
import { decodePackument, encodePackument } from '../../src/registry/record.ts';
import { openRecordLog } from '../../src/registry/record-log.ts';
import { benchNames, benchPackument, type FixtureRegistry, publish, startFixtureRegistry } from '../helpers/fixture-registry.ts';
import { plainly } from '../helpers/plain-packument.ts';

const secret = 'npm_verySecretTokenValue';
let server: FixtureRegistry;
let folder: string;
let cache: string;
let clock: number;
let notes: string[];

beforeAll(async () => {
  server = await startFixtureRegistry();
});
afterAll(() => server.close());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'depward-cache-'));
  cache = join(folder, 'cache');
  writeFileSync(join(folder, 'package.json'), '{}');
  clock = Date.parse('2025-01-01T00:00:00Z');
  notes = [];
  server.clearFaults();
  server.requireAuth(undefined);
  server.requests.length = 0;
  server.add(publish('left', [{ version: '1.0.0', at: '2024-01-01T00:00:00Z' }]));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function open(more: Partial<RegistryOptions> = {}) {
  return openRegistry({
    cwd: folder,
    now: () => clock,
    signal: new AbortController().signal,
    limits: { backoffMs: 1, retries: 0 },
    note: (line) => void notes.push(line),
    ...more,
    env: {
      HOME: folder,
      PATH: '',
      DEPWARD_CACHE: cache,
      npm_config_registry: server.url,
      npm_config_globalconfig: join(folder, 'none'),
      ...more.env,
    },
  });
}

async function ask(more: Partial<RegistryOptions> = {}, name = 'left') {
  const registry = await open(more);
  const answer = await registry.packument(name);
  registry.close();
  return { ...plainly(answer), requests: registry.requests(), age: registry.oldestFactSeconds() };
}

function files(under: string): string[] {
  return readdirSync(under, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

function entries(): string[] {
  return files(cache).filter((file) => file.includes('packuments-'));
}

describe('the disk cache', () => {
  it('answers again without asking, then asks whether anything changed', async () => {
    const first = await ask();
    expect(await ask()).toEqual({ ...first, requests: 0 });
    clock += 6 * 60_000;
    const later = await ask();
    expect(later).toMatchObject({ status: 'found', requests: 1, confirmedAt: clock });
    expect(server.requests.at(-1)).toMatchObject({ status: 304 });
    expect(await ask()).toMatchObject({ requests: 0, confirmedAt: clock });
    clock += 6 * 60_000;
    server.add(publish('left', [{ version: '1.0.1', at: '2024-02-01T00:00:00Z' }]));
    expect(await ask()).toMatchObject({ packument: { releases: [{ version: '1.0.1' }] } });
  });

  it('remembers for a while that a name does not exist', async () => {
    expect((await ask({}, 'nothing')).status).toBe('not-found');
    expect(await ask({}, 'nothing')).toMatchObject({ status: 'not-found', requests: 0 });
  });

  it('never takes a stale entry for an answer when the registry is in trouble', async () => {
    await ask();
    clock += 3_600_000;
    server.fault('left', { kind: 'status', status: 500 });
    expect((await ask()).status).toBe('failed');
  });

  it('--offline takes any age and says how old, asks nobody, and misses honestly', async () => {
    await ask();
    clock += 86_400_000;
    expect(await ask({ offline: true })).toMatchObject({ status: 'found', requests: 0, age: 86_400 });
    expect(await ask({ offline: true }, 'right')).toMatchObject({ status: 'failed', requests: 0 });
  });

  it('--no-cache neither reads nor writes', async () => {
    await ask({ noCache: true });
    expect(existsSync(cache)).toBe(false);
  });

  it('does not believe entries from the future', async () => {
    await ask();
    clock -= 3_600_000;
    expect((await ask()).requests).toBe(1);
  });

  it('refetches damaged entries: any byte changed, cut, emptied', async () => {
    await ask();
    const [first = ''] = entries();
    const whole = readFileSync(first);
    for (const damage of [
      Buffer.alloc(0),
      whole.subarray(0, 70),
      whole.subarray(0, -1),
      Buffer.from(whole.toString('latin1').replace('1.0.0', '1.0.9'), 'latin1'),
      Buffer.from(
        whole.toString('latin1').replace(/^./, (digit) => (digit === '0' ? '1' : '0')),
        'latin1',
      ),
    ]) {
      for (const file of entries()) rmSync(file);
      writeFileSync(first, damage);
      expect(await ask()).toMatchObject({ requests: 1, packument: { releases: [{ version: '1.0.0' }] } });
    }
    expect(notes).toEqual([]);
  });

  it('never serves to one identity what another was told, and keeps no token', async () => {
    const host = new URL(server.url).host;
    server.requireAuth(`Bearer ${secret}`);
    const mine = { env: { [`npm_config_//${host}/:_authToken`]: secret } };
    expect((await ask(mine)).status).toBe('found');
    expect((await ask(mine)).requests).toBe(0);
    expect((await ask()).status).toBe('failed');
    expect((await ask({ env: { [`npm_config_//${host}/:_authToken`]: 'npm_other' } })).status).toBe('failed');
    for (const file of files(cache)) expect(readFileSync(file, 'latin1')).not.toContain(secret);
    if (process.platform !== 'win32') for (const file of files(cache)) expect(statSync(file).mode & 0o077).toBe(0);
  });

  it('reads npm configuration anew when any of it changed', async () => {
    const other = await startFixtureRegistry();
    const registryOf = async (env = {}) => (await open({ env: { npm_config_registry: undefined, ...env } })).registryOf('left');
    const npmrc = join(folder, '.npmrc');
    writeFileSync(npmrc, `registry=\${WHERE}\n`);
    expect(await registryOf({ WHERE: server.url })).toBe(server.url);
    expect(await registryOf({ WHERE: server.url })).toBe(server.url);
    expect(await registryOf({ WHERE: other.url })).toBe(other.url);
    writeFileSync(npmrc, `registry=${server.url}\n`);
    expect(await registryOf()).toBe(server.url);
    expect(await registryOf({ npm_config_registry: other.url })).toBe(other.url);
    await other.close();
  });

  it('goes on without when it cannot be written, and says so once', async () => {
    writeFileSync(cache, 'a file where the folder should be');
    const registry = await open();
    server.add(publish('right', [{ version: '1.0.0', at: '2024-01-01T00:00:00Z' }]));
    expect((await registry.packument('left')).status).toBe('found');
    expect((await registry.packument('right')).status).toBe('found');
    expect(notes).toHaveLength(1);
    expect(notes[0]).toMatch(/cannot be written/);
  });

  const asRoot = process.getuid?.() === 0 || process.platform === 'win32';
  (asRoot ? it.skip : it)('goes on without in a read-only folder', async () => {
    mkdirSync(cache, { mode: 0o500 });
    expect((await ask()).status).toBe('found');
    chmodSync(cache, 0o700);
    expect(notes).toHaveLength(1);
  });

  it('leaves no half-written file behind when writing fails', () => {
    mkdirSync(join(cache, 'taken'), { recursive: true });
    expect(() => writeChecked(join(cache, 'taken'), 'text')).toThrow();
    expect(readdirSync(cache)).toEqual(['taken']);
  });

  it('is safe with two at once', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => ask()));
    expect(answers.every(({ status }) => status === 'found')).toBe(true);
    expect((await ask()).requests).toBe(0);
  });

  it('keeps the records before a torn end, and brings many files into one', async () => {
    const log = join(cache, 'log');
    for (let round = 0; round < 12; round += 1) openRecordLog(log).append('aaaaaaaa', round, `round ${round}`);
    openRecordLog(log).append('bbbbbbbb', 1, 'other\nlines');
    const [torn = ''] = files(log);
    appendFileSync(torn, 'half a rec');
    const long = new Date(Date.now() - 3_600_000);
    for (const file of files(log)) utimesSync(file, long, long);
    const reader = openRecordLog(log);
    expect(reader.read('aaaaaaaa')).toBe('round 11');
    expect(files(log)).toHaveLength(1);
    for (const again of [reader, openRecordLog(log)]) expect([again.read('aaaaaaaa'), again.read('bbbbbbbb')]).toEqual(['round 11', 'other\nlines']);
  });

  it('lies where the platform keeps caches', () => {
    expect(cacheFolder({ DEPWARD_CACHE: 'x' }, '/work')).toBe('/work/x');
    expect(cacheFolder({ XDG_CACHE_HOME: '/c' }, '/')).toBe('/c/depward');
    expect(cacheFolder({ XDG_CACHE_HOME: 'relative', HOME: '/h' }, '/', 'linux')).toBe('/h/.cache/depward');
    expect(cacheFolder({ HOME: '/h' }, '/', 'darwin')).toBe('/h/Library/Caches/depward');
  });
});

describe('names that would lead elsewhere', () => {
  it('are never asked for', async () => {
    for (const name of ['..', '.', '../x', '@x/..', 'a/b', 'a?b', 'a%2fb', 'a\\b', 'a\nb', '', 'x'.repeat(300)]) {
      expect(await ask({}, name)).toMatchObject({ status: 'failed', requests: 0 });
    }
  });
});

describe('a log of records', () => {
  it('gives back large ones, written in parts, and none that is cut off', () => {
    const parts = Array.from({ length: 40 }, (_, index) => `${index} é\u2028 ${'x'.repeat(9_999)}\n`);
    const [small, large] = ['aaaaaaaa', 'bbbbbbbb'];
    const log = openRecordLog(cache);
    log.append(small, 1, 'bef', ['or', 'e'], []);
    log.append(large, 2, ...parts, [], ['[', 'é'.repeat(200_000), '', ']']);
    log.append(small, 3, 'after');
    const whole = `${parts.join('')}[,${'é'.repeat(200_000)},,]`;
    expect(log.read(large)).toBe(whole);
    expect([openRecordLog(cache).read(large), openRecordLog(cache).read(small)]).toEqual([whole, 'after']);
    const [file = ''] = files(cache);
    writeFileSync(file, readFileSync(file).subarray(0, 200_000));
    expect([openRecordLog(cache).read(large), openRecordLog(cache).read(small)]).toEqual([undefined, 'befor,e']);
  });
});

describe('the record on disk', () => {
  const real = benchNames();
  (real.length > 0 ? it : it.skip)(`gives back exactly what was put in${real.length > 0 ? '' : ' (skipped: no bench data)'}`, () => {
    for (const name of real) {
      const parsed = parsePackument(name, Buffer.from(JSON.stringify(benchPackument(name))));
      if (!parsed.ok) throw new Error(parsed.reason);
      expect(isDeepStrictEqual(plainly(decodePackument(encodePackument(parsed.packument))), plainly(parsed.packument)) || name).toBe(true);
    }
  });

  it('keeps names like __proto__ and every optional fact', () => {
    const document = publish('left', [
      {
        version: '__proto__',
        at: '2024-01-01T00:00:00Z',
        trust: 'approved',
        scripts: { install: 'x' },
        dependencies: JSON.parse('{"__proto__":"1"}'),
      },
      { version: '1.0.1', at: '2024-02-01T00:00:00Z', gone: true },
      { version: '1.0.2', at: null, more: { gypfile: false, _hasShrinkwrap: true, bin: { a: 'b' }, gitHead: 'abc', deprecated: 'no' } },
    ]);
    const parsed = parsePackument('left', Buffer.from(JSON.stringify(document)));
    if (!parsed.ok) throw new Error(parsed.reason);
    expect(plainly(decodePackument(encodePackument(parsed.packument)))).toEqual(plainly(parsed.packument));
  });
});
