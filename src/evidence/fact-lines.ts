/**
 * An append-only file of lines, `checksum confirmedAt key body`, read lazily. The last line of a key counts; a line without a
 * body only says that the key's body was confirmed again. Two processes may append at once; a torn, damaged or foreign line is
 * no line at all. Losing any of it only costs asking the registry again.
 */
import { appendFileSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';
import type { Instant } from '../model/time.ts';
import { makeFolder } from '../registry/make-folder.ts';

export interface FactLines {
  get(key: string): { readonly body: string; readonly confirmedAt: Instant } | undefined;
  put(key: string, body: string, confirmedAt: Instant): void;
  /** Appends what was put. Never throws: a store that cannot be written is only slower. */
  save(): void;
}

/** Bounds in bytes: one body, the whole file, and what compaction leaves. */
export interface Bounds {
  readonly body: number;
  readonly file: number;
  readonly kept: number;
}

const usualBounds: Bounds = { body: 64 * 1024, file: 24 * 1024 * 1024, kept: 12 * 1024 * 1024 };

/** A line by its place in the file. */
interface Line {
  readonly start: number;
  readonly end: number;
  /** Where the body starts; at `end` for a line without one. */
  readonly body: number;
}

interface Held {
  line?: Line;
  stamp?: Line;
}

const space = 32;
const checksumLength = 8;

/** Opens the file; it need not exist. */
export function openFactLines(path: string, bounds: Bounds = usualBounds): FactLines {
  let bytes: Buffer | undefined;
  let index: Map<string, Held> | undefined;
  const fresh: string[] = [];

  function load(): Map<string, Held> {
    bytes ??= read(path, bounds);
    index ??= indexOf(bytes);
    return index;
  }

  function get(key: string): { body: string; confirmedAt: Instant } | undefined {
    const held = load().get(key);
    if (!bytes || !held?.line) return undefined;
    const confirmedAt = confirmedIn(bytes, held.line);
    if (confirmedAt === undefined) return undefined;
    const again = held.stamp && confirmedIn(bytes, held.stamp);
    return { body: bytes.toString('utf8', held.line.body, held.line.end), confirmedAt: Math.max(confirmedAt, again ?? confirmedAt) };
  }

  return {
    get,
    put(key, body, confirmedAt) {
      if (body.length > bounds.body || !isKey(key) || !isInstant(confirmedAt)) return;
      const held = get(key);
      if (held?.body === body) {
        if (confirmedAt > held.confirmedAt) fresh.push(lineOf(key, confirmedAt));
      } else fresh.push(lineOf(key, confirmedAt, body));
    },
    save() {
      if (fresh.length === 0) return;
      // A process killed while writing leaves half a line: begin on a new one.
      const text = `\n${fresh.join('')}`;
      fresh.length = 0;
      try {
        makeFolder(dirname(path));
        appendFileSync(path, text, { mode: 0o600 });
        if ((bytes?.length ?? 0) + text.length > bounds.file) compact(path, bounds);
      } catch {
        // Read-only or full: next time is slower.
      }
    },
  };
}

function read(path: string, bounds: Bounds): Buffer {
  try {
    const bytes = readFileSync(path);
    return bytes.length > 2 * bounds.file ? Buffer.alloc(0) : bytes;
  } catch {
    return Buffer.alloc(0);
  }
}

/** One byte is one character, and strings are searched faster than bytes. */
function indexOf(bytes: Buffer): Map<string, Held> {
  const text = bytes.toString('latin1');
  const index = new Map<string, Held>();
  for (let start = 0; start < text.length; ) {
    const end = text.indexOf('\n', start);
    if (end < 0) break;
    note(index, text, start, end);
    start = end + 1;
  }
  return index;
}

function note(index: Map<string, Held>, text: string, start: number, end: number): void {
  const keyStart = text.indexOf(' ', start + checksumLength + 1) + 1;
  if (keyStart === 0 || keyStart >= end) return;
  const gap = text.indexOf(' ', keyStart);
  const keyEnd = gap < 0 || gap > end ? end : gap;
  const line = { start, end, body: Math.min(keyEnd + 1, end) };
  const key = text.slice(keyStart, keyEnd);
  const held = index.get(key);
  if (keyEnd < end) index.set(key, { line });
  else if (held) held.stamp = line;
}

/** When the registry confirmed what the line says; undefined for a damaged line. */
function confirmedIn(bytes: Buffer, { start, end }: Line): Instant | undefined {
  const said = Number.parseInt(bytes.toString('latin1', start, start + checksumLength), 16);
  if (said !== crc32(bytes.subarray(start + checksumLength + 1, end))) return undefined;
  const timeStart = start + checksumLength + 1;
  const confirmedAt = Number.parseInt(bytes.toString('latin1', timeStart, bytes.indexOf(space, timeStart)), 36);
  return isInstant(confirmedAt) ? confirmedAt : undefined;
}

function lineOf(key: string, confirmedAt: Instant, body?: string): string {
  const text = `${confirmedAt.toString(36)} ${key}${body === undefined ? '' : ` ${body}`}`;
  return `${crc32(text).toString(16).padStart(checksumLength, '0')} ${text}\n`;
}

function isKey(key: string): boolean {
  return key.length <= 1024 && /^[\x21-\x7e]+$/.test(key);
}

function isInstant(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

/** Rewrites the file with the facts confirmed last. What others append meanwhile is lost and asked for again. */
function compact(path: string, bounds: Bounds): void {
  const lines = openFactLines(path, bounds);
  const bytes = read(path, bounds);
  const facts = [...indexOf(bytes).keys()].flatMap((key) => {
    const held = lines.get(key);
    return held ? [{ key, ...held }] : [];
  });
  facts.sort((a, b) => b.confirmedAt - a.confirmedAt);
  let size = 0;
  const kept = facts.filter(({ key, body }) => {
    size += key.length + body.length;
    return size <= bounds.kept;
  });
  const draft = `${path}.${process.pid}.new`;
  try {
    writeFileSync(
      draft,
      kept
        .reverse()
        .map(({ key, body, confirmedAt }) => lineOf(key, confirmedAt, body))
        .join(''),
      { mode: 0o600 },
    );
    renameSync(draft, path);
  } finally {
    rmSync(draft, { force: true });
  }
}
