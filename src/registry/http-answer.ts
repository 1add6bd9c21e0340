/**
 * Reads one HTTP/1.1 answer from the bytes of a connection, of the one plain form registries use. It never guesses: whatever
 * could be read in two ways, or is rare, is a `Doubt`, and the question is then asked again through node's own client.
 */

import { wholeOf } from './body.ts';

/** This is for another to read; the connection is of no further use. */
export class Doubt extends Error {}

const mostHead = 16_384;
const statusLine = /^HTTP\/1\.1 ([2-5]\d\d)(?: [^\r\n\0]*)?$/;
const headerLine = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([^\r\n\0]*?)[ \t]*$/;

export class HttpAnswer {
  status = 0;
  readonly headers = new Map<string, string>();
  /** The pieces of the body so far, and how many bytes they are together. */
  readonly body: Buffer[] = [];
  length = 0;
  /** Nothing of it has come yet. */
  untouched = true;
  private held: Buffer | undefined;
  private chunked = false;
  /** Bytes to come of the body, or of its chunk; undefined before the head was read. */
  private left: number | undefined;
  private part: 'size' | 'bytes' | 'after' | 'end' = 'size';

  /** Bytes of the body, as far as they have come or are announced. */
  get expected(): number {
    return this.length + (this.left ?? 0);
  }

  /** The body in one piece. */
  whole(): Buffer {
    return wholeOf({ pieces: this.body, length: this.length });
  }

  /** Takes what came; true when the answer is complete. */
  push(bytes: Buffer): boolean {
    this.untouched = false;
    const all = this.held ? Buffer.concat([this.held, bytes]) : bytes;
    this.held = undefined;
    if (this.left !== undefined) return this.rest(all, 0);
    const end = all.indexOf('\r\n\r\n');
    if (end < 0) return this.hold(all, 0, mostHead);
    this.head(all.toString('latin1', 0, end).split('\r\n'));
    return this.rest(all, end + 4);
  }

  /** Whether the connection can be used again, and for how many seconds from now; so many where the other side does not say. */
  keptSeconds(unsaid = 4): number {
    if (this.headers.has('connection') && this.headers.get('connection')?.toLowerCase() !== 'keep-alive') return 0;
    const said = /^timeout=(\d{1,6})\b/.exec(this.headers.get('keep-alive') ?? '')?.[1];
    return said === undefined ? unsaid : Number(said) - 1;
  }

  private head([first = '', ...lines]: readonly string[]): void {
    const status = statusLine.exec(first)?.[1];
    if (status === undefined) throw new Doubt();
    this.status = Number(status);
    for (const line of lines) {
      const [, name = '', value = ''] = headerLine.exec(line) ?? [];
      const key = name.toLowerCase();
      // A line that is none, and anything said twice of how long the answer is.
      if (key === '' || (framing.has(key) && this.headers.has(key))) throw new Doubt();
      if (!this.headers.has(key)) this.headers.set(key, value);
    }
    this.left = this.lengthOf();
  }

  private lengthOf(): number {
    const [encoding, length] = [this.headers.get('transfer-encoding'), this.headers.get('content-length')];
    if (this.status === 304) return 0;
    if (encoding !== undefined) {
      if (encoding.toLowerCase() !== 'chunked' || length !== undefined) throw new Doubt();
      this.chunked = true;
      return 0;
    }
    if (length === undefined || !/^\d{1,15}$/.test(length)) throw new Doubt();
    return Number(length);
  }

  private rest(all: Buffer, from: number): boolean {
    const at = this.chunked ? this.chunks(all, from) : this.take(all, from);
    if (at === undefined) return false;
    // What follows an answer was asked for by nobody.
    if (at < all.length) throw new Doubt();
    return this.left === 0;
  }

  private take(all: Buffer, from: number): number {
    const count = Math.min(this.left ?? 0, all.length - from);
    if (count > 0) this.body.push(all.subarray(from, from + count));
    this.length += count;
    this.left = (this.left ?? 0) - count;
    return from + count;
  }

  /** Reads chunks as far as they are there; where it ended, undefined when the last one is still to come. */
  private chunks(all: Buffer, from: number): number | undefined {
    for (let at = from; ; ) {
      if (this.part === 'bytes') {
        at = this.take(all, at);
        if (this.left !== 0) return undefined;
        this.part = 'after';
      }
      const end = all.indexOf('\r\n', at);
      if (end < 0) return void this.hold(all, at, 16);
      const line = all.toString('latin1', at, end);
      at = end + 2;
      if (this.part === 'size') this.size(line);
      else if (line !== '') throw new Doubt();
      else if (this.part === 'end') return at;
      else this.part = 'size';
    }
  }

  private size(line: string): void {
    if (!/^[0-9a-f]{1,8}$/i.test(line)) throw new Doubt();
    this.left = Number.parseInt(line, 16);
    this.part = this.left === 0 ? 'end' : 'bytes';
  }

  private hold(all: Buffer, from: number, most: number): false {
    if (all.length - from > most) throw new Doubt();
    this.held = all.subarray(from);
    return false;
  }
}

const framing = new Set(['content-length', 'transfer-encoding', 'content-encoding', 'connection', 'location', 'etag']);
