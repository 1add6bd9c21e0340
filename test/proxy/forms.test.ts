import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { aBench } from '../helpers/a-bench.ts';
import { aProxy, type ProxyTale } from '../helpers/a-proxy.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const shortType = 'application/vnd.npm.install-v1+json';
const asks = { full: {}, short: { accept: `${shortType}; q=1.0, application/json; q=0.8, */*` } };
const name = '@acme/left';
const longAgo = '2020-01-01T00:00:00.000Z';

function documentWith(versions: readonly string[], more: object = {}): object {
  return {
    name,
    'dist-tags': { latest: versions.at(-1), next: versions.at(-1) },
    versions: Object.fromEntries(
      versions.map((version) => [version, { name, version, dist: { shasum: '0'.repeat(40), tarball: `https://registry.example/${version}.tgz` } }]),
    ),
    time: Object.fromEntries([['created', longAgo], ['modified', longAgo], ...versions.map((version) => [version, longAgo])]),
    ...more,
  };
}

/** A registry whose two forms need not agree; with a word besides for those who have one. */
async function registryOf(full: object, short: object): Promise<string> {
  const server: Server = createServer((request, response) => {
    const { authorization } = request.headers;
    if (authorization !== undefined && authorization !== 'Bearer good') return response.writeHead(401, { 'content-length': 0 }).end();
    const wantsShort = (request.headers.accept ?? '').includes(shortType);
    const own = authorization === undefined ? {} : { own: 'for the holder of good' };
    response.writeHead(200, { 'content-type': wantsShort ? shortType : 'application/json' });
    return response.end(JSON.stringify({ ...(wantsShort ? short : full), ...own }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(async () => void server.close().closeAllConnections());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

async function proxyFor(upstream: string, bench = aBench('@acme/left@2.0.0')): Promise<ProxyTale> {
  const proxy = await aProxy(upstream, { bench });
  closing.push(() => proxy.close(100));
  return proxy;
}

interface Seen {
  readonly 'dist-tags': object;
  readonly versions: object;
  readonly time: object;
  readonly own?: string;
}

async function seen(url: string, headers: Record<string, string>): Promise<Seen> {
  return JSON.parse(await (await fetch(`${url}@acme%2fleft`, { headers })).text());
}

describe('both forms of a packument', () => {
  it('say the same of versions, times and tags', async () => {
    const document = documentWith(['1.0.0', '1.1.0', '2.0.0']);
    const { url } = await proxyFor(await registryOf(document, document));
    for (const headers of Object.values(asks)) {
      const { versions, time, 'dist-tags': tags } = await seen(url, headers);
      expect(Object.keys(versions)).toEqual(['1.0.0', '1.1.0']);
      expect(Object.keys(time)).toEqual(['created', 'modified', '1.0.0', '1.1.0']);
      expect(tags).toEqual({ latest: '1.1.0', next: '1.1.0' });
    }
  });

  it('a version that only the short one lists was never judged, and is not served', async () => {
    const { url } = await proxyFor(await registryOf(documentWith(['1.0.0']), documentWith(['1.0.0', '1.5.0'])), aBench());
    const { versions, time, 'dist-tags': tags } = await seen(url, asks.short);
    expect([Object.keys(versions), Object.keys(time), tags]).toEqual([
      ['1.0.0'],
      ['created', 'modified', '1.0.0'],
      { latest: '1.0.0', next: '1.0.0' },
    ]);
  });

  it('are held apart for each identity', async () => {
    const document = documentWith(['1.0.0']);
    const { url, events } = await proxyFor(await registryOf(document, document), aBench());
    for (const headers of Object.values(asks)) {
      expect((await seen(url, { ...headers, authorization: 'Bearer good' })).own).toBe('for the holder of good');
      expect((await fetch(`${url}@acme%2fleft`, { headers: { ...headers, authorization: 'Bearer other' } })).status).toBe(401);
      expect((await seen(url, headers)).own).toBeUndefined();
      expect((await seen(url, { ...headers, authorization: 'Bearer good' })).own).toBe('for the holder of good');
    }
    expect(JSON.stringify(events)).not.toMatch(/good|other/);
  });
});

describe('the page that says why', () => {
  it.each(['@acme/left@2.0.0', '@acme%2fleft@2.0.0', '@acme%2Fleft@latest'])('is found for a scoped name: %s', async (subject) => {
    const document = documentWith(['1.0.0', '1.1.0', '2.0.0']);
    const { url } = await proxyFor(await registryOf(document, document));
    const page = `${url}-/depward/why/${subject}`;
    const { judgements } = JSON.parse(await (await fetch(page)).text());
    expect(judgements).toMatchObject([{ name, version: '2.0.0', action: 'block', instead: '1.1.0' }]);
    const html = await (await fetch(page, { headers: { accept: 'text/html' } })).text();
    expect(html).toContain('<h1>@acme/left@2.0.0 is withheld</h1>');
  });

  it('lists what is withheld of a scoped name', async () => {
    const document = documentWith(['1.0.0', '2.0.0']);
    const { url } = await proxyFor(await registryOf(document, document));
    expect(await (await fetch(`${url}-/depward/why/@acme/left`, { headers: { accept: 'text/plain' } })).text()).toContain(
      '@acme/left@2.0.0: withheld',
    );
  });
});
