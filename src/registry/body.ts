/** The bytes of an answer, no more of them than allowed. */
import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, gunzipSync, inflate } from 'node:zlib';
import type { Wait } from './large-bodies.ts';
import { inOne } from './own-pages.ts';
import { codeOf } from './redact.ts';
import { slots } from './slots.ts';

/** A body that has come, in the pieces it came in. */
export interface Received {
  readonly pieces: readonly Buffer[];
  readonly length: number;
}

/** In one piece. */
export function wholeOf({ pieces, length }: Received): Buffer {
  return pieces.length === 1 && pieces[0] ? pieces[0] : inOne(pieces, length);
}

/** The whole body; undefined, and no more of it read, when it is larger. */
export function collect(body: AsyncIterable<unknown> | undefined, limit: number, wait?: Wait): Promise<Received | undefined> {
  return body instanceof Readable ? collectEvents(body, limit, wait) : collectParts(body ?? [], limit, wait);
}

async function collectParts(body: AsyncIterable<unknown> | Iterable<unknown>, limit: number, wait?: Wait): Promise<Received | undefined> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const chunk of body) {
    const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
    length += bytes.length;
    // Leaving the loop ends the request.
    if (length > limit) return undefined;
    pieces.push(bytes);
    await wait?.(length);
  }
  return { pieces, length };
}

/** The same by events, which cost a fraction. */
function collectEvents(body: Readable, limit: number, wait?: Wait): Promise<Received | undefined> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    let length = 0;
    body.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > limit) {
        resolve(undefined);
        body.destroy();
        return;
      }
      pieces.push(chunk);
      const room = wait?.(length);
      if (room) pauseUntil(body, room);
    });
    body.on('end', () => resolve({ pieces, length }));
    body.on('error', reject);
    body.on('close', () => reject(Object.assign(new Error('closed early'), { code: 'ERR_STREAM_PREMATURE_CLOSE' })));
  });
}

/** No more is read until then. */
export function pauseUntil(stream: Readable, room: Promise<void>): void {
  stream.pause();
  void room.then(() => stream.resume());
}

/** From so many packed bytes on a document is large, whatever it unpacks to. */
export const packedSmall = 131_072;
export const unpackedSmall = 2_097_152;

/** Large documents are unpacked one after the other: side by side they would add up to all there is. */
export const largeInTurn = slots(1);

/** Whether what gzip packed here is, or says it is, so large that it is better not unpacked at once. */
export function isLarge(bytes: Buffer, limit: number): boolean {
  return bytes.length >= packedSmall || declaredSize(bytes, limit) >= unpackedSmall;
}

/** Unpacks no more than the limit: a small answer may be made to unpack to anything. Large ones in a thread of their own. */
export function unpack(bytes: Buffer, encoding: string | undefined, limit: number): Buffer | undefined | Promise<Buffer | undefined> {
  const size = declaredSize(bytes, limit);
  const options = { maxOutputLength: limit, chunkSize: Math.max(size + 1, 1_024) };
  if (encoding === 'identity') return bytes;
  if (encoding === 'gzip' && !isLarge(bytes, limit)) return orTooLarge(() => gunzipSync(bytes, options));
  if (encoding === 'gzip' || encoding === 'x-gzip') return later(() => promisify(gunzip)(bytes, options));
  if (encoding === 'deflate') return later(() => promisify(inflate)(bytes, { maxOutputLength: limit }));
  // Nobody asks for it, and some servers send it all the same; npm reads it.
  if (encoding === 'br') return later(() => promisify(brotliDecompress)(bytes, { maxOutputLength: limit }));
  throw Object.assign(new Error(), { code: 'EENCODING' });
}

/** The size a gzip stream says it unpacks to, as far as that is possible at all; only a hint. */
function declaredSize(bytes: Buffer, limit: number): number {
  return bytes.length < 18 ? 0 : Math.min(bytes.readUInt32LE(bytes.length - 4), limit, bytes.length * 1_032);
}

function orTooLarge<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (codeOf(error) === 'ERR_BUFFER_TOO_LARGE') return undefined;
    throw error;
  }
}

function later(work: () => Promise<Buffer>): Promise<Buffer | undefined> {
  return largeInTurn(work).catch((error: unknown) =>
    orTooLarge(() => {
      throw error;
    }),
  );
}
