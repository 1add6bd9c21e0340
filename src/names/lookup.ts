/** Looks names up by their letters, in constant time. */
import { type Corpus, form, placeBits, startOf } from './corpus.ts';
import { copyLetters, Letters, longestName, spread } from './hash.ts';

/** The places of all names that have, in the given form, the letters of `letters` from `from` up to `to`; most downloaded first. */
export function placesOf(corpus: Corpus, kind: number, letters: Letters, from: number, to: number): readonly number[] {
  const found = keyed(corpus, spread(letters.hash(from, to), kind));
  return found.length === 0 ? found : found.filter((id) => hasLetters(corpus, id, kind, letters, from, to));
}

/** The place of exactly this name; -1 where it is not listed. */
export function placeOf(corpus: Corpus, name: string): number {
  scratch.read(name);
  return keyed(corpus, spread(scratch.hash(0, scratch.length), form.letters)).find((id) => isName(corpus, id, name)) ?? -1;
}

/** The places filed under a key, and rarely a stranger among them. */
export function keyed(corpus: Corpus, key: number): readonly number[] {
  const { starts, ids, mask } = corpus.forms;
  const bucket = key & mask;
  let found: number[] | undefined;
  for (let at = starts[bucket] ?? 0; at < (starts[bucket + 1] ?? 0); at++) {
    const entry = ids[at] ?? 0;
    if ((entry ^ key) >>> placeBits !== 0) continue;
    found ??= [];
    found.push(entry & ((1 << placeBits) - 1));
  }
  return found ?? none;
}

const none: readonly number[] = [];

function hasLetters(corpus: Corpus, id: number, kind: number, letters: Letters, from: number, to: number): boolean {
  const start = startOf(corpus, id);
  const end = start + (corpus.lengths[id] ?? 0);
  const slash = kind === form.bare ? corpus.text.subarray(start, end).indexOf(slashSign) : 0;
  if (slash < 0 || copyLetters(corpus.text, start + slash, end, other) !== to - from) return false;
  for (let at = from; at < to; at++) if (other[at - from] !== letters.bytes[at]) return false;
  return true;
}

function isName(corpus: Corpus, id: number, name: string): boolean {
  if (corpus.lengths[id] !== name.length) return false;
  const from = startOf(corpus, id);
  for (let at = 0; at < name.length; at++) if (corpus.text[from + at] !== name.charCodeAt(at)) return false;
  return true;
}

const scratch = new Letters();
const other = new Uint8Array(longestName + 1);
const slashSign = 47;
