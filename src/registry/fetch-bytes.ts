/** One answer of a registry as bytes: limits on size and time, retries with backoff, credentials only to whom they belong. */
import type { NpmOptions } from './config.ts';
import { outOfTime, withDeadline } from './deadline.ts';
import { codeOf, memberOf, networkTrouble, statusOf, statusTrouble } from './redact.ts';

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
}

export type BytesAnswer =
  | { readonly status: 'ok'; readonly bytes: Buffer; readonly etag?: string }
  | { readonly status: 'unchanged' }
  | { readonly status: 'not-found' }
  | { readonly status: 'failed'; readonly reason: string };

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
    await pause(wait, request.signal);
  }
}

async function attemptOnce(request: FetchRequest): Promise<Attempt> {
  const deadline = withDeadline([request.signal], request.limits.requestMs);
  try {
    const response = await open(request, deadline.signal);
    const { status } = response;
    if (status === 304) return { answer: { status: 'unchanged' } };
    const bytes = await collect(response.body, request.limits.bodyBytes, deadline.signal);
    if (bytes === undefined) return failure(`its answer is larger than ${Math.floor(request.limits.bodyBytes / 1024 / 1024)} MB`);
    const expected = response.headers.get('content-encoding') === null ? response.headers.get('content-length') : null;
    if (expected !== null && Number(expected) !== bytes.length) return failure('its answer is cut off', {});
    const etag = response.headers.get('etag');
    return { answer: { status: 'ok', bytes, ...(etag !== null && etag.length <= 512 && { etag }) } };
  } catch (error) {
    if (request.signal.aborted) return failure(abortReason(request.signal));
    if (deadline.signal.aborted) return failure('it did not answer in time', {});
    return fromError(error, request.now());
  } finally {
    deadline.done();
  }
}

function failure(reason: string, again?: { readonly afterMs?: number }): Attempt {
  return { answer: { status: 'failed', reason }, ...(again && { again }) };
}

/** Why an aborted signal was aborted: Ctrl-C, or the total time limit. */
export function abortReason(signal: AbortSignal): string {
  return signal.reason === outOfTime ? 'the time limit of the whole run was reached' : 'interrupted';
}

function fromError(error: unknown, now: number): Attempt {
  const status = statusOf(error);
  if (status === 404 || status === 410) return { answer: { status: 'not-found' } };
  if (status !== undefined) {
    const retriable = status === 408 || status === 429 || status >= 500;
    return failure(statusTrouble(status), retriable ? retryAfter(error, now) : undefined);
  }
  const hopeless = ['ENOTFOUND', 'EMAXREDIRECT', 'EINVALIDREDIRECT', 'CERT_HAS_EXPIRED', 'DEPTH_ZERO_SELF_SIGNED_CERT'].includes(codeOf(error) ?? '');
  return failure(networkTrouble(error), hopeless ? undefined : {});
}

/** Retry-After comes as seconds or as a date. */
function retryAfter(error: unknown, now: number): { readonly afterMs?: number } {
  const raw = memberOf(memberOf(error, 'headers'), 'retry-after');
  const text = Array.isArray(raw) ? String(raw[0]) : typeof raw === 'string' ? raw : undefined;
  if (text === undefined) return {};
  const at = /^\d+$/.test(text) ? now + Number(text) * 1_000 : Date.parse(text);
  return Number.isFinite(at) ? { afterMs: Math.max(0, at - now) } : {};
}

/** Opens one request through npm's client: it knows credentials, proxies and certificates. */
export async function open(request: Omit<FetchRequest, 'limits' | 'now'>, signal: AbortSignal) {
  const { default: npmFetch } = await import('npm-registry-fetch');
  return npmFetch(request.url, {
    ...request.npm,
    cache: undefined,
    method: 'GET',
    headers: { ...request.headers },
    // Our own retries honour Retry-After and the limits; npm's do not.
    retry: { retries: 0 },
    signal,
    timeout: 0,
  } as Parameters<typeof npmFetch>[1]);
}

async function collect(body: AsyncIterable<unknown> | null, limit: number, signal: AbortSignal): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of body ?? []) {
    signal.throwIfAborted();
    const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
    length += bytes.length;
    // Leaving the loop ends the request.
    if (length > limit) return undefined;
    chunks.push(bytes);
  }
  return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, length);
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
