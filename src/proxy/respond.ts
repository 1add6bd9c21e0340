/** How answers are written: JSON, text, bytes with an ETag, errors that say what and why. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { headerText } from './explain.ts';
import type { Served } from './served.ts';

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

/** The headers of a document, written out once. */
export interface ServedHeaders {
  readonly plain: string[];
  readonly packed: string[];
  readonly unchanged: string[];
}

/** Headers for a document as it is, packed, and for a client that has it. */
export function servedHeaders({ etag, type, bytes }: Served, notice: string | undefined): ServedHeaders {
  const unchanged = ['etag', etag, 'cache-control', 'no-cache', 'vary', 'accept, accept-encoding, user-agent'];
  if (notice !== undefined) unchanged.push('npm-notice', notice);
  const whole = [...unchanged, 'content-type', type];
  return { unchanged, plain: [...whole, 'content-length', String(bytes.length)], packed: [...whole, 'content-encoding', 'gzip'] };
}

/** The same for a document that could not be confirmed, which is said. */
export function staleHeaders({ plain, packed, unchanged }: ServedHeaders, why: string): ServedHeaders {
  const said = ['warning', staleWarning(why)];
  return { plain: [...plain, ...said], packed: [...packed, ...said], unchanged: [...unchanged, ...said] };
}

/** A `Warning` header: 110, response is stale. */
export function staleWarning(why: string): string {
  return `110 depward "served as judged before: ${headerText(why, 200).replace(/["\\]/g, "'")}"`;
}

/** Sends a document of which the client may already have this very version. A promise only where it has to be packed first. */
export function sendServed(request: IncomingMessage, response: ServerResponse, served: Served, headers: ServedHeaders): Promise<void> | undefined {
  const { 'if-none-match': known } = request.headers;
  if (known !== undefined && matches(known, served.etag)) {
    response.writeHead(304, headers.unchanged);
    response.end();
    return undefined;
  }
  if (served.bytes.length > 1400 && wantsGzip(request)) return sendPacked(request, response, served, headers);
  response.writeHead(200, headers.plain);
  response.end(request.method === 'HEAD' ? undefined : served.bytes);
  return undefined;
}

function sendPacked(request: IncomingMessage, response: ServerResponse, served: Served, headers: ServedHeaders): Promise<void> | undefined {
  const { gzip } = served;
  if (gzip && !(gzip instanceof Promise)) return void sendBytes(request, response, headers.packed, gzip);
  const packing = gzip ?? gzipped(served.bytes, { level: 5 });
  served.gzip = packing;
  return packing.then((bytes) => {
    served.gzip = bytes;
    sendBytes(request, response, headers.packed, bytes);
  });
}

/** Sends bytes that are all there. */
function sendBytes(request: IncomingMessage, response: ServerResponse, headers: readonly string[], bytes: Buffer): void {
  sendSized(request, response, [...headers, 'content-length', String(bytes.length)], bytes);
}

/** The same with headers that tell their length already. */
export function sendSized(request: IncomingMessage, response: ServerResponse, headers: string[], bytes: Buffer): void {
  response.writeHead(200, headers);
  response.end(request.method === 'HEAD' ? undefined : bytes);
}

/** On loopback unpacking costs more than the bytes saved. */
function wantsGzip(request: IncomingMessage): boolean {
  const accepted = request.headers['accept-encoding'];
  if (accepted === undefined || !/\bgzip\b/.test(String(accepted))) return false;
  return !/^(127\.|::1$|::ffff:127\.)/.test(request.socket.remoteAddress ?? '');
}

function matches(header: string, etag: string): boolean {
  return header === etag || header.split(',').some((one) => one.trim().replace(/^W\//, '') === etag);
}
