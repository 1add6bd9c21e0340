/** Large documents, read while they are unpacked: no more of one than a window ever stands in memory. */
import { createGunzip } from 'node:zlib';
import { largeInTurn, unpack } from './body.ts';
import { walkPieces } from './json-pieces.ts';
import { newPool } from './manifest.ts';
import { doubtful, earlyRelease, type Parsed, packumentFrom, parsePackument } from './packument.ts';
import { wantedParts } from './packument-parts.ts';
import { networkTrouble } from './redact.ts';

class TooLarge extends Error {}

/** The record of a document that came packed with gzip; the plain parser decides where this one has doubts. */
export async function parsePacked(name: string, packed: readonly Buffer[], limit: number): Promise<Parsed> {
  try {
    const pool = newPool(name);
    const walked = await largeInTurn(() => walkPieces(unpackedPieces(packed, limit), wantedParts, earlyRelease(pool)));
    if (walked.ok) return packumentFrom(name, walked.value, pool);
    if (walked.why !== 'syntax') return doubtful(walked.why);
    const bytes = await unpack(Buffer.concat(packed), 'gzip', limit);
    return bytes === undefined ? tooLarge(limit) : parsePackument(name, bytes);
  } catch (error) {
    return error instanceof TooLarge ? tooLarge(limit) : { ok: false, reason: networkTrouble(error) };
  }
}

function tooLarge(limit: number): Parsed {
  return { ok: false, reason: `its answer is larger than ${Math.floor(limit / 1024 / 1024)} MB` };
}

const pieceSize = 262_144;

async function* unpackedPieces(packed: readonly Buffer[], limit: number): AsyncGenerator<Buffer> {
  const stream = createGunzip({ chunkSize: pieceSize });
  for (const piece of packed) stream.write(piece);
  stream.end();
  let length = 0;
  for await (const piece of stream as AsyncIterable<Buffer>) {
    length += piece.length;
    if (length > limit) throw new TooLarge();
    yield piece;
  }
}
