/** From the packed bytes of a release to what they hold: integrity checked, unpacked in memory within limits, never onto disk. */
import { hash } from 'node:crypto';
import { createGunzip, gunzipSync } from 'node:zlib';
import ssri from 'ssri';
import type { Anomaly, Archive } from '../model/archive.ts';
import { DepwardError } from '../model/errors.ts';
import { type TarLimits, type TarReader, tarLimits, tarReader } from './tar.ts';

/** Beyond this many unpacked bytes an archive is read in pieces, so that memory does not grow with it. */
const atOnce = 24 * 2 ** 20;
/** No honest source compresses better; zeros reach about 1000. */
const highestRatio = 200;
const ratioMatters = 16 * 2 ** 20;

/** Reads a tarball; throws a DepwardError when it is damaged, too large or no tarball. */
export async function readTarball(packed: Buffer, limits: TarLimits = tarLimits): Promise<Archive> {
  const integrity = `sha512-${hash('sha512', packed, 'base64')}`;
  const reader = tarReader(limits);
  const { unpackedBytes, anomalies } = await unpack(packed, reader, limits);
  const read = reader.end();
  const odd: Anomaly[] = [...read.anomalies, ...anomalies];
  if (unpackedBytes > ratioMatters && unpackedBytes / packed.length > highestRatio) odd.push({ kind: 'compression-ratio', path: '', count: 1 });
  return {
    integrity,
    packedSize: packed.length,
    unpackedSize: read.files.reduce((sum, file) => sum + file.size, 0),
    files: read.files,
    anomalies: odd,
  };
}

/** True when the bytes are what one of the strongest hashes of `expected` says, as npm itself decides; undefined when it says nothing usable. */
export function matchesIntegrity(packed: Buffer, expected: string): boolean | undefined {
  const parsed = ssri.parse(expected);
  if (!parsed || Object.keys(parsed).length === 0) return undefined;
  return ssri.checkData(packed, parsed) !== false;
}

interface Unpacked {
  readonly unpackedBytes: number;
  readonly anomalies: readonly Anomaly[];
}

async function unpack(packed: Buffer, reader: TarReader, limits: TarLimits): Promise<Unpacked> {
  if (!isGzip(packed)) return plain(packed, reader);
  const declared = packed.length >= 18 ? packed.readUInt32LE(packed.length - 4) : 0;
  const whole = declared <= atOnce ? gunzipWhole(packed, declared, Math.min(atOnce, limits.unpackedBytes)) : 'too-large';
  const { bytes, used } = whole === 'too-large' ? await gunzipInPieces(packed, reader) : { bytes: whole.bytes.length, used: whole.used };
  if (whole !== 'too-large') reader.push(whole.bytes);
  const anomalies: Anomaly[] = [];
  // npm's unzip stops at trailing bytes without a word; others may not.
  if (used < packed.length) anomalies.push({ kind: 'trailing-data', path: '', count: 1 });
  else if (declared !== bytes % 2 ** 32) anomalies.push({ kind: 'several-gzip-members', path: '', count: 1 });
  return { unpackedBytes: bytes, anomalies };
}

function plain(packed: Buffer, reader: TarReader): Unpacked {
  if (packed.toString('latin1', 257, 262) !== 'ustar') throw new DepwardError('input', 'the tarball is not gzip-compressed and not a tar archive');
  reader.push(packed);
  return { unpackedBytes: packed.length, anomalies: [{ kind: 'not-compressed', path: '', count: 1 }] };
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

async function gunzipInPieces(packed: Buffer, reader: TarReader): Promise<{ readonly bytes: number; readonly used: number }> {
  const gunzip = createGunzip({ chunkSize: 2 ** 18 });
  let bytes = 0;
  gunzip.end(packed);
  try {
    for await (const chunk of gunzip as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      reader.push(chunk);
    }
  } catch (error) {
    throw error instanceof DepwardError ? error : damaged(error);
  }
  return { bytes, used: gunzip.bytesWritten };
}

function damaged(cause: unknown): DepwardError {
  return new DepwardError('input', 'the tarball is damaged: it does not unpack', { cause });
}
