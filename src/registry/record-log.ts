/**
 * Records by key in append-only files. Every process writes a file of its own, so two at once cannot mix; every record carries
 * its digest and its lengths, so a torn end, a full disk or a changed byte lead to a missing record, never to a wrong one.
 */
import { createHash, randomBytes } from 'node:crypto';
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, readSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { digestOf, writeWhole } from './checked-file.ts';

interface Place {
  readonly file: string;
  readonly start: number;
  readonly length: number;
  readonly at: number;
}

export interface RecordLog {
  /** The newest record under the key; undefined when there is none or it is damaged. */
  read(key: string): string | undefined;
  /** Adds a record, its text in parts; `at` (milliseconds) decides which of several is the newest. Throws when it cannot be written. */
  append(key: string, at: number, ...text: readonly string[]): void;
}

const ending = '.log';
/** Files of this age belong to no running process. */
const settledMs = 10 * 60_000;
const mostFiles = 8;
const oldestMs = 30 * 86_400_000;

export function openRecordLog(folder: string): RecordLog {
  let index: Map<string, Place> | undefined;
  let own: { readonly file: string; readonly descriptor: number; length: number } | undefined;

  function places(): Map<string, Place> {
    index ??= readIndex(folder);
    return index;
  }

  return {
    read(key) {
      const place = places().get(key);
      const bytes = place && readPlace(place);
      return bytes && textOf(bytes, key);
    },
    append(key, at, ...text) {
      own ??= ownFile(folder);
      const length = writeRecord(own.descriptor, key, at, text);
      // Without an index nothing has been read yet, and reading will find the record.
      index?.set(key, { file: own.file, start: own.length, length, at });
      own.length += length;
    },
  };
}

/** `digest key at bodyLength` and the body, each with a line end; the digest is that of everything behind it. Returns its length. */
function writeRecord(descriptor: number, key: string, at: number, text: readonly string[]): number {
  let body = 0;
  for (const part of text) body += Buffer.byteLength(part);
  const head = ` ${key} ${at} ${body}\n`;
  const length = digestLength + head.length + body + 1;
  if (length > commonSize) writeInParts(descriptor, [head, ...text, '\n']);
  else writeAll(descriptor, recordOf(head, text, length));
  return length;
}

function recordOf(head: string, text: readonly string[], length: number): Buffer {
  common ??= Buffer.allocUnsafeSlow(commonSize);
  const record = common.subarray(0, length);
  record.write(head, digestLength, 'latin1');
  // Joined, the parts would be copied once more.
  let place = digestLength + head.length;
  for (const part of text) place += record.write(part, place);
  record[record.length - 1] = 0x0a;
  record.write(digestOf(record.subarray(digestLength)), 0, 'latin1');
  return record;
}

/** A large record is never held as a whole: gone through once for its digest, once more to be written. */
function writeInParts(descriptor: number, parts: readonly string[]): void {
  const digest = createHash('sha256');
  for (const part of parts) digest.update(part);
  writeAll(descriptor, Buffer.from(digest.digest('hex')));
  for (const part of parts) writeAll(descriptor, Buffer.from(part));
}

const digestLength = 64;

/** One piece of memory for all records of a common size: each is written before the next is made. */
let common: Buffer | undefined;

const commonSize = 131_072;

const header = /^[0-9a-f]{64} ([0-9a-f]{8,128}) (\d{1,16}) (\d{1,12})\n/;
const longestHeader = 256;

/** The body of a record, checked. */
function textOf(record: Buffer, key: string): string | undefined {
  const found = header.exec(record.toString('latin1', 0, longestHeader));
  if (found?.[1] !== key || record.toString('latin1', 0, 64) !== digestOf(record.subarray(64))) return undefined;
  return record.toString('utf8', found[0].length, record.length - 1);
}

/** The places of all records of a file, as far as it is well formed. */
function placesIn(file: string, bytes: Buffer): (Place & { readonly key: string })[] {
  const found = [];
  for (let start = 0; start < bytes.length; ) {
    const head = header.exec(bytes.toString('latin1', start, start + longestHeader));
    if (!head) break;
    const length = head[0].length + Number(head[3]) + 1;
    if (start + length > bytes.length) break;
    found.push({ key: head[1] ?? '', file, start, length, at: Number(head[2]) });
    start += length;
  }
  return found;
}

function readIndex(folder: string): Map<string, Place> {
  const index = new Map<string, Place>();
  const files = filesIn(folder);
  for (const file of files) {
    for (const { key, ...place } of placesIn(file, readOr(file))) if (place.at >= (index.get(key)?.at ?? 0)) index.set(key, place);
  }
  if (files.length > mostFiles) compact(folder, files, index);
  return index;
}

/** Brings the living records of settled files into one. What fails leaves everything as it was. */
function compact(folder: string, files: readonly string[], index: Map<string, Place>): void {
  try {
    const newest = Math.max(...[...index.values()].map(({ at }) => at));
    const settled = new Set(files.filter((file) => Date.now() - statSync(file).mtimeMs > settledMs));
    const living = [...index].filter(([, place]) => settled.has(place.file) && newest - place.at < oldestMs);
    const file = join(folder, `${randomBytes(8).toString('hex')}${ending}`);
    const records = living.flatMap(([key, place]) => {
      const bytes = readPlace(place);
      return bytes && textOf(bytes, key) !== undefined ? [{ key, bytes, at: place.at }] : [];
    });
    writeWhole(file, Buffer.concat(records.map(({ bytes }) => bytes)));
    let start = 0;
    for (const { key, bytes, at } of records) {
      index.set(key, { file, start, length: bytes.length, at });
      start += bytes.length;
    }
    for (const old of settled) rmSync(old, { force: true });
  } catch {
    // Next time.
  }
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith(ending))
      .sort()
      .map((name) => join(folder, name));
  } catch {
    return [];
  }
}

function readOr(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch {
    return Buffer.alloc(0);
  }
}

function readPlace({ file, start, length }: Place): Buffer | undefined {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(file, 'r');
    const bytes = Buffer.alloc(length);
    return readSync(descriptor, bytes, 0, length, start) === length ? bytes : undefined;
  } catch {
    return undefined;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

function ownFile(folder: string) {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, `${process.pid}-${randomBytes(6).toString('hex')}${ending}`);
  return { file, descriptor: openSync(file, 'ax', 0o600), length: 0 };
}

function writeAll(descriptor: number, bytes: Buffer): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(descriptor, bytes, done);
}
