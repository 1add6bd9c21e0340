/**
 * What building a `binding.gyp` runs: command expansions `<!(…)` and actions. npm builds one without being told, and
 * no metadata shows it.
 */

/** What a gyp file runs and builds. */
export interface GypFacts {
  /** Shell lines of command expansions. */
  readonly commands: readonly string[];
  /** Programs with their words, from actions. */
  readonly actions: readonly (readonly string[])[];
  readonly sources: readonly string[];
  /** Further gyp files it takes in. */
  readonly includes: readonly string[];
  /** Gyp files whose targets it builds first. */
  readonly dependencies: readonly string[];
  /** Expressions that reach for Python's insides. */
  readonly expressions: readonly string[];
}

type Gyp = string | number | readonly Gyp[] | ReadonlyMap<string, Gyp>;

const deepest = 40;
const longest = 2 ** 20;

/** Reads a gyp file: a Python literal, in practice JSON with comments, single quotes and trailing commas. */
export function readGyp(source: string): GypFacts {
  const found = {
    commands: [] as string[],
    actions: [] as string[][],
    sources: [] as string[],
    includes: [] as string[],
    dependencies: [] as string[],
    expressions: [] as string[],
    variables: new Map<string, string>(),
  };
  const literal = new LiteralReader(source.slice(0, longest));
  collect(literal.value(0), '', found, 0);
  // Whatever stands behind or between what could be read is looked at as well.
  for (const text of literal.texts)
    for (const command of expansionsOf(text)) {
      const told = withVariables(command, found.variables);
      if (!found.commands.includes(told)) found.commands.push(told);
    }
  return found;
}

function collect(
  value: Gyp | undefined,
  key: string,
  found: {
    sources: string[];
    includes: string[];
    dependencies: string[];
    actions: string[][];
    expressions: string[];
    variables: Map<string, string>;
  },
  depth: number,
): void {
  if (value === undefined || depth > deepest) return;
  const name = key.replace(/[!=/?+%]+$/, '');
  if (typeof value === 'string') {
    if (name === 'sources') found.sources.push(value);
    else if (name === 'includes') found.includes.push(value);
    else if (/^dependencies|^export_dependent_settings/.test(name) && /\.gyp(:|$)/.test(value)) found.dependencies.push(value.replace(/:[^/]*$/, ''));
    if (/__\w+__/.test(value)) found.expressions.push(value);
  } else if (value instanceof Map)
    for (const [inner, child] of value) {
      if (name === 'variables' && typeof child === 'string') found.variables.set(inner.replace(/[%?]+$/, ''), child);
      collect(child, inner, found, depth + 1);
    }
  else if (Array.isArray(value)) {
    if (name === 'action' || name === 'cygwin_shell') found.actions.push(value.filter((word) => typeof word === 'string'));
    for (const child of value) collect(child, key, found, depth + 1);
  }
}

/** `<(name)` replaced by what the file says it is. */
function withVariables(command: string, variables: ReadonlyMap<string, string>): string {
  let told = command;
  for (let turn = 0; turn < 4 && told.length < 20_000; turn++)
    told = told.replace(/[<>^]@?\((\w+)\)/g, (whole, name: string) => variables.get(name) ?? whole);
  return told;
}

/** The commands in `<!(…)`, `<!@(…)`, `>!(…)`, `^!(…)` of a text. */
function expansionsOf(text: string): readonly string[] {
  const commands: string[] = [];
  for (const found of text.matchAll(/[<>^]!@?(pymod_do_main)?\(/g)) {
    const start = found.index + found[0].length;
    let depth = 1;
    let at = start;
    for (; at < text.length && depth > 0; at++) depth += text[at] === '(' ? 1 : text[at] === ')' ? -1 : 0;
    const command = text.slice(start, depth === 0 ? at - 1 : at).trim();
    // A module of Python beside the gyp file.
    commands.push(found[1] === undefined ? command : `python3 ${command.replace(/^(\S+)/, '$1.py')}`);
  }
  return commands;
}

/** Reads what it can and never fails; a class because it has a position. */
class LiteralReader {
  readonly texts: string[] = [];
  readonly #source: string;
  #at = 0;

  constructor(source: string) {
    this.#source = source;
  }

  value(depth: number): Gyp | undefined {
    this.#blanks();
    const char = this.#source[this.#at];
    if (char === undefined || depth > deepest) return undefined;
    if (char === '{') return this.#map(depth);
    if (char === '[' || char === '(') return this.#list(depth, char === '[' ? ']' : ')');
    if (char === '"' || char === "'") return this.#text();
    const word = /^[\w.+-]+/.exec(this.#source.slice(this.#at, this.#at + 100))?.[0];
    this.#at += word?.length ?? 1;
    if (word === undefined) return undefined;
    // Prefixes of raw and Unicode texts.
    if (/^(r|u|b|ur|br|rb)$/i.test(word) && /["']/.test(this.#source[this.#at] ?? '')) return this.#text(/r/i.test(word));
    return Number.isNaN(Number(word)) ? word : Number(word);
  }

  #map(depth: number): Gyp {
    const map = new Map<string, Gyp>();
    this.#at++;
    for (;;) {
      this.#blanks();
      const char = this.#source[this.#at];
      if (char === undefined || char === '}') break;
      if (char === ',' || char === ':') {
        this.#at++;
        continue;
      }
      const before = this.#at;
      const key = this.value(depth + 1);
      this.#blanks();
      if (this.#source[this.#at] === ':') {
        this.#at++;
        const value = this.value(depth + 1);
        if (value !== undefined && typeof key === 'string') map.set(map.has(key) ? `${key}?` : key, value);
      }
      if (this.#at === before) this.#at++;
    }
    this.#at++;
    return map;
  }

  #list(depth: number, close: string): Gyp {
    const items: Gyp[] = [];
    this.#at++;
    for (;;) {
      this.#blanks();
      const char = this.#source[this.#at];
      if (char === undefined || char === close) break;
      const before = this.#at;
      if (char === ',') this.#at++;
      else {
        const item = this.value(depth + 1);
        if (item !== undefined) items.push(item);
      }
      if (this.#at === before) this.#at++;
    }
    this.#at++;
    return items;
  }

  #blanks(): void {
    for (;;) {
      const char = this.#source[this.#at];
      if (char === '#') {
        const end = this.#source.indexOf('\n', this.#at);
        this.#at = end < 0 ? this.#source.length : end;
      } else if (char !== undefined && /\s/.test(char)) this.#at++;
      else return;
    }
  }

  /** Neighbouring texts are one text. */
  #text(raw = false): string {
    let text = '';
    let more = true;
    while (more) {
      text += this.#one(raw);
      this.#blanks();
      more = this.#source[this.#at] === '"' || this.#source[this.#at] === "'";
    }
    this.texts.push(text);
    return text;
  }

  #one(raw: boolean): string {
    const quote = this.#source[this.#at] as string;
    const triple = this.#source.startsWith(quote.repeat(3), this.#at);
    const close = triple ? quote.repeat(3) : quote;
    this.#at += close.length;
    let text = '';
    while (this.#at < this.#source.length && !this.#source.startsWith(close, this.#at)) {
      if (this.#source[this.#at] === '\\' && !raw) text += this.#escape();
      else text += this.#source[this.#at++];
    }
    this.#at += close.length;
    return text;
  }

  #escape(): string {
    const rest = this.#source.slice(this.#at, this.#at + 12);
    const coded = /^\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{1,3}))/.exec(rest);
    if (coded) {
      this.#at += coded[0].length;
      const code = coded[4] === undefined ? Number.parseInt(coded[1] ?? coded[2] ?? coded[3] ?? '0', 16) : Number.parseInt(coded[4], 8);
      return code <= 0x10ffff ? String.fromCodePoint(code) : '';
    }
    this.#at += 2;
    const char = rest[1] ?? '';
    return char === 'n' ? '\n' : char === 't' ? '\t' : char === '\n' ? '' : /[\\'"]/.test(char) ? char : `\\${char}`;
  }
}
