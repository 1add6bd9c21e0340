import { createHash } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { aBench } from '../helpers/a-bench.ts';
import { aProxy } from '../helpers/a-proxy.ts';
import { publish, startFixtureRegistry } from '../helpers/fixture-registry.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** Would be passed on, were it a request. */
const hidden = 'GET /right HTTP/1.1\r\nHost: x\r\n\r\n';

async function world(size = 100) {
  const bytes = Buffer.alloc(size, 'x');
  const dist = { integrity: `sha512-${createHash('sha512').update(bytes).digest('base64')}` };
  const registry = await startFixtureRegistry({
    packuments: [
      publish(
        'left',
        ['1.0.0', '2.0.0'].map((version) => ({ version, at: '2020-01-01T00:00:00.000Z', more: { dist } })),
      ),
    ],
  });
  closing.push(() => registry.close());
  for (const version of ['1.0.0', '2.0.0']) registry.addTarball('left', version, bytes);
  const proxy = await aProxy(registry.url, { bench: aBench('left@2.0.0') });
  closing.push(() => proxy.close(100));
  return { registry, proxy };
}

function opened(url: string): Socket {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname).on('error', () => undefined);
  closing.push(() => socket.destroy());
  return socket;
}

/** What comes back in half a second, or until the end. */
function exchanged(url: string, text: string): Promise<string> {
  return new Promise((resolve) => {
    let seen = '';
    const socket = opened(url)
      .on('data', (piece) => {
        seen += piece;
      })
      .on('close', () => resolve(seen));
    socket.write(text, 'latin1');
    setTimeout(() => socket.destroy(), 500);
  });
}

describe('what may be read as one request or as two', () => {
  it.each([
    ['a length and chunks', `GET /left HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${hidden}`],
    ['two lengths', `GET /left HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nContent-Length: ${hidden.length}\r\n\r\n${hidden}`],
    ['a list of lengths', `GET /left HTTP/1.1\r\nHost: x\r\nContent-Length: 0, ${hidden.length}\r\n\r\n${hidden}`],
    ['a length with a sign', `GET /left HTTP/1.1\r\nHost: x\r\nContent-Length: +${hidden.length}\r\n\r\n${hidden}`],
    ['chunks by another name', `GET /left HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n${hidden}`],
    ['chunks twice', `GET /left HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked, identity\r\n\r\n${hidden}`],
    ['a space before the colon', `GET /left HTTP/1.1\r\nHost: x\r\nContent-Length : ${hidden.length}\r\n\r\n${hidden}`],
    ['lines that end in LF alone', 'GET /left HTTP/1.1\nHost: x\nTransfer-Encoding: chunked\n\n0\n\n'],
    ['a chunk length with a tail', `GET /left HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0x0\r\n\r\n${hidden}`],
    ['a header with a lone CR', `GET /left HTTP/1.1\r\nHost: x\r\nX: a\rContent-Length: ${hidden.length}\r\n\r\n${hidden}`],
    ['a NUL in a header', `GET /left HTTP/1.1\r\nHost: x\r\nX: a\0b\r\n\r\n${hidden}`],
    ['headers without end', `GET /left HTTP/1.1\r\nHost: x\r\n${'X-A: b\r\n'.repeat(6000)}\r\n`],
  ])('%s: is refused, and the registry sees nothing of what was hidden', async (_, text) => {
    const { registry, proxy } = await world();
    const answers = (await exchanged(proxy.url, text)).match(/^HTTP\/1\.1 \d{3}/gm) ?? [];
    expect(answers.length).toBeLessThanOrEqual(2);
    expect(answers.filter((answer) => answer.endsWith(' 200')).length).toBeLessThanOrEqual(1);
    expect(registry.requests.filter(({ path }) => path !== '/left')).toEqual([]);
    expect((await fetch(`${proxy.url}left`)).status).toBe(200);
  });

  it.each([
    ['no host', ''],
    ['two hosts', 'Host: x\r\nhost: y\r\n'],
  ])('with %s is refused', async (_, hosts) => {
    const { registry, proxy } = await world();
    expect(await exchanged(proxy.url, `GET /left HTTP/1.1\r\n${hosts}\r\n`)).toMatch(/^HTTP\/1\.1 400 /);
    expect(registry.requests).toEqual([]);
  });

  it('a body of a read is no second request', async () => {
    const { registry, proxy } = await world();
    const seen = await exchanged(proxy.url, `GET /left HTTP/1.1\r\nHost: x\r\nContent-Length: ${hidden.length}\r\n\r\n${hidden}`);
    expect(seen.match(/^HTTP\/1\.1 \d{3}/gm)).toEqual(['HTTP/1.1 200']);
    expect(registry.requests.map(({ path }) => path)).toEqual(['/left']);
  });
});

describe('clients that take nothing', () => {
  it('and those that never finish asking keep nobody else waiting', async () => {
    const { proxy } = await world(7_000_000);
    for (let i = 0; i < 40; i++) opened(proxy.url).pause().write('GET /left/-/left-1.0.0.tgz HTTP/1.1\r\nHost: x\r\n\r\n');
    for (let i = 0; i < 40; i++) opened(proxy.url).write('GET /left HTTP/1.1\r\nHost: x\r\nX-Slow: ');
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect((await (await fetch(`${proxy.url}left/-/left-1.0.0.tgz`)).arrayBuffer()).byteLength).toBe(7_000_000);
    expect((await fetch(`${proxy.url}left`)).status).toBe(200);
  });
});
