/**
 * Records by key in append-only files. Every process writes a file of its own, so two at once cannot mix; every record carries
 * its digest and its lengths, so a torn end, a full disk or a changed byte lead to a missing record, never to a wrong one.
 */
import { createHash, randomBytes } from 'node:crypto';
import { closeSync, openSync, readdirSync, readFileSync, readSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { digestOf, writeWhole } from './checked-file.ts';
import { makeFolder } from './make-folder.ts';

interface Place {
  readonly file: string;
  readonly start: number;
  readonly length: number;
  readonly at: number;
}

/** A text, or several with a comma between them. */
export type Text = string | readonly string[];

export interface RecordLog {
  /** The newest record under the key; undefined when there is none or it is damaged. */
  read(key: string): string | undefined;
  /** Adds a record, its text in parts; `at` (milliseconds) decides which of several is the newest. Throws when it cannot be written. */
  append(key: string, at: number, ...text: readonly Text[]): void;
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
function writeRecord(descriptor: number, key: string, at: number, text: readonly Text[]): number {
  const isSmall = lengthOf(text, (part) => part.length) <= commonSize;
  const parts = isSmall ? [text.map((part) => (typeof part === 'string' ? part : part.join(','))).join('')] : text;
  const body = lengthOf(parts, Buffer.byteLength);
  const head = ` ${key} ${at} ${body}\n`;
  const length = digestLength + head.length + body + 1;
  if (isSmall) writeAll(descriptor, recordOf(`${head}${parts[0]}\n`, length));
  else writeInParts(descriptor, [head, ...text, '\n']);
  return length;
}

function lengthOf(text: readonly Text[], lengthIn: (part: string) => number): number {
  let length = 0;
  for (const part of text) {
    if (typeof part === 'string') length += lengthIn(part);
    else {
      length += Math.max(0, part.length - 1);
      for (const one of part) length += lengthIn(one);
    }
  }
  return length;
}

function recordOf(text: string, length: number): Buffer {
  const record = commonBytes().subarray(0, length);
  record.write(text, digestLength);
  record.write(digestOf(record.subarray(digestLength)), 0, 'latin1');
  return record;
}

/** A large record is never held as a whole: gone through once for its digest, once more to be written. */
function writeInParts(descriptor: number, text: readonly Text[]): void {
  const digest = createHash('sha256');
  inPieces(text, 0, (bytes) => digest.update(bytes));
  writeAll(descriptor, Buffer.from(digest.digest('hex')));
  inPieces(text, 0, (bytes) => writeAll(descriptor, bytes));
}

/** Puts the text into the common memory from `from` on, which is handed over and used again whenever it is full. Joined as strings, all would be copied once more. */
function inPieces(text: readonly Text[], from: number, take: (bytes: Buffer) => void): void {
  const bytes = commonBytes();
  let at = from;
  function put(part: string, comma: boolean): void {
    // Three bytes are the most that one unit of a string becomes.
    const most = 3 * part.length + 1;
    if (at + most > bytes.length) {
      take(bytes.subarray(0, at));
      at = 0;
    }
    if (comma) {
      bytes[at] = 0x2c;
      at += 1;
    }
    if (most <= bytes.length) at += bytes.write(part, at);
    else {
      take(Buffer.concat([bytes.subarray(0, at), Buffer.from(part)]));
      at = 0;
    }
  }
  for (const part of text) {
    if (typeof part === 'string') put(part, false);
    else for (let place = 0; place < part.length; place += 1) put(part[place] as string, place > 0);
  }
  take(bytes.subarray(0, at));
}

const digestLength = 64;

/** One piece of memory for all records: each is written before the next is made. */
let common: Buffer | undefined;

const commonSize = 131_072;

function commonBytes(): Buffer {
  // Room for the most that a record of the common size may turn out to need, with what stands around it.
  common ??= Buffer.allocUnsafeSlow(3 * commonSize + 1_024);
  return common;
}

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
  makeFolder(folder);
  const file = join(folder, `${process.pid}-${randomBytes(6).toString('hex')}${ending}`);
  return { file, descriptor: openSync(file, 'ax', 0o600), length: 0 };
}

function writeAll(descriptor: number, bytes: Buffer): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(descriptor, bytes, done);
}
