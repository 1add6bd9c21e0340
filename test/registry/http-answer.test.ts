import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { wholeOf } from '../../src/registry/body.ts';
import { Clock } from '../../src/registry/deadline.ts';
import { Doubt, HttpAnswer } from '../../src/registry/http-answer.ts';
import { getWhole } from '../../src/registry/transport.ts';

const lines = (...list: string[]) => `${list.join('\r\n')}\r\n`;
const counted = `${lines('HTTP/1.1 200 OK', 'Content-Length: 5', 'ETag: "x"', '')}hello`;
const chunked = `${lines('HTTP/1.1 200 OK', 'transfer-encoding: chunked', '')}3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n`;

function read(text: string, ...cuts: number[]): { complete: boolean; answer: HttpAnswer; body: string } {
  const bytes = Buffer.from(text, 'latin1');
  const answer = new HttpAnswer();
  let complete = false;
  [0, ...cuts].forEach((from, place) => {
    complete = answer.push(bytes.subarray(from, cuts[place] ?? bytes.length));
  });
  return { complete, answer, body: Buffer.concat(answer.body).toString() };
}

describe('an answer read from the bytes of a connection', () => {
  it.each([
    ['counted', counted],
    ['in chunks', chunked],
  ])('is the same wherever its bytes are cut: %s', (_, text) => {
    for (let a = 1; a < text.length; a += 1) {
      for (let b = a + 1; b <= text.length; b += 3) {
        const { complete, body, answer } = read(text, a, ...(b < text.length ? [b] : []));
        expect([complete, body, answer.status]).toEqual([true, 'hello', 200]);
      }
    }
    for (let end = 0; end < text.length; end += 1) expect(read(text.slice(0, end)).complete).toBe(false);
  });

  it.each([
    ['another version', lines('HTTP/1.0 200 OK', 'content-length: 0', '')],
    ['something before the answer', lines('HTTP/1.1 103 Early Hints', 'link: x', '')],
    ['two lengths', lines('HTTP/1.1 200 OK', 'content-length: 5', 'Content-Length: 6', '')],
    ['a length and chunks', lines('HTTP/1.1 200 OK', 'content-length: 5', 'transfer-encoding: chunked', '')],
    ['a length that is no number', lines('HTTP/1.1 200 OK', 'content-length: +5', '')],
    ['other transfer encodings', lines('HTTP/1.1 200 OK', 'transfer-encoding: gzip, chunked', '')],
    ['no length', lines('HTTP/1.1 200 OK', 'etag: "x"', '')],
    ['a folded header', lines('HTTP/1.1 200 OK', 'a: b', ' c', 'content-length: 0', '')],
    ['a space before the colon', lines('HTTP/1.1 200 OK', 'content-length : 0', '')],
    ['a bare line feed', lines('HTTP/1.1 200 OK', 'a: b\ncontent-length: 5', 'content-length: 0', '')],
    ['more than the answer', `${counted}HTTP/1.1 200 OK`],
    ['more than the chunks', `${chunked}x`],
    ['a chunk that is longer than it says', chunked.replace('hel', 'helo')],
    ['a chunk extension', chunked.replace('3\r\n', '3;x=y\r\n')],
    ['a trailer', chunked.replace('0\r\n\r\n', '0\r\nx: y\r\n\r\n')],
    ['a negative chunk', chunked.replace('3\r\n', '-3\r\n')],
    ['a head without end', `HTTP/1.1 200 OK\r\n${'a: b\r\n'.repeat(4_000)}`],
  ])('is left to others: %s', (_, text) => {
    expect(() => read(text)).toThrow(Doubt);
  });

  it('has no body when it is unchanged, whatever length it names', () => {
    expect(read(lines('HTTP/1.1 304 Not Modified', 'content-length: 5', '')).complete).toBe(true);
  });

  it('says how long its connection is kept', () => {
    const kept = (...headers: string[]) => read(lines('HTTP/1.1 200 OK', 'content-length: 0', ...headers, '')).answer.keptSeconds();
    expect([kept(), kept('Connection: close'), kept('Connection: Keep-Alive', 'Keep-Alive: timeout=60')]).toEqual([4, 0, 59]);
  });
});

describe('a connection that is used again', () => {
  let server: Server | undefined;
  afterEach(() => new Promise((resolve) => (server ? server.close(resolve) : resolve(undefined))));

  async function listen(made: Server): Promise<string> {
    server = made;
    await new Promise<void>((resolve) => made.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(made.address() as AddressInfo).port}/`;
  }

  async function ask(url: string, npm: Record<string, unknown>, limit = 1_000): Promise<string | undefined> {
    const clock = new Clock([], 5_000);
    const { received, status } = await getWhole({ url, npm, clock }, limit).finally(() => clock.done());
    return received === undefined ? undefined : `${status} ${wholeOf(received)}`;
  }

  it('never gives one question the answer to another', async () => {
    const sockets = new Set<Socket>();
    const answer = (text: string) => lines('HTTP/1.1 200 OK', `content-length: ${text.length}`, '') + text;
    const url = await listen(
      createServer((socket) => {
        sockets.add(socket);
        socket.on('data', (bytes) => {
          const path = /^GET (\S+)/.exec(String(bytes))?.[1] ?? '';
          socket.write(answer(path));
          // What nobody asked for, as if it were the next answer.
          if (path === '/first') setTimeout(() => socket.write(answer('evil')), 20);
        });
      }),
    );
    const npm = {};
    expect(await ask(`${url}first`, npm)).toBe('200 /first');
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(await ask(`${url}second`, npm)).toBe('200 /second');
    expect(sockets.size).toBe(2);
    expect(await ask(`${url}third`, npm)).toBe('200 /third');
    expect(sockets.size).toBe(2);
    for (const socket of sockets) socket.destroy();
  });

  it('is asked for anew where it was closed meanwhile, and its answers are as long as wanted', async () => {
    let count = 0;
    const url = await listen(
      createHttpServer((request, response) => {
        count += 1;
        if (count === 2) request.socket.destroy();
        else response.end('x'.repeat(10));
      }),
    );
    const npm = {};
    expect(await ask(url, npm)).toBe('200 xxxxxxxxxx');
    expect(await ask(url, npm)).toBe('200 xxxxxxxxxx');
    expect(count).toBe(3);
    expect(await ask(url, npm, 9)).toBeUndefined();
    expect(await ask(url, npm, 10)).toBe('200 xxxxxxxxxx');
    (server as unknown as { closeAllConnections(): void }).closeAllConnections();
  });
});
