/**
 * What of a lockfile in npm's own layout is not as in another state of it. Long stretches that both hold are found by comparing text
 * with text, without a look at their entries: what is done in JavaScript grows with the change, not with the lockfile.
 */
import { commonLength } from '../../model/differing-lines.ts';
import { OwnRow, type RowsText } from './npm-rows.ts';

/** A text of which only the outline is known. */
export interface Outlined extends RowsText {
  /** Where the first entry begins. */
  readonly first: number;
  /** Where the last entry ends. */
  readonly end: number;
}

/** The other state, which fits. */
export interface KnownState extends Outlined {
  readonly size: number;
  /** Where its odd entries begin. */
  readonly odd: readonly number[];
}

/** Entries that only one of two states holds in that place and in these words. */
export interface Apart {
  readonly gone: readonly OwnRow[];
  readonly fresh: readonly OwnRow[];
  /** Of the new state. */
  readonly size: number;
  readonly odd: readonly number[];
}

/** Farther on in the other state an entry is not taken for the same: what lies between would be gone. */
const farthest = 64 * 1024;
/** With more that is new there is nothing to be gained. */
const mostFresh = 2_000;

/** Holds a text against a state that fits; undefined where it does not surely fit as well. `match` reads an entry that stands between two offsets. */
export function apartFrom(like: KnownState, now: Outlined, match: (at: number, to: number) => OwnRow | undefined): Apart | undefined {
  const [gone, fresh]: [OwnRow[], OwnRow[]] = [[], []];
  const moved: (readonly [from: number, to: number, by: number])[] = [];
  const isOdd = new Set(like.odd);
  let [at, to] = [like.first, now.first];
  const drop = (until: number) => {
    for (; at < until; at = nextStart(like, at)) gone.push(new OwnRow(like, keyAt(like, at), at, nextStart(like, at), isOdd.has(at)));
  };
  for (;;) {
    const same = commonLength(like.text, at, now.text, to, Math.min(like.end - at, now.end - to));
    const isEnd = at + same === like.end && to + same === now.end;
    const passed = isEnd ? same : startBefore(like, at, at + same) - at;
    moved.push([at, at + passed, to - at]);
    [at, to] = [at + passed, to + passed];
    if (isEnd) break;
    while (to < now.end) {
      const next = nextStart(now, to);
      const place = at < like.end ? placeOf(like, keyAt(now, to), at) : -1;
      if (place >= 0 && isAlike(like, place, now, to, next)) {
        drop(place);
        moved.push([place, place + next - to, to - place]);
        [at, to] = [place + next - to, next];
        break;
      }
      const row = fresh.length < mostFresh ? match(to, next) : undefined;
      if (!row) return undefined;
      fresh.push(row);
      if (place >= 0) drop(nextStart(like, place));
      to = next;
    }
    if (to === now.end) {
      drop(like.end);
      break;
    }
  }
  if (!areApart(like, gone, fresh)) return undefined;
  const kept = like.odd.flatMap((place) => {
    const stretch = moved.find(([from, until]) => from <= place && place < until);
    return stretch ? [place + stretch[2]] : [];
  });
  const odd = [...kept, ...fresh.flatMap((row) => (row.isOdd ? [row.at] : []))].sort((a, b) => a - b);
  return { gone, fresh, odd, size: like.size - gone.length + fresh.length };
}

/** No key is there twice, and none is a number, which JSON.parse puts first. */
function areApart(like: KnownState, gone: readonly OwnRow[], fresh: readonly OwnRow[]): boolean {
  const left = new Set(gone.map(({ key }) => key));
  const keys = new Set<string>();
  return fresh.every(
    ({ key }) => keys.size < keys.add(key).size && !/^\d+$/.test(key) && (left.has(key) || placeOf(like, key, like.first, like.end) < 0),
  );
}

/** The last beginning of an entry that stands before an offset with all that marks it; `from` where that is the last. */
function startBefore({ text, indent }: RowsText, from: number, offset: number): number {
  const mark = markOf(indent);
  return Math.max(from, text.lastIndexOf(mark, offset - mark.length) + 1);
}

/** Where the next entry begins, or the last ends. */
export function nextStart({ text, indent, end }: Outlined, at: number): number {
  const next = text.indexOf(markOf(indent), at);
  return next < 0 || next >= end ? end : next + 1;
}

/** The key of the entry that begins there. */
export function keyAt({ text, indent }: RowsText, at: number): string {
  const start = at + 2 * indent + 1;
  return text.slice(start, text.indexOf('"', start));
}

/** Where the entry with a key begins, from an offset on; -1 where it does not. */
function placeOf({ text, indent, end }: Outlined, key: string, from: number, until = from + farthest): number {
  const mark = `${' '.repeat(2 * indent)}"${key}": {`;
  if (text.startsWith(mark, from)) return from;
  const place = text.indexOf(`\n${mark}`, from) + 1;
  return place === 0 || place >= Math.min(until, end) ? -1 : place;
}

function isAlike(like: Outlined, place: number, now: Outlined, at: number, next: number): boolean {
  return nextStart(like, place) - place === next - at && like.text.slice(place, place + next - at) === now.text.slice(at, next);
}

function markOf(indent: number): string {
  return `\n${' '.repeat(2 * indent)}"`;
}
