/** The list of popular names as one block of bytes: views only, nothing built when it is opened. */
import { DepwardError } from '../model/errors.ts';

/** `dwn4`, little-endian. */
export const magic = 0x346e7764;

/** The sections of the file, in the order of the header. */
export const sections = [
  'text',
  'starts',
  'lengths',
  'downloads',
  'relatives',
  'signatures',
  'formStarts',
  'formIds',
  'halfStarts',
  'halfIds',
  'thirdStarts',
  'thirdIds',
  'wordStarts',
  'wordUses',
] as const;

/** Kinds of keys in the table of forms. */
export const form = { letters: 1, bare: 2, words: 3 } as const;

/** Kinds of keys in the table of uses: a word, two words in a row. */
export const usage = { word: 4, pair: 5 } as const;

/** A hash table whose buckets lie one after another: `ids[starts[b]]` up to `ids[starts[b + 1]]`. */
export interface Buckets<Ids extends Uint16Array | Uint32Array> {
  readonly starts: Uint32Array;
  readonly ids: Ids;
  readonly mask: number;
}

/** A place in the table of forms is so many bits; the bits above are the upper ones of its key, to tell strangers without looking. */
export const placeBits = 18;

/** So many names at most are found with edits: their places fit in 16 bits. */
export const mostIndexed = 65_536;

/** Popular names, most downloaded first; a name is known by its place. Scopes are listed too, as `@scope`. */
export interface Corpus {
  readonly count: number;
  /** The first so many names can also be found with one or two edits. */
  readonly indexed: number;
  readonly text: Uint8Array;
  /** Where the text of every sixteenth name begins. */
  readonly starts: Uint32Array;
  readonly lengths: Uint8Array;
  /** Monthly downloads, as `packDownloads` writes them. */
  readonly downloads: Uint16Array;
  /** How many other listed names hold this one as a word or as several. */
  readonly relatives: Uint16Array;
  readonly signatures: Uint32Array;
  readonly forms: Buckets<Uint32Array>;
  readonly halves: Buckets<Uint16Array>;
  readonly thirds: Buckets<Uint16Array>;
  /** Words, and two words in a row, of several names: the upper 24 bits of the key, and in the lowest eight how many names, as `packUses` writes it. */
  readonly words: Buckets<Uint32Array>;
}

/** Opens the bytes of a list. */
export function openCorpus(bytes: Uint8Array): Corpus {
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
  const header = words(aligned, 0, 3 + sections.length + 1);
  if (header[0] !== magic) throw damaged();
  const part = (name: (typeof sections)[number]): Uint32Array => {
    const at = 3 + sections.indexOf(name);
    return words(aligned, header[at] ?? 0, ((header[at + 1] ?? 0) - (header[at] ?? 0)) >>> 2);
  };
  const buckets = <Ids extends Uint16Array | Uint32Array>(starts: Uint32Array, ids: Ids): Buckets<Ids> => ({ starts, ids, mask: starts.length - 2 });
  return {
    count: header[1] ?? 0,
    indexed: header[2] ?? 0,
    text: byteView(part('text')),
    starts: part('starts'),
    lengths: byteView(part('lengths')),
    downloads: halfWords(part('downloads')),
    relatives: halfWords(part('relatives')),
    signatures: part('signatures'),
    forms: buckets(part('formStarts'), part('formIds')),
    halves: buckets(part('halfStarts'), halfWords(part('halfIds'))),
    thirds: buckets(part('thirdStarts'), halfWords(part('thirdIds'))),
    words: buckets(part('wordStarts'), part('wordUses')),
  };
}

/** Names between two entries of `starts`. */
export const stride = 16;

/** Where the text of a name begins. */
export function startOf(corpus: Corpus, id: number): number {
  let start = corpus.starts[Math.floor(id / stride)] ?? 0;
  for (let at = id - (id % stride); at < id; at++) start += corpus.lengths[at] ?? 0;
  return start;
}

/** The name at a place. */
export function nameAt(corpus: Corpus, id: number): string {
  const start = startOf(corpus, id);
  return String.fromCharCode(...corpus.text.subarray(start, start + (corpus.lengths[id] ?? 0)));
}

/** How often the name at a place is downloaded in a month, to within a thousandth. */
export function downloadsAt(corpus: Corpus, id: number): number {
  const packed = corpus.downloads[id] ?? 0;
  return packed < mantissa ? packed : (mantissa + (packed % mantissa)) * 2 ** (Math.floor(packed / mantissa) - 1);
}

/** A count in 16 bits: the leading eleven bits and how many follow. */
export function packDownloads(count: number): number {
  const more = Math.max(0, Math.floor(Math.log2(Math.max(1, count))) - 10);
  return more === 0 ? count : (more + 1) * mantissa + (Math.floor(count / 2 ** more) - mantissa);
}

/** How many names use a word, as a decimal logarithm in 8 bits. */
export function packUses(count: number): number {
  return Math.min(255, Math.round(usesScale * Math.log10(1 + count)));
}

export const usesScale = 48;

const mantissa = 1024;

function words(bytes: Uint8Array, from: number, count: number): Uint32Array {
  if (from % 4 !== 0 || from + count * 4 > bytes.byteLength) throw damaged();
  return new Uint32Array(bytes.buffer, bytes.byteOffset + from, count);
}

function byteView(part: Uint32Array): Uint8Array {
  return new Uint8Array(part.buffer, part.byteOffset, part.byteLength);
}

function halfWords(part: Uint32Array): Uint16Array {
  return new Uint16Array(part.buffer, part.byteOffset, part.byteLength / 2);
}

function damaged(): DepwardError {
  return new DepwardError('internal', 'the embedded list of popular names is damaged', { hint: 'Install depward again.' });
}
