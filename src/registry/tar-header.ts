/** One 512-byte tar header block, and the records of a pax header. */

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

/** Reads a header block: `null` when it is all zeros (end of archive), `bad` when checksum or numbers do not hold. */
export function readHeader(block: Buffer): TarHeader | 'null' | 'bad' {
  const sum = checksum(block);
  if (sum === 256) return block.subarray(148, 156).every((byte) => byte === 0) ? 'null' : 'bad';
  if (number(block, 148, 8) !== sum) return 'bad';
  const size = number(block, 124, 12);
  const path = pathOf(block);
  if (size === undefined || path === '') return 'bad';
  const flag = block[156] as number;
  const type = flag === 0 ? '0' : String.fromCharCode(flag);
  return { path, size, mode: number(block, 100, 8) ?? 0, type, linked: block[157] !== 0 };
}

/** Sum of all bytes with the checksum field read as blanks. */
function checksum(block: Buffer): number {
  let sum = 256;
  for (let i = 0; i < 148; i++) sum += block[i] as number;
  for (let i = 156; i < 512; i++) sum += block[i] as number;
  return sum;
}

function pathOf(block: Buffer): string {
  const name = text(block, 0, 100);
  if (block.toString('latin1', 257, 263) !== 'ustar\0') return name;
  const prefix = text(block, 345, block[475] === 0 ? 130 : 155);
  return prefix === '' ? name : `${prefix}/${name}`;
}

function text(block: Buffer, start: number, length: number): string {
  const end = block.indexOf(0, start);
  return block.toString('utf8', start, end < 0 || end > start + length ? start + length : end);
}

/** Octal digits, or GNU base-256; undefined when it is neither, negative, or beyond what a file can be. */
function number(block: Buffer, start: number, length: number): number | undefined {
  const first = block[start] as number;
  if (first === 0x80) {
    let value = 0;
    for (let i = start + 1; i < start + length; i++) value = value * 256 + (block[i] as number);
    return Number.isSafeInteger(value) ? value : undefined;
  }
  if (first > 0x80) return undefined;
  const digits = text(block, start, length).trim();
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
