/**
 * The layout in which npm itself writes package-lock v2 and v3; undefined for whatever is not in it. A text that fits is valid
 * JSON and means the same to JSON.parse: no key is there twice, no field that is read here is or holds escapes.
 */
import type { Json } from './json.ts';
import { eachMatch, sticky, withinReason } from './layout.ts';
import type { NpmFile, NpmRow } from './npm-file.ts';
import { type PositionOf, positionsIn } from './positions.ts';

const word = '[^"\\\\\\u0000-\\u001f]*';
const string = `"${word}(?:\\\\(?:["\\\\/bfnrt]|u[0-9a-fA-F]{4})${word})*"`;
const leaf = `(?:"${word}"|true|false)`;
const read = 'name|version|resolved|integrity';
const lists = '(?:d|devD|optionalD|peerD)ependencies';

interface Patterns {
  readonly head: RegExp;
  /** Captures: key, name, version, resolved, integrity, and what makes it odd. */
  readonly entry: RegExp;
  /** The same again, nested, as npm 6 reads it. Nobody here does. */
  readonly legacyHead: RegExp;
  readonly legacy: RegExp;
  readonly end: RegExp;
}

const byIndent = new Map<number, Patterns>();

function patternsFor(indent: number): Patterns {
  const held = byIndent.get(indent) ?? patternsOf(indent);
  byIndent.set(indent, held);
  return held;
}

function patternsOf(indent: number): Patterns {
  const line = (depth: number) => `\\n {${depth * indent}}`;
  const start = (depth: number) => ` {${depth * indent}}`;
  // A comma parts it from what is before, or it is the first behind the brace: there is one way only to read it.
  const object = (depth: number, what: string) => `\\{(?:(?:,|(?<=\\{))${line(depth + 1)}"${word}": ${what})+${line(depth)}\\}`;
  const array = (depth: number, what: string) => `\\[(?:(?:,|(?<=\\[))${line(depth + 1)}${what})+${line(depth)}\\]`;
  const inner = `(?:${leaf}|${object(4, leaf)}|${array(4, leaf)})`;
  const value = `(?:${string}|true|false|\\{\\}|\\[\\]|${object(3, inner)}|${array(3, inner)})`;
  const ranges = `(?:\\{\\}|${object(3, '"(?:npm:)?[^":\\\\\\u0000-\\u001f]*"')})`;
  const next = `(?:,|(?<=\\{))${line(3)}"`;
  const nested = (depth: number, levels: number): string =>
    `(?:\\{\\}|${object(depth, `(?:${string}|true|false${levels > 0 ? `|${nested(depth + 1, levels - 1)}` : ''})`)})`;
  const more = (depth: number) => `(?:,\\n|(?=${line(depth - 1)}\\}))`;
  const last = `${line(1)}\\}`;
  return {
    head: sticky(
      `\\{\\n(?:${start(1)}"name": ${string},\\n)?(?:${start(1)}"version": ${string},\\n)?` +
        `${start(1)}"lockfileVersion": ([23]),\\n(?:${start(1)}"requires": true,\\n)?${start(1)}"packages": \\{\\n`,
    ),
    entry: sticky(
      `${start(2)}"(${word})": \\{(?:${read.replace(/\w+\|?/g, (name) => `(?:${next}${name.replace('|', '')}": "(${word})")?`)}` +
        `(?:${next}(?:(?!(?:${read}|link|${lists})")${word}": ${value}|${lists}": ${ranges}))*` +
        `(?:${next}(link": true|${lists}": ${object(3, leaf)})(?:${next}(?!(?:${read})")${word}": ${value})*)?${line(2)})?\\}${more(2)}`,
    ),
    legacyHead: sticky(`${last},${line(1)}"dependencies": \\{\\n`),
    legacy: sticky(`${start(2)}"${word}": ${nested(2, 9)}${more(2)}`),
    end: sticky(`${last}\\n\\}[ \\t\\n]*$`),
  };
}

/** All entries. */
export function readOwnLayout(file: string, raw: string): NpmFile | undefined {
  return withinReason(() => readFile(file, raw));
}

function readFile(file: string, raw: string): NpmFile | undefined {
  const text = raw.includes('\r') ? raw.replaceAll('\r\n', '\n') : raw;
  const indent = /^\{\n( {1,8})"/.exec(text)?.[1]?.length;
  if (indent === undefined) return undefined;
  const { head, entry, legacyHead, legacy, end } = patternsFor(indent);
  head.lastIndex = 0;
  const version = head.exec(text)?.[1];
  if (version === undefined) return undefined;
  const rows = new Map<string, OwnRow>();
  let count = 0;
  let at = eachMatch(entry, text, head.lastIndex, (match, start) => {
    count++;
    rows.set(match[1] as string, new OwnRow(text, match, start + 2 * indent));
  });
  legacyHead.lastIndex = at;
  if (legacyHead.test(text)) at = eachMatch(legacy, text, legacyHead.lastIndex, () => {});
  end.lastIndex = at;
  // JSON.parse puts keys that are numbers first.
  if (!end.test(text) || rows.size < count || [...rows.keys()].some((key) => /^\d+$/.test(key))) return undefined;
  let position: PositionOf | undefined;
  const where = (key: string) => {
    const start = rows.get(key)?.start;
    if (start === undefined) return undefined;
    position ??= positionsIn(text);
    return { file, ...position(start) };
  };
  const all = [...rows.values()];
  return { version: version === '2' ? 2 : 3, rows: all, where, naming: (name) => rowsNaming(text, all, name) };
}

/** In this layout a key inside an entry can be written in one way only. */
function rowsNaming(text: string, rows: readonly OwnRow[], name: string): OwnRow[] {
  const found: OwnRow[] = [];
  const needle = `"${name}": "`;
  let next = 0;
  for (let at = text.indexOf(needle); at >= 0 && next < rows.length; at = text.indexOf(needle, at)) {
    next = firstEndingAfter(rows, at, next);
    const row = rows[next++];
    if (!row) break;
    if (row.start < at) found.push(row);
    at = Math.max(row.end, at + needle.length);
  }
  return found;
}

/** Halving: the place of the first row, from `low` on, that ends behind an offset. */
function firstEndingAfter(rows: readonly OwnRow[], offset: number, low: number): number {
  let [first, last] = [low, rows.length];
  while (first < last) {
    const middle = (first + last) >> 1;
    if ((rows[middle] as OwnRow).end > offset) last = middle;
    else first = middle + 1;
  }
  return first;
}

class OwnRow implements NpmRow {
  readonly key: string;
  readonly name: string | undefined;
  readonly version: string | undefined;
  readonly resolved: string | undefined;
  readonly integrity: string | undefined;
  readonly isOdd: boolean;
  /** Where the key's quote stands. */
  readonly start: number;
  readonly end: number;
  readonly #text: string;
  #json: Json | undefined;

  constructor(text: string, match: RegExpExecArray, start: number) {
    this.key = match[1] as string;
    this.name = match[2];
    this.version = match[3];
    this.resolved = match[4];
    this.integrity = match[5];
    this.isOdd = match[6] !== undefined;
    this.start = start;
    this.#text = text;
    this.end = match.index + match[0].length;
  }

  get json(): Json {
    this.#json ??= JSON.parse(this.#text.slice(this.start + this.key.length + 4, this.#text.lastIndexOf('}', this.end - 1) + 1)) as Json;
    return this.#json;
  }
}
