/** Looks names up by their letters, in constant time. */
import { type Corpus, form, placeBits, startOf, textAround, usage, usesScale } from './corpus.ts';
import { copyLetters, Letters, longestName, spread } from './hash.ts';

/** The places of the names that have, in the given form, the letters of `letters` from `from` up to `to`; most downloaded first, at most so many. */
export function placesOf(corpus: Corpus, kind: number, letters: Letters, from: number, to: number, most = Infinity): readonly number[] {
  return filed(corpus, spread(letters.hash(from, to), kind), most, (id) => hasLetters(corpus, id, kind, letters, from, to));
}

/** The place of exactly this name; -1 where it is not listed. */
export function placeOf(corpus: Corpus, name: string): number {
  scratch.read(name);
  return filed(corpus, spread(scratch.hash(0, scratch.length), form.letters), 1, (id) => isName(corpus, id, name))[0] ?? -1;
}

/** The places filed under a key that are what is looked for: others may share the key. */
export function filed(corpus: Corpus, key: number, most: number, isIt: (id: number) => boolean): readonly number[] {
  const { starts, ids, mask } = corpus.forms;
  const bucket = key & mask;
  const end = starts[bucket + 1] ?? 0;
  let found: number[] | undefined;
  for (let at = starts[bucket] ?? 0; at < end; at++) {
    const entry = ids[at] ?? 0;
    if ((entry ^ key) >>> placeBits !== 0) continue;
    const id = entry & ((1 << placeBits) - 1);
    if (!isIt(id)) continue;
    found ??= [];
    found.push(id);
    if (found.length >= most) break;
  }
  return found ?? none;
}

/** How many popular names use a word, or two in a row, as a decimal logarithm; 0 where hardly one does. */
export function usesOf({ words }: Corpus, letters: Letters, from: number, to: number, kind: number = usage.word): number {
  const key = spread(letters.hash(from, to), kind);
  const bucket = key & words.mask;
  const end = words.starts[bucket + 1] ?? 0;
  for (let at = words.starts[bucket] ?? 0; at < end; at++) {
    const entry = words.ids[at] ?? 0;
    if ((entry ^ key) >>> 8 === 0) return (entry & 0xff) / usesScale;
  }
  return 0;
}

const none: readonly number[] = [];

function hasLetters(corpus: Corpus, id: number, kind: number, letters: Letters, from: number, to: number): boolean {
  const start = startOf(corpus, id);
  const end = start + (corpus.lengths[id] ?? 0);
  const text = textAround(corpus, id);
  const slash = kind === form.bare ? text.subarray(start, end).indexOf(slashSign) : 0;
  if (slash < 0 || copyLetters(text, start + slash, end, other) !== to - from) return false;
  for (let at = from; at < to; at++) if (other[at - from] !== letters.bytes[at]) return false;
  return true;
}

function isName(corpus: Corpus, id: number, name: string): boolean {
  if (corpus.lengths[id] !== name.length) return false;
  const from = startOf(corpus, id);
  const text = textAround(corpus, id);
  for (let at = 0; at < name.length; at++) if (text[from + at] !== name.charCodeAt(at)) return false;
  return true;
}

const scratch = new Letters();
const other = new Uint8Array(longestName + 1);
const slashSign = 47;
