import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { openRegistry, type RegistryOptions } from '../../src/registry/client.ts';
import { type FixtureRegistry, publish, startFixtureRegistry } from '../helpers/fixture-registry.ts';

let server: FixtureRegistry;
let other: FixtureRegistry;
let folder: string;
const secret = 'npm_verySecretTokenValue';

beforeAll(async () => {
  server = await startFixtureRegistry();
  other = await startFixtureRegistry();
});
afterAll(async () => {
  await server.close();
  await other.close();
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'depward-client-'));
  writeFileSync(join(folder, 'package.json'), '{}');
  server.clearFaults();
  server.requireAuth(undefined);
  server.requests.length = 0;
  other.requests.length = 0;
  server.add(
    publish('left', [{ version: '1.0.0', at: '2024-01-01T00:00:00Z' }]),
    publish('@acme/tool', [{ version: '1.0.0', at: '2024-01-01T00:00:00Z' }]),
  );
  other.add(publish('@acme/tool', [{ version: '2.0.0', at: '2024-01-01T00:00:00Z' }]));
});
afterEach(() => rmSync(folder, { recursive: true }));

function npmrc(text: string): void {
  writeFileSync(join(folder, '.npmrc'), text);
}

function open(more: Partial<RegistryOptions> = {}) {
  return openRegistry({
    cwd: folder,
    env: {
      HOME: folder,
      PATH: '',
      npm_config_userconfig: join(folder, 'user-npmrc'),
      npm_config_globalconfig: join(folder, 'global-npmrc'),
      ...more.env,
    },
    now: () => Date.now(),
    signal: new AbortController().signal,
    noCache: true,
    limits: { backoffMs: 5, ...more.limits },
    ...Object.fromEntries(Object.entries(more).filter(([key]) => key !== 'env' && key !== 'limits')),
  });
}

async function reasonFor(more: Partial<RegistryOptions> = {}): Promise<string> {
  const registry = await open({ registry: server.url, ...more });
  const answer = await registry.packument('left');
  return answer.status === 'failed' ? answer.reason : answer.status;
}

describe('looking up packuments', () => {
  it('finds, does not find, and shares one fetch between callers', async () => {
    const registry = await open({ registry: server.url });
    const [first, second, missing] = await Promise.all([registry.packument('left'), registry.packument('left'), registry.packument('nothing')]);
    expect(first).toMatchObject({ status: 'found', packument: { name: 'left' } });
    expect(second).toBe(first);
    expect(missing).toMatchObject({ status: 'not-found' });
    expect(server.count('left')).toBe(1);
  });

  it("follows npm's rules: project file, scopes, variables, command line first", async () => {
    npmrc(`registry=${server.url}\n@acme:registry=\${ACME_REGISTRY}\n`);
    const registry = await open({ env: { ACME_REGISTRY: other.url } });
    expect(registry.registryOf('left')).toBe(server.url);
    expect(registry.registryOf('@acme/tool')).toBe(other.url);
    expect(await registry.packument('@acme/tool')).toMatchObject({ packument: { releases: [{ version: '2.0.0' }] } });
    npmrc(`registry=${other.url}\n`);
    expect((await open({ registry: server.url })).registryOf('left')).toBe(server.url);
    expect((await open({ env: { npm_config_registry: server.url } })).registryOf('left')).toBe(server.url);
  });

  it('sends credentials to the registry they belong to and to no other', async () => {
    npmrc(`registry=${server.url}\n@acme:registry=${other.url}\n//${new URL(server.url).host}/:_authToken=\${TOKEN}\n`);
    server.requireAuth(`Bearer ${secret}`);
    const registry = await open({ env: { TOKEN: secret } });
    expect((await registry.packument('left')).status).toBe('found');
    expect((await registry.packument('@acme/tool')).status).toBe('found');
    expect(server.requests[0]?.headers.authorization).toBe(`Bearer ${secret}`);
    expect(other.requests[0]?.headers.authorization).toBeUndefined();
    expect(registry.registryOf('left')).not.toContain(secret);
  });
});

describe('trouble with a registry', () => {
  it('tries again after 5xx, resets, truncation and 429 with Retry-After', async () => {
    for (const fault of [
      { kind: 'status', status: 503, times: 2 },
      { kind: 'reset', afterBytes: 20, times: 1 },
      { kind: 'truncate', keepBytes: 20, times: 1 },
      { kind: 'status', status: 429, headers: { 'retry-after': '0' }, times: 1 },
      { kind: 'status', status: 429, headers: { 'retry-after': new Date(0).toUTCString() }, times: 1 },
    ] as const) {
      server.fault('left', fault);
      expect(await reasonFor()).toBe('found');
    }
  });

  it('gives up with a sentence, never with a pass', async () => {
    const limits = { retries: 1, backoffMs: 1 };
    const cases = [
      [{ kind: 'redirect', to: 'file:///etc/passwd' }, /nowhere/],
      [{ kind: 'body', body: 'no gzip', headers: { 'content-encoding': 'gzip' } }, /damaged/],
      [{ kind: 'body', body: 'x', headers: { 'content-encoding': 'unknown' } }, /packed in a way nobody asked for/],
      [{ kind: 'body', body: 'no brotli', headers: { 'content-encoding': 'br' } }, /damaged/],
      [{ kind: 'status', status: 500 }, /in trouble \(500\)/],
      [{ kind: 'status', status: 401 }, /other credentials/],
      [{ kind: 'status', status: 403 }, /refuses access/],
      [{ kind: 'status', status: 429, headers: { 'retry-after': '3600' } }, /slow down/],
      [{ kind: 'html' }, /web page/],
      [{ kind: 'cut', keepBytes: 50 }, /not valid JSON/],
      [{ kind: 'stall', afterBytes: 50 }, /in time/],
      [{ kind: 'reset', afterBytes: 20 }, /closed the connection/],
      [{ kind: 'truncate', keepBytes: 20 }, /closed the connection|cut off/],
      [{ kind: 'redirect-loop' }, /circles/],
    ] as const;
    for (const [fault, words] of cases) {
      server.fault('left', fault);
      expect(await reasonFor({ limits: { ...limits, ...(fault.kind === 'stall' && { requestMs: 300 }) } })).toMatch(words);
    }
    expect(await reasonFor({ registry: 'http://127.0.0.1:1/', limits })).toMatch(/refuses connections/);
  });

  it('reads what a server packed as brotli unasked, within the limit', async () => {
    const packed = brotliCompressSync(JSON.stringify(publish('left', [{ version: '1.0.0', at: '2020-01-01T00:00:00Z' }])));
    server.fault('left', { kind: 'body', body: packed, headers: { 'content-encoding': 'br' } });
    expect(await reasonFor()).toBe('found');
    server.fault('left', { kind: 'body', body: brotliCompressSync(Buffer.alloc(2 ** 25, 0x20)), headers: { 'content-encoding': 'br' } });
    expect(await reasonFor({ limits: { bodyBytes: 2 ** 21 } })).toMatch(/larger than 2 MB/);
  });

  it('does not ask again where asking again cannot help', async () => {
    server.fault('left', { kind: 'status', status: 403 });
    await reasonFor();
    expect(server.count('left')).toBe(1);
  });

  it('stops reading a body over the limit', async () => {
    server.fault('left', { kind: 'oversized', bytes: 512 * 1024 * 1024 });
    expect(await reasonFor({ limits: { bodyBytes: 3 * 1024 * 1024 } })).toMatch(/larger than 3 MB/);
  });

  it('unpacks no more than the limit', async () => {
    const bomb = gzipSync(Buffer.alloc(32 * 1024 * 1024, 0x20));
    server.fault('left', { kind: 'body', body: bomb, headers: { 'content-encoding': 'gzip' } });
    expect(await reasonFor({ limits: { bodyBytes: 3 * 1024 * 1024 } })).toMatch(/larger than 3 MB/);
  });

  it('does not hand a token to another port it is redirected to', async () => {
    npmrc(`//${new URL(server.url).host}/:_authToken=${secret}\n`);
    server.fault('left', { kind: 'redirect', to: `${other.url}left` });
    await reasonFor({ limits: { retries: 0 } });
    expect(other.requests).toHaveLength(1);
    expect(other.requests[0]?.headers.authorization).toBeUndefined();
  });

  it('does not hand a token to another host it is redirected to', async () => {
    npmrc(`//${new URL(server.url).host}/:_authToken=${secret}\n`);
    server.fault('left', { kind: 'redirect', to: other.url.replace('127.0.0.1', 'localhost') });
    await reasonFor({ limits: { retries: 0 } });
    expect(server.requests[0]?.headers.authorization).toBe(`Bearer ${secret}`);
    for (const request of other.requests) expect(request.headers.authorization).toBeUndefined();
  });

  it('never shows a token', async () => {
    npmrc(`//${new URL(server.url).host}/:_authToken=${secret}\n`);
    for (const status of [401, 403, 500]) {
      server.fault('left', { kind: 'status', status, body: `{"error":"Bearer ${secret}"}` });
      expect(await reasonFor({ limits: { retries: 0 } })).not.toContain(secret);
    }
    const withUser = server.url.replace('http://', `http://user:${secret}@`);
    const registry = await open({ registry: withUser });
    expect(registry.registryOf('left')).not.toContain(secret);
  });

  it('ends at once on Ctrl-C and at the total time limit', async () => {
    server.fault('left', { kind: 'stall', afterBytes: 10 });
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 100);
    expect(await reasonFor({ signal: controller.signal })).toBe('interrupted');
    expect(await reasonFor({ totalMs: 200 })).toMatch(/time limit/);
  });
});

describe("through npm's own client, where a proxy is configured", () => {
  const env = { npm_config_proxy: 'http://127.0.0.1:9/', npm_config_noproxy: '127.0.0.1' };

  it('gives the same answers', async () => {
    npmrc(`//${new URL(server.url).host}/:_authToken=${secret}\n`);
    server.requireAuth(`Bearer ${secret}`);
    const registry = await open({ registry: server.url, env });
    expect(await registry.packument('left')).toMatchObject({ status: 'found', packument: { name: 'left' } });
    expect(await registry.packument('nothing')).toMatchObject({ status: 'not-found' });
    const limits = { retries: 1, backoffMs: 1 };
    for (const [fault, words] of [
      [{ kind: 'status', status: 503, times: 1 }, /found/],
      [{ kind: 'status', status: 429, headers: { 'retry-after': '3600' } }, /slow down/],
      [{ kind: 'reset', afterBytes: 20 }, /closed the connection|cut off/],
      [{ kind: 'stall', afterBytes: 50 }, /in time/],
      [{ kind: 'redirect-loop' }, /circles/],
    ] as const) {
      server.fault('left', fault);
      expect(await reasonFor({ limits: { ...limits, ...(fault.kind === 'stall' && { requestMs: 300 }) }, env })).toMatch(words);
    }
  });

  it('goes through the proxy', async () => {
    const reason = await reasonFor({ env: { npm_config_proxy: 'http://ann:hunter2@127.0.0.1:9/' }, limits: { retries: 0 } });
    expect(reason).toMatch(/the proxy http:\/\/127\.0\.0\.1:9\/ refuses connections/);
    expect(reason).not.toMatch(/ann|hunter2/);
    expect(server.requests).toEqual([]);
  });
});

describe('tarball bytes', () => {
  const bytes = Buffer.from('pretend this is a tarball');
  const integrity = `sha512-${createHash('sha512').update(bytes).digest('base64')}`;

  async function read(url: string, wanted: { integrity?: string; limitBytes: number }): Promise<Buffer> {
    const registry = await open({ registry: server.url });
    const chunks: Buffer[] = [];
    for await (const chunk of registry.tarballBytes(url, wanted)) chunks.push(chunk);
    return Buffer.concat(chunks);
  }

  it('come with their integrity checked and the size limited', async () => {
    server.addTarball('left', '1.0.0', bytes);
    const url = server.tarballUrl('left', '1.0.0');
    expect(await read(url, { integrity, limitBytes: 1_000 })).toEqual(bytes);
    await expect(read(url, { integrity: integrity.replace(/-..../, '-AAAA'), limitBytes: 1_000 })).rejects.toThrow(/integrity/);
    await expect(read(url, { integrity, limitBytes: 5 })).rejects.toThrow(/larger than 5 bytes/);
    await expect(read(server.tarballUrl('left', '9.9.9'), { limitBytes: 5 })).rejects.toThrow(/no tarball/);
    await expect(read('file:///etc/passwd', { limitBytes: 5 })).rejects.toThrow(/http/);
  });

  it('are asked for again when the registry stumbles before the first of them, and only then', async () => {
    server.addTarball('left', '1.0.0', bytes);
    const url = server.tarballUrl('left', '1.0.0');
    const path = new URL(url).pathname;
    const asked = () => server.requests.filter((request) => JSON.stringify(request).includes('left-1.0.0')).length;
    server.fault(path, { kind: 'status', status: 503, times: 1 });
    expect(await read(url, { integrity, limitBytes: 1_000 })).toEqual(bytes);
    expect(asked()).toBe(2);
    server.fault(path, { kind: 'reset', times: 2 });
    expect(await read(url, { integrity, limitBytes: 1_000 })).toEqual(bytes);
    expect(asked()).toBe(5);
    server.fault(path, { kind: 'status', status: 403 });
    await expect(read(url, { limitBytes: 1_000 })).rejects.toThrow(/403|not allowed|forbidden/i);
    expect(asked()).toBe(6);
  });

  it('come in one piece where they are few, and are left where they are many', async () => {
    server.addTarball('left', '1.0.0', bytes);
    const url = server.tarballUrl('left', '1.0.0');
    const registry = await open({ registry: server.url });
    const whole = (address: string, limitBytes = 1_000) => registry.wholeTarball(address, { limitBytes });
    expect(await whole(url)).toEqual(bytes);
    expect(await whole(url, bytes.length)).toEqual(bytes);
    expect(await whole(url, bytes.length - 1)).toBeUndefined();
    await expect(whole(server.tarballUrl('left', '9.9.9'))).rejects.toThrow(/no tarball/);
    await expect(whole('file:///etc/passwd')).rejects.toThrow(/http/);
    const path = new URL(url).pathname;
    server.fault(path, { kind: 'status', status: 503, times: 1 });
    expect(await whole(url)).toEqual(bytes);
    server.fault(path, { kind: 'status', status: 403 });
    await expect(whole(url)).rejects.toThrow(/403|not allowed|forbidden/i);
    server.fault(path, { kind: 'truncate', keepBytes: 4 });
    await expect(whole(url)).rejects.toThrow(/cut off|cannot be had|did not arrive/);
  });
});

describe('several large documents at a time', () => {
  it('wait for each other and all are read, however they come', async () => {
    const versions = Array.from({ length: 1_500 }, (_, index) => ({
      version: `1.${index}.0`,
      at: '2024-01-01T00:00:00Z',
      more: { gitHead: noise(index) },
    }));
    const names = Array.from({ length: 12 }, (_, index) => `large-${index}`);
    for (const options of [{}, { plain: true }]) {
      const large = await startFixtureRegistry(options);
      large.add(...names.map((name) => publish(name, versions)));
      // One fails when most of it has come: the others must not wait for its next try.
      large.fault('large-3', { kind: 'reset', afterBytes: 150_000, times: 1 });
      const registry = await openRegistry({
        cwd: folder,
        env: { HOME: folder, DEPWARD_CACHE: join(folder, `cache-${String('plain' in options)}`), npm_config_registry: large.url },
        now: () => Date.now(),
        signal: new AbortController().signal,
        largeBytes: 400_000,
      });
      const answers = await Promise.all(names.map((name) => registry.packument(name)));
      expect(answers.map((answer) => (answer.status === 'found' ? answer.packument.releases.length : answer))).toEqual(names.map(() => 1_500));
      registry.close();
      await large.close();
    }
  });
});

/** Text that cannot be packed well. */
function noise(seed: number): string {
  let state = seed + 1;
  return Array.from({ length: 200 }, () => {
    state = (Math.imul(state, 48_271) % 0x7fffffff) >>> 0;
    return String.fromCharCode(97 + (state % 26));
  }).join('');
}
