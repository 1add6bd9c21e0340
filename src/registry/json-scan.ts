/** Passes over JSON byte by byte, as strictly as JSON.parse does, without building anything. */

/** Nothing npm publishes nests deeper than about ten. */
const maxDepth = 128;
/** Objects, arrays and members together; the largest public document has about half a million. */
const maxMembers = 8_000_000;

/** `syntax`: not JSON; `depth` and `size`: more than anybody needs, whatever it is. */
export class Refusal extends Error {
  readonly why: 'syntax' | 'depth' | 'size';
  constructor(why: 'syntax' | 'depth' | 'size') {
    super(why);
    this.why = why;
  }
}

/** Made once: the end of a window is met in the same way, by code that is in use. */
export const notJson = new Refusal('syntax');

/** So many zeros must stand behind the end of a window that is read to its end: looking past all bytes, even once, makes every look slow. */
export const behindEnd = 8;

export const quote = 0x22;
const backslash = 0x5c;
export const comma = 0x2c;
export const colon = 0x3a;
export const openObject = 0x7b;
export const closeObject = 0x7d;
export const openArray = 0x5b;
export const closeArray = 0x5d;

/** Bytes that stand for themselves in a string and do not end it. */
const isPlain = Uint8Array.from({ length: 256 }, (_, byte) => (byte >= 0x20 && byte < 0x80 && byte !== quote && byte !== backslash ? 1 : 0));

const isSpace = Uint8Array.from({ length: 256 }, (_, byte) => (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09 ? 1 : 0));

/** A place in a document, moved on by passing over what stands there. */
export class Scanner {
  bytes: Buffer;
  end: number;
  at = 0;
  depth = 0;
  members = 0;
  /** Whether the string last passed has escapes or bytes beyond ASCII. */
  escaped = false;
  /** False once a string with bytes beyond ASCII was passed. */
  ascii = true;
  /** What each open bracket of a skipped value is: 1 object, 0 array. */
  private readonly open = new Uint8Array(maxDepth + 1);

  constructor(bytes: Buffer) {
    this.bytes = bytes;
    this.end = bytes.length;
  }

  passString(): void {
    const { bytes, end } = this;
    let at = this.at;
    if (bytes[at] !== quote) throw notJson;
    at += 1;
    // Asking for the end before each byte is quicker than reading past it, which the engine must then be ready for.
    while (at < end && isPlain[bytes[at] as number] === 1) at += 1;
    if (at < end && bytes[at] === quote) {
      this.escaped = false;
      this.at = at + 1;
    } else this.passRest(at);
  }

  /** The rest of a string that is not plain from here on. */
  private passRest(from: number): void {
    const { bytes, end } = this;
    let at = from;
    let high = 0;
    while (at < end) {
      const byte = bytes[at] as number;
      if (byte === quote) break;
      if (byte === backslash) at = this.afterEscape(at);
      else {
        if (byte < 0x20) throw notJson;
        high |= byte;
        at += 1;
      }
    }
    if (at >= end) throw notJson;
    if (high >= 0x80) this.ascii = false;
    this.escaped = true;
    this.at = at + 1;
  }

  private afterEscape(at: number): number {
    const { bytes } = this;
    switch (bytes[at + 1]) {
      case 0x22: // "
      case 0x5c: // \
      case 0x2f: // /
      case 0x62: // b
      case 0x66: // f
      case 0x6e: // n
      case 0x72: // r
      case 0x74: // t
        return at + 2;
      case 0x75: // u
        for (let digit = at + 2; digit < at + 6; digit += 1) if (!isHex(bytes[digit])) throw notJson;
        return at + 6;
      default:
        throw notJson;
    }
  }

  passScalar(): void {
    const first = this.bytes[this.at];
    if (first === 0x74) this.word('true');
    else if (first === 0x66) this.word('false');
    else if (first === 0x6e) this.word('null');
    else this.number();
  }

  private word(word: string): void {
    for (let index = 0; index < word.length; index += 1) if (this.bytes[this.at + index] !== word.charCodeAt(index)) throw notJson;
    this.at += word.length;
  }

  private number(): void {
    const { bytes } = this;
    let at = this.at;
    if (bytes[at] === 0x2d) at += 1;
    at = bytes[at] === 0x30 ? at + 1 : this.afterDigits(at);
    if (bytes[at] === 0x2e) at = this.afterDigits(at + 1);
    if (bytes[at] === 0x65 || bytes[at] === 0x45) {
      at += 1;
      at = this.afterDigits(bytes[at] === 0x2b || bytes[at] === 0x2d ? at + 1 : at);
    }
    this.at = at;
  }

  private afterDigits(from: number): number {
    const { bytes, end } = this;
    let at = from;
    while (at < end && isDigit(bytes[at])) at += 1;
    if (at === from) throw notJson;
    return at;
  }

  /** Passes a value without building it, without recursion: nesting is the attacker's to choose. */
  skip(): void {
    const { bytes, open } = this;
    const floor = this.depth;
    for (;;) {
      const first = bytes[this.at];
      if (first === quote) this.passString();
      else if (first === openObject || first === openArray) {
        this.enter();
        const isObject = first === openObject;
        open[this.depth] = isObject ? 1 : 0;
        if (this.opening(isObject ? closeObject : closeArray)) {
          this.count();
          if (isObject) this.skipKey();
          continue;
        }
        this.depth -= 1;
      } else this.passScalar();
      for (;;) {
        if (this.depth === floor) return;
        const isObject = open[this.depth] === 1;
        if (this.another(isObject ? closeObject : closeArray)) {
          this.count();
          if (isObject) this.skipKey();
          break;
        }
        this.depth -= 1;
      }
    }
  }

  private skipKey(): void {
    this.passString();
    this.colon();
  }

  enter(): void {
    this.depth += 1;
    if (this.depth > maxDepth) throw new Refusal('depth');
  }

  count(by = 1): void {
    this.members += by;
    if (this.members > maxMembers) throw new Refusal('size');
  }

  /** After an opening bracket: true when a member follows. */
  opening(close: number): boolean {
    this.at += 1;
    this.space();
    if (this.bytes[this.at] !== close) return true;
    this.at += 1;
    return false;
  }

  /** After a member: true when another follows. */
  another(close: number): boolean {
    this.space();
    const next = this.bytes[this.at];
    this.at += 1;
    if (next === close) return false;
    if (next !== comma) throw notJson;
    this.space();
    return true;
  }

  colon(): void {
    this.space();
    if (this.bytes[this.at] !== colon) throw notJson;
    this.at += 1;
    this.space();
  }

  space(): void {
    const { bytes } = this;
    // A table says no to whatever stands there, the end of a window too, without a way that was never gone.
    while (isSpace[bytes[this.at] as number] === 1) this.at += 1;
  }
}

export function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}

function isHex(byte: number | undefined): boolean {
  return isDigit(byte) || (byte !== undefined && ((byte >= 0x41 && byte <= 0x46) || (byte >= 0x61 && byte <= 0x66)));
}
