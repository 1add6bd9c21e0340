/**
 * Finds the popular names one or two edits away without a scan: cut into k + 1 parts, a name with k edits keeps one part
 * whole (Wu and Manber, 1992; Navarro, "A guided tour to approximate string matching", 2001). Separators do not count.
 */
import { type Corpus, startOf } from './corpus.ts';
import { distanceUpTo, withinOne } from './distance.ts';
import { appended, copyLetters, type Letters, longestName, prepended, spread } from './hash.ts';

const other = new Uint8Array(longestName + 1);

/** Collects the places of names with at most one edit; equal letters included. */
export function withinOneEdit(corpus: Corpus, query: Letters, found: number[] = []): number[] {
  found.length = 0;
  const { length } = query;
  for (let size = Math.max(1, length - 1); size <= length + 1; size++) {
    const half = size >> 1;
    if (half <= length) probeOne(corpus, spread(query.hash(0, half), 2 * size), query, found);
    const rest = size - half;
    if (rest <= length) probeOne(corpus, spread(query.hash(length - rest, length), 2 * size + 1), query, found);
  }
  const half = length >> 1;
  if (half > 0) probeOne(corpus, spread(appended(query.hash(0, half - 1), query.bytes[half] ?? 0), 2 * length), query, found);
  return found;
}

/** Around short names there are hundreds: the most downloaded of them are what somebody could have meant. */
export function foremost(found: number[], most: number): readonly number[] {
  if (found.length <= most) return found;
  found.sort((a, b) => a - b);
  found.length = most;
  return found;
}

function probeOne(corpus: Corpus, key: number, query: Letters, found: number[]): void {
  const { starts, ids, mask } = corpus.halves;
  const bucket = key & mask;
  for (let at = starts[bucket] ?? 0; at < (starts[bucket + 1] ?? 0); at++) {
    const id = ids[at] ?? 0;
    if (tooFar(corpus, id, query, 1)) continue;
    const length = lettersOf(corpus, id);
    if (withinOne(query.bytes, query.length, other, length) && !found.includes(id)) found.push(id);
  }
}

/** Collects the places of names with at most two edits. */
export function withinTwoEdits(corpus: Corpus, query: Letters, found: number[] = []): number[] {
  found.length = 0;
  const { length } = query;
  for (let size = Math.max(1, length - 2); size <= length + 2; size++) probeThirds(corpus, query, size, found);
  return found;
}

function probeThirds(corpus: Corpus, query: Letters, size: number, found: number[]): void {
  const { length, bytes } = query;
  const extra = length - size;
  const first = Math.floor(size / 3);
  const second = Math.floor((2 * size) / 3);
  if (first <= length) probeTwo(corpus, spread(query.hash(0, first), 3 * size), query, found);
  for (let shift = -2; shift <= 2; shift++) {
    if (Math.abs(shift) + Math.abs(extra - shift) > 2 || first + shift < 0 || second + shift > length) continue;
    probeTwo(corpus, spread(query.hash(first + shift, second + shift), 3 * size + 1), query, found);
  }
  const last = second + extra;
  if (last >= 0) probeTwo(corpus, spread(query.hash(last, length), 3 * size + 2), query, found);
  // A swap across a cut spoils two parts with one edit; swapped back, one of them is whole again.
  if (first > 0 && first < length) probeTwo(corpus, spread(appended(query.hash(0, first - 1), bytes[first] ?? 0), 3 * size), query, found);
  if (last > 0 && last < length) {
    const swapped = prepended(bytes[last - 1] ?? 0, query.hash(last + 1, length), length - last - 1);
    probeTwo(corpus, spread(swapped, 3 * size + 2), query, found);
  }
}

function probeTwo(corpus: Corpus, key: number, query: Letters, found: number[]): void {
  const { starts, ids, mask } = corpus.thirds;
  const bucket = key & mask;
  for (let at = starts[bucket] ?? 0; at < (starts[bucket + 1] ?? 0); at++) {
    const id = ids[at] ?? 0;
    if (tooFar(corpus, id, query, 2)) continue;
    const length = lettersOf(corpus, id);
    if (distanceUpTo(query.bytes, query.length, other, length, 2) <= 2 && !found.includes(id)) found.push(id);
  }
}

/** Each edit changes at most two characters of the set: more difference than that, and the distance need not be computed. */
function tooFar(corpus: Corpus, id: number, query: Letters, edits: number): boolean {
  let bits = (corpus.signatures[id] ?? 0) ^ query.signature;
  bits -= (bits >>> 1) & 0x55555555;
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24 > 2 * edits;
}

function lettersOf(corpus: Corpus, id: number): number {
  const from = startOf(corpus, id);
  return copyLetters(corpus.text, from, from + (corpus.lengths[id] ?? 0), other);
}
