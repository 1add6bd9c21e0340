/** Registries of companies over real sockets: https with an authority of their own, client certificates, HTTP and SOCKS proxies in between. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer as createPlain, request as forward } from 'node:http';
import { createServer, type Server } from 'node:https';
import { type AddressInfo, connect, createServer as createSocketServer, type Socket, type Server as SocketServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Connection } from '../../src/proxy/upstream-agents.ts';
import { aProxy, type ProxyTale } from '../helpers/a-proxy.ts';
import { type FixtureRegistry, publish, startFixtureRegistry } from '../helpers/fixture-registry.ts';
import { canSign, makeCertificates } from '../helpers/own-authority.ts';

const folder = mkdtempSync(join(tmpdir(), 'depward-secure-'));
const read = (name: string) => readFileSync(join(folder, name), 'utf8');
const closing: (() => Promise<unknown>)[] = [];
let plain: FixtureRegistry;

beforeAll(async () => {
  if (canSign) makeCertificates(folder, ['server', 'client'], ['registry.invalid']);
  plain = await startFixtureRegistry({ packuments: [publish('left', [{ version: '1.0.0', at: '2020-01-01T00:00:00Z' }])], tarballs: true });
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
  plain.clearFaults();
  plain.requests.length = 0;
});
afterAll(async () => {
  await plain.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The fixture registry over TLS; says who came. */
async function secureRegistry(more: object = {}): Promise<{ readonly url: string; readonly seen: string[]; readonly connections: () => number }> {
  const seen: string[] = [];
  let connections = 0;
  const options = { key: read('server.key'), cert: read('server.pem'), ca: read('ca.pem'), requestCert: true, rejectUnauthorized: false, ...more };
  const server: Server = createServer(options, (incoming, response) => {
    const { CN } = (incoming.socket as TLSSocket).getPeerCertificate().subject ?? {};
    seen.push(`${CN ?? 'nobody'} ${incoming.url}`);
    forward(new URL(incoming.url ?? '/', plain.url), { headers: { ...incoming.headers, connection: 'close' } }, (answer) => {
      const { connection: _, ...headers } = answer.headers;
      response.writeHead(answer.statusCode ?? 500, headers);
      answer.pipe(response);
    }).end();
  });
  server.on('secureConnection', () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { url: `https://127.0.0.1:${(server.address() as AddressInfo).port}/`, seen, connections: () => connections };
}

async function behind(url: string, connection: Connection, more: Parameters<typeof aProxy>[1] = {}): Promise<ProxyTale> {
  const proxy = await aProxy(url, { upstreams: { main: { url, connection }, scopes: new Map(), credentialsTo: 'main' }, ...more });
  closing.push(() => proxy.close(100));
  return proxy;
}

async function both(proxy: ProxyTale): Promise<readonly [number, number]> {
  const [document, tarball] = [await fetch(`${proxy.url}left`), await fetch(`${proxy.url}left/-/left-1.0.0.tgz`)];
  await Promise.all([document.text(), tarball.arrayBuffer()]);
  return [document.status, tarball.status];
}

/** Something in between that sends every connection, whatever host it names, to where a test says. */
interface Between {
  readonly url: string;
  readonly asked: string[];
}

async function listening(server: SocketServer, scheme: string, asked: string[]): Promise<Between> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const open = new Set<Socket>();
  server.on('connection', (socket) => open.add(socket));
  closing.push(async () => {
    for (const socket of open) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return { url: `${scheme}://user:secret@127.0.0.1:${(server.address() as AddressInfo).port}/`, asked };
}

/** A company's HTTP proxy: tunnels by CONNECT, plain requests by their absolute address. */
async function httpProxy(to: string): Promise<Between> {
  const asked: string[] = [];
  const target = new URL(to);
  const server = createPlain((request, response) => {
    asked.push(`${request.method} ${request.url} ${request.headers['proxy-authorization'] ?? 'nobody'}`);
    const { pathname } = new URL(request.url ?? '');
    forward(new URL(pathname, target), { headers: { connection: 'close' } }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    }).end();
  });
  server.on('connect', (request, socket) => {
    asked.push(`CONNECT ${request.url} ${request.headers['proxy-authorization'] ?? 'nobody'}`);
    const onwards = connect(Number(target.port), target.hostname, () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      onwards.pipe(socket).pipe(onwards);
    });
    onwards.on('error', () => socket.destroy());
    socket.on('error', () => onwards.destroy());
  });
  return listening(server, 'http', asked);
}

/** A SOCKS 5 proxy that wants a name and a password (RFC 1928, 1929) and looks names up itself. */
async function socksProxy(to: string): Promise<Between> {
  const asked: string[] = [];
  const target = new URL(to);
  const server = createSocketServer((socket) => {
    let step: 'greeting' | 'password' | 'request' = 'greeting';
    const onData = (bytes: Buffer) => {
      if (step === 'greeting') {
        step = 'password';
        socket.write(Buffer.from([5, 2]));
      } else if (step === 'password') {
        step = 'request';
        const user = bytes.subarray(2, 2 + Number(bytes[1])).toString();
        asked.push(`user ${user}`);
        socket.write(Buffer.from([1, 0]));
      } else {
        const host = bytes[3] === 3 ? bytes.subarray(5, 5 + Number(bytes[4])).toString() : [...bytes.subarray(4, 8)].join('.');
        asked.push(`connect ${host}`);
        socket.off('data', onData);
        const onwards = connect(Number(target.port), target.hostname, () => {
          socket.write(Buffer.from([5, 0, 0, 1, 0, 0, 0, 0, 0, 0]));
          onwards.pipe(socket).pipe(onwards);
        });
        onwards.on('error', () => socket.destroy());
      }
    };
    socket.on('data', onData);
    socket.on('error', () => undefined);
  });
  return listening(server, 'socks5', asked);
}

(canSign ? describe : describe.skip)(`a registry with an authority of its own${canSign ? '' : ' (skipped: no openssl)'}`, () => {
  it('is believed only where the authority is named; a refusal is said, and what was asked is not served', async () => {
    const registry = await secureRegistry();
    expect(await both(await behind(registry.url, { strict: true }))).toEqual([502, 502]);
    expect(registry.seen).toEqual([]);
    expect(await both(await behind(registry.url, { strict: true, ca: read('ca.pem') }))).toEqual([200, 200]);
    expect(await both(await behind(registry.url, { strict: false }))).toEqual([200, 200]);
  });

  it('is believed by one of many authorities, and one connection serves many questions', async () => {
    const registry = await secureRegistry();
    const proxy = await behind(registry.url, { strict: true, ca: [read('server.pem'), read('ca.pem')] }, { freshFor: 0 });
    for (let i = 0; i < 5; i++) expect((await fetch(`${proxy.url}left`)).status).toBe(200);
    expect([registry.seen.length, registry.connections()]).toEqual([5, 1]);
  });

  it('gets our certificate, and the hosts it sends us on to do not', async () => {
    const elsewhere = await secureRegistry();
    const registry = await secureRegistry({ rejectUnauthorized: true });
    const connection = { strict: true, ca: read('ca.pem'), cert: read('client.pem'), key: read('client.key') };
    const { host } = new URL(elsewhere.url);
    const proxy = await behind(registry.url, connection, { redirectTo: new Set([host]), freshFor: 0 });
    expect(await both(proxy)).toEqual([200, 200]);
    expect(new Set(registry.seen.map((line) => line.split(' ')[0]))).toEqual(new Set(['client']));
    plain.fault('left', { kind: 'redirect', to: `${elsewhere.url}left`, times: 1 });
    expect((await fetch(`${proxy.url}left`)).status).toBe(200);
    expect(elsewhere.seen).toEqual(['nobody /left']);
    const withoutOne = await behind(registry.url, { strict: true, ca: read('ca.pem') });
    expect(await both(withoutOne)).toEqual([502, 502]);
  });

  it('is reached through a company’s HTTP proxy by a tunnel, its certificate checked at the far end', async () => {
    const registry = await secureRegistry();
    const between = await httpProxy(registry.url);
    const connection = { strict: true, ca: read('ca.pem'), proxy: between.url };
    const proxy = await behind('https://registry.invalid/', connection);
    expect(await both(proxy)).toEqual([200, 200]);
    expect(new Set(between.asked)).toEqual(new Set([`CONNECT registry.invalid:443 Basic ${btoa('user:secret')}`]));
    expect(JSON.stringify(proxy.events)).not.toContain('secret');
    expect(await both(await behind('https://other.invalid/', connection))).toEqual([502, 502]);
    expect(await both(await behind('https://registry.invalid/', { strict: true, proxy: between.url }))).toEqual([502, 502]);
  });

  it('is reached through a SOCKS proxy, which looks its name up', async () => {
    const registry = await secureRegistry();
    const between = await socksProxy(registry.url);
    const proxy = await behind('https://registry.invalid/', { strict: true, ca: read('ca.pem'), proxy: between.url.replace('socks5:', 'socks5h:') });
    expect(await both(proxy)).toEqual([200, 200]);
    expect(new Set(between.asked)).toEqual(new Set(['user user', 'connect registry.invalid']));
    expect(JSON.stringify(proxy.events)).not.toContain('secret');
  });
});

describe('a registry outside this network', () => {
  // An address of the documentation's range, which only the proxy in between can reach.
  const outside = 'http://192.0.2.10/';

  it('may not send us into it, by a document or a tarball, not even to a host that is named', async () => {
    const between = await httpProxy(plain.url);
    const inside = await startFixtureRegistry({ packuments: [] });
    closing.push(() => inside.close());
    const { host } = new URL(inside.url);
    const proxy = await behind(outside, { strict: true, proxy: between.url }, { redirectTo: new Set([host, '169.254.169.254']), freshFor: 0 });
    expect(await both(proxy)).toEqual([200, 200]);
    for (const to of [`${inside.url}left`, 'http://169.254.169.254/latest']) {
      plain.fault('left', { kind: 'redirect', to, times: 1 });
      const answer = await fetch(`${proxy.url}left`);
      expect([answer.status, ((await answer.json()) as { error: string }).error]).toEqual([
        502,
        expect.stringContaining('redirects to an address inside this network'),
      ]);
    }
    plain.fault('/left/-/left-1.0.0.tgz', { kind: 'redirect', to: `${inside.url}left` });
    const cold = await behind(outside, { strict: true, proxy: between.url }, { redirectTo: new Set([host]) });
    expect((await fetch(`${cold.url}left/-/left-1.0.0.tgz`)).status).toBe(502);
    expect(inside.requests).toEqual([]);
    expect(between.asked.some((line) => line.includes('169.254'))).toBe(false);
  });
});
