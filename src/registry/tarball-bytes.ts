/** Tarball bytes with the credentials of the registry they belong to and no other. */
import { createHash } from 'node:crypto';
import { DepwardError } from '../model/errors.ts';
import { wholeOf } from './body.ts';
import type { NpmOptions } from './config.ts';
import { Clock } from './deadline.ts';
import { abortReason, isHopeless, mayPass } from './fetch-bytes.ts';
import type { Reply } from './get.ts';
import { networkTrouble, safeUrl, statusTrouble } from './redact.ts';
import { get, getWhole } from './transport.ts';

export interface TarballRequest {
  /** Subresource integrity; checked at the end, an error when it does not hold. */
  readonly integrity?: string;
  readonly limitBytes: number;
  readonly signal?: AbortSignal;
}

/** A tarball in one piece; undefined when it is larger than the limit. Nothing is said of its integrity. */
export async function tarballWhole(
  url: string,
  npm: NpmOptions,
  { limitBytes, signal }: Omit<TarballRequest, 'integrity'>,
  whole: AbortSignal,
): Promise<Buffer | undefined> {
  demandWeb(url);
  const clock = clockOf(signal, whole);
  try {
    const reply = await again(() => getWhole({ url, npm, clock, headers: asIs }, limitBytes), clock);
    demandTarball(reply, url);
    const { received } = reply;
    if (received) demandLength(reply, received.length, url);
    return received && wholeOf(received);
  } catch (error) {
    throw error instanceof DepwardError ? error : troubleOf(error, url, clock, whole);
  } finally {
    clock.done();
  }
}

/** Streams a tarball. The consumer must not believe any of it before the end: integrity is known only then. */
export async function* tarballStream(url: string, npm: NpmOptions, request: TarballRequest, whole: AbortSignal): AsyncGenerator<Buffer> {
  demandWeb(url);
  const clock = clockOf(request.signal, whole);
  const check = checkerOf(request.integrity);
  let length = 0;
  let pieces: AsyncIterator<unknown> | undefined;
  try {
    const { reply, first, pieces: rest } = await again(async () => begun(await get({ url, npm, clock, headers: asIs })), clock);
    pieces = rest;
    demandTarball(reply, url);
    for (let next = first; !next.done; next = await pieces.next()) {
      if (clock.stopped) throw clock.reason;
      const bytes = Buffer.isBuffer(next.value) ? next.value : Buffer.from(String(next.value));
      length += bytes.length;
      if (length > request.limitBytes) throw new DepwardError('limit', `the tarball ${safeUrl(url)} is larger than ${request.limitBytes} bytes`);
      check?.update(bytes);
      yield bytes;
    }
    demandLength(reply, length, url);
  } catch (error) {
    throw error instanceof DepwardError ? error : troubleOf(error, url, clock, whole);
  } finally {
    clock.done();
    // Leaving early ends the request.
    await pieces?.return?.();
  }
  if (check && !check.holds()) throw new DepwardError('integrity', `the tarball ${safeUrl(url)} does not have the integrity it should have`);
}

const asIs = { 'accept-encoding': 'identity' };

function demandWeb(url: string): void {
  const protocol = URL.canParse(url) ? new URL(url).protocol : '';
  if (protocol !== 'https:' && protocol !== 'http:') throw new DepwardError('input', 'a tarball can only be fetched over http or https');
}

function clockOf(signal: AbortSignal | undefined, whole: AbortSignal): Clock {
  return new Clock([whole, ...(signal ? [signal] : [])], 120_000);
}

function demandTarball({ status, packed }: Pick<Reply, 'status' | 'packed'>, url: string): void {
  if (status === 404) throw new DepwardError('not-found', `there is no tarball at ${safeUrl(url)}`);
  if (status !== 200) throw new DepwardError('network', `the tarball ${safeUrl(url)} cannot be had: ${statusTrouble(status)}`);
  if (packed) throw new DepwardError('network', `the tarball ${safeUrl(url)} came in another encoding than asked for`);
}

function demandLength({ header }: Pick<Reply, 'header'>, length: number, url: string): void {
  const expected = header('content-length');
  if (expected !== undefined && Number(expected) !== length) throw new DepwardError('network', `the tarball ${safeUrl(url)} is cut off`);
}

const retries = 2;
const firstPauseMs = 300;

/** An answer, the first piece of its body, and the rest. */
interface Answered {
  readonly reply: Reply;
  readonly status: number;
  readonly first: IteratorResult<unknown>;
  readonly pieces: AsyncIterator<unknown>;
}

async function begun(reply: Reply): Promise<Answered> {
  const pieces = (reply.body ?? none())[Symbol.asyncIterator]();
  return { reply, status: reply.status, pieces, first: await pieces.next() };
}

/** Asks again where another moment may have a better answer, as npm does; once bytes have come, never. */
async function again<T extends { readonly status: number }>(ask: () => Promise<T>, clock: Clock): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      const answer = await ask();
      if (attempt >= retries || !mayPass(answer.status)) return answer;
    } catch (error) {
      if (attempt >= retries || clock.stopped || isHopeless(error)) throw error;
    }
    await pause(firstPauseMs * 2 ** attempt, clock);
  }
}

async function* none(): AsyncGenerator<never> {}

function pause(ms: number, clock: Clock): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    clock.onStop(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}

function troubleOf(error: unknown, url: string, clock: Clock, whole: AbortSignal): DepwardError {
  if (whole.aborted) return new DepwardError('interrupted', abortReason(whole));
  if (clock.stopped) return new DepwardError('network', `the tarball ${safeUrl(url)} did not arrive in time`);
  return new DepwardError('network', `the tarball ${safeUrl(url)} cannot be had: ${networkTrouble(error)}`);
}

const strength = ['sha512', 'sha384', 'sha256', 'sha1'];

/** Checks the strongest algorithm named; undefined when nothing (known) is named. */
function checkerOf(integrity: string | undefined): { update(bytes: Buffer): void; holds(): boolean } | undefined {
  const entries = (integrity ?? '')
    .trim()
    .split(/\s+/)
    .map((entry) => /^(sha\d+)-([A-Za-z0-9+/=]+)/.exec(entry));
  const algorithm = strength.find((candidate) => entries.some((entry) => entry?.[1] === candidate));
  if (algorithm === undefined) {
    if (integrity !== undefined && integrity.trim() !== '') throw new DepwardError('integrity', 'the integrity recorded names no known algorithm');
    return undefined;
  }
  const wanted = new Set(entries.flatMap((entry) => (entry?.[1] === algorithm && entry[2] !== undefined ? [entry[2]] : [])));
  const hash = createHash(algorithm);
  return { update: (bytes) => void hash.update(bytes), holds: () => wanted.has(hash.digest('base64')) };
}
