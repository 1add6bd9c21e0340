/** From the packed bytes of a release to what they hold: integrity checked, unpacked in memory within limits, never onto disk. */
import { createGunzip, gunzipSync } from 'node:zlib';
import type { Anomaly, Archive } from '../model/archive.ts';
import { DepwardError } from '../model/errors.ts';
import { Digests } from './digests.ts';
import { inOne } from './own-pages.ts';
import { type TarReader, tarReader } from './tar.ts';
import { type TarLimits, tarLimits } from './tar-limits.ts';

/** Beyond this many unpacked bytes an archive is read in pieces, so that memory does not grow with it. */
const atOnce = 4 * 2 ** 20;
/** Beyond this many packed bytes they are not even gathered. */
const mostGathered = 2 * 2 ** 20;
/** No honest source compresses better; zeros reach about 1000. */
const highestRatio = 200;
const ratioMatters = 16 * 2 ** 20;

/** An archive, and whether its bytes are what the words on its integrity say. */
export interface CheckedArchive {
  readonly archive: Archive;
  readonly holds: readonly (boolean | undefined)[];
}

/** Reads a tarball; throws a DepwardError when it is damaged, too large or no tarball. */
export async function readTarball(packed: Buffer, limits: TarLimits = tarLimits): Promise<Archive> {
  return (await readPacked(packed, [], limits)).archive;
}

/** Reads a tarball as its bytes come; large ones are never in memory as a whole. */
export async function readTarballFrom(
  chunks: AsyncIterable<Buffer> | Iterable<Buffer>,
  words: readonly string[],
  limits: TarLimits = tarLimits,
): Promise<CheckedArchive> {
  const source = asyncOf(chunks);
  const gathered: Buffer[] = [];
  let length = 0;
  for (let next = await source.next(); ; next = await source.next()) {
    if (next.done) return readPacked(gathered.length === 1 ? (gathered[0] as Buffer) : inOne(gathered), words, limits);
    gathered.push(next.value);
    length += next.value.length;
    if (length > mostGathered) return readStream(chained([inOne(gathered.splice(0))], source), words, limits);
  }
}

async function* asyncOf(chunks: AsyncIterable<Buffer> | Iterable<Buffer>): AsyncGenerator<Buffer> {
  yield* chunks;
}

/** What was gathered, let go of piece by piece, then the rest. */
async function* chained(gathered: Buffer[], rest: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  for (let chunk = gathered.shift(); chunk; chunk = gathered.shift()) yield chunk;
  yield* rest;
}

async function readPacked(packed: Buffer, words: readonly string[], limits: TarLimits): Promise<CheckedArchive> {
  const digests = await Digests.of(packed, words);
  const reader = tarReader(limits);
  const { unpackedBytes, anomalies } = await unpack(packed, reader, limits);
  return finished(digests, reader, { packedSize: packed.length, unpackedBytes, anomalies });
}

interface Unpacked {
  readonly packedSize: number;
  readonly unpackedBytes: number;
  readonly anomalies: readonly Anomaly[];
}

function finished(digests: Digests, reader: TarReader, { packedSize, unpackedBytes, anomalies }: Unpacked): CheckedArchive {
  const read = reader.end();
  const odd: Anomaly[] = [...read.anomalies, ...anomalies];
  if (unpackedBytes > ratioMatters && unpackedBytes / packedSize > highestRatio) odd.push(once('compression-ratio'));
  const archive = {
    integrity: digests.integrity,
    packedSize,
    unpackedSize: read.files.reduce((sum, file) => sum + file.size, 0),
    files: read.files,
    anomalies: odd,
  };
  return { archive, holds: digests.holds() };
}

function once(kind: Anomaly['kind']): Anomaly {
  return { kind, path: '', count: 1 };
}

async function unpack(packed: Buffer, reader: TarReader, limits: TarLimits): Promise<Omit<Unpacked, 'packedSize'>> {
  if (!isGzip(packed)) return plain(packed, reader);
  const declared = packed.length >= 18 ? packed.readUInt32LE(packed.length - 4) : 0;
  const whole = declared <= atOnce ? gunzipWhole(packed, declared, Math.min(atOnce, limits.unpackedBytes)) : 'too-large';
  const { bytes, used } = whole === 'too-large' ? await gunzipInPieces([packed], reader) : { bytes: whole.bytes.length, used: whole.used };
  if (whole !== 'too-large') reader.push(whole.bytes);
  return { unpackedBytes: bytes, anomalies: endings(used, packed.length, declared, bytes) };
}

/** npm's unzip stops at trailing bytes without a word; others may not. */
function endings(used: number, packed: number, declared: number, unpacked: number): readonly Anomaly[] {
  if (used < packed) return [once('trailing-data')];
  return declared === unpacked % 2 ** 32 ? [] : [once('several-gzip-members')];
}

function plain(packed: Buffer, reader: TarReader): Omit<Unpacked, 'packedSize'> {
  demandTar(packed);
  reader.push(packed);
  return { unpackedBytes: packed.length, anomalies: [once('not-compressed')] };
}

function demandTar(head: Buffer): void {
  if (head.toString('latin1', 257, 262) !== 'ustar') throw new DepwardError('input', 'the tarball is not gzip-compressed and not a tar archive');
}

function isGzip(packed: Buffer): boolean {
  return packed[0] === 0x1f && packed[1] === 0x8b;
}

/** The trailer says how much to expect: one piece of memory, one call. It may lie, so no more than deflate could make of the bytes. */
function gunzipWhole(packed: Buffer, declared: number, most: number): { readonly bytes: Buffer; readonly used: number } | 'too-large' {
  try {
    // `info` adds the engine, which knows how many packed bytes it read; the type declarations do not have it.
    const chunkSize = Math.max(1024, Math.min(declared, packed.length * 1032, most) + 1);
    const answer = gunzipSync(packed, { maxOutputLength: most, info: true, chunkSize }) as unknown as {
      buffer: Buffer;
      engine: { bytesWritten: number };
    };
    return { bytes: answer.buffer, used: answer.engine.bytesWritten };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') return 'too-large';
    throw damaged(error);
  }
}

async function gunzipInPieces(
  packed: AsyncIterable<Buffer> | Iterable<Buffer>,
  reader: TarReader,
): Promise<{ readonly bytes: number; readonly used: number }> {
  const gunzip = createGunzip({ chunkSize: 2 ** 18 });
  let bytes = 0;
  const fed = feed(gunzip, packed);
  try {
    for await (const chunk of gunzip as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      reader.push(chunk);
    }
    await fed;
  } catch (error) {
    gunzip.destroy();
    await fed.catch(() => undefined);
    throw error instanceof DepwardError ? error : damaged(error);
  }
  return { bytes, used: gunzip.bytesWritten };
}

/** Gives the engine no more than it asks for. What goes wrong at the source is told through the engine. */
async function feed(gunzip: ReturnType<typeof createGunzip>, packed: AsyncIterable<Buffer> | Iterable<Buffer>): Promise<void> {
  try {
    for await (const chunk of packed) {
      if (gunzip.destroyed || gunzip.readableEnded) continue;
      if (!gunzip.write(chunk)) await drained(gunzip);
    }
    gunzip.end();
  } catch (error) {
    gunzip.destroy(error instanceof Error ? error : new Error(String(error)));
  }
}

/** Waits until the engine wants more, or will never want any. */
function drained(gunzip: ReturnType<typeof createGunzip>): Promise<void> {
  const events = ['drain', 'close', 'end'] as const;
  return new Promise((resolve) => {
    const done = (): void => {
      for (const event of events) gunzip.off(event, done);
      resolve();
    };
    for (const event of events) gunzip.on(event, done);
  });
}

/** Unpacks, hashes and counts as the bytes come. */
async function readStream(chunks: AsyncGenerator<Buffer>, words: readonly string[], limits: TarLimits): Promise<CheckedArchive> {
  const digests = await Digests.against(words);
  const reader = tarReader(limits);
  const end = { length: 0, tail: Buffer.alloc(0), head: Buffer.alloc(0) };
  const counted = counting(chunks, digests, end);
  const first = await counted.next();
  const all = first.done ? counted : chained([first.value], counted);
  if (!isGzip(end.head)) {
    demandTar(end.head);
    for await (const chunk of all) reader.push(chunk);
    return finished(digests, reader, { packedSize: end.length, unpackedBytes: end.length, anomalies: [once('not-compressed')] });
  }
  const { bytes, used } = await gunzipInPieces(all, reader);
  const declared = end.tail.length === 4 ? end.tail.readUInt32LE(0) : 0;
  return finished(digests, reader, { packedSize: end.length, unpackedBytes: bytes, anomalies: endings(used, end.length, declared, bytes) });
}

async function* counting(
  chunks: AsyncGenerator<Buffer>,
  digests: Digests,
  end: { length: number; tail: Buffer; head: Buffer },
): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    digests.update(chunk);
    if (end.length === 0) end.head = Buffer.from(chunk.subarray(0, 512));
    end.length += chunk.length;
    end.tail = Buffer.from(Buffer.concat([end.tail, chunk.subarray(-4)]).subarray(-4));
    yield chunk;
  }
}

function damaged(cause: unknown): DepwardError {
  return new DepwardError('input', 'the tarball is damaged: it does not unpack', { cause });
}
