import { createServer, request } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { defaultLimits } from '../../src/proxy/upstream-limits.ts';
import { isPrivateAddress } from '../../src/registry/private-address.ts';
import { aBench, type BenchTale } from '../helpers/a-bench.ts';
import { aProxy, type ProxyTale } from '../helpers/a-proxy.ts';
import { type FixtureRegistry, publish, startFixtureRegistry } from '../helpers/fixture-registry.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function registryWith(name = 'left'): Promise<FixtureRegistry> {
  const registry = await startFixtureRegistry({ packuments: [publish(name, [{ version: '1.0.0', at: '2020-01-01T00:00:00Z' }])], tarballs: true });
  closing.push(() => registry.close());
  return registry;
}

async function proxyFor(url: string, options: Parameters<typeof aProxy>[1] = {}): Promise<ProxyTale> {
  const proxy = await aProxy(url, options);
  closing.push(() => proxy.close(100));
  return proxy;
}

async function ask(url: string, headers: Record<string, string> = {}) {
  const response = await fetch(url, { headers });
  const body = (await response.json()) as { readonly error?: string; readonly versions?: object };
  return { status: response.status, headers: response.headers, error: body.error ?? '', versions: Object.keys(body.versions ?? {}) };
}

/** A company's proxy: requests by absolute address, tunnels by CONNECT. */
async function aCompanyProxy() {
  const seen: { readonly line: string; readonly credentials: string | undefined }[] = [];
  const server = createServer((asked, answer) => {
    seen.push({ line: `${asked.method} ${asked.url}`, credentials: asked.headers['proxy-authorization'] });
    const { 'proxy-authorization': _credentials, ...headers } = asked.headers;
    const onwards = request(asked.url ?? '', { headers: { ...headers, connection: 'close' } }, (response) => {
      answer.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(answer);
    });
    onwards.end();
  });
  server.on('connect', (asked, socket) => {
    seen.push({ line: `CONNECT ${asked.url}`, credentials: asked.headers['proxy-authorization'] });
    const [host, port] = (asked.url ?? '').split(':');
    const onwards = connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      onwards.pipe(socket).pipe(onwards);
    });
    onwards.on('error', () => socket.destroy());
    socket.on('error', () => onwards.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { seen, url: `http://user:secret@127.0.0.1:${(server.address() as AddressInfo).port}/` };
}

describe('a registry behind a company’s proxy', () => {
  it('is asked through it, with its credentials, which appear nowhere', async () => {
    const registry = await registryWith();
    const company = await aCompanyProxy();
    const main = { url: registry.url, connection: { proxy: company.url, strict: true } };
    const proxy = await proxyFor(registry.url, { upstreams: { main, scopes: new Map(), credentialsTo: 'main' } });
    expect((await ask(`${proxy.url}left`)).status).toBe(200);
    expect((await fetch(`${proxy.url}left/-/left-1.0.0.tgz`)).status).toBe(200);
    expect(company.seen.length).toBeGreaterThanOrEqual(2);
    expect(company.seen.every(({ credentials }) => credentials === `Basic ${btoa('user:secret')}`)).toBe(true);
    expect(registry.requests.every(({ headers }) => headers['proxy-authorization'] === undefined)).toBe(true);
    expect(JSON.stringify(proxy.events)).not.toContain('secret');
  });

  it('is out of reach when the proxy is, and that is said without its credentials', async () => {
    const main = { url: 'http://registry.example/', connection: { proxy: 'http://user:secret@127.0.0.1:9/', strict: true } };
    const proxy = await proxyFor(main.url, { upstreams: { main, scopes: new Map(), credentialsTo: 'main' } });
    const { status, error } = await ask(`${proxy.url}left`);
    expect(status).toBe(502);
    expect(error).toContain('the registry cannot be reached');
    expect(error).not.toContain('secret');
  });
});

describe('redirects', () => {
  it('to another host are followed where it is named, without credentials', async () => {
    const registry = await registryWith();
    const elsewhere = await registryWith();
    registry.fault('left', { kind: 'redirect', to: `${elsewhere.url}left` });
    const refusing = await proxyFor(registry.url);
    const { host } = new URL(elsewhere.url);
    expect((await ask(`${refusing.url}left`)).error).toContain(`redirects to another host (${host}); --redirect-to ${host} allows that`);
    const following = await proxyFor(registry.url, { redirectTo: new Set([host]) });
    expect((await ask(`${following.url}left`, { authorization: 'Bearer mine' })).versions).toEqual(['1.0.0']);
    expect(registry.requests.at(-1)?.headers.authorization).toBe('Bearer mine');
    expect(elsewhere.requests.at(-1)?.headers.authorization).toBeUndefined();
  });

  it('into this network are refused to a registry outside of it, named or not', async () => {
    const registry = await registryWith();
    const company = await aCompanyProxy();
    registry.fault('left', { kind: 'redirect', to: 'http://169.254.169.254/latest' });
    // By a name of the documentation's own range, reached through a proxy: the registry does not lie in this network.
    const main = { url: registry.url.replace('127.0.0.1', 'localhost'), connection: { proxy: company.url, strict: true } };
    const inside = await proxyFor(main.url, { upstreams: { main, scopes: new Map(), credentialsTo: 'main' } });
    expect((await ask(`${inside.url}left`)).error).toContain('another host (169.254.169.254)');
    expect(company.seen.some(({ line }) => line.includes('169.254'))).toBe(false);
  });

  it.each([
    '10.1.2.3',
    '127.0.0.1',
    '169.254.169.254',
    '172.20.0.1',
    '192.168.1.1',
    '100.64.0.1',
    '0.0.0.0',
    '::1',
    'fd00::1',
    'fe80::1',
    '::ffff:10.0.0.1',
    '::ffff:a00:1',
    'nonsense',
  ])('take %s for an address of this network', (address) => expect(isPrivateAddress(address)).toBe(true));

  it.each(['192.0.2.1', '8.8.8.8', '172.32.0.1', '2001:db8::1', '::ffff:8.8.8.8'])('do not take %s for one', (address) =>
    expect(isPrivateAddress(address)).toBe(false),
  );
});

describe('a registry in trouble', () => {
  const limits = { ...defaultLimits, answerMs: 8_000, idleMs: 8_000, totalMs: 8_000 };

  it('leaves what was judged before to be served, where that is wanted, and it is said', async () => {
    const registry = await registryWith();
    const proxy = await proxyFor(registry.url, { freshFor: 0, staleFor: 60_000, limits });
    expect((await fetch(`${proxy.url}left/-/left-1.0.0.tgz`)).status).toBe(200);
    expect((await ask(`${proxy.url}left`)).headers.get('warning')).toBeNull();
    registry.fault('left', { kind: 'status', status: 503 });
    const stale = await ask(`${proxy.url}left`);
    expect(stale.versions).toEqual(['1.0.0']);
    expect(stale.headers.get('warning')).toBe('110 depward "served as judged before: the registry answered 503"');
    expect(proxy.events.at(-1)).toMatchObject({ verdict: 'allow', reason: 'served as judged before: the registry answered 503' });
    const tarball = await fetch(`${proxy.url}left/-/left-1.0.0.tgz`);
    expect([tarball.status, tarball.headers.get('warning')]).toEqual([200, '110 depward "served as judged before: the registry answered 503"']);
    expect(proxy.events.at(-1)?.reason).toContain('served as judged before');
  });

  it('is not waited for by every request, and is asked again after a while', async () => {
    const registry = await registryWith();
    const proxy = await proxyFor(registry.url, { freshFor: 0, staleFor: 60_000, limits });
    await ask(`${proxy.url}left`);
    registry.fault('left', { kind: 'status', status: 500 });
    const before = registry.count('left');
    for (let i = 0; i < 5; i++) expect((await ask(`${proxy.url}left`)).status).toBe(200);
    expect(registry.count('left')).toBe(before + 1);
    registry.clearFaults();
    await new Promise((resolve) => setTimeout(resolve, 2100));
    expect((await ask(`${proxy.url}left`)).headers.get('warning')).toBeNull();
  });

  it('ends the patience: not wanted, refused by the registry, or never judged, nothing is served', async () => {
    const registry = await registryWith();
    const strict = await proxyFor(registry.url, { freshFor: 0, limits });
    const lenient = await proxyFor(registry.url, { freshFor: 0, staleFor: 60_000, limits, bench: aBench() });
    await ask(`${strict.url}left`);
    await ask(`${lenient.url}left`);
    registry.fault('left', { kind: 'status', status: 503 });
    expect((await ask(`${strict.url}left`)).status).toBe(502);
    registry.fault('left', { kind: 'status', status: 403 });
    expect((await ask(`${lenient.url}left`)).status).toBe(403);
    registry.fault('right', { kind: 'status', status: 503 });
    expect((await ask(`${lenient.url}right`)).status).toBe(502);
  });

  it('leaves facts of other packages behind a verdict as they were, where that is wanted, and it is said', async () => {
    const registry = await registryWith();
    registry.add(publish('right', [{ version: '1.0.0', at: '2020-01-01T00:00:00Z' }]));
    // Judges by what another package is.
    const bench: BenchTale = {
      ...aBench(),
      async judge({ versions, packuments }) {
        const { status } = await packuments.packument('right');
        const [action, complete] = status === 'found' ? (['allow', true] as const) : (['block', false] as const);
        return new Map(versions.map((version) => [version, { version, action, because: [], complete }]));
      },
    };
    for (const staleFor of [60_000, 0]) {
      const proxy = await proxyFor(registry.url, { freshFor: 0, staleFor, limits, bench });
      expect((await ask(`${proxy.url}left`)).headers.get('warning')).toBeNull();
      registry.fault('right', { kind: 'status', status: 503 });
      const tarball = await fetch(`${proxy.url}left/-/left-1.0.0.tgz`);
      const said = staleFor > 0 ? '110 depward "served as judged before: the registry answered 503"' : null;
      expect([tarball.status, tarball.headers.get('warning')]).toEqual([staleFor > 0 ? 200 : 503, said]);
      registry.clearFaults();
    }
  });
});
