/**
 * The layout in which npm itself writes package-lock v2 and v3; undefined for whatever is not in it. A text that fits is valid
 * JSON and means the same to JSON.parse: no key is there twice, no field that is read here is or holds escapes.
 */
import { largestEntry } from './entries.ts';
import { eachMatch, withinReason } from './layout.ts';
import type { NpmFile } from './npm-file.ts';
import { endsWell, newline, type Patterns, patternsFor } from './npm-patterns.ts';
import { OwnRow, type RowsText, rowsNaming } from './npm-rows.ts';
import { type PositionOf, positionsIn } from './positions.ts';

/** A file that fits. */
export interface OwnFile extends NpmFile, RowsText {
  readonly rows: readonly OwnRow[];
  /** Where the last entry ends. */
  readonly end: number;
  /** True where it was found to fit at another time, or by what it has in common with another. */
  readonly isSaid: boolean;
}

/** What is known before a text is looked at. */
export interface KnownBefore {
  /** Another state of the same file: what is written alike in both fits in both. */
  readonly like?: OwnFile | undefined;
  /** Of a text that was found to fit once: which of its entries are odd. */
  readonly odd?: ((text: string) => readonly number[] | undefined) | undefined;
}

/** All entries. */
export function readOwnLayout(file: string, raw: string, known: KnownBefore = {}): OwnFile | undefined {
  return withinReason(() => readFile(file, raw, known));
}

function readFile(file: string, raw: string, { like, odd }: KnownBefore): OwnFile | undefined {
  const text = raw.includes('\r') ? raw.replaceAll('\r\n', '\n') : raw;
  const indent = /^\{\n( {1,8})"/.exec(text)?.[1]?.length;
  if (indent === undefined) return undefined;
  const patterns = patternsFor(indent);
  patterns.head.lastIndex = 0;
  const version = patterns.head.exec(text)?.[1];
  if (version === undefined) return undefined;
  const from: RowsText = { text, entry: patterns.entry, indent };
  const first = patterns.head.lastIndex;
  const said = rowsOnceKnown(from, first, odd) ?? rowsLike(from, first, patterns, like);
  const found = said ?? allRows(from, first, patterns);
  if (!found) return undefined;
  const { rows, end } = found;
  let position: PositionOf | undefined;
  let starts: ReadonlyMap<string, number> | undefined;
  const where = (key: string) => {
    starts ??= new Map(rows.map((row) => [row.key, row.start]));
    const start = starts.get(key);
    if (start === undefined) return undefined;
    position ??= positionsIn(text);
    return { file, ...position(start) };
  };
  return { ...from, version: version === '2' ? 2 : 3, rows, end, isSaid: said !== undefined, where, naming: (name) => rowsNaming(text, rows, name) };
}

interface Rows {
  readonly rows: readonly OwnRow[];
  readonly end: number;
}

/** One pattern after the other from the first to the last letter. */
function allRows(from: RowsText, first: number, patterns: Patterns): Rows | undefined {
  const rows: OwnRow[] = [];
  const end = eachMatch(patterns.entry, from.text, first, (match, at) => {
    rows.push(rowOf(from, match, at, at + match[0].length));
  });
  return endsWell(from.text, end, patterns) && areApart(rows) ? { rows, end } : undefined;
}

function rowOf(from: RowsText, match: RegExpExecArray, at: number, to: number): OwnRow {
  return new OwnRow(from, match[1] as string, at, to, match[6] !== undefined, match);
}

/** No key is there twice, and none is a number, which JSON.parse puts first. */
function areApart(rows: readonly OwnRow[]): boolean {
  const keys = new Set<string>();
  for (const { key } of rows) if (keys.size === keys.add(key).size || /^\d+$/.test(key)) return false;
  return true;
}

/** Where the entries begin in a text of this layout, and where the last ends; in any other text this means nothing yet. */
function outlineOf({ text, indent }: RowsText, first: number): { readonly starts: readonly number[]; readonly end: number } | undefined {
  const end = text.indexOf(`\n${' '.repeat(indent)}}`, first);
  if (end < 0 || text.charCodeAt(end - 1) === newline) return undefined;
  const starts = [first];
  const line = `\n${' '.repeat(2 * indent)}"`;
  for (let at = text.indexOf(line, first); at >= 0 && at < end; at = text.indexOf(line, at + 1)) starts.push(at + 1);
  return { starts, end };
}

function keyAt({ text, indent }: RowsText, at: number): string {
  const start = at + 2 * indent + 1;
  return text.slice(start, text.indexOf('"', start));
}

/** Of a text that is known to fit the outline tells all. */
function rowsOnceKnown(from: RowsText, first: number, oddIn: KnownBefore['odd']): Rows | undefined {
  const odd = oddIn?.(from.text);
  const outline = odd && outlineOf(from, first);
  if (!outline) return undefined;
  const { starts, end } = outline;
  const isOdd = new Set(odd);
  return { rows: starts.map((at, index) => new OwnRow(from, keyAt(from, at), at, starts[index + 1] ?? end, isOdd.has(index))), end };
}

/** What is written as in another state of the file, which fits, is not looked at again. */
function rowsLike(from: RowsText, first: number, patterns: Patterns, like: OwnFile | undefined): Rows | undefined {
  const outline = like?.indent === from.indent ? outlineOf(from, first) : undefined;
  if (!like || !outline) return undefined;
  const { starts, end } = outline;
  const rest = from.text.slice(end);
  if (rest !== like.text.slice(like.end) && !endsWell(from.text, end, patterns)) return undefined;
  const held = openHeld(like.rows);
  const rows: OwnRow[] = [];
  const others = new Set<string>();
  for (const [index, at] of starts.entries()) {
    const to = starts[index + 1] ?? end;
    const old = held.next(from, at, to);
    const row = old ? new OwnRow(from, old.key, at, to, old.isOdd) : matchedRow(from, at, to);
    if (!row || (!old && (/^\d+$/.test(row.key) || others.size === others.add(row.key).size))) return undefined;
    rows.push(row);
  }
  return held.sawAny(others) ? undefined : { rows, end };
}

function matchedRow(from: RowsText, at: number, to: number): OwnRow | undefined {
  from.entry.lastIndex = at;
  const match = from.entry.exec(from.text);
  if (!match || from.entry.lastIndex !== to || match[0].length > largestEntry) return undefined;
  return rowOf(from, match, at, to);
}

/** Rows of another state, each of which can be found again once. Most are found in their order. */
function openHeld(rows: readonly OwnRow[]) {
  const seen = new Uint8Array(rows.length);
  let expected = 0;
  let places: ReadonlyMap<string, number> | undefined;
  const placeOf = (key: string) => {
    places ??= new Map(rows.map((row, index) => [row.key, index]));
    return places.get(key);
  };
  const isAt = (place: number, from: RowsText, at: number, to: number) => {
    const row = rows[place];
    return row !== undefined && row.end - row.at === to - at && seen[place] === 0 && from.text.slice(at, to) === row.lines;
  };
  return {
    /** The row that is written as the text from `at` to `to`. */
    next(from: RowsText, at: number, to: number): OwnRow | undefined {
      let place = expected;
      let fits = isAt(place, from, at, to);
      if (!fits) {
        place = placeOf(keyAt(from, at)) ?? -1;
        fits = isAt(place, from, at, to);
      }
      // What changed stands where it stood.
      if (place >= 0) expected = place + 1;
      if (fits) seen[place] = 1;
      return fits ? rows[place] : undefined;
    },
    /** True where one of these keys was found as well. */
    sawAny: (keys: ReadonlySet<string>) => [...keys].some((key) => seen[placeOf(key) ?? -1] === 1),
  };
}
