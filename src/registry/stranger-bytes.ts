/**
 * Tarballs from addresses that a lockfile names and that are no registry's: fetched without any credentials, and never from
 * inside this network unless the registry itself is inside. The address looked at is the one connected to.
 */
import { lookup } from 'node:dns';
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { DepwardError } from '../model/errors.ts';
import type { NpmOptions } from './config.ts';
import { Clock } from './deadline.ts';
import { guardedLookup, refused } from './guarded-lookup.ts';
import { isPrivateAddress } from './private-address.ts';
import { unconnected } from './reach.ts';
import { networkTrouble, safeUrl, statusTrouble } from './redact.ts';
import type { TarballRequest } from './tarball-bytes.ts';

export interface StrangerRequest extends Pick<TarballRequest, 'limitBytes'> {
  readonly npm: NpmOptions;
  readonly whole: AbortSignal;
  /** True where the registry itself lies inside this network. */
  readonly inside: boolean;
  /** For the whole tarball; two minutes when absent. */
  readonly milliseconds?: number;
}

const mostRedirects = 5;
/** Longest until a connection is made. */
const connecting = 10_000;

/** Streams it. What is refused, or asks who we are, ends with the code `not-found`: it is not to be had from here. */
export async function* strangerBytes(url: string, request: StrangerRequest): AsyncGenerator<Buffer> {
  const clock = new Clock([request.whole], request.milliseconds ?? 120_000);
  let length = 0;
  try {
    const reply = await follow(url, request, clock);
    for await (const chunk of reply as AsyncIterable<Buffer>) {
      if (clock.stopped) throw clock.reason;
      length += chunk.length;
      if (length > request.limitBytes) throw new DepwardError('limit', `the tarball ${safeUrl(url)} is larger than ${request.limitBytes} bytes`);
      yield chunk;
    }
    const expected = reply.headers['content-length'];
    if (expected !== undefined && Number(expected) !== length) throw new DepwardError('network', `the tarball ${safeUrl(url)} is cut off`);
  } catch (error) {
    if (error instanceof DepwardError) throw error;
    if (request.whole.aborted) throw new DepwardError('interrupted', 'interrupted');
    if (clock.stopped) throw new DepwardError('network', `the tarball ${safeUrl(url)} did not arrive in time`, { cause: unconnected });
    throw new DepwardError('network', `the tarball ${safeUrl(url)} cannot be had: ${networkTrouble(error)}`, { cause: error });
  } finally {
    clock.done();
  }
}

async function follow(url: string, request: StrangerRequest, clock: Clock): Promise<IncomingMessage> {
  let address = demanded(url, undefined);
  for (let step = 0; step <= mostRedirects; step++) {
    const reply = await send(address, request, clock);
    const status = reply.statusCode ?? 0;
    if (status === 200 && reply.headers['content-encoding'] === undefined) return reply;
    reply.destroy();
    const to = reply.headers.location;
    if (![301, 302, 303, 307, 308].includes(status) || to === undefined) throw unusable(status, url);
    address = demanded(to, address);
  }
  throw new DepwardError('network', `the tarball ${safeUrl(url)} is redirected more than ${mostRedirects} times`);
}

function unusable(status: number, url: string): DepwardError {
  const code = [401, 403, 404, 407, 410].includes(status) ? 'not-found' : 'network';
  const why = status === 200 ? 'it came in another encoding than asked for' : statusTrouble(status);
  return new DepwardError(code, `the tarball ${safeUrl(url)} cannot be had without credentials: ${why}`);
}

/** An http(s) address without credentials; nobody may lead from https to where everybody listens. */
function demanded(written: string, from: URL | undefined): URL {
  const url = URL.canParse(written, from?.href) ? new URL(written, from?.href) : undefined;
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:')) throw refused('it is no http or https address');
  if (from?.protocol === 'https:' && url.protocol !== 'https:') throw refused('it leads from https to http');
  url.username = '';
  url.password = '';
  url.hash = '';
  return url;
}

async function send(url: URL, { npm, inside }: StrangerRequest, clock: Clock): Promise<IncomingMessage> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) !== 0 && isPrivateAddress(host) && !inside) throw refused();
  const { request } = url.protocol === 'https:' ? await import('node:https') : await import('node:http');
  const headers = { 'user-agent': typeof npm.userAgent === 'string' ? npm.userAgent : 'depward', 'accept-encoding': 'identity' };
  const options = { headers, agent: false as const, lookup: guardedLookup(inside), rejectUnauthorized: npm.strictSSL !== false, ...authorities(npm) };
  return new Promise((resolve, reject) => {
    const sent = request(url, options, resolve).on('error', reject);
    clock.onStop(() => sent.destroy(new Error('ESTOPPED')));
    sent.once('socket', (socket) => {
      const timer = setTimeout(() => sent.destroy(unconnected), connecting).unref();
      for (const event of ['connect', 'close']) socket.once(event, () => clearTimeout(timer));
    });
    sent.end();
  });
}

function authorities(npm: NpmOptions): { readonly ca?: string | string[] } {
  if (Array.isArray(npm.ca) && npm.ca.length > 0) return { ca: npm.ca.map(String) };
  return typeof npm.ca === 'string' && npm.ca !== '' ? { ca: npm.ca } : {};
}

/** Whether the host of a registry lies inside this network. */
export function liesInside(registry: string): Promise<boolean> {
  const host = new URL(registry).hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) !== 0) return Promise.resolve(isPrivateAddress(host));
  return new Promise((resolve) =>
    lookup(host, { all: true }, (error, found) => resolve(!error && found.every(({ address }) => isPrivateAddress(address)))),
  );
}
