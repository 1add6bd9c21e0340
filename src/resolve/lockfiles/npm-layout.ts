/**
 * The layout in which npm itself writes package-lock v2 and v3; undefined for whatever is not in it. A text that fits is valid
 * JSON and means the same to JSON.parse: no key is there twice, no field that is read here is or holds escapes.
 */
import { once } from '../../model/once.ts';
import { largestEntry } from './entries.ts';
import { eachMatch, withinReason } from './layout.ts';
import { type Apart, apartFrom, type KnownState, keyAt, nextStart, type Outlined } from './npm-apart.ts';
import type { NpmFile } from './npm-file.ts';
import { endsWell, newline, type Patterns, patternsFor } from './npm-patterns.ts';
import { OwnRow, type RowsText, startsNaming } from './npm-rows.ts';
import { type PositionOf, positionsIn } from './positions.ts';

/** A file that fits. */
export interface OwnFile extends NpmFile, KnownState {
  readonly rows: readonly OwnRow[];
  /** True where it was found to fit at another time, or by what it has in common with another. */
  readonly isSaid: boolean;
  /** What is not as in the state it was held against. */
  readonly apart?: Apart & { readonly like: OwnFile };
}

/** What is known before a text is looked at. */
export interface KnownBefore {
  /** Another state of the same file: what is written alike in both fits in both. */
  readonly like?: OwnFile | undefined;
  /** Of a text that was found to fit once: what was to be kept of it. */
  readonly odd?: ((text: string) => readonly number[] | undefined) | undefined;
}

/** What is to be kept of a file: how many entries it has, and where the odd ones begin. */
export function toKeep({ size, odd }: OwnFile): readonly number[] {
  return [size, ...odd];
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
  // Held against the other state it is known what differs, too.
  const said = heldAgainst(from, first, patterns, like) ?? onceKnown(from, first, odd);
  const found = said ?? allRows(from, first, patterns);
  return found && openRows(file, { ...from, first, ...found, version: version === '2' ? 2 : 3, isSaid: said !== undefined });
}

type Known = KnownState & Pick<OwnFile, 'version' | 'isSaid'> & Partial<Pick<OwnFile, 'rows' | 'apart'>>;

/** The entries of a file, none of which is made before somebody asks. */
function openRows(file: string, known: Known): OwnFile {
  const { text, first } = known;
  const isOdd = new Set(known.odd);
  let all = known.rows;
  let starts: readonly number[] | undefined;
  let places: ReadonlyMap<string, number> | undefined;
  let position: PositionOf | undefined;
  const startsNow = () => {
    starts ??= all?.map(({ at }) => at) ?? startsOf(known);
    return starts;
  };
  const made = new Map<number, OwnRow>();
  const seen = new Map<string, number>();
  const rowAt = (at: number) => {
    const row = made.get(at) ?? new OwnRow(known, keyAt(known, at), at, nextStart(known, at), isOdd.has(at));
    made.set(at, row);
    seen.set(row.key, at);
    return row;
  };
  for (const row of known.apart?.fresh ?? []) seen.set(row.key, row.at);
  let asked = 0;
  const placeOf = (key: string) => {
    if (keyAt(known, first) === key) return first;
    const place = seen.get(key);
    if (place !== undefined) return place;
    if (!places && asked++ < mostSearches) return startOfEntry(known, key);
    places ??= new Map(startsNow().map((at) => [keyAt(known, at), at]));
    return places.get(key);
  };
  return {
    ...known,
    get rows() {
      all ??= startsNow().map(rowAt);
      return all;
    },
    oddRows: once(() => known.odd.map(rowAt)),
    row: (key) => {
      const at = placeOf(key);
      return at === undefined ? undefined : rowAt(at);
    },
    installedAs: (names) =>
      (names.size > mostNames ? startsNow() : startsLike(known, names)).filter((at) => isInstalledAs(known, at, names)).map(rowAt),
    where: (key) => {
      const at = placeOf(key);
      if (at === undefined) return undefined;
      position ??= positionsIn(text);
      return { file, ...position(at + 2 * known.indent) };
    },
    naming: (name) => startsNaming(known, name).map(rowAt),
  };
}

/** Few entries are searched for in the text, and few names; for more, all entries are gone through once. */
const mostSearches = 64;
const mostNames = 100;

function startOfEntry({ text, indent, end }: Outlined, key: string): number | undefined {
  const at = text.indexOf(`\n${' '.repeat(2 * indent)}"${key}": {`);
  return at < 0 || at >= end ? undefined : at + 1;
}

/** Where entries begin that may be of a package of one of these names, and some others. */
function startsLike({ text, indent, first, end }: Outlined, names: ReadonlySet<string>): readonly number[] {
  const some = [...names].map((name) => name.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|');
  const named = `[^"\\n]*": \\{\\n {${3 * indent}}"name": "`;
  const pattern = new RegExp(`\\n {${2 * indent}}"(?:(?:[^"\\n]*/)?(?:${some})": \\{\\n|${named})`, 'g');
  pattern.lastIndex = first - 1;
  const starts: number[] = [];
  for (let found = pattern.exec(text); found && found.index < end; found = pattern.exec(text)) starts.push(found.index + 1);
  return starts;
}

function startsOf(known: Outlined): readonly number[] {
  const starts: number[] = [];
  for (let at = known.first; at < known.end; at = nextStart(known, at)) starts.push(at);
  return starts;
}

/** True where an entry may be of a package of one of these names: by its folder, or by what it says of itself. */
function isInstalledAs(known: RowsText, at: number, names: ReadonlySet<string>): boolean {
  const key = keyAt(known, at);
  const folder = key.lastIndexOf('node_modules/');
  if (names.has(folder < 0 ? key.slice(key.lastIndexOf('/') + 1) : key.slice(folder + 'node_modules/'.length))) return true;
  return known.text.startsWith('"name": "', at + key.length + 6 + 5 * known.indent);
}

type Found = Pick<OwnFile, 'end' | 'size' | 'odd'> & Partial<Pick<OwnFile, 'rows' | 'apart'>>;

/** One pattern after the other from the first to the last letter. */
function allRows(from: RowsText, first: number, patterns: Patterns): Found | undefined {
  const rows: OwnRow[] = [];
  const end = eachMatch(patterns.entry, from.text, first, (match, at) => {
    rows.push(rowOf(from, match, at, at + match[0].length));
  });
  if (!endsWell(from.text, end, patterns) || !areApart(rows)) return undefined;
  return { rows, end, size: rows.length, odd: rows.flatMap(({ at, isOdd }) => (isOdd ? [at] : [])) };
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

/** Where the last entry ends in a text of this layout; in any other text this means nothing yet. */
function endIn({ text, indent }: RowsText, first: number): number | undefined {
  const end = text.indexOf(`\n${' '.repeat(indent)}}`, first);
  return end < 0 || text.charCodeAt(end - 1) === newline ? undefined : end;
}

/** Of a text that is known to fit the outline tells all. */
function onceKnown(from: RowsText, first: number, known: KnownBefore['odd']): Found | undefined {
  const [size, ...odd] = known?.(from.text) ?? [];
  const end = size === undefined ? undefined : endIn(from, first);
  return size === undefined || end === undefined ? undefined : { end, size, odd };
}

/** What is written as in another state of the file, which fits, is not looked at again. */
function heldAgainst(from: RowsText, first: number, patterns: Patterns, like: OwnFile | undefined): Found | undefined {
  const end = like?.indent === from.indent ? endIn(from, first) : undefined;
  if (!like || end === undefined) return undefined;
  if (from.text.slice(end) !== like.text.slice(like.end) && !endsWell(from.text, end, patterns)) return undefined;
  const apart = apartFrom(like, { ...from, first, end }, (at, to) => matchedRow(from, at, to));
  return apart && { end, size: apart.size, odd: apart.odd, apart: { ...apart, like } };
}

function matchedRow(from: RowsText, at: number, to: number): OwnRow | undefined {
  from.entry.lastIndex = at;
  const match = from.entry.exec(from.text);
  if (!match || from.entry.lastIndex !== to || match[0].length > largestEntry) return undefined;
  return rowOf(from, match, at, to);
}
