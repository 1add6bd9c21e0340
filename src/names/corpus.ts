/** The list of popular names as one block of bytes: views only, each section read when first asked for, nothing built. */
import { DepwardError } from '../model/errors.ts';

/** `dwn5`, little-endian. */
export const magic = 0x356e7764;

/** The sections of the file, in the order of the header. */
export const sections = [
  'text',
  'tail',
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
  /** Letters of their text together. */
  readonly indexedLength: number;
  /** The text of the indexed names, one after another, and of all others. */
  readonly text: Uint8Array;
  readonly tail: Uint8Array;
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

/** Words of the header before the places of the sections: magic, names, indexed names, length of their text. */
export const fixedHeader = 4;

/** Gives the bytes from one place up to another. */
export type ReadBytes = (from: number, to: number) => Uint8Array;

/** Opens a list: its bytes, or what reads some of them. */
export function openCorpus(source: Uint8Array | ReadBytes): Corpus {
  return new Opened(typeof source === 'function' ? source : (from, to) => source.subarray(from, to));
}

/** Reads each section once. */
class Opened implements Corpus {
  readonly count: number;
  readonly indexed: number;
  readonly indexedLength: number;
  readonly #read: ReadBytes;
  readonly #header: Uint32Array;

  constructor(read: ReadBytes) {
    this.#read = read;
    this.#header = aligned(read(0, headerBytes), headerBytes);
    const end = this.#header.at(-1) ?? 0;
    if (this.#header[0] !== magic || read(end - 1, end).byteLength !== 1) throw damaged();
    this.count = this.#header[1] ?? 0;
    this.indexed = this.#header[2] ?? 0;
    this.indexedLength = this.#header[3] ?? 0;
  }

  get text(): Uint8Array {
    this.#text ??= byteView(this.#part('text'));
    return this.#text;
  }
  get tail(): Uint8Array {
    this.#tail ??= byteView(this.#part('tail'));
    return this.#tail;
  }
  get starts(): Uint32Array {
    this.#starts ??= this.#part('starts');
    return this.#starts;
  }
  get lengths(): Uint8Array {
    this.#lengths ??= byteView(this.#part('lengths'));
    return this.#lengths;
  }
  get downloads(): Uint16Array {
    this.#downloads ??= halfWords(this.#part('downloads'));
    return this.#downloads;
  }
  get relatives(): Uint16Array {
    this.#relatives ??= halfWords(this.#part('relatives'));
    return this.#relatives;
  }
  get signatures(): Uint32Array {
    this.#signatures ??= this.#part('signatures');
    return this.#signatures;
  }
  get forms(): Buckets<Uint32Array> {
    this.#forms ??= buckets(this.#part('formStarts'), this.#part('formIds'));
    return this.#forms;
  }
  get halves(): Buckets<Uint16Array> {
    this.#halves ??= buckets(this.#part('halfStarts'), halfWords(this.#part('halfIds')));
    return this.#halves;
  }
  get thirds(): Buckets<Uint16Array> {
    this.#thirds ??= buckets(this.#part('thirdStarts'), halfWords(this.#part('thirdIds')));
    return this.#thirds;
  }
  get words(): Buckets<Uint32Array> {
    this.#words ??= buckets(this.#part('wordStarts'), this.#part('wordUses'));
    return this.#words;
  }

  #text: Uint8Array | undefined;
  #tail: Uint8Array | undefined;
  #starts: Uint32Array | undefined;
  #lengths: Uint8Array | undefined;
  #downloads: Uint16Array | undefined;
  #relatives: Uint16Array | undefined;
  #signatures: Uint32Array | undefined;
  #forms: Buckets<Uint32Array> | undefined;
  #halves: Buckets<Uint16Array> | undefined;
  #thirds: Buckets<Uint16Array> | undefined;
  #words: Buckets<Uint32Array> | undefined;

  #part(name: (typeof sections)[number]): Uint32Array {
    const at = fixedHeader + sections.indexOf(name);
    const [from, to] = [this.#header[at] ?? 0, this.#header[at + 1] ?? 0];
    return aligned(this.#read(from, to), to - from);
  }
}

function buckets<Ids extends Uint16Array | Uint32Array>(starts: Uint32Array, ids: Ids): Buckets<Ids> {
  return { starts, ids, mask: starts.length - 2 };
}

/** Names between two entries of `starts`. */
export const stride = 16;

/** The bytes among which the text of a name lies. */
export function textAround(corpus: Corpus, id: number): Uint8Array {
  return id < corpus.indexed ? corpus.text : corpus.tail;
}

/** Where in them it begins. */
export function startOf(corpus: Corpus, id: number): number {
  let start = corpus.starts[Math.floor(id / stride)] ?? 0;
  for (let at = id - (id % stride); at < id; at++) start += corpus.lengths[at] ?? 0;
  return id < corpus.indexed ? start : start - corpus.indexedLength;
}

/** The name at a place. */
export function nameAt(corpus: Corpus, id: number): string {
  const start = startOf(corpus, id);
  return String.fromCharCode(...textAround(corpus, id).subarray(start, start + (corpus.lengths[id] ?? 0)));
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

function aligned(bytes: Uint8Array, length: number): Uint32Array {
  if (bytes.byteLength !== length || length % 4 !== 0) throw damaged();
  const part = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
  return new Uint32Array(part.buffer, part.byteOffset, length / 4);
}

const headerBytes = (fixedHeader + sections.length + 1) * 4;

function byteView(part: Uint32Array): Uint8Array {
  return new Uint8Array(part.buffer, part.byteOffset, part.byteLength);
}

function halfWords(part: Uint32Array): Uint16Array {
  return new Uint16Array(part.buffer, part.byteOffset, part.byteLength / 2);
}

function damaged(): DepwardError {
  return new DepwardError('internal', 'the embedded list of popular names is damaged', { hint: 'Install depward again.' });
}
