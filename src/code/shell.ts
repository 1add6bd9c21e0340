/** Parses a shell line into the commands it runs: chains, pipes, quotes, substitutions, groups, assignments, redirections. */

/** A word with quotes resolved; parts only running the shell would tell are written as `…`. */
export interface Word {
  readonly text: string;
  /** False when something of it was substituted. */
  readonly exact: boolean;
  /** Variables it uses. */
  readonly variables: readonly string[];
  /** True when it holds the output of a command. */
  readonly substituted: boolean;
}

/** How a command is started with regard to the one before it. */
export type Joint = 'first' | 'and' | 'or' | 'then' | 'pipe' | 'background' | 'substitution';

export interface ShellCommand {
  readonly joint: Joint;
  readonly assignments: readonly { readonly name: string; readonly value: string }[];
  readonly words: readonly Word[];
  readonly redirects: readonly { readonly operator: string; readonly target: string }[];
}

const longest = 200_000;
const mostCommands = 2000;
const deepest = 12;

/** Splits a line (or a whole script) into commands, those of substitutions before the command that holds them. */
export function parseShell(source: string): readonly ShellCommand[] {
  const commands: ShellCommand[] = [];
  new Parser(source.slice(0, longest), commands, 0).run('first');
  return commands;
}

const keywords = new Set(['if', 'then', 'else', 'elif', 'fi', 'do', 'done', 'while', 'until', '{', '}', '!', 'time']);

/** A class because it has a position in the text. */
class Parser {
  readonly #text: string;
  readonly #out: ShellCommand[];
  readonly #depth: number;
  #at = 0;

  constructor(text: string, out: ShellCommand[], depth: number) {
    this.#text = text;
    this.#out = out;
    this.#depth = depth;
  }

  run(first: Joint): void {
    let joint = first;
    while (this.#at < this.#text.length && this.#out.length < mostCommands) {
      this.#command(joint);
      joint = this.#joint();
    }
  }

  #joint(): Joint {
    const two = this.#text.slice(this.#at, this.#at + 2);
    if (two === '&&' || two === '||') {
      this.#at += 2;
      return two === '&&' ? 'and' : 'or';
    }
    const one = this.#text[this.#at++];
    if (one === '|') {
      if (this.#text[this.#at] === '&') this.#at++;
      return 'pipe';
    }
    return one === '&' ? 'background' : 'then';
  }

  #command(joint: Joint): void {
    const words: Word[] = [];
    const assignments: { name: string; value: string }[] = [];
    const redirects: { operator: string; target: string }[] = [];
    for (;;) {
      this.#blanks();
      const char = this.#text[this.#at];
      if (char === undefined || '\n;&|)'.includes(char)) break;
      if (char === '(') {
        this.#group();
        continue;
      }
      const operator = this.#redirect();
      if (operator !== undefined) {
        this.#blanks();
        redirects.push({ operator, target: this.#word().text });
        continue;
      }
      const word = this.#word();
      const assignment = words.length === 0 ? /^([A-Za-z_]\w*)=(.*)$/s.exec(word.text) : null;
      if (assignment) assignments.push({ name: assignment[1] ?? '', value: assignment[2] ?? '' });
      else if (words.length > 0 || !keywords.has(word.text)) words.push(word);
    }
    if (words.length + assignments.length + redirects.length > 0) this.#out.push({ joint, assignments, words, redirects });
  }

  #blanks(): void {
    for (;;) {
      const char = this.#text[this.#at];
      if (char === ' ' || char === '\t' || char === '\r') this.#at++;
      else if (char === '\\' && this.#text[this.#at + 1] === '\n') this.#at += 2;
      else if (char === '#' && /[\s;&|(]|^$/.test(this.#text[this.#at - 1] ?? '')) this.#comment();
      else return;
    }
  }

  #comment(): void {
    const end = this.#text.indexOf('\n', this.#at);
    this.#at = end < 0 ? this.#text.length : end;
  }

  #group(): void {
    const inner = this.#balanced(this.#at + 1);
    this.#inside(inner, 'then');
  }

  #inside(text: string, joint: Joint): void {
    if (this.#depth >= deepest || this.#out.length >= mostCommands) return;
    new Parser(text, this.#out, this.#depth + 1).run(joint);
  }

  /** The text up to the parenthesis that closes the one before `start`; moves behind it. */
  #balanced(start: number): string {
    let depth = 1;
    let quote = '';
    let at = start;
    for (; at < this.#text.length; at++) {
      const char = this.#text[at] as string;
      if (char === '\\' && quote !== "'") at++;
      else if (quote !== '') quote = char === quote ? '' : quote;
      else if (char === "'" || char === '"' || char === '`') quote = char;
      else if (char === '(') depth++;
      else if (char === ')' && --depth === 0) break;
    }
    this.#at = at + 1;
    return this.#text.slice(start, at);
  }

  #redirect(): string | undefined {
    const found = redirectOperator.exec(this.#text.slice(this.#at, this.#at + 8));
    if (!found) return undefined;
    this.#at += found[0].length;
    return found[0];
  }

  #word(): Word {
    const word = new WordBuilder();
    for (;;) {
      const char = this.#text[this.#at];
      if (char === undefined || ' \t\r\n;&|()<>'.includes(char)) break;
      this.#at++;
      if (char === "'") word.add(this.#single());
      else if (char === '"') this.#double(word);
      else if (char === '\\') this.#escape(word);
      else if (char === '$') this.#dollar(word);
      else if (char === '`') this.#backticks(word);
      else if (char === '%') this.#percent(word);
      else if (char !== '^') word.add(char);
    }
    // A lone `)` or `<` must not stop the parser.
    if (word.empty) this.#at++;
    return word.done();
  }

  #single(): string {
    const end = this.#text.indexOf("'", this.#at);
    const text = this.#text.slice(this.#at, end < 0 ? undefined : end);
    this.#at = end < 0 ? this.#text.length : end + 1;
    return text;
  }

  #double(word: WordBuilder): void {
    word.touch();
    for (;;) {
      const char = this.#text[this.#at++];
      if (char === undefined || char === '"') return;
      if (char === '\\' && '"\\$`\n'.includes(this.#text[this.#at] ?? ' ')) word.add(this.#text[this.#at++] as string);
      else if (char === '$') this.#dollar(word);
      else if (char === '`') this.#backticks(word);
      else word.add(char);
    }
  }

  #escape(word: WordBuilder): void {
    const next = this.#text[this.#at];
    // Windows paths keep their backslashes; a POSIX shell would drop them before letters.
    if (next !== undefined && /[A-Za-z0-9._]/.test(next)) word.add('\\');
    if (next !== undefined && next !== '\n') word.add(next);
    this.#at++;
  }

  #dollar(word: WordBuilder): void {
    const next = this.#text[this.#at];
    if (next === '(') {
      const inner = this.#balanced(this.#at + 1);
      if (inner.startsWith('(')) word.hole();
      else this.#substitute(inner, word);
    } else if (next === '{') {
      const end = this.#text.indexOf('}', this.#at);
      const body = this.#text.slice(this.#at + 1, end < 0 ? undefined : end);
      this.#at = end < 0 ? this.#text.length : end + 1;
      word.variable(/^[#!]?(\w+)/.exec(body)?.[1] ?? '');
    } else if (next === "'") {
      this.#at++;
      word.add(ansi(this.#single()));
    } else {
      const name = /^(\w+|[@*#?$!-])/.exec(this.#text.slice(this.#at, this.#at + 80))?.[0] ?? '';
      this.#at += name.length;
      if (name === '') word.add('$');
      else word.variable(name);
    }
  }

  #percent(word: WordBuilder): void {
    const name = /^(\w{1,40})%/.exec(this.#text.slice(this.#at, this.#at + 42))?.[1];
    if (name === undefined) {
      word.add('%');
      return;
    }
    this.#at += name.length + 1;
    word.variable(name);
  }

  #backticks(word: WordBuilder): void {
    const end = this.#text.indexOf('`', this.#at);
    const inner = this.#text.slice(this.#at, end < 0 ? undefined : end);
    this.#at = end < 0 ? this.#text.length : end + 1;
    this.#substitute(inner, word);
  }

  #substitute(inner: string, word: WordBuilder): void {
    this.#inside(inner, 'substitution');
    word.output();
  }
}

const redirectOperator = /^(\d*|&)(>>|>\||>&|>|<<<|<<-?|<&|<)(?!\()/;

/** Gathers the text of one word. */
class WordBuilder {
  #text = '';
  #exact = true;
  #touched = false;
  #substituted = false;
  readonly #variables: string[] = [];

  get empty(): boolean {
    return this.#text === '' && !this.#touched;
  }

  add(text: string): void {
    this.#touched = true;
    this.#text += text;
  }

  touch(): void {
    this.#touched = true;
  }

  hole(): void {
    this.add('…');
    this.#exact = false;
  }

  output(): void {
    this.hole();
    this.#substituted = true;
  }

  /** Variables that only say where home is stay readable. */
  variable(name: string): void {
    this.#variables.push(name);
    if (name === 'HOME' || name === 'USERPROFILE') this.add('~');
    else if (name === 'IFS') this.add(' ');
    else this.hole();
  }

  done(): Word {
    return { text: this.#text, exact: this.#exact, variables: this.#variables, substituted: this.#substituted };
  }
}

/** `$'…'` strings with their escapes. */
function ansi(text: string): string {
  return text
    .replace(/\\x([0-9a-fA-F]{1,2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    .replace(/\\([0-7]{1,3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)))
    .replace(/\\n/g, '\n')
    .replace(/\\t/g, '\t')
    .replace(/\\(.)/g, '$1');
}
