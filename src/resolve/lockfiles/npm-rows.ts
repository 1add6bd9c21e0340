/** Entries of npm's own layout, which stand where a pattern found them; what they say is taken from the text when somebody asks. */
import type { Json } from './json.ts';
import { matchAt } from './layout.ts';
import type { NpmRow } from './npm-file.ts';

/** What the rows of a file have in common. */
export interface RowsText {
  readonly text: string;
  readonly entry: RegExp;
  readonly indent: number;
}

/** A class, because there are thousands. */
export class OwnRow implements NpmRow {
  readonly key: string;
  readonly isOdd: boolean;
  /** Where its line begins. */
  readonly at: number;
  readonly end: number;
  // Not `#`: thousands are made at once, and those cost ten times as much.
  private readonly from: RowsText;
  private found: RegExpExecArray | undefined;
  private held: Json | undefined;

  constructor(from: RowsText, key: string, at: number, end: number, isOdd: boolean, found?: RegExpExecArray) {
    this.key = key;
    this.isOdd = isOdd;
    this.at = at;
    this.end = end;
    this.from = from;
    this.found = found;
    this.held = undefined;
  }

  get name(): string | undefined {
    // It stands first, and few have one.
    return this.found || this.from.text.startsWith('"name": "', this.start + this.key.length + 6 + 3 * this.from.indent) ? this.said[2] : undefined;
  }

  get version(): string | undefined {
    return this.said[3];
  }

  get resolved(): string | undefined {
    return this.said[4];
  }

  get integrity(): string | undefined {
    return this.said[5];
  }

  get json(): Json {
    const { text } = this.from;
    this.held ??= JSON.parse(text.slice(this.start + this.key.length + 4, text.lastIndexOf('}', this.end - 1) + 1)) as Json;
    return this.held;
  }

  /** Where the quote of its key stands. */
  get start(): number {
    return this.at + 2 * this.from.indent;
  }

  /** All of it as it is written, with what parts it from the next. */
  get lines(): string {
    return this.from.text.slice(this.at, this.end);
  }

  private get said(): RegExpExecArray {
    this.found ??= matchAt(this.from.entry, this.from.text, this.at);
    return this.found;
  }
}

/** In this layout a key inside an entry can be written in one way only: where the entries begin that hold a key of this name. */
export function startsNaming({ text, indent, first, end }: RowsText & { readonly first: number; readonly end: number }, name: string): number[] {
  const found: number[] = [];
  const needle = `"${name}": "`;
  const mark = `\n${' '.repeat(2 * indent)}"`;
  for (let at = text.indexOf(needle, first); at >= 0 && at < end; at = text.indexOf(needle, at)) {
    const start = text.lastIndexOf(mark, at - 1) + 1;
    if (start + 2 * indent < at) found.push(start);
    const next = text.indexOf(mark, at + 1);
    at = Math.max(next < 0 ? end : next, at + needle.length);
  }
  return found;
}
