/** Tarball bytes with the credentials of the registry they belong to and no other. */
import { createHash } from 'node:crypto';
import { DepwardError } from '../model/errors.ts';
import type { NpmOptions } from './config.ts';
import { withDeadline } from './deadline.ts';
import { abortReason, open } from './fetch-bytes.ts';
import { networkTrouble, safeUrl, statusOf, statusTrouble } from './redact.ts';

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
  const { signal, done } = withDeadline([whole, ...(request.signal ? [request.signal] : [])], 120_000);
  const check = checkerOf(request.integrity);
  let length = 0;
  try {
    const response = await open({ url, npm, signal }, signal);
    for await (const chunk of response.body ?? []) {
      signal.throwIfAborted();
      const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
      length += bytes.length;
      if (length > request.limitBytes) throw new DepwardError('limit', `the tarball ${safeUrl(url)} is larger than ${request.limitBytes} bytes`);
      check?.update(bytes);
      yield bytes;
    }
    const expected = response.headers.get('content-length');
    if (expected !== null && response.headers.get('content-encoding') === null && Number(expected) !== length) {
      throw new DepwardError('network', `the tarball ${safeUrl(url)} is cut off`);
    }
  } catch (error) {
    throw error instanceof DepwardError ? error : troubleOf(error, url, signal, whole);
  } finally {
    done();
  }
  if (check && !check.holds()) throw new DepwardError('integrity', `the tarball ${safeUrl(url)} does not have the integrity it should have`);
}

function troubleOf(error: unknown, url: string, signal: AbortSignal, whole: AbortSignal): DepwardError {
  if (whole.aborted) return new DepwardError('interrupted', abortReason(whole));
  if (signal.aborted) return new DepwardError('network', `the tarball ${safeUrl(url)} did not arrive in time`);
  const status = statusOf(error);
  if (status === 404) return new DepwardError('not-found', `there is no tarball at ${safeUrl(url)}`);
  return new DepwardError(
    'network',
    `the tarball ${safeUrl(url)} cannot be had: ${status === undefined ? networkTrouble(error) : statusTrouble(status)}`,
  );
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
