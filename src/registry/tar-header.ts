/** One 512-byte tar header block, and the records of a pax header. */
import type { AnomalyKind } from '../model/archive.ts';

export interface TarHeader {
  readonly path: string;
  readonly mode: number;
  readonly size: number;
  /** The type flag; `0` for regular files. */
  readonly type: string;
  /** True when a link target is named. */
  readonly linked: boolean;
}

export interface PaxRecords {
  readonly path?: string;
  readonly size?: number;
  readonly bad: boolean;
}

/** Reads the header block at an offset: `null` when it is all zeros (end of archive), `bad` when checksum or numbers do not hold. */
export function readHeader(bytes: Buffer, at = 0): TarHeader | 'null' | 'bad' {
  const sum = checksum(bytes, at);
  if (sum === 256) return bytes.subarray(at + 148, at + 156).every((byte) => byte === 0) ? 'null' : 'bad';
  if (number(bytes, at + 148, 8) !== sum) return 'bad';
  const size = number(bytes, at + 124, 12);
  const path = pathOf(bytes, at);
  if (size === undefined || path === '') return 'bad';
  const flag = bytes[at + 156] as number;
  const type = flag === 0 || flag === 48 ? '0' : String.fromCharCode(flag);
  return { path, size, mode: number(bytes, at + 100, 8) ?? 0, type, linked: bytes[at + 157] !== 0 };
}

/** Sum of all bytes with the checksum field read as blanks. */
function checksum(bytes: Buffer, at: number): number {
  let sum = 256;
  const field = at + 148;
  for (let i = at; i < field; i++) sum += bytes[i] as number;
  const end = at + 512;
  for (let i = at + 156; i < end; i++) sum += bytes[i] as number;
  return sum;
}

function pathOf(bytes: Buffer, at: number): string {
  const name = text(bytes, at, 100);
  if (!isUstar(bytes, at + 257)) return name;
  const prefix = text(bytes, at + 345, bytes[at + 475] === 0 ? 130 : 155);
  return prefix === '' ? name : `${prefix}/${name}`;
}

/** `ustar` and a zero byte. */
function isUstar(bytes: Buffer, at: number): boolean {
  return (
    bytes[at] === 0x75 && bytes[at + 1] === 0x73 && bytes[at + 2] === 0x74 && bytes[at + 3] === 0x61 && bytes[at + 4] === 0x72 && bytes[at + 5] === 0
  );
}

function text(bytes: Buffer, start: number, length: number): string {
  let end = start;
  let high = 0;
  for (const most = start + length; end < most && bytes[end] !== 0; end++) high |= bytes[end] as number;
  if (end === start) return '';
  return bytes.toString(high < 128 ? 'latin1' : 'utf8', start, end);
}

/** Octal digits, or GNU base-256; undefined when it is neither, negative, or beyond what a file can be. */
function number(bytes: Buffer, start: number, length: number): number | undefined {
  const first = bytes[start] as number;
  if (first === 0x80) {
    let value = 0;
    for (let i = start + 1; i < start + length; i++) value = value * 256 + (bytes[i] as number);
    return Number.isSafeInteger(value) ? value : undefined;
  }
  if (first > 0x80) return undefined;
  return octal(bytes, start, length) ?? loose(bytes, start, length);
}

/** As every tool writes numbers: digits, then a zero byte or a blank. */
function octal(bytes: Buffer, start: number, length: number): number | undefined {
  let value = 0;
  let at = start;
  for (const most = start + length; at < most; at++) {
    const digit = (bytes[at] as number) - 48;
    if (digit < 0 || digit > 7) break;
    value = value * 8 + digit;
  }
  const closes = at === start + length || bytes[at] === 0 || (bytes[at] === 32 && (at + 1 === start + length || bytes[at + 1] === 0));
  return at > start && closes ? value : undefined;
}

function loose(bytes: Buffer, start: number, length: number): number | undefined {
  const digits = text(bytes, start, length).trim();
  if (digits === '') return 0;
  return /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : undefined;
}

/** Parses `LENGTH key=value\n` records; only `path` and `size` matter here. */
export function parsePax(body: Buffer): PaxRecords {
  const found: { path?: string; size?: number } = {};
  let bad = false;
  for (let at = 0; at < body.length && body[at] !== 0; ) {
    const blank = body.indexOf(32, at);
    const length = blank < 0 ? Number.NaN : Number(body.toString('latin1', at, blank));
    if (!Number.isSafeInteger(length) || length <= blank - at || at + length > body.length || body[at + length - 1] !== 10)
      return { ...found, bad: true };
    const record = body.toString('utf8', blank + 1, at + length - 1);
    const equals = record.indexOf('=');
    const key = record.slice(0, equals);
    const value = record.slice(equals + 1);
    if (key === 'path') found.path = value;
    else if (key === 'size' && /^\d{1,15}$/.test(value)) found.size = Number(value);
    else if (key === 'size') bad = true;
    at += length;
  }
  return { ...found, bad };
}

/** What an entry of this type is. */
export function kindOf(type: string): 'file' | 'folder' | AnomalyKind {
  switch (type) {
    case '0':
    case '7':
      return 'file';
    case '5':
      return 'folder';
    case '1':
      return 'hard-link';
    case '2':
      return 'symbolic-link';
    case '3':
    case '4':
    case '6':
      return 'device';
    default:
      return 'unknown-entry';
  }
}
