import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { liesInside, strangerBytes } from '../../src/registry/stranger-bytes.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

interface Answer {
  readonly status?: number;
  readonly location?: string;
  readonly body?: string;
}

async function serving(answers: Readonly<Record<string, Answer>>): Promise<{ url: string; seen: IncomingHttpHeaders[] }> {
  const seen: IncomingHttpHeaders[] = [];
  const server = createServer((request, response) => {
    seen.push(request.headers);
    const { status = 200, location, body = '' } = answers[request.url ?? ''] ?? { status: 404 };
    response.writeHead(status, location === undefined ? {} : { location }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  servers.push(server);
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

async function bytes(url: string, inside: boolean, limitBytes = 1000): Promise<string> {
  const port = new URL(url).port;
  const npm = { registry: url, [`//127.0.0.1:${port}/:_authToken`]: 'secret', userAgent: 'test' };
  const whole = new AbortController().signal;
  let text = '';
  for await (const chunk of strangerBytes(url, { limitBytes, npm, whole, inside })) text += chunk.toString();
  return text;
}

describe('a tarball from a web address', () => {
  it('comes without credentials, neither configured nor written into the address', async () => {
    const { url, seen } = await serving({ '/a.tgz': { status: 302, location: '/b.tgz' }, '/b.tgz': { body: 'bytes' } });
    expect(await bytes(`${url.replace('//', '//user:pass@')}/a.tgz#sha`, true)).toBe('bytes');
    expect(seen).toHaveLength(2);
    for (const headers of seen) expect(headers).not.toHaveProperty('authorization');
  });

  it('is not fetched from inside this network, by address or by name, unless the registry is inside', async () => {
    const { url, seen } = await serving({ '/a.tgz': { body: 'bytes' } });
    await expect(bytes(`${url}/a.tgz`, false)).rejects.toMatchObject({ code: 'not-found', message: expect.stringMatching(/inside this network/) });
    await expect(bytes(`${url.replace('127.0.0.1', 'localhost')}/a.tgz`, false)).rejects.toMatchObject({ code: 'not-found' });
    await expect(bytes(`${url.replace('127.0.0.1', '[::ffff:127.0.0.1]')}/a.tgz`, false)).rejects.toMatchObject({ code: 'not-found' });
    await expect(bytes(`${url.replace('127.0.0.1', '2130706433')}/a.tgz`, false)).rejects.toMatchObject({ code: 'not-found' });
    expect(seen).toEqual([]);
  });

  it('is bounded in bytes and redirects, and what asks for credentials is not to be had', async () => {
    const { url } = await serving({ '/a.tgz': { body: 'x'.repeat(2000) }, '/loop': { status: 301, location: '/loop' }, '/mine': { status: 401 } });
    await expect(bytes(`${url}/a.tgz`, true)).rejects.toMatchObject({ code: 'limit' });
    await expect(bytes(`${url}/loop`, true)).rejects.toMatchObject({ code: 'network' });
    await expect(bytes(`${url}/mine`, true)).rejects.toMatchObject({ code: 'not-found' });
    await expect(bytes('file:///etc/passwd', true)).rejects.toMatchObject({ code: 'not-found' });
  });

  it('knows whether a registry is inside', async () => {
    expect(await liesInside('http://127.0.0.1:4873/')).toBe(true);
    expect(await liesInside('https://[2606:4700::1]/')).toBe(false);
    expect(await liesInside('http://localhost:4873/')).toBe(true);
  });
});
