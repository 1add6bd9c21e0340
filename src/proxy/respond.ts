/** How answers are written: JSON, text, bytes with an ETag, errors that say what and why. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { headerText } from './explain.ts';
import type { Served } from './packages.ts';

const gzipped = promisify(gzip);

/** Sends a small answer of our own. */
export function send(
  response: ServerResponse,
  status: number,
  body: string,
  type = 'application/json; charset=utf-8',
  headers: Readonly<Record<string, string>> = {},
): void {
  if (response.headersSent || response.destroyed) return void response.destroy();
  const bytes = Buffer.from(body);
  response.writeHead(status, {
    'content-type': type,
    'content-length': bytes.length,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...headers,
  });
  response.end(response.req.method === 'HEAD' ? undefined : bytes);
}

/** An error as npm's clients show it: `error` in the body, the reason phrase, `npm-notice`. */
export function sendError(
  response: ServerResponse,
  status: number,
  reason: string,
  more: { phrase?: string; detail?: unknown; headers?: Readonly<Record<string, string>> } = {},
): void {
  const text = `[depward] ${reason}`;
  response.statusMessage = headerText(more.phrase ?? text, 180);
  const body = JSON.stringify({ error: text, ...(more.detail !== undefined && { depward: more.detail }) });
  send(response, status, body, undefined, { 'npm-notice': headerText(text, 500), ...more.headers });
}

/** Sends a document of which the client may already have this very version. */
export async function sendServed(
  request: IncomingMessage,
  response: ServerResponse,
  served: Served,
  headers: Readonly<Record<string, string>>,
): Promise<number> {
  const common = { etag: served.etag, 'cache-control': 'no-cache', vary: 'accept, accept-encoding, user-agent', ...headers };
  if (matches(request.headers['if-none-match'], served.etag)) {
    response.writeHead(304, common);
    response.end();
    return 304;
  }
  const pack = served.bytes.length > 1400 && wantsGzip(request);
  if (pack) served.gzip ??= gzipped(served.bytes, { level: 5 });
  const bytes = pack && served.gzip ? await served.gzip : served.bytes;
  response.writeHead(200, { ...common, 'content-type': served.type, 'content-length': bytes.length, ...(pack && { 'content-encoding': 'gzip' }) });
  response.end(request.method === 'HEAD' ? undefined : bytes);
  return 200;
}

/** On loopback unpacking costs more than the bytes saved. */
function wantsGzip(request: IncomingMessage): boolean {
  const address = request.socket.remoteAddress ?? '';
  return !/^(127\.|::1$|::ffff:127\.)/.test(address) && /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''));
}

function matches(header: string | undefined, etag: string): boolean {
  return header?.split(',').some((one) => one.trim().replace(/^W\//, '') === etag) ?? false;
}
