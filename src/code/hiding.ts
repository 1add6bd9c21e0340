/** Signs of hiding that show in the text of a file, whether or not it parses. */
import type { HidingKind } from '../model/contents.ts';
import { base64Bytes, entropy } from './text.ts';

/** A sign at an offset of a text. */
export interface HidingSign {
  readonly kind: HidingKind;
  readonly detail: string;
  readonly at: number;
  readonly strength: number;
}

/** Code far to the right of what a screen shows. `isText` tells strings and comments apart, where that is known. */
export function offScreen(source: string, isText: (offset: number) => boolean): HidingSign | undefined {
  for (const blank of [' ', '\t']) {
    const least = blank === ' ' ? 100 : 30;
    const run = blank.repeat(least);
    for (let at = source.indexOf(run); at >= 0; at = source.indexOf(run, at + 1)) {
      let end = at + least;
      while (source[end] === ' ' || source[end] === '\t') end++;
      const line = source.slice(end, lineEnd(source, end));
      if (
        /[;(){}=]/.test(line) &&
        /[\w$]/.test(line) &&
        !isText(end) &&
        !isText(at) &&
        !isComment(source, at, line) &&
        !isIndentation(source, at, end)
      ) {
        return { kind: 'off-screen', detail: `code after ${end - at} blanks`, at: end, strength: end - at >= 160 || blank === '\t' ? 1 : 0.7 };
      }
      at = end;
    }
  }
  return undefined;
}

function lineEnd(source: string, from: number): number {
  const end = source.indexOf('\n', from);
  return end < 0 ? source.length : end;
}

/** A line that is a comment as a whole, or blanks before one. */
function isComment(source: string, at: number, after: string): boolean {
  const before = source.slice(source.lastIndexOf('\n', at) + 1, at).trimStart();
  return /^(\/\/|\*|#)/.test(before) || /^(\/\/|\/\*|\*)/.test(after);
}

/** Deep indentation that the line before shares is only deep indentation. */
function isIndentation(source: string, at: number, end: number): boolean {
  const start = source.lastIndexOf('\n', at) + 1;
  if (start !== at || start === 0) return false;
  const before = source.slice(source.lastIndexOf('\n', start - 2) + 1, start - 1);
  return before.length - before.trimStart().length >= (end - at) / 2;
}

const invisible = /(?:[\u200b-\u200d\u2060-\u2064\ufeff\u180e\u00ad\u3164\uffa0\u115f\u1160]|[\ufe00-\ufe0f]|\udb40[\udc00-\uddef]){4,}/g;
/** Letters to a compiler, blanks to everybody else: a name or a key made of them alone. */
const blankName = /(?<![\p{L}\p{N}_$])[\u3164\uffa0\u115f\u1160\u2800]+(?![\p{L}\p{N}_$])/u;
const blankLetter = /[\u3164\uffa0\u115f\u1160\u2800]/;
const beyondAscii = /[^\x00-\x7f]/;
const bidirectional = /[\u202a-\u202e\u2066-\u2069]/;

/** Characters nobody sees: runs that can carry a payload, and marks that reorder what is read. */
export function invisibleText(source: string): readonly HidingSign[] {
  if (!beyondAscii.test(source)) return [];
  const found: HidingSign[] = [];
  let count = 0;
  let first = -1;
  for (const run of source.matchAll(invisible)) {
    if (isFlag(source, run.index, run[0].length)) continue;
    count += run[0].length;
    if (first < 0) first = run.index;
    if (count > 100_000) break;
  }
  if (count >= 10)
    found.push({ kind: 'invisible-text', detail: `${count} invisible characters in a row`, at: first, strength: count >= 24 ? 1 : 0.5 });
  const blank = blankLetter.test(source) ? blankName.exec(source) : null;
  if (blank && count < 10 && !isQuoted(source, blank.index, blank[0].length))
    found.push({ kind: 'invisible-text', detail: 'a name of letters nobody sees', at: blank.index, strength: 0.6 });
  const mark = bidirectional.exec(source);
  if (mark) found.push({ kind: 'bidirectional-text', detail: 'marks that reorder text', at: mark.index, strength: 0.6 });
  return found;
}

/** Between quotes such a letter is a text, as it is in tables of them. */
function isQuoted(source: string, at: number, length: number): boolean {
  const [before = '', after = ''] = [source[at - 1], source[at + length]];
  return /["'`/[\]\\]/.test(before) || /["'`/[\]\\]/.test(after);
}

const flags =
  /\ud83c\udff4(\udb40\udc67\udb40\udc62(?:\udb40\udc65\udb40\udc6e\udb40\udc67|\udb40\udc73\udb40\udc63\udb40\udc74|\udb40\udc77\udb40\udc6c\udb40\udc73)\udb40\udc7f)/y;
const flagLength = 12;

/** The flags of England, Scotland and Wales are the only signs written with such letters. */
function isFlag(source: string, at: number, length: number): boolean {
  flags.lastIndex = at - 2;
  return length === flagLength && at >= 2 && flags.test(source);
}

/** A name of Latin letters with some from an alphabet that looks the same, or of letters that are Latin only to a compiler's eye. */
export function lookalike(name: string): boolean {
  return name.length >= 3 && beyondAscii.test(name) && /[a-zA-Z]/.test(name) && strangers.test(name);
}

/** Cyrillic, the Greek letters that look Latin, Armenian, Cherokee, Coptic, Lisu; full-width and mathematical Latin letters. */
const strangers =
  /[\u0400-\u052fΑΒΕΖΗΙΚΜΝΟΡΤΥΧονυαρ\u0530-\u058f\u13a0-\u13ff\uab70-\uabbf\u2c80-\u2cff\ua4d0-\ua4ff\uff21-\uff3a\uff41-\uff5a]|[\u{1d400}-\u{1d7ff}]/u;

/** Shorter texts are no blobs. */
export const shortestBlob = 1000;

/** A long literal in an encoding, unless it is a picture, a font or WebAssembly. */
export function encodedBlob(text: string, at: number): HidingSign | undefined {
  if (text.length < shortestBlob || text.startsWith('data:')) return undefined;
  const head = text.slice(0, 600);
  const isHex = /^[0-9a-fA-F]+$/.test(head);
  if (!isHex && !/^[A-Za-z0-9+/=_-]+$/.test(head)) return undefined;
  const bytes = isHex ? Buffer.from(head.slice(0, 32), 'hex') : base64Bytes(head.slice(0, 64));
  if (!bytes || isMedia(bytes) || entropy(text) < (isHex ? 3.4 : 4.8)) return undefined;
  return { kind: 'encoded-blob', detail: `${text.length} characters of ${isHex ? 'hex' : 'base64'}`, at, strength: 0.3 };
}

function isMedia(bytes: Uint8Array): boolean {
  const head = Buffer.from(bytes).toString('latin1', 0, 8);
  return /^(\x89PNG|\xff\xd8\xff|GIF8|RIFF|wOFF|wOF2|\x00\x01\x00\x00|OTTO|\x00asm|%PDF|\x00\x00\x01\x00|ID3|OggS|<svg|\x00\x00\x00.ftyp)/.test(head);
}

/** True when lines are as long as only machines write them. */
export function isMinified(source: string): boolean {
  if (source.length < 1500) return false;
  // So many lines are enough to say no: the rest need not be counted.
  const enough = source.length / 300;
  let lines = 1;
  for (let at = source.indexOf('\n'); at >= 0 && lines < enough; at = source.indexOf('\n', at + 1)) lines++;
  return lines < enough;
}
