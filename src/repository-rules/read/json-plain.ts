/** JSON as programs write it, read in one walk; undefined for whatever is not surely that: then a reader of JSON with comments decides. */
import { type Value, withFinder } from './value.ts';

const deepest = 64;
const [tab, newline, carriageReturn, space, quote, comma, colon] = [9, 10, 13, 32, 34, 44, 58];
const [openBracket, backslash, closeBracket, openBrace, closeBrace] = [91, 92, 93, 123, 125];
const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?(?![\w.+-])/y;
const words: ReadonlyMap<string, boolean | null> = new Map([
  ['true', true],
  ['false', false],
  ['null', null],
]);

// Lists of packages and ranges may be thousands of lines long, and most who read a manifest do not look into them.
const [blank, plainString] = ['[ \\t\\r\\n]*', '"[^"\\\\\\u0000-\\u001f]*"'];
const pair = `${blank}${plainString}${blank}:${blank}${plainString}${blank}`;
const [pairs, lastPair] = [new RegExp(`(?:${pair},){1,500}`, 'y'), new RegExp(`${pair}\\}`, 'y')];
/** Shorter maps are read faster than they are put off. */
const shortMap = 400;

/** The document, with the place of each of its values. */
export function readPlainJson(text: string): Value | undefined {
  const reader = new Reader(text);
  const value = reader.value(0);
  return value && reader.isAtEnd() ? value : undefined;
}

class Reader {
  readonly #text: string;
  #at = 0;
  #line = 1;
  #lineStart = 0;

  constructor(text: string, at = 0, line = 1, lineStart = 0) {
    this.#text = text;
    this.#at = at;
    this.#line = line;
    this.#lineStart = lineStart;
  }

  isAtEnd(): boolean {
    return Number.isNaN(this.#next());
  }

  value(depth: number): Value | undefined {
    const code = this.#next();
    const place = { line: this.#line, column: this.#at - this.#lineStart + 1 };
    if (code === quote) {
      const plain = this.#string();
      return plain === undefined ? undefined : { kind: 'plain', plain, place };
    }
    if (depth === deepest) return undefined;
    if (code === openBrace) {
      const later = this.#later(depth);
      if (later) {
        const map: Value = {
          kind: 'map',
          get entries() {
            return later.entries();
          },
          place,
        };
        return withFinder(map, later.find);
      }
      const entries = this.#entries(depth);
      return entries && { kind: 'map', entries, place };
    }
    if (code === openBracket) {
      const items = this.#items(depth);
      return items && { kind: 'list', items, place };
    }
    const plain = this.#numberOrWord();
    return plain === undefined ? undefined : { kind: 'plain', plain, place };
  }

  /** The next character that is no space; it stays the next. */
  #next(): number {
    for (;;) {
      const code = this.#text.charCodeAt(this.#at);
      if (code === newline) {
        this.#line += 1;
        this.#lineStart = this.#at + 1;
      } else if (code !== space && code !== tab && code !== carriageReturn) return code;
      this.#at += 1;
    }
  }

  #entries(depth: number): (readonly [string, Value])[] | undefined {
    const entries: (readonly [string, Value])[] = [];
    this.#at += 1;
    if (this.#next() === closeBrace) return this.#closed(entries);
    for (;;) {
      const key = this.#next() === quote ? this.#string() : undefined;
      if (key === undefined || this.#next() !== colon) return undefined;
      this.#at += 1;
      const value = this.value(depth + 1);
      if (!value) return undefined;
      entries.push([key, value]);
      const code = this.#next();
      if (code === closeBrace) return this.#closed(entries);
      if (code !== comma) return undefined;
      this.#at += 1;
    }
  }

  /** The entries of a long map of plain strings, which is walked over and read when somebody asks; undefined for any other. */
  #later(depth: number): Later | undefined {
    const [start, line, lineStart] = [this.#at, this.#line, this.#lineStart];
    const end = endOfPairs(this.#text, start + 1);
    if (end - start < shortMap) return undefined;
    for (let at = this.#text.indexOf('\n', start); at >= 0 && at < end; at = this.#text.indexOf('\n', at + 1)) {
      this.#line += 1;
      this.#lineStart = at + 1;
    }
    this.#at = end;
    let entries: readonly (readonly [string, Value])[] | undefined;
    return {
      entries: () => {
        entries ??= new Reader(this.#text, start, line, lineStart).#entries(depth) ?? [];
        return entries;
      },
      find: (key) => {
        const at = placeOfValue(this.#text, start, end, key);
        return at < 0 ? undefined : this.#from(start, line, lineStart, at).value(depth + 1);
      },
    };
  }

  /** A reader at a place behind one whose line is known. */
  #from(start: number, line: number, lineStart: number, at: number): Reader {
    const reader = new Reader(this.#text, start, line, lineStart);
    for (let next = this.#text.indexOf('\n', start); next >= 0 && next < at; next = this.#text.indexOf('\n', next + 1)) {
      reader.#line += 1;
      reader.#lineStart = next + 1;
    }
    reader.#at = at;
    return reader;
  }

  #items(depth: number): Value[] | undefined {
    const items: Value[] = [];
    this.#at += 1;
    if (this.#next() === closeBracket) return this.#closed(items);
    for (;;) {
      const value = this.value(depth + 1);
      if (!value) return undefined;
      items.push(value);
      const code = this.#next();
      if (code === closeBracket) return this.#closed(items);
      if (code !== comma) return undefined;
      this.#at += 1;
    }
  }

  #closed<T>(found: T): T {
    this.#at += 1;
    return found;
  }

  #string(): string | undefined {
    const start = this.#at;
    let end = this.#text.indexOf('"', start + 1);
    while (end >= 0 && this.#isEscaped(end)) end = this.#text.indexOf('"', end + 1);
    if (end < 0) return undefined;
    this.#at = end + 1;
    const inner = this.#text.slice(start + 1, end);
    return /[\\\u0000-\u001f]/.test(inner) ? unescaped(this.#text.slice(start, end + 1)) : inner;
  }

  #isEscaped(at: number): boolean {
    let slashes = 0;
    while (this.#text.charCodeAt(at - 1 - slashes) === backslash) slashes += 1;
    return slashes % 2 === 1;
  }

  #numberOrWord(): number | boolean | null | undefined {
    number.lastIndex = this.#at;
    const digits = number.exec(this.#text)?.[0];
    const written = digits ?? /^[a-z]{4,5}(?!\w)/.exec(this.#text.slice(this.#at, this.#at + 6))?.[0] ?? '';
    const value = digits === undefined ? words.get(written) : Number(digits);
    if (value !== undefined) this.#at += written.length;
    return value;
  }
}

/** Where behind a key, in a map of nothing but plain strings, its value begins; of a key given twice the last counts. */
function placeOfValue(text: string, start: number, end: number, key: string): number {
  const word = `"${key}"`;
  if (/["\\\u0000-\u001f]/.test(key)) return -1;
  for (let at = text.lastIndexOf(word, end - 1); at > start; at = text.lastIndexOf(word, at - 1)) {
    behindKey.lastIndex = at + word.length;
    if (behindKey.test(text)) return behindKey.lastIndex;
  }
  return -1;
}

const behindKey = new RegExp(`${blank}:${blank}`, 'y');

/** What of a map is read when somebody asks. */
interface Later {
  readonly entries: () => readonly (readonly [string, Value])[];
  readonly find: (key: string) => Value | undefined;
}

/** Where a map that holds nothing but plain strings ends; 0 for any other. */
function endOfPairs(text: string, from: number): number {
  let at = from;
  for (pairs.lastIndex = at; pairs.test(text); pairs.lastIndex = at) at = pairs.lastIndex;
  lastPair.lastIndex = at;
  return lastPair.test(text) ? lastPair.lastIndex : 0;
}

function unescaped(literal: string): string | undefined {
  try {
    const value: unknown = JSON.parse(literal);
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}
