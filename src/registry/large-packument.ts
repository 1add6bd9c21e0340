/** Large documents, read while they are unpacked: no more of one than a window ever stands in memory. */
import { createGunzip } from 'node:zlib';
import { largeInTurn, unpack } from './body.ts';
import { walkPieces } from './json-pieces.ts';
import { newPool } from './manifest.ts';
import { inOne } from './own-pages.ts';
import { doubtful, earlyRelease, type Parsed, packumentFrom, parsePackument } from './packument.ts';
import { wantedParts } from './packument-parts.ts';
import { networkTrouble } from './redact.ts';
import { tidy } from './tidy.ts';

class TooLarge extends Error {}

interface Came {
  /** `packed` with gzip. */
  readonly status: 'packed' | 'pieces';
  readonly pieces: readonly Buffer[];
}

/** The record of a document that came in pieces; the plain parser decides where this one has doubts. */
export async function parsePieces(name: string, { status, pieces }: Came, limit: number): Promise<Parsed> {
  const isPacked = status === 'packed';
  try {
    const pool = newPool(name);
    const walked = await largeInTurn(() =>
      walkPieces(isPacked ? unpackedPieces(pieces, limit) : tidied(pieces, limit), wantedParts, earlyRelease(pool)),
    );
    if (walked.ok) return packumentFrom(name, walked.value, pool);
    if (walked.why !== 'syntax') return doubtful(walked.why);
    const bytes = await unpack(inOne(pieces), isPacked ? 'gzip' : 'identity', limit);
    return bytes === undefined ? tooLarge(limit) : parsePackument(name, bytes);
  } catch (error) {
    return error instanceof TooLarge ? tooLarge(limit) : { ok: false, reason: networkTrouble(error) };
  }
}

function tooLarge(limit: number): Parsed {
  return { ok: false, reason: `its answer is larger than ${Math.floor(limit / 1024 / 1024)} MB` };
}

const pieceSize = 262_144;
/** Left to itself V8 waits until what was built of several documents stands in memory: of large ones it is collected while they are read. */
const largeGrowth = 3 * 2 ** 20;
const tidiedEach = 2 ** 20;
/** Documents up to this size leave no more behind than others do. */
const ordinary = 3 * 2 ** 20;

async function* unpackedPieces(packed: readonly Buffer[], limit: number): AsyncGenerator<Buffer> {
  const stream = createGunzip({ chunkSize: pieceSize });
  for (const piece of packed) stream.write(piece);
  stream.end();
  yield* tidied(stream, limit);
}

async function* tidied(pieces: AsyncIterable<Buffer> | Iterable<Buffer>, limit: number): AsyncGenerator<Buffer> {
  let length = 0;
  let last = ordinary;
  for await (const piece of pieces) {
    length += piece.length;
    if (length - last > tidiedEach) {
      last = length;
      tidy(largeGrowth, 1 / 16);
    }
    if (length > limit) throw new TooLarge();
    yield piece;
  }
}
