/**
 * Reads bunfig.toml: tables, keys, strings, numbers, booleans, lists and inline tables, which is all that bun's settings use.
 * Anything else is said to be unreadable, never skipped.
 */
import { longestText, type Place, type Untold, type Value } from './value.ts';

const deepest = 16;

/** The document, or why there is none. */
export function readToml(text: string): Value | Untold {
  if (text.length > longestText) return { untold: `it is longer than ${longestText} characters` };
  const reader: Reader = { text: text.replace(/^\ufeff/, ''), at: 0, line: 1, lineStart: 0 };
  try {
    return { kind: 'map', entries: tablesOf(reader), place: { line: 1, column: 1 } };
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    const { line } = placeOf(reader);
    return { untold: `line ${line} is not TOML that depward reads` };
  }
}

interface Reader {
  readonly text: string;
  at: number;
  line: number;
  lineStart: number;
}

class Unreadable extends Error {}

const blank = /(?:[\s,]|#[^\n]*)*/y;
const inlineBlank = /[ \t]*/y;
const bareKey = /[A-Za-z0-9_-]+/y;
const basicString = /"(?:[^"\\\n]|\\.)*"/y;
const literalString = /'[^'\n]*'/y;
const word = /[A-Za-z0-9_+.:-]+/y;

type Entries = (readonly [string, Value])[];

function tablesOf(reader: Reader): Entries {
  const top: Entries = [];
  let open = top;
  for (take(reader, blank); reader.at < reader.text.length; take(reader, blank)) {
    if (reader.text[reader.at] === '[') open = tableIn(top, headerOf(reader), placeOf(reader));
    else open.push(...pairOf(reader, 0));
  }
  return top;
}

function headerOf(reader: Reader): readonly string[] {
  must(reader, '[');
  // A list of tables: its tables are read as one.
  if (reader.text[reader.at] === '[') reader.at += 1;
  const keys = keysOf(reader);
  must(reader, ']');
  if (reader.text[reader.at] === ']') reader.at += 1;
  return keys;
}

function tableIn(top: Entries, keys: readonly string[], place: Place): Entries {
  let entries = top;
  for (const key of keys) {
    const known = entries.findLast(([name]) => name === key)?.[1];
    if (known?.kind === 'map') entries = known.entries as Entries;
    else {
      const inner: Entries = [];
      entries.push([key, { kind: 'map', entries: inner, place }]);
      entries = inner;
    }
  }
  return entries;
}

function pairOf(reader: Reader, depth: number): Entries {
  const place = placeOf(reader);
  const keys = keysOf(reader);
  must(reader, '=');
  take(reader, inlineBlank);
  const value = valueFrom(reader, depth);
  return keys.reduceRight<Entries>((inner, key, index) => [[key, index === keys.length - 1 ? value : { kind: 'map', entries: inner, place }]], []);
}

function keysOf(reader: Reader): readonly string[] {
  const keys: string[] = [];
  do {
    take(reader, inlineBlank);
    const key = take(reader, bareKey) ?? stringAt(reader);
    if (key === undefined) throw new Unreadable();
    keys.push(key);
    take(reader, inlineBlank);
  } while (skip(reader, '.'));
  return keys;
}

function valueFrom(reader: Reader, depth: number): Value {
  const place = placeOf(reader);
  if (depth > deepest) throw new Unreadable();
  if (skip(reader, '[')) return { kind: 'list', items: untilClosed(reader, ']', () => valueFrom(reader, depth + 1)), place };
  if (skip(reader, '{')) return { kind: 'map', entries: untilClosed(reader, '}', () => pairOf(reader, depth + 1)).flat(), place };
  const text = stringAt(reader);
  if (text !== undefined) return { kind: 'plain', plain: text, place };
  const bare = take(reader, word);
  if (bare === undefined) throw new Unreadable();
  if (bare === 'true' || bare === 'false') return { kind: 'plain', plain: bare === 'true', place };
  const number = Number(bare.replaceAll('_', ''));
  return { kind: 'plain', plain: Number.isNaN(number) ? bare : number, place };
}

function untilClosed<T>(reader: Reader, close: string, next: () => T): T[] {
  const items: T[] = [];
  for (take(reader, blank); !skip(reader, close); take(reader, blank)) {
    if (reader.at >= reader.text.length) throw new Unreadable();
    items.push(next());
  }
  return items;
}

function stringAt(reader: Reader): string | undefined {
  if (/^(?:"""|''')/.test(reader.text.slice(reader.at, reader.at + 3))) throw new Unreadable();
  const literal = take(reader, literalString);
  if (literal !== undefined) return literal.slice(1, -1);
  return take(reader, basicString)
    ?.slice(1, -1)
    .replaceAll(/\\u([0-9A-Fa-f]{4})|\\(.)/g, (_, code?: string, letter?: string) =>
      code ? String.fromCharCode(Number.parseInt(code, 16)) : escapedLetter(letter ?? ''),
    );
}

function escapedLetter(letter: string): string {
  return (
    new Map([
      ['n', '\n'],
      ['t', '\t'],
      ['r', '\r'],
    ]).get(letter) ?? letter
  );
}

function take(reader: Reader, form: RegExp): string | undefined {
  form.lastIndex = reader.at;
  const found = form.exec(reader.text)?.[0];
  if (found !== undefined) reader.at += found.length;
  return found;
}

function skip(reader: Reader, text: string): boolean {
  if (!reader.text.startsWith(text, reader.at)) return false;
  reader.at += text.length;
  return true;
}

function must(reader: Reader, text: string): void {
  if (!skip(reader, text)) throw new Unreadable();
}

// Places are asked for in the order of the text: each line is counted once.
function placeOf(reader: Reader): Place {
  for (let next = reader.text.indexOf('\n', reader.lineStart); next >= 0 && next < reader.at; next = reader.text.indexOf('\n', reader.lineStart)) {
    reader.line += 1;
    reader.lineStart = next + 1;
  }
  return { line: reader.line, column: reader.at - reader.lineStart + 1 };
}
