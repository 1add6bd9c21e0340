/** One answer of a registry as bytes: limits on size and time, retries with backoff. */
import { isLarge, packedSmall, unpack, unpackedSmall, wholeOf } from './body.ts';
import type { NpmOptions } from './config.ts';
import { Clock, outOfTime } from './deadline.ts';
import type { Whole } from './get.ts';
import type { Body, Wait } from './large-bodies.ts';
import { codeOf, memberOf, networkTrouble, statusTrouble } from './redact.ts';
import { getWhole } from './transport.ts';

export interface FetchLimits {
  /** Bytes of a body after unpacking. */
  readonly bodyBytes: number;
  /** One attempt, from request to last byte. */
  readonly requestMs: number;
  readonly retries: number;
  /** First wait between attempts; doubles, with some chance mixed in. */
  readonly backoffMs: number;
  /** The longest wait a registry may ask for with Retry-After. */
  readonly longestWaitMs: number;
}

export const fetchLimits: FetchLimits = { bodyBytes: 64 * 1024 * 1024, requestMs: 60_000, retries: 3, backoffMs: 400, longestWaitMs: 30_000 };

export interface FetchRequest {
  readonly url: string;
  readonly npm: NpmOptions;
  readonly limits: FetchLimits;
  readonly signal: AbortSignal;
  readonly now: () => number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Large bodies that gzip packed are wanted as they came. */
  readonly packed?: boolean;
  /** Asked how much of a large body may come before others were read. */
  readonly body?: Body;
}

export type BytesAnswer =
  | { readonly status: 'ok'; readonly bytes: Buffer; readonly etag?: string }
  /** What gzip packed, as it came, where that was asked for. */
  | { readonly status: 'packed'; readonly pieces: readonly Buffer[]; readonly etag?: string }
  /** The same where nothing packed it. */
  | { readonly status: 'pieces'; readonly pieces: readonly Buffer[]; readonly etag?: string }
  | { readonly status: 'unchanged' }
  | { readonly status: 'not-found' }
  /** `http`: the status the registry answered with, where it answered. */
  | { readonly status: 'failed'; readonly reason: string; readonly http?: number };

interface Attempt {
  readonly answer: BytesAnswer;
  /** Set when another attempt may help; with a time when the registry named one. */
  readonly again?: { readonly afterMs?: number };
}

/** Fetches with retries; never throws. */
export async function fetchBytes(request: FetchRequest): Promise<BytesAnswer> {
  for (let attempt = 0; ; attempt += 1) {
    const { answer, again } = await attemptOnce(request);
    if (!again || attempt >= request.limits.retries || request.signal.aborted) return answer;
    const backoff = request.limits.backoffMs * 2 ** attempt * (0.75 + Math.random() / 2);
    const wait = again.afterMs ?? backoff;
    if (wait > request.limits.longestWaitMs) return answer;
    request.body?.gone();
    await pause(wait, request.signal);
  }
}

async function attemptOnce(request: FetchRequest): Promise<Attempt> {
  const clock = new Clock([request.signal], request.limits.requestMs);
  const { url, npm, headers, body } = request;
  const wait: Wait = (length) => {
    const room = body?.came(length);
    if (room) clock.waitFor(room);
    return room;
  };
  try {
    const reply = await getWhole({ url, npm, clock, wait, headers: { 'accept-encoding': 'gzip', ...headers } }, request.limits.bodyBytes);
    if (reply.status === 304) return { answer: { status: 'unchanged' } };
    if (reply.status !== 200) return fromStatus(reply, request.now());
    return await fromBody(reply, request);
  } catch (error) {
    if (request.signal.aborted) return failure(abortReason(request.signal));
    if (clock.stopped) return failure('it did not answer in time', {});
    return failure(networkTrouble(error), isHopeless(error) ? undefined : {});
  } finally {
    clock.done();
  }
}

const hopeless = ['ENOTFOUND', 'EMAXREDIRECT', 'EINVALIDREDIRECT', 'CERT_HAS_EXPIRED', 'DEPTH_ZERO_SELF_SIGNED_CERT'];

/** True for errors that asking again does not mend. */
export function isHopeless(error: unknown): boolean {
  return hopeless.includes(codeOf(error) ?? '') || memberOf(error, 'lost') === true;
}

/** True for answers that may be others in a moment. */
export function mayPass(status: number): boolean {
  return status === 408 || status === 429 || status >= 500;
}

function failure(reason: string, again?: { readonly afterMs?: number }): Attempt {
  return { answer: { status: 'failed', reason }, ...(again && { again }) };
}

/** Why an aborted signal was aborted: Ctrl-C, or the total time limit. */
export function abortReason(signal: AbortSignal): string {
  return signal.reason === outOfTime ? 'the time limit of the whole run was reached' : 'interrupted';
}

function fromStatus(reply: Whole, now: number): Attempt {
  const { status } = reply;
  if (status === 404 || status === 410) return { answer: { status: 'not-found' } };
  const again = mayPass(status) ? retryAfter(reply, now) : undefined;
  return { answer: { status: 'failed', reason: statusTrouble(status), http: status }, ...(again && { again }) };
}

/** Retry-After comes as seconds or as a date. */
function retryAfter(reply: Whole, now: number): { readonly afterMs?: number } {
  const text = reply.header('retry-after');
  if (text === undefined) return {};
  const at = /^\d+$/.test(text) ? now + Number(text) * 1_000 : Date.parse(text);
  return Number.isFinite(at) ? { afterMs: Math.max(0, at - now) } : {};
}

async function fromBody(reply: Whole, { limits: { bodyBytes: limit }, packed }: FetchRequest): Promise<Attempt> {
  const tooLarge = failure(`its answer is larger than ${Math.floor(limit / 1024 / 1024)} MB`);
  const { received } = reply;
  if (received === undefined) return tooLarge;
  const encoding = reply.header('content-encoding');
  const expected = reply.packed || encoding === undefined ? reply.header('content-length') : undefined;
  if (expected !== undefined && Number(expected) !== received.length) return failure('its answer is cut off', {});
  const said = reply.header('etag');
  const etag = said !== undefined && said.length <= 512 ? { etag: said } : {};
  const leftPacked = packed && reply.packed && encoding === 'gzip';
  // Joined it would be there twice.
  if (leftPacked && received.length >= packedSmall) return { answer: { status: 'packed', pieces: received.pieces, ...etag } };
  if (packed && (encoding === undefined || encoding === 'identity') && received.length >= unpackedSmall)
    return { answer: { status: 'pieces', pieces: received.pieces, ...etag } };
  const whole = wholeOf(received);
  if (leftPacked && isLarge(whole, limit)) return { answer: { status: 'packed', pieces: [whole], ...etag } };
  const unpacked = reply.packed ? unpack(whole, encoding, limit) : whole;
  const bytes = unpacked instanceof Promise ? await unpacked : unpacked;
  return bytes === undefined ? tooLarge : { answer: { status: 'ok', bytes, ...etag } };
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
    if (signal.aborted) done();
  });
}
