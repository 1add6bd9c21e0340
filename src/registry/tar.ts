/**
 * A tar reader for hostile archives: takes unpacked chunks, keeps regular files, names everything odd, writes nothing.
 * Paths come out as npm unpacks them: without their first folder, whatever it is called.
 */
import { createHash } from 'node:crypto';
import type { Anomaly, AnomalyKind, PackedFile } from '../model/archive.ts';
import { DepwardError } from '../model/errors.ts';
import { ownPages } from './own-pages.ts';
import { HeldFile, sha256, shortened } from './tar-file.ts';
import { kindOf, type PaxRecords, parsePax, readHeader, type TarHeader } from './tar-header.ts';
import { hasRoom, type TarLimits, tarLimits } from './tar-limits.ts';
import { landingPath, oddPaths } from './tar-path.ts';

const headBytes = 512;
export interface TarReader {
  push(chunk: Buffer): void;
  /** Call once after the last chunk; throws when the archive is cut off. */
  end(): { readonly files: readonly PackedFile[]; readonly anomalies: readonly Anomaly[] };
}

type Mode = 'header' | 'file' | 'meta' | 'skip' | 'ended';

/** A reader for one archive; a class because it has state with a lifetime. */
class Reader implements TarReader {
  #mode: Mode = 'header';
  #rest: Buffer | undefined;
  #header: TarHeader | undefined;
  #parts: Buffer[] = [];
  /** A large body that comes in several chunks, and how much of it is there. */
  #body: { readonly bytes: Buffer; at: number } | undefined;
  #left = 0;
  #padding = 0;
  #kept = 0;
  #letters = 0;
  #total = 0;
  #chunks = 0;
  #nullBlocks = 0;
  #pax: PaxRecords | undefined;
  #globalPax: PaxRecords | undefined;
  #longName: string | undefined;
  readonly #roots = new Set<string>();
  readonly #files = new Map<string, PackedFile>();
  readonly #anomalies = new Map<AnomalyKind, { path: string; count: number }>();
  readonly #limits: TarLimits;

  constructor(limits: TarLimits) {
    this.#limits = limits;
  }

  push(chunk: Buffer): void {
    this.#total += chunk.length;
    this.#chunks++;
    if (this.#total > this.#limits.unpackedBytes) throw tooMuch(`unpacks to more than ${this.#limits.unpackedBytes} bytes`);
    const bytes = this.#rest ? Buffer.concat([this.#rest, chunk]) : chunk;
    this.#rest = undefined;
    let at = 0;
    while (at < bytes.length) {
      const used = this.#step(bytes, at);
      if (used === 0) break;
      at += used;
    }
    // A copy: the caller's chunk may be reused, and a small rest must not hold a large chunk.
    if (at < bytes.length) this.#rest = Buffer.from(bytes.subarray(at));
  }

  end(): { readonly files: readonly PackedFile[]; readonly anomalies: readonly Anomaly[] } {
    if (this.#left > 0) throw new DepwardError('input', 'the tarball is cut off in the middle of a file');
    if (this.#rest) this.#note('trailing-data', '');
    if (this.#files.size === 0) throw new DepwardError('input', 'the tarball holds no files');
    if (this.#roots.size > 1) this.#note('mixed-roots', [...this.#roots].slice(0, 3).join(', '));
    for (const { kind, path } of oddPaths(this.#files.keys())) this.#note(kind, path);
    const anomalies = [...this.#anomalies].map(([kind, { path, count }]) => ({ kind, path, count }));
    return { files: [...this.#files.values()], anomalies: anomalies.sort((a, b) => (a.kind < b.kind ? -1 : 1)) };
  }

  #step(bytes: Buffer, at: number): number {
    switch (this.#mode) {
      case 'header':
        return this.#stepHeader(bytes, at);
      case 'ended':
        return this.#stepEnded(bytes, at);
      default:
        return this.#left > 0 ? this.#stepBody(bytes, at) : this.#stepPadding(bytes, at);
    }
  }

  #stepEnded(bytes: Buffer, at: number): number {
    for (let i = at; i < bytes.length; i++) {
      if (bytes[i] === 0) continue;
      this.#note('trailing-data', '');
      break;
    }
    return bytes.length - at;
  }

  #stepHeader(bytes: Buffer, at: number): number {
    if (bytes.length - at < 512) return 0;
    const header = readHeader(bytes, at);
    if (header === 'null') {
      if (++this.#nullBlocks > 1) this.#mode = 'ended';
      return 512;
    }
    this.#nullBlocks = 0;
    if (header === 'bad') {
      this.#note('bad-header', this.#header?.path ?? '');
      return 512;
    }
    this.#begin(header);
    return 512;
  }

  #begin(found: TarHeader): void {
    const meta = 'xgLK'.includes(found.type);
    const header = meta ? found : this.#dressed(found);
    this.#header = header;
    this.#parts = [];
    this.#left = header.type === '5' ? 0 : header.size;
    this.#padding = (512 - (this.#left % 512)) % 512;
    if (meta && header.size > this.#limits.metaBytes) throw tooMuch('has an oversized header');
    this.#mode = meta ? 'meta' : this.#isFile(header) ? 'file' : 'skip';
    if (this.#left === 0) this.#finish();
  }

  /** The header with what extended headers before it say. */
  #dressed(header: TarHeader): TarHeader {
    if (!this.#pax && !this.#globalPax && this.#longName === undefined && (header.type !== '0' || !header.path.endsWith('/'))) return header;
    const path = this.#pax?.path ?? this.#longName ?? header.path;
    const size = this.#pax?.size ?? this.#globalPax?.size ?? header.size;
    this.#pax = undefined;
    this.#longName = undefined;
    const type = header.type === '0' && path.endsWith('/') ? '5' : header.type;
    return { ...header, path, size, type };
  }

  #isFile(header: TarHeader): boolean {
    const kind = kindOf(header.type);
    // Some readers take the body of such an entry for headers.
    if (kind === 'file' && header.linked) this.#note('bad-header', header.path);
    if (kind === 'file') return true;
    if (kind !== 'folder') this.#note(kind, header.path);
    return false;
  }

  #stepBody(bytes: Buffer, at: number): number {
    const take = Math.min(this.#left, bytes.length - at);
    if (this.#mode !== 'skip') this.#parts.push(bytes.subarray(at, at + take));
    this.#left -= take;
    if (this.#left === 0) this.#finish();
    else if (this.#mode === 'file') this.#thin();
    return take;
  }

  // A body that comes in several chunks is copied, and a large one is hashed on the way and dropped but for its head.
  #hash: ReturnType<typeof createHash> | undefined;

  #thin(): void {
    const last = this.#parts.pop() as Buffer;
    this.#hash ??= createHash('sha256');
    this.#hash.update(last);
    const size = this.#header?.size ?? 0;
    this.#body ??= {
      bytes: ownPages(hasRoom({ size, path: this.#header?.path ?? '' }, this.#kept, this.#limits) ? size : Math.min(size, headBytes)),
      at: 0,
    };
    this.#body.at += last.copy(this.#body.bytes, this.#body.at);
  }

  #stepPadding(bytes: Buffer, at: number): number {
    const take = Math.min(this.#padding, bytes.length - at);
    this.#padding -= take;
    if (this.#padding === 0) this.#mode = 'header';
    return take;
  }

  #finish(): void {
    if (this.#mode === 'meta') this.#finishMeta();
    else if (this.#mode === 'file') this.#finishFile();
    this.#mode = this.#padding === 0 ? 'header' : 'skip';
  }

  #finishMeta(): void {
    const body = Buffer.concat(this.#parts);
    const type = this.#header?.type;
    const records = type === 'x' || type === 'g' ? parsePax(body) : undefined;
    if (records?.bad) this.#note('bad-header', this.#header?.path ?? '');
    if (type === 'x') this.#pax = { ...this.#pax, ...(records as PaxRecords) };
    else if (type === 'g') {
      this.#globalPax = records;
      // Some readers then take every entry for that one.
      if (records?.path !== undefined || records?.size !== undefined) this.#note('bad-header', this.#header?.path ?? '');
    } else if (type === 'L') this.#longName = untilNull(body);
  }

  #finishFile(): void {
    const header = this.#header as TarHeader;
    const { hash, bytes } = this.#content(header);
    const whole = bytes.length === header.size;
    this.#parts = [];
    const { root, path, odd } = landingPath(header.path);
    for (const kind of odd) this.#note(kind, header.path);
    if (path === undefined) return;
    this.#roots.add(root);
    const held = this.#files.get(path);
    const file = new HeldFile({ path, size: header.size, executable: (header.mode & 0o111) !== 0, bytes, whole }, hash);
    // Some packing tools write the same file twice; only another content under one name can deceive.
    if (held && held.hash !== file.hash) this.#note('duplicate-path', path);
    if (held) this.#files.delete(path);
    this.#kept += bytes.length;
    this.#letters += header.path.length;
    if (this.#letters > this.#limits.pathLetters) throw tooMuch('holds paths that are too long together');
    this.#files.set(path, file);
    if (this.#files.size > this.#limits.files) throw tooMuch(`holds more than ${this.#limits.files} files`);
  }

  /** What is kept of a body, and its hash unless that can still be told from what is kept. */
  #content({ size, path }: TarHeader): { readonly hash: string | undefined; readonly bytes: Buffer } {
    const streamed = this.#hash;
    const body = this.#body;
    this.#hash = undefined;
    this.#body = undefined;
    const last = this.#parts.at(-1) ?? nothing;
    const isKept = hasRoom({ size, path }, this.#kept, this.#limits);
    const hash = streamed ? shortened(streamed.update(last).digest('base64')) : isKept ? undefined : sha256(last);
    // A part of a chunk would keep all of it in memory, whatever else is in it.
    if (body) last.copy(body.bytes, body.at);
    const all = body?.bytes ?? (isKept && this.#chunks > 1 ? Buffer.from(last) : last);
    return { hash, bytes: isKept ? all : Buffer.from(all.subarray(0, headBytes)) };
  }

  #note(kind: AnomalyKind, path: string): void {
    const held = this.#anomalies.get(kind);
    if (held) held.count++;
    else this.#anomalies.set(kind, { path: path.slice(0, 300), count: 1 });
  }
}

const nothing = Buffer.alloc(0);

/** Starts reading an archive. */
export function tarReader(limits: TarLimits = tarLimits): TarReader {
  return new Reader(limits);
}

function untilNull(body: Buffer): string {
  const end = body.indexOf(0);
  return body.toString('utf8', 0, end < 0 ? body.length : end);
}

function tooMuch(what: string): DepwardError {
  return new DepwardError('limit', `the tarball ${what}`, { hint: 'No honest package needs that; look at it by hand before using it.' });
}
