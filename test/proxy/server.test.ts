import { createHash } from 'node:crypto';
import { request as rawRequest } from 'node:http';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { defaultLimits } from '../../src/proxy/upstream-limits.ts';
import { aBench, type BenchTale } from '../helpers/a-bench.ts';
import { aProxy, type ProxyTale } from '../helpers/a-proxy.ts';
import { type Doc, type FixtureOptions, type FixtureRegistry, publish, startFixtureRegistry } from '../helpers/fixture-registry.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const npm = { 'user-agent': 'npm/11.19.1 node/v20.0.0' };
const pnpm = { 'user-agent': 'pnpm/10.34.9 npm/? node/v20.0.0' };
const short = { accept: 'application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8, */*' };

function bytesOf(name: string, version: string, size = 5000): Buffer {
  return Buffer.alloc(size, `${name}@${version} `);
}

function left(name = 'left', size?: number): Doc {
  const dist = (version: string) => {
    const bytes = bytesOf(name, version, size);
    return { integrity: `sha512-${createHash('sha512').update(bytes).digest('base64')}`, shasum: createHash('sha1').update(bytes).digest('hex') };
  };
  const versions = ['1.0.0', '1.1.0', '2.0.0'];
  return publish(
    name,
    versions.map((version, index) => ({
      version,
      at: new Date(Date.now() - (10 - index) * 86_400_000).toISOString(),
      more: { dist: dist(version) },
    })),
  );
}

async function registryWith(documents: readonly Doc[], options: FixtureOptions = {}, size?: number): Promise<FixtureRegistry> {
  const registry = await startFixtureRegistry({ packuments: documents, ...options });
  for (const document of documents) {
    const name = String(document.name);
    for (const version of Object.keys(Object(document.versions))) registry.addTarball(name, version, bytesOf(name, version, size));
  }
  closing.push(() => registry.close());
  return registry;
}

async function proxyFor(upstream: string, options: Parameters<typeof aProxy>[1] = {}): Promise<ProxyTale> {
  const proxy = await aProxy(upstream, options);
  closing.push(() => proxy.close(100));
  return proxy;
}

/** What the answers of these tests may hold. */
interface Answer {
  readonly [key: string]: unknown;
  readonly error: string;
  readonly versions: Readonly<Record<string, { readonly dist: { readonly tarball: string } }>>;
  readonly time: Readonly<Record<string, string>>;
  readonly 'dist-tags': Readonly<Record<string, string>>;
  readonly judgements: readonly unknown[];
}

async function json(
  url: string,
  headers: Record<string, string> = {},
): Promise<{ status: number; headers: Headers; body: Answer; text: string; statusText: string }> {
  const response = await fetch(url, { headers });
  const text = await response.text();
  return { status: response.status, statusText: response.statusText, headers: response.headers, text, body: attempt(text) };
}

function attempt(text: string): Answer {
  try {
    return JSON.parse(text);
  } catch {
    return JSON.parse('{}');
  }
}

/** One raw exchange: what a hostile client writes, what it gets. */
function raw(url: string, text: string): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname, () => socket.write(text));
    let seen = '';
    socket.on('data', (piece) => {
      seen += piece;
    });
    socket.on('close', () => resolve(seen));
    socket.on('error', () => resolve(seen));
    socket.setTimeout(1500, () => socket.destroy());
  });
}

function status(url: string, path: string, headers: Record<string, string> = {}): Promise<number> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const request = rawRequest({ hostname, port, path, headers }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    request.on('error', reject).end();
  });
}

describe('packuments', () => {
  it('are served without the versions withheld, in both forms, with tags that still lead somewhere', async () => {
    const registry = await registryWith([left()]);
    const proxy = await proxyFor(registry.url, { bench: aBench('left@2.0.0') });
    for (const headers of [npm, { ...npm, ...short }]) {
      const { status, body, headers: answered } = await json(`${proxy.url}left`, headers);
      expect(status).toBe(200);
      expect(Object.keys(body.versions)).toEqual(['1.0.0', '1.1.0']);
      expect(body['dist-tags'].latest).toBe('1.1.0');
      expect(answered.get('npm-notice')).toContain('left@2.0.0 is withheld by bad: it is bad - take 1.1.0');
    }
    const full = await json(`${proxy.url}left`, npm);
    expect(full.body.time['2.0.0']).toBeUndefined();
  });

  it('pass on untouched what has nothing withheld, and say "not changed" by an ETag of their own', async () => {
    const registry = await registryWith([left()]);
    const proxy = await proxyFor(registry.url, { npmReplaces: new Set([new URL(registry.url).host]) });
    const direct = await json(`${registry.url}left`);
    const first = await json(`${proxy.url}left`, npm);
    expect(first.text).toBe(direct.text);
    const etag = first.headers.get('etag') ?? '';
    expect(etag).not.toBe(direct.headers.get('etag'));
    expect((await json(`${proxy.url}left`, { ...npm, 'if-none-match': etag })).status).toBe(304);
  });

  it('change their ETag with the decision', async () => {
    const registry = await registryWith([left()]);
    let now = Date.now();
    const bench = aBench();
    bench.withheld.set('left@2.0.0', now + 1000);
    const proxy = await proxyFor(registry.url, { bench, now: () => now });
    const before = await json(`${proxy.url}left`, npm);
    now += 2000;
    const after = await json(`${proxy.url}left`, { ...npm, 'if-none-match': before.headers.get('etag') ?? '' });
    expect(after.status).toBe(200);
    expect(Object.keys(after.body.versions)).toContain('2.0.0');
    now -= 86_400_000;
    expect(Object.keys((await json(`${proxy.url}left`, npm)).body.versions)).not.toContain('2.0.0');
  });

  it('show each client the tarball addresses it needs', async () => {
    const registry = await registryWith([left('@acme/left')]);
    const host = new URL(registry.url).host;
    const proxy = await proxyFor(registry.url, { npmReplaces: new Set([host]) });
    const tarball = async (headers: Record<string, string>) => (await json(`${proxy.url}@acme%2fleft`, headers)).body.versions['1.0.0']?.dist.tarball;
    expect(await tarball(npm)).toBe(registry.tarballUrl('@acme/left', '1.0.0'));
    expect(await tarball(pnpm)).toBe(`${proxy.url}@acme/left/-/left-1.0.0.tgz`);
    expect(await tarball({ 'user-agent': 'got (https://github.com/sindresorhus/got)' })).toBe(`${proxy.url}@acme/left/-/left-1.0.0.tgz`);
  });

  it('are refused whole, with a reason, when no version is left', async () => {
    const registry = await registryWith([left()]);
    const proxy = await proxyFor(registry.url, { bench: aBench('left@1.0.0', 'left@1.1.0', 'left@2.0.0') });
    const { status, body, headers, statusText } = await json(`${proxy.url}left`, npm);
    expect(status).toBe(403);
    expect(body.error).toContain('every version of left is withheld');
    expect(statusText).toContain('Withheld by depward');
    expect(headers.get('npm-notice')).toContain('it is bad');
  });

  it('cost one question to the registry, however many ask at once', async () => {
    const registry = await registryWith([left()], { latency: 30 });
    const proxy = await proxyFor(registry.url);
    const answers = await Promise.all(Array.from({ length: 500 }, () => status(proxy.url, '/left')));
    expect(new Set(answers)).toEqual(new Set([200]));
    expect(registry.count('left')).toBe(1);
    expect(proxy.bench.asked.filter((subject) => subject === 'left@2.0.0')).toHaveLength(1);
  });

  it('are asked for again after a while, by ETag, and judged again only when they changed', async () => {
    const registry = await registryWith([left()]);
    const proxy = await proxyFor(registry.url, { freshFor: 0 });
    await json(`${proxy.url}left`, npm);
    await json(`${proxy.url}left`, npm);
    expect(registry.requests.at(-1)?.status).toBe(304);
    expect(proxy.bench.asked).toHaveLength(3);
  });

  it('answer for a single version and for the tags alone', async () => {
    const registry = await registryWith([left()]);
    const proxy = await proxyFor(registry.url, { bench: aBench('left@2.0.0') });
    expect((await json(`${proxy.url}left/latest`)).body.version).toBe('1.1.0');
    expect((await json(`${proxy.url}left/2.0.0`)).status).toBe(403);
    expect((await json(`${proxy.url}left/9.9.9`)).status).toBe(404);
    expect((await json(`${proxy.url}-/package/left/dist-tags`)).body).toEqual({ latest: '1.1.0' });
  });
});

describe('tarballs', () => {
  it('are delivered when allowed, and refused before a byte when not, also without the packument being asked for', async () => {
    const registry = await registryWith([left()]);
    const proxy = await proxyFor(registry.url, { bench: aBench('left@2.0.0') });
    const refused = await json(`${proxy.url}left/-/left-2.0.0.tgz`, npm);
    expect(refused.status).toBe(403);
    expect(refused.body.error).toBe(`[depward] left@2.0.0 is withheld by bad: it is bad - take 1.1.0; more at ${proxy.url}-/depward/why/left@2.0.0`);
    expect(refused.body.depward).toMatchObject({ name: 'left', version: '2.0.0', action: 'block', instead: '1.1.0' });
    expect(refused.statusText).toMatch(/^Withheld by depward: bad/);
    expect(registry.count('/left/-/left-2.0.0.tgz')).toBe(0);
    const allowed = await fetch(`${proxy.url}left/-/left-1.1.0.tgz`);
    expect(Buffer.from(await allowed.arrayBuffer())).toEqual(bytesOf('left', '1.1.0'));
  });

  it('are let through when what their contents were withheld for has passed by itself', async () => {
    const registry = await registryWith([left()]);
    let now = Date.now();
    const allowedFrom = now + 60_000;
    const bench: BenchTale = {
      ...aBench(),
      async judge({ versions, contents, now: at }) {
        const action = contents && at < allowedFrom ? ('block' as const) : ('allow' as const);
        const because = action === 'block' ? [{ ruleId: 'bad', action, message: 'for now' }] : [];
        return new Map(
          versions.map((version) => [version, { version, action, because, complete: true, ...(action === 'block' && { allowedFrom }) }]),
        );
      },
    };
    const proxy = await proxyFor(registry.url, { bench, now: () => now });
    const document = async () => Object.keys((await json(`${proxy.url}left`, npm)).body.versions);
    expect((await fetch(`${proxy.url}left/-/left-2.0.0.tgz`)).status).toBe(403);
    expect(await document()).toEqual(['1.0.0', '1.1.0']);
    now = allowedFrom;
    expect(await document()).toEqual(['1.0.0', '1.1.0', '2.0.0']);
    expect((await fetch(`${proxy.url}left/-/left-2.0.0.tgz`)).status).toBe(200);
  });

  it('judge an old version when it is asked for, and take it out of the packument from then on', async () => {
    const old = publish('old', [
      { version: '1.0.0', at: '2015-01-01T00:00:00Z' },
      { version: '2.0.0', at: '2016-01-01T00:00:00Z' },
    ]);
    const registry = await registryWith([old]);
    const proxy = await proxyFor(registry.url, { bench: aBench('old@1.0.0') });
    expect(Object.keys((await json(`${proxy.url}old`, npm)).body.versions)).toEqual(['1.0.0', '2.0.0']);
    expect((await json(`${proxy.url}old/-/old-1.0.0.tgz`)).status).toBe(403);
    expect(Object.keys((await json(`${proxy.url}old`, npm)).body.versions)).toEqual(['2.0.0']);
  });

  it.each([
    ['small', 5000],
    ['large', 9_000_000],
  ])('with other bytes than the packument names never arrive whole (%s)', async (_, size) => {
    const registry = await registryWith([left('left', size)], {}, size);
    registry.addTarball('left', '1.1.0', bytesOf('evil', '1.1.0', size));
    const proxy = await proxyFor(registry.url);
    const outcome = await fetch(`${proxy.url}left/-/left-1.1.0.tgz`)
      .then(async (response) => (response.ok ? `whole: ${(await response.arrayBuffer()).byteLength}` : `status ${response.status}`))
      .catch(() => 'broken off');
    expect(outcome).toBe(size < 8_000_000 ? 'status 502' : 'broken off');
    const good = await fetch(`${proxy.url}left/-/left-1.0.0.tgz`);
    expect((await good.arrayBuffer()).byteLength).toBe(size);
  });

  it('of versions the registry does not list are refused', async () => {
    const registry = await registryWith([left()]);
    registry.addBytes('/left/-/left-6.6.6.tgz', 'x');
    const proxy = await proxyFor(registry.url);
    expect((await json(`${proxy.url}left/-/left-6.6.6.tgz`)).status).toBe(404);
    expect((await json(`${proxy.url}left/-/right-1.0.0.tgz`)).status).toBe(404);
    expect(registry.count('/left/-/left-6.6.6.tgz')).toBe(0);
  });

  it('are served in observe mode, and the log says what would have been withheld', async () => {
    const registry = await registryWith([left()]);
    const proxy = await proxyFor(registry.url, { bench: aBench('left@2.0.0'), observe: true });
    expect(Object.keys((await json(`${proxy.url}left`, npm)).body.versions)).toContain('2.0.0');
    expect((await fetch(`${proxy.url}left/-/left-2.0.0.tgz`)).status).toBe(200);
    expect(proxy.events.map((event) => event.verdict)).toEqual(['observed', 'observed']);
    expect(proxy.events[1]).toMatchObject({ asked: 'tarball', subject: 'left@2.0.0', rules: ['bad'], policy: 'test' });
  });
});

describe('addresses shown to clients', () => {
  it('are told with the address behind each, wherever the registry keeps its tarballs', async () => {
    const document = left();
    const registry = await startFixtureRegistry();
    closing.push(() => registry.close());
    const elsewhere = 'https://files.example/archive/left-1.0.0.tgz';
    Object(document.versions)['1.0.0'].dist.tarball = elsewhere;
    registry.addBytes('/left', JSON.stringify(document));
    const shown = new Map<string, string>();
    const proxy = await proxyFor(registry.url, { shown: (url, original) => void shown.set(url, original) });
    const { body } = await json(`${proxy.url}left`, pnpm);
    expect(body.versions['1.0.0']?.dist.tarball).toBe(`${proxy.url}left/-/left-1.0.0.tgz`);
    expect(shown.get(`${proxy.url}left/-/left-1.0.0.tgz`)).toBe(elsewhere);
  });
});

describe('own pages', () => {
  it('say why, what is withheld, and how the proxy fares', async () => {
    const registry = await registryWith([left()]);
    const bench = aBench('left@2.0.0');
    const proxy = await proxyFor(registry.url, { bench });
    expect((await json(proxy.url)).text).toContain(`${proxy.url}-/depward/why/NAME@VERSION`);
    const why = await json(`${proxy.url}-/depward/why/left@2.0.0`);
    expect(why.body.judgements[0]).toMatchObject({ version: '2.0.0', action: 'block', instead: '1.1.0' });
    expect((await json(`${proxy.url}-/depward/why/left`, { accept: 'text/plain' })).text).toContain('left@2.0.0: withheld\n  x bad: it is bad\n');
    expect((await json(`${proxy.url}-/depward/withheld`)).body.withheld).toMatchObject([{ name: 'left', version: '2.0.0' }]);
    expect((await json(`${proxy.url}-/depward/health`)).body).toEqual({ ok: true });
    expect((await json(`${proxy.url}-/depward/ready`)).body).toEqual({ ready: true });
    await json(`${proxy.url}left`, npm);
    expect((await json(`${proxy.url}-/depward/metrics`)).text).toMatch(/^depward_verdicts_total\{verdict="filtered"\} 1$/m);
    expect((await json(`${proxy.url}-/depward/nothing`)).status).toBe(404);
  });
});

describe('pages for browsers', () => {
  it('say the same without a script, and take words of strangers for text', async () => {
    const registry = await registryWith([left()]);
    const hostile = `<img src=x onerror=alert(1)>"'&\u001b[31m`;
    const bench = {
      ...aBench(),
      judge: async ({ versions }: { readonly versions: readonly string[] }) =>
        new Map(
          versions.map((version) => [
            version,
            { version, action: 'block' as const, because: [{ ruleId: 'bad', action: 'block' as const, message: hostile }], complete: true },
          ]),
        ),
    };
    const proxy = await proxyFor(registry.url, { bench: bench as ReturnType<typeof aBench> });
    const page = await fetch(`${proxy.url}-/depward/why/left@2.0.0`, { headers: { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' } });
    const text = await page.text();
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'sha256-/);
    expect(text).toContain('<h1>left@2.0.0 is withheld</h1>');
    expect(text).toContain('&lt;img src=x onerror=alert(1)&gt;&quot;&#39;&amp;');
    expect(text).not.toMatch(/<img|<script|\u001b/);
    const all = await (await fetch(`${proxy.url}-/depward/withheld`, { headers: { accept: 'text/html' } })).text();
    expect(all).toContain('Withheld: 3 versions');
  });
});

describe('credentials', () => {
  it('go to the one upstream they are meant for, and what they open is not served to others', async () => {
    const main = await registryWith([left()]);
    const scoped = await registryWith([left('@acme/left')]);
    const proxy = await proxyFor(main.url, {
      upstreams: { main: { url: main.url }, scopes: new Map([['@acme', { url: scoped.url }]]), credentialsTo: '@acme' },
    });
    scoped.requireAuth('Bearer secret');
    expect((await json(`${proxy.url}@acme%2fleft`, { authorization: 'Bearer secret' })).status).toBe(200);
    expect((await json(`${proxy.url}@acme%2fleft`)).status).toBe(401);
    expect((await json(`${proxy.url}@acme/left/-/left-1.0.0.tgz`)).status).toBe(401);
    expect((await json(`${proxy.url}left`, { authorization: 'Bearer secret' })).status).toBe(200);
    expect(main.requests.every((request) => request.headers.authorization === undefined)).toBe(true);
    expect(JSON.stringify(proxy.events)).not.toContain('secret');
    expect((await json(`${proxy.url}-/depward/withheld`)).text).not.toContain('@acme');
  });

  it('of the proxy itself are sent upstream for clients that have none', async () => {
    const registry = await registryWith([left()]);
    registry.requireAuth('Bearer own');
    const proxy = await proxyFor(registry.url, {
      upstreams: { main: { url: registry.url, authorization: async () => 'Bearer own' }, scopes: new Map(), credentialsTo: 'none' },
    });
    expect((await json(`${proxy.url}left`)).status).toBe(200);
  });
});

describe('other routes', () => {
  it('are passed on or refused by group', async () => {
    const registry = await registryWith([left()]);
    registry.addBytes('/-/npm/v1/keys', '{"keys":[]}');
    registry.addBytes('/-/npm/v1/security/advisories/bulk', '{}');
    const proxy = await proxyFor(registry.url);
    expect((await json(`${proxy.url}-/npm/v1/keys`)).body).toEqual({ keys: [] });
    expect((await fetch(`${proxy.url}-/npm/v1/security/advisories/bulk`, { method: 'POST', body: '{}' })).status).toBe(200);
    const publishing = await fetch(`${proxy.url}left`, { method: 'PUT', body: '{}' });
    expect(publishing.status).toBe(403);
    expect(await publishing.text()).toContain('--pass publish');
    expect((await json(`${proxy.url}-/whoami`)).status).toBe(403);
    expect(registry.count('/-/whoami')).toBe(0);
  });
});

describe('trouble upstream', () => {
  /** Short only where time has to run out: a busy machine needs some to answer at all. */
  const limitsFor = ({ kind }: { readonly kind: string }) =>
    kind === 'stall' || kind === 'delay'
      ? { ...defaultLimits, answerMs: 1_000, idleMs: 1_000, totalMs: 3_000 }
      : { ...defaultLimits, answerMs: 8_000, idleMs: 8_000, totalMs: 8_000, documentBytes: 200_000 };

  it.each([
    ['refuses to answer', { kind: 'status', status: 500 }, 502],
    ['asks to slow down', { kind: 'status', status: 429, headers: { 'retry-after': '7' } }, 429],
    ['wants to know who asks', { kind: 'status', status: 401 }, 401],
    ['knows no such package', { kind: 'status', status: 404 }, 404],
    ['answers with a web page', { kind: 'html' }, 502],
    ['resets', { kind: 'reset', afterBytes: 10 }, 502],
    ['breaks off', { kind: 'truncate', keepBytes: 50 }, 502],
    ['sends half a document as a whole', { kind: 'cut', keepBytes: 50 }, 502],
    ['stops', { kind: 'stall', afterBytes: 50 }, 504],
    ['is silent', { kind: 'delay', ms: 3_500 }, 504],
    ['redirects elsewhere', { kind: 'redirect', to: 'http://169.254.169.254/latest/meta-data' }, 502],
    ['redirects in circles', { kind: 'redirect-loop' }, 502],
    ['sends without end', { kind: 'oversized', bytes: 5_000_000 }, 502],
    ['answers with another package', { kind: 'body', body: '{"name":"right","versions":{}}' }, 502],
  ] as const)('when it %s, nothing is served and the reason is said', async (_, fault, wanted) => {
    const registry = await registryWith([left()], { plain: true });
    registry.fault('left', fault);
    const proxy = await proxyFor(registry.url, { limits: limitsFor(fault) });
    const packument = await json(`${proxy.url}left`, npm);
    expect(packument.status).toBe(wanted);
    expect(packument.body.error).toMatch(/^\[depward\] /);
    expect(packument.headers.get('retry-after')).toBe(wanted === 429 ? '7' : null);
    expect((await json(`${proxy.url}left/-/left-1.0.0.tgz`, npm)).status).toBe(wanted);
    registry.clearFaults();
    if (wanted !== 404) expect((await json(`${proxy.url}left`, npm)).status).toBe(200);
  });

  it.each([
    ['status', { kind: 'status', status: 503 }, 'status 502'],
    ['reset', { kind: 'reset', afterBytes: 1000 }, 'status 502'],
    ['truncate', { kind: 'truncate', keepBytes: 1000 }, 'status 502'],
    ['cut', { kind: 'cut', keepBytes: 1000 }, 'broken off'],
    ['stall', { kind: 'stall', afterBytes: 1000 }, 'status 504'],
    ['html', { kind: 'html' }, 'broken off'],
  ] as const)('never delivers a whole tarball: %s', async (_, fault, wanted) => {
    const registry = await registryWith([left()], { plain: true });
    registry.fault('/left/-/left-1.0.0.tgz', fault);
    const proxy = await proxyFor(registry.url, { limits: limitsFor(fault) });
    const outcome = await fetch(`${proxy.url}left/-/left-1.0.0.tgz`)
      .then(async (response) => (await response.arrayBuffer()) && `status ${response.status}`)
      .catch(() => 'broken off');
    expect([wanted, 'status 502']).toContain(outcome);
  });

  it('that is down is said, and forgotten when it is up again', async () => {
    const registry = await registryWith([left()]);
    const proxy = await proxyFor('http://127.0.0.1:9/');
    expect((await json(`${proxy.url}left`)).body.error).toContain('the registry cannot be reached (ECONNREFUSED)');
    expect((await json(`${proxy.url}-/depward/ready`)).status).toBe(503);
    expect((await json(`${proxy.url}-/depward/health`)).status).toBe(200);
    expect(registry.requests).toHaveLength(0);
  });
});

describe('hostile clients', () => {
  it.each([
    '/..%2f..%2fetc',
    '/left%252f..',
    '/left%00',
    '/left/-/..%2fleft-1.0.0.tgz',
    '/left/../right',
    '/%5c%5cserver',
    'http://registry.example/left',
  ])('get nowhere with %s', async (path) => {
    const registry = await registryWith([left()]);
    const proxy = await proxyFor(registry.url);
    expect(await status(proxy.url, path)).toBeGreaterThanOrEqual(400);
    expect(registry.requests).toHaveLength(0);
  });

  it('cannot hide a second request in a first', async () => {
    const registry = await registryWith([left()]);
    const proxy = await proxyFor(registry.url, { bench: aBench('left@2.0.0') });
    const both =
      'GET /left HTTP/1.1\r\nHost: x\r\nContent-Length: 40\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /left/-/left-2.0.0.tgz HTTP/1.1\r\nHost: x\r\n\r\n';
    expect(await raw(proxy.url, both)).toMatch(/^HTTP\/1\.1 400 /);
    const twice = 'GET /left HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nContent-Length: 5\r\n\r\n';
    expect(await raw(proxy.url, twice)).toMatch(/^HTTP\/1\.1 400 /);
    expect(await raw(proxy.url, `GET /left HTTP/1.1\r\nHost: x\r\nX-Big: ${'a'.repeat(40_000)}\r\n\r\n`)).toMatch(/^HTTP\/1\.1 4/);
    expect(await raw(proxy.url, 'CONNECT registry.example:443 HTTP/1.1\r\nHost: x\r\n\r\n')).toMatch(/^HTTP\/1\.1 405 /);
    expect(await raw(proxy.url, 'GET /left HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n')).toMatch(/^HTTP\/1\.1 405 /);
    expect((await json(`${proxy.url}left`)).status).toBe(200);
  });

  it('that hang up early leave nothing broken', async () => {
    const registry = await registryWith([left('left', 9_000_000)], {}, 9_000_000);
    const proxy = await proxyFor(registry.url);
    for (let i = 0; i < 5; i++) {
      const controller = new AbortController();
      const response = await fetch(`${proxy.url}left/-/left-1.0.0.tgz`, { signal: controller.signal });
      controller.abort();
      await response.arrayBuffer().catch(() => undefined);
    }
    expect((await (await fetch(`${proxy.url}left/-/left-1.0.0.tgz`)).arrayBuffer()).byteLength).toBe(9_000_000);
  });
});

describe('a clock that jumps', () => {
  it('forwards lets through what has waited long enough, backwards withholds it again', async () => {
    const registry = await registryWith([left()]);
    const bench = aBench();
    const start = Date.now();
    bench.withheld.set('left@2.0.0', start + 3_600_000);
    let clock = start;
    const proxy = await proxyFor(registry.url, { bench, now: () => clock });
    const listed = async () => Object.keys((await json(`${proxy.url}left`, npm)).body.versions).includes('2.0.0');
    expect([await listed(), await status(proxy.url, '/left/-/left-2.0.0.tgz')]).toEqual([false, 403]);
    clock = start + 4_000_000;
    expect([await listed(), await status(proxy.url, '/left/-/left-2.0.0.tgz')]).toEqual([true, 200]);
    clock = start;
    expect([await listed(), await status(proxy.url, '/left/-/left-2.0.0.tgz')]).toEqual([false, 403]);
  });
});

describe('stopping', () => {
  it('finishes what was begun and takes nothing new', async () => {
    const registry = await registryWith([left()], { latency: 200 });
    const proxy = await aProxy(registry.url);
    const running = json(`${proxy.url}left`, npm);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const stopped = proxy.close();
    expect((await running).status).toBe(200);
    await stopped;
    await expect(fetch(`${proxy.url}left`)).rejects.toThrow();
  });
});
