/** Requests that are none of the proxy's business, passed on with the headers that matter and nothing else. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { troubleOf, UpstreamTrouble } from './trouble.ts';
import type { Upstream, UpstreamClient } from './upstream.ts';
import type { Limits } from './upstream-limits.ts';

export interface PassOptions {
  readonly client: UpstreamClient;
  readonly upstream: Upstream;
  readonly authorization: string | undefined;
  readonly limits: Limits;
}

const askedHeaders = /^(accept|accept-encoding|content-type|content-encoding|content-length|if-none-match|npm-(?!notice)[a-z-]+|user-agent)$/;
const answeredHeaders = /^(content-type|content-encoding|content-length|etag|last-modified|retry-after|npm-notice|www-authenticate|x-npm-[a-z-]+)$/;
const mostAsked = 300_000_000;

/** Passes one request on to the main upstream. */
export async function passThrough(path: string, request: IncomingMessage, response: ServerResponse, options: PassOptions): Promise<void> {
  const reading = request.method === 'GET' || request.method === 'HEAD';
  const body = reading ? undefined : request.pipe(limited(mostAsked));
  body?.on('error', () => request.destroy());
  const answer = await options.client.open(options.upstream, path, {
    method: request.method ?? 'GET',
    headers: picked(request, askedHeaders),
    authorization: options.authorization,
    ...(body && { body }),
  });
  response.writeHead(answer.statusCode ?? 502, { ...picked(answer, answeredHeaders), 'cache-control': 'no-store' });
  try {
    await pipeline(answer, limited(options.limits.documentBytes), response);
  } catch (error) {
    throw troubleOf(error);
  }
}

function limited(most: number): Transform {
  let size = 0;
  return new Transform({
    transform(piece: Buffer, _, done) {
      size += piece.length;
      done(size > most ? new UpstreamTrouble(502, `more than ${most} bytes`) : null, piece);
    },
  });
}

function picked(message: IncomingMessage, wanted: RegExp): Record<string, string | string[]> {
  return Object.fromEntries(
    Object.entries(message.headers).flatMap(([name, value]) => (value !== undefined && wanted.test(name) ? [[name, value]] : [])),
  );
}
