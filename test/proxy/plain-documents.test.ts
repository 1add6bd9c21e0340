import { createServer, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { openUpstreamClient } from '../../src/proxy/upstream.ts';
import { defaultLimits, type Limits } from '../../src/proxy/upstream-limits.ts';

const closing: (() => void)[] = [];
afterEach(() => closing.splice(0).forEach((close) => void close()));

/** A registry that answers with these bytes, whatever is asked; the client is short of patience only where its end is awaited. */
async function aRegistry(answer: (socket: Socket, question: string) => void, patience: Partial<Limits> = {}) {
  const seen = { connections: 0, questions: [] as string[] };
  const server = createServer((socket) => {
    seen.connections += 1;
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => {
      seen.questions.push(String(bytes));
      answer(socket, String(bytes));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const client = openUpstreamClient({ ...defaultLimits, documentBytes: 1000, ...patience });
  closing.push(
    () => server.close(),
    () => client.close(),
  );
  const upstream = { url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/` };
  return { seen, ask: (path = '/left', etag?: string) => client.document(upstream, path, { accept: 'application/json', etag }) };
}

/** The client lives in this process: what was written is read within a turn or two, however busy the machine is. */
function afterTurns(turns: number, then: () => void): void {
  if (turns === 0) then();
  else setImmediate(() => afterTurns(turns - 1, then));
}

const plain = (body: string, head = '') => `HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n${head}\r\n${body}`;

describe('a document of a registry', () => {
  it('comes over a connection that is used again', async () => {
    const { seen, ask } = await aRegistry((socket) => socket.write(plain('{}', 'etag: "1"\r\ncontent-type: application/x\r\n')));
    for (const path of ['/left', '/right']) {
      expect(await ask(path)).toEqual({ kind: 'document', bytes: Buffer.from('{}'), etag: '"1"', type: 'application/x' });
    }
    expect(seen.connections).toBe(1);
    expect(seen.questions[1]).toMatch(/^GET \/right HTTP\/1\.1\r\nhost: 127\.0\.0\.1:\d+\r\naccept: application\/json\r\naccept-encoding: gzip\r\n/);
  });

  it('is asked for anew where the kept connection was closed in the moment it was used', async () => {
    let answered = 0;
    const { ask } = await aRegistry((socket) => (++answered === 2 ? socket.resetAndDestroy() : socket.write(plain('{}'))));
    await ask();
    expect(await ask()).toMatchObject({ kind: 'document' });
    expect(answered).toBe(3);
  });

  it.each([
    ['of an older protocol', 'HTTP/1.0 200 OK\r\n\r\n{}'],
    ['whose length is said twice', 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}'],
  ])('%s is read by node’s client, and soon by it alone', async (_, text) => {
    const { seen, ask } = await aRegistry((socket) => socket.end(text));
    for (let i = 0; i < 3; i++) await ask().catch(() => undefined);
    const before = seen.questions.length;
    expect(before).toBe(6);
    await ask().catch(() => undefined);
    expect(seen.questions.length).toBe(before + 1);
  });

  it.each([
    ['never begins', '', 'the registry does not answer', { answerMs: 200 }],
    ['never gets to the end of its head', 'HTTP/1.1 200 OK\r\nx: ', 'the registry does not answer', { answerMs: 200 }],
    ['stops', 'HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{', 'the registry stopped in the middle of its answer', { idleMs: 200 }],
    ['is too long', 'HTTP/1.1 200 OK\r\ncontent-length: 2000\r\n\r\n{', "the registry's answer is larger than 1000 bytes", {}],
  ])('that %s is none', async (_, text, reason, patience) => {
    const { ask } = await aRegistry((socket) => socket.write(text), patience);
    await expect(ask()).rejects.toThrow(reason);
  });

  it('that breaks off is none, and is not asked for again', async () => {
    const { seen, ask } = await aRegistry((socket) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{', () => afterTurns(5, () => socket.resetAndDestroy()));
    });
    await expect(ask()).rejects.toThrow('the registry cannot be reached (ECONNRESET)');
    expect(seen.questions).toHaveLength(1);
  });

  it('that is unchanged is said to be so', async () => {
    const { ask } = await aRegistry((socket, question) =>
      socket.write(question.includes('if-none-match: "1"') ? 'HTTP/1.1 304 Not Modified\r\n\r\n' : plain('{}')),
    );
    expect(await ask('/left', '"1"')).toEqual({ kind: 'unchanged' });
  });
});
