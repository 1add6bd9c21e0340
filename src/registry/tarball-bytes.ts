/** Tarball bytes with the credentials of the registry they belong to and no other. */
import { createHash } from 'node:crypto';
import { DepwardError } from '../model/errors.ts';
import type { NpmOptions } from './config.ts';
import { Clock } from './deadline.ts';
import { abortReason, isHopeless, mayPass } from './fetch-bytes.ts';
import { networkTrouble, safeUrl, statusTrouble } from './redact.ts';
import { get, type Reply } from './transport.ts';

export interface TarballRequest {
  /** Subresource integrity; checked at the end, an error when it does not hold. */
  readonly integrity?: string;
  readonly limitBytes: number;
  readonly signal?: AbortSignal;
}

/** Streams a tarball. The consumer must not believe any of it before the end: integrity is known only then. */
export async function* tarballStream(url: string, npm: NpmOptions, request: TarballRequest, whole: AbortSignal): AsyncGenerator<Buffer> {
  const protocol = URL.canParse(url) ? new URL(url).protocol : '';
  if (protocol !== 'https:' && protocol !== 'http:') throw new DepwardError('input', 'a tarball can only be fetched over http or https');
  const clock = new Clock([whole, ...(request.signal ? [request.signal] : [])], 120_000);
  const check = checkerOf(request.integrity);
  let length = 0;
  let pieces: AsyncIterator<unknown> | undefined;
  try {
    const answer = await answered(() => get({ url, npm, clock, headers: { 'accept-encoding': 'identity' } }), clock);
    const { reply } = answer;
    pieces = answer.pieces;
    if (reply.status === 404) throw new DepwardError('not-found', `there is no tarball at ${safeUrl(url)}`);
    if (reply.status !== 200) throw new DepwardError('network', `the tarball ${safeUrl(url)} cannot be had: ${statusTrouble(reply.status)}`);
    if (reply.packed) throw new DepwardError('network', `the tarball ${safeUrl(url)} came in another encoding than asked for`);
    for (let next = answer.first; !next.done; next = await pieces.next()) {
      if (clock.stopped) throw clock.reason;
      const bytes = Buffer.isBuffer(next.value) ? next.value : Buffer.from(String(next.value));
      length += bytes.length;
      if (length > request.limitBytes) throw new DepwardError('limit', `the tarball ${safeUrl(url)} is larger than ${request.limitBytes} bytes`);
      check?.update(bytes);
      yield bytes;
    }
    const expected = reply.header('content-length');
    if (expected !== undefined && Number(expected) !== length) throw new DepwardError('network', `the tarball ${safeUrl(url)} is cut off`);
  } catch (error) {
    throw error instanceof DepwardError ? error : troubleOf(error, url, clock, whole);
  } finally {
    clock.done();
    // Leaving early ends the request.
    await pieces?.return?.();
  }
  if (check && !check.holds()) throw new DepwardError('integrity', `the tarball ${safeUrl(url)} does not have the integrity it should have`);
}

const retries = 2;
const firstPauseMs = 300;

/** An answer, the first piece of its body, and the rest. */
interface Answered {
  readonly reply: Reply;
  readonly first: IteratorResult<unknown>;
  readonly pieces: AsyncIterator<unknown>;
}

/** Asks again where another moment may have a better answer, as npm does; once bytes have come, never. */
async function answered(ask: () => Promise<Reply>, clock: Clock): Promise<Answered> {
  for (let attempt = 0; ; attempt++) {
    try {
      const reply = await ask();
      if (attempt >= retries || !mayPass(reply.status)) return await begun(reply);
    } catch (error) {
      if (attempt >= retries || clock.stopped || isHopeless(error)) throw error;
    }
    await pause(firstPauseMs * 2 ** attempt, clock);
  }
}

async function begun(reply: Reply): Promise<Answered> {
  const pieces = (reply.body ?? none())[Symbol.asyncIterator]();
  return { reply, pieces, first: await pieces.next() };
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
