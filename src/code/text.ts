/** Decoding what is written in common encodings, and measures of text. Never fails: what does not decode is undefined. */

/** Text behind base64 (plain or URL-safe), when it is text. */
export function fromBase64(text: string): string | undefined {
  const bytes = base64Bytes(text);
  return bytes === undefined ? undefined : readable(bytes);
}

/** Bytes behind base64; undefined for anything else. */
export function base64Bytes(text: string): Uint8Array | undefined {
  const clean = text.replace(/[\s]/g, '').replace(/-/g, '+').replace(/_/g, '/').replace(/=+$/, '');
  if (clean.length < 4 || clean.length % 4 === 1 || !/^[A-Za-z0-9+/]+$/.test(clean)) return undefined;
  return Buffer.from(clean, 'base64');
}

const sextets = new Int8Array(128).fill(-1);
for (const [value, letter] of [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'].entries())
  sextets[letter.charCodeAt(0)] = value;

/** In texts of so many bytes no character may be odd. */
const allMustBeRight = 49;

/** False when the first bytes behind base64 that is read from a place in a direction already show that it is no text; true when it may be one. */
export function opensAsText(base64: string, from: number, step: 1 | -1): boolean {
  if ((base64.length * 3) / 4 > allMustBeRight) return true;
  const a = sextet(base64, from);
  const b = sextet(base64, from + step);
  const c = sextet(base64, from + step * 2);
  const d = sextet(base64, from + step * 3);
  if (a < 0 || b < 0 || c < 0 || d < 0) return true;
  const first = (a << 2) | (b >> 4);
  const second = ((b & 15) << 4) | (c >> 2);
  const third = ((c & 3) << 6) | d;
  if (!opensCharacter(first)) return false;
  if (first > 127) return isFurther(second);
  if (!opensCharacter(second)) return false;
  return second > 127 ? isFurther(third) : opensCharacter(third);
}

function sextet(base64: string, at: number): number {
  return sextets[base64.charCodeAt(at)] ?? -1;
}

/** True for bytes by which a character of UTF-8 begins that texts hold. */
function opensCharacter(byte: number): boolean {
  return !isOdd(byte) && (byte < 128 || (byte >= 0xc2 && byte <= 0xf4));
}

/** True for the bytes of UTF-8 that go on with a character. */
function isFurther(byte: number): boolean {
  return (byte & 0xc0) === 0x80;
}

/** Control characters but for blanks. */
function isOdd(code: number): boolean {
  return (code < 32 && code !== 9 && code !== 10 && code !== 13) || code === 127;
}

/** Text behind pairs of hex digits, when it is text. */
export function fromHex(text: string): string | undefined {
  if (text.length < 4 || text.length % 2 !== 0 || !/^[0-9a-fA-F]+$/.test(text)) return undefined;
  return readable(Buffer.from(text, 'hex'));
}

/** Bytes as text when nearly all of it is printable. */
export function readable(bytes: Uint8Array): string | undefined {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  let odd = 0;
  const looked = Math.min(text.length, 4000);
  for (let i = 0; i < looked; i++) {
    const code = text.charCodeAt(i);
    if (isOdd(code) || code === 0xfffd) odd++;
  }
  return looked > 0 && odd * 50 <= looked ? text : undefined;
}

/** Shannon entropy in bits per character. */
export function entropy(text: string): number {
  const counts = new Map<number, number>();
  const looked = Math.min(text.length, 8192);
  for (let i = 0; i < looked; i++) counts.set(text.charCodeAt(i), (counts.get(text.charCodeAt(i)) ?? 0) + 1);
  let sum = 0;
  for (const count of counts.values()) sum -= (count / looked) * Math.log2(count / looked);
  return sum;
}

/** True when a text reads like JavaScript rather than like words or data. */
export function looksLikeCode(text: string): boolean {
  if (text.length < 12) return false;
  const looked = text.slice(0, 4000);
  const words = looked.match(
    /\b(require|function|const|var|let|return|process|eval|import|await|async|module|exports|console|document|window|fetch|new|try|catch)\b/g,
  );
  const marks = looked.match(/[(){};=]/g);
  return (words?.length ?? 0) >= 2 && (marks?.length ?? 0) >= 4;
}

/** Text in reverse. */
export function reversed(text: string): string {
  return [...text].reverse().join('');
}

/** Where lines start: of every so many the first. All of them would take several times the memory of a text of short lines. */
export type LineStarts = Uint32Array;
const each = 16;

/** Line and column (from 1) of an offset, and the words around it on one line. */
export function placeAt(
  source: string,
  offset: number,
  lines: LineStarts,
): { readonly line: number; readonly column: number; readonly snippet: string } {
  const { line, start } = lineOf(source, offset, lines);
  const from = Math.max(start, offset - 20);
  const end = source.indexOf('\n', offset);
  const to = Math.min(end < 0 ? source.length : end, offset + 120);
  const snippet = `${from > start ? '…' : ''}${source.slice(from, to).trim()}${end > to || (end < 0 && to < source.length) ? '…' : ''}`;
  return { line: line + 1, column: offset - start + 1, snippet };
}

/** Offsets at which lines start. Not a list that grows: where it is large, growing it would be more than is left. */
export function lineStarts(source: string): LineStarts {
  let count = 0;
  for (let at = source.indexOf('\n'); at >= 0; at = source.indexOf('\n', at + 1)) count++;
  const starts = new Uint32Array(Math.floor(count / each) + 1);
  let line = 0;
  for (let at = source.indexOf('\n'); at >= 0; at = source.indexOf('\n', at + 1)) if (++line % each === 0) starts[line / each] = at + 1;
  return starts;
}

/** The line (from 0) an offset is on, and where that starts. */
function lineOf(source: string, offset: number, lines: LineStarts): { readonly line: number; readonly start: number } {
  let low = 0;
  let high = lines.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((lines[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  let line = low * each;
  let start = lines[low] ?? 0;
  for (let next = source.indexOf('\n', start); next >= 0 && next < offset; next = source.indexOf('\n', start)) {
    line++;
    start = next + 1;
  }
  return { line, start };
}
