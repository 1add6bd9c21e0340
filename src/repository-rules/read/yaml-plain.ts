/** YAML as most people write it, read line by line; undefined for whatever is not surely that: then the parser of all of YAML decides. */
import type { Place, Plain, Value } from './value.ts';

const deepest = 32;
const mostLines = 20_000;

/** The document, with the place of each of its values. */
export function readPlainYaml(text: string): Value | undefined {
  const body = text.startsWith('---\n') ? text.slice(4) : text;
  // Tabs, documents, directives: each has rules of its own.
  if (!body.endsWith('\n') || /[\t\r\ufeff\0-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]|^(?:---|\.\.\.|%)/m.test(body)) return undefined;
  const lines = text.split('\n');
  if (lines.length > mostLines) return undefined;
  const reader = new Reader(lines, body === text ? 0 : 1);
  const value = reader.block(0, 0);
  return value?.kind === 'map' && reader.isAtEnd() ? value : undefined;
}

const notWords = /^(?!(?:null|true|false)$)./i;
const keyForm = /(?:([A-Za-z_][\w./-]*)|'([\w@./*-]+)'|"([\w@./*-]+)"):(?: +|$)/y;

class Reader {
  readonly #lines: readonly string[];
  /** The line to read, from 0, and how far its content is indented; -1 at the end. */
  #row: number;
  #indent = 0;

  constructor(lines: readonly string[], row: number) {
    this.#lines = lines;
    this.#row = row - 1;
    this.#next();
  }

  isAtEnd(): boolean {
    return this.#indent === -1;
  }

  /** The map or list whose first line is the one to read. */
  block(indent: number, depth: number): Value | undefined {
    if (this.#indent !== indent || depth > deepest) return undefined;
    return this.#isItem() ? this.#list(indent, depth) : this.#map(indent, depth);
  }

  #list(indent: number, depth: number): Value | undefined {
    const place = this.#place(indent);
    const items: Value[] = [];
    while (this.#indent === indent && this.#isItem()) {
      const start = indent + 2 + leading(this.#line().slice(indent + 2));
      const item = this.#keyAt(start) ? this.#map(start, depth + 1) : this.#valueAt(start, indent, depth);
      if (!item) return undefined;
      items.push(item);
    }
    return { kind: 'list', items, place };
  }

  /** The map whose first key stands at `indent` of this line, whatever is before it. */
  #map(indent: number, depth: number): Value | undefined {
    if (depth > deepest) return undefined;
    const place = this.#place(indent);
    const entries: (readonly [string, Value])[] = [];
    do {
      const key = this.#keyAt(indent);
      const value = key && this.#valueAt(key.end, indent, depth);
      if (!value) return undefined;
      entries.push([key.text, value]);
    } while (this.#indent === indent && !this.#isItem());
    return { kind: 'map', entries, place };
  }

  #keyAt(at: number): { readonly text: string; readonly end: number } | undefined {
    keyForm.lastIndex = at;
    const [whole = '', ...texts] = keyForm.exec(this.#line()) ?? [];
    const text = texts.find((each) => each !== undefined);
    // As a key too it would stand for something else than its letters.
    return text !== undefined && notWords.test(text) ? { text, end: at + whole.length } : undefined;
  }

  /** What stands from `start` of this line on, or below it. */
  #valueAt(start: number, indent: number, depth: number): Value | undefined {
    const place = this.#place(start);
    const rest = this.#line().slice(start);
    if (/^[|>]-?$/.test(rest)) return this.#textBelow(place, indent, rest);
    if (rest === '' || rest.startsWith('#')) {
      // Only a key may be followed by nothing.
      if (this.#line()[start - 1] !== ' ' && this.#line()[start - 1] !== ':') return undefined;
      return this.#below(place, indent, depth);
    }
    const value = flowOf(rest, place);
    this.#next();
    return value;
  }

  /** The block below a key, or nothing. */
  #below(place: Place, indent: number, depth: number): Value | undefined {
    const isItem = this.#isItem();
    this.#next();
    const inside = this.#indent > indent || (this.#indent === indent && this.#isItem() && !isItem);
    return inside ? this.block(this.#indent, depth + 1) : { kind: 'plain', plain: null, place };
  }

  #textBelow(place: Place, indent: number, indicator: string): Value | undefined {
    let row = this.#row + 1;
    const inner = leading(this.#lines[row] ?? '');
    if (inner <= indent || this.#lines[row]?.length === inner) return undefined;
    const text: string[] = [];
    for (; row < this.#lines.length; row += 1) {
      const line = this.#lines[row] ?? '';
      const before = leading(line);
      // Spaces alone count or do not, by where they stand.
      if (before === line.length && before > 0) return undefined;
      if (before === line.length) text.push('');
      else if (before >= inner) text.push(line.slice(inner));
      else if (before > indent) return undefined;
      else break;
    }
    while (text.at(-1) === '') text.pop();
    this.#row = row - 1;
    this.#next();
    // Folding is simple where no line is empty or indented further.
    const folds = indicator.startsWith('>');
    if (folds && text.some((line) => line === '' || line.startsWith(' '))) return undefined;
    return { kind: 'plain', plain: `${text.join(folds ? ' ' : '\n')}${indicator.endsWith('-') ? '' : '\n'}`, place };
  }

  #isItem(): boolean {
    return this.#line().startsWith('- ', this.#indent);
  }

  #line(): string {
    return this.#lines[this.#row] ?? '';
  }

  #place(index: number): Place {
    return { line: this.#row + 1, column: index + 1 };
  }

  /** Goes to the next line that holds something. */
  #next(): void {
    for (this.#row += 1; this.#row < this.#lines.length; this.#row += 1) {
      const line = this.#line();
      this.#indent = leading(line);
      if (this.#indent < line.length && line[this.#indent] !== '#') return;
    }
    this.#indent = -1;
  }
}

function leading(line: string): number {
  let at = 0;
  while (line.charCodeAt(at) === 32) at += 1;
  return at;
}

// No expression: it would try from each space of a long run anew.
function withoutSpaces(text: string): string {
  let end = text.length;
  while (text.charCodeAt(end - 1) === 32) end -= 1;
  return text.slice(0, end);
}

/** A value that ends with its line. */
function flowOf(text: string, place: Place): Value | undefined {
  const bare = withoutComment(text);
  if (bare === undefined) return undefined;
  if (bare.startsWith('[')) return bare.endsWith(']') ? listOf(bare.slice(1, -1), place) : undefined;
  if (bare.startsWith('{')) return bare.endsWith('}') ? mapOf(bare.slice(1, -1), place) : undefined;
  return plainOf(bare, place);
}

function withoutComment(text: string): string | undefined {
  if (!text.includes(' #')) return withoutSpaces(text);
  const [, quoted] = /^('(?:[^']|'')*'|"[^"\\]*") +#/.exec(text) ?? [];
  if (quoted !== undefined) return quoted;
  const bare = withoutSpaces(text.slice(0, text.indexOf(' #')));
  // The sign may stand in quotes.
  return /^['"]|^[[{].*['"]/.test(bare) ? undefined : bare;
}

interface Part {
  readonly text: string;
  readonly place: Place;
}

/** What stands between commas. A comma in quotes leaves quotes open, which no value may. */
function partsOf(inner: string, { line, column }: Place): readonly Part[] | undefined {
  if (/[[\]{}]/.test(inner)) return undefined;
  const parts: Part[] = [];
  let at = column + 1;
  for (const part of /^ *$/.test(inner) ? [] : inner.split(',')) {
    parts.push({ text: withoutSpaces(part.slice(leading(part))), place: { line, column: at + leading(part) } });
    at += part.length + 1;
  }
  return parts;
}

function listOf(inner: string, place: Place): Value | undefined {
  const items = partsOf(inner, place)?.map((part) => plainOf(part.text, part.place));
  return items?.every((item) => item !== undefined) ? { kind: 'list', items, place } : undefined;
}

function mapOf(inner: string, place: Place): Value | undefined {
  const entries = partsOf(inner, place)?.map(({ text, place: { line, column } }) => {
    const [whole = '', key = '', value = ''] = /^([A-Za-z_][\w.-]*): +(.*)$/.exec(text) ?? [];
    const held = notWords.test(key) ? plainOf(value, { line, column: column + whole.length - value.length }) : undefined;
    return held && ([key, held] as const);
  });
  return entries?.every((entry) => entry !== undefined) ? { kind: 'map', entries, place } : undefined;
}

function plainOf(text: string, place: Place): Value | undefined {
  const plain = scalarOf(text);
  return plain === undefined ? undefined : { kind: 'plain', plain, place };
}

const words: ReadonlyMap<string, Plain> = new Map<string, Plain>([
  ...['true', 'True', 'TRUE'].map((word) => [word, true] as const),
  ...['false', 'False', 'FALSE'].map((word) => [word, false] as const),
  ...['null', 'Null', 'NULL', '~'].map((word) => [word, null] as const),
]);

function scalarOf(text: string): Plain | undefined {
  const quoted = /^(?:'((?:[^']|'')*)'|"([^"\\]*)")$/.exec(text);
  if (quoted) return quoted[1]?.replaceAll("''", "'") ?? quoted[2] ?? '';
  if (!/^[A-Za-z0-9_./$(<+=~^\u00a1-\uffff]/.test(text) || /: |:$| #/.test(text)) return undefined;
  const word = words.get(text);
  if (word !== undefined) return word;
  if (!/^[+.\d]/.test(text)) return text;
  if (/^\d{1,15}$|^\d{1,9}\.\d{1,5}$/.test(text)) return Number(text);
  // Numbers in other forms.
  return /^\+?(?:0[ox]|\.?(?:inf|nan)$|[\d.]*(?:e[-+]?\d+)?$)/i.test(text) ? undefined : text;
}
