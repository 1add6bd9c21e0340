/** Parses a shell line into the commands it runs: chains, pipes, quotes, substitutions, groups, assignments, redirections. */
import { escapes } from './shell-escapes.ts';
import { outputOf } from './shell-output.ts';
import type { ShellScope } from './shell-scope.ts';
import { WordBuilder } from './shell-word.ts';

/** A word with quotes resolved; parts only running the shell would tell are written as `…`. */
export interface Word {
  readonly text: string;
  /** False when something of it was substituted. */
  readonly exact: boolean;
  /** Variables it uses. */
  readonly variables: readonly string[];
  /** True when it holds the output of a command. */
  readonly substituted: boolean;
  /** The commands whose output it holds; told where variables are followed. */
  readonly outputs?: readonly (readonly ShellCommand[])[];
}

/** How a command is started with regard to the one before it. */
export type Joint = 'first' | 'and' | 'or' | 'then' | 'pipe' | 'background' | 'substitution';

export interface ShellCommand {
  readonly joint: Joint;
  readonly assignments: readonly { readonly name: string; readonly value: string }[];
  readonly words: readonly Word[];
  readonly redirects: readonly Redirect[];
  /** Where it begins in the text. */
  readonly at?: number;
  /** What the function it calls does, with what it is given. */
  readonly body?: readonly ShellCommand[];
}

export interface Redirect {
  readonly operator: string;
  readonly target: string;
  /** What is given to read: a here-document or here-string. */
  readonly text?: Word;
}

const longest = 200_000;
const mostCommands = 2000;
const deepest = 12;

/** Splits a line (or a whole script) into commands, those of substitutions before the command that holds them. With a scope, its variables and functions are followed. */
export function parseShell(source: string, scope?: ShellScope): readonly ShellCommand[] {
  const commands: ShellCommand[] = [];
  new Parser(source.slice(0, longest), commands, 0, scope).run('first');
  return commands;
}

const keywords = new Set(['if', 'then', 'else', 'elif', 'fi', 'do', 'done', 'while', 'until', '{', '}', '!', 'time']);

/** Commands that give names to values. */
const namers = new Set(['export', 'local', 'declare', 'readonly', 'typeset']);

interface Heredoc {
  readonly redirect: { operator: string; target: string; text?: Word };
  readonly end: string;
  readonly quoted: boolean;
  readonly indented: boolean;
}

/** A class because it has a position in the text. */
class Parser {
  readonly #text: string;
  readonly #out: ShellCommand[];
  readonly #depth: number;
  readonly #scope: ShellScope | undefined;
  /** The commands of this very text, without those of its substitutions. */
  readonly #own: ShellCommand[] = [];
  /** Where the command begins in the whole text that this text is part of. */
  readonly #origin: number | undefined;
  readonly #heredocs: Heredoc[] = [];
  #at = 0;
  #begin = 0;

  constructor(text: string, out: ShellCommand[], depth: number, scope?: ShellScope, origin?: number) {
    this.#text = text;
    this.#out = out;
    this.#depth = depth;
    this.#scope = scope;
    this.#origin = origin;
  }

  run(first: Joint): readonly ShellCommand[] {
    let joint = first;
    while (this.#at < this.#text.length && this.#out.length < mostCommands && this.#scope?.isSpent !== true) {
      this.#command(joint);
      joint = this.#joint();
    }
    return this.#own;
  }

  #joint(): Joint {
    const two = this.#text.slice(this.#at, this.#at + 2);
    if (two === '&&' || two === '||') {
      this.#at += 2;
      return two === '&&' ? 'and' : 'or';
    }
    const one = this.#text[this.#at++];
    if (one === '\n') this.#readHeredocs();
    if (one === '|') {
      if (this.#text[this.#at] === '&') this.#at++;
      return 'pipe';
    }
    return one === '&' ? 'background' : 'then';
  }

  #command(joint: Joint): void {
    const words: Word[] = [];
    const assignments: { name: string; value: string }[] = [];
    const redirects: { operator: string; target: string; text?: Word }[] = [];
    const named: { name: string; value: Word; adds: boolean }[] = [];
    this.#blanks();
    const at = this.#origin ?? this.#at;
    this.#begin = at;
    for (;;) {
      this.#blanks();
      const char = this.#text[this.#at];
      if (char === undefined || '\n;&|)'.includes(char)) break;
      if (char === '(') {
        if (this.#arithmetic() || this.#function(words)) continue;
        this.#group();
        continue;
      }
      const operator = this.#redirect();
      if (operator !== undefined) {
        redirects.push(this.#redirected(operator));
        continue;
      }
      for (const word of this.#words()) {
        if (word.text === '{' && words.length === 2 && words[0]?.text === 'function') {
          this.#defines(words, this.#at);
          continue;
        }
        const assignment = words.length === 0 || namers.has(words[0]?.text ?? '') ? /^([A-Za-z_]\w*)(\+?)=(.*)$/s.exec(word.text) : null;
        if (assignment) {
          const [, name = '', plus, value = ''] = assignment;
          named.push({ name, value: { ...word, text: value }, adds: plus === '+' });
        }
        if (assignment && words.length === 0) assignments.push({ name: assignment[1] ?? '', value: assignment[3] ?? '' });
        else if (words.length > 0 || !keywords.has(word.text)) words.push(word);
      }
    }
    if (words.length + assignments.length + redirects.length === 0) return;
    const body = this.#remembers(words, named);
    const command = { joint, assignments, words, redirects, ...(this.#scope && { at }), ...(body && { body }) };
    this.#scope?.spend();
    this.#out.push(command);
    this.#own.push(command);
  }

  /** Gives names to values; what the function does that is called. */
  #remembers(words: readonly Word[], named: readonly { name: string; value: Word; adds: boolean }[]): readonly ShellCommand[] | undefined {
    const scope = this.#scope;
    if (!scope) return undefined;
    const [first, second, third, fourth] = words;
    if (!first || namers.has(first.text)) for (const { name, value, adds } of named) scope.set(name, value, adds);
    if (first?.text === 'for' && second && third?.text === 'in' && fourth) scope.set(second.text, fourth);
    const code = first?.exact ? scope.functionNamed(first.text) : undefined;
    if (code === undefined || this.#depth >= deepest) return undefined;
    const body: ShellCommand[] = [];
    scope.within(words.slice(1), () => new Parser(code, body, this.#depth + 1, scope, this.#begin).run('then'));
    return body;
  }

  #redirected(operator: string): { operator: string; target: string; text?: Word } {
    this.#blanks();
    const start = this.#at;
    const word = this.#word();
    const redirect: { operator: string; target: string; text?: Word } = { operator, target: word.text };
    if (!this.#scope) return redirect;
    if (/<<<$/.test(operator)) redirect.text = word;
    else if (/<<-?$/.test(operator) && word.text !== '') {
      const quoted = /['"\\]/.test(this.#text.slice(start, this.#at));
      this.#heredocs.push({ redirect, end: word.text, quoted, indented: operator.endsWith('-') });
    }
    return redirect;
  }

  /** Texts that follow the line. One that nothing ends is none: the rest is read as commands. */
  #readHeredocs(): void {
    for (const { redirect, end, quoted, indented } of this.#heredocs.splice(0)) {
      let at = this.#at;
      let stop = -1;
      while (at < this.#text.length && stop < 0) {
        const next = this.#text.indexOf('\n', at);
        const line = this.#text.slice(at, next < 0 ? undefined : next).replace(/\r$/, '');
        if ((indented ? line.replace(/^\t+/, '') : line) === end) stop = at;
        at = next < 0 ? this.#text.length : next + 1;
      }
      if (stop < 0) return;
      const text = this.#text.slice(this.#at, stop);
      for (const line of text.split('\n', 2000)) this.#scope?.texts.add(line);
      redirect.text = quoted ? { text, exact: true, variables: [], substituted: false } : this.#expanded(text);
      this.#at = at;
    }
  }

  /** A text as a shell puts values into it. */
  #expanded(text: string): Word {
    const parser = new Parser(text, this.#out, this.#depth, this.#scope, this.#begin);
    const word = new WordBuilder();
    while (parser.#at < text.length) {
      const char = text[parser.#at++] as string;
      if (char === '\\' && '$`\\'.includes(text[parser.#at] ?? ' ')) word.add(text[parser.#at++] as string);
      else if (char === '$') parser.#dollar(word, true);
      else if (char === '`') parser.#backticks(word);
      else word.add(char);
    }
    return word.done();
  }

  /** `((a << 2))` holds no commands. */
  #arithmetic(): boolean {
    if (!this.#scope || this.#text[this.#at + 1] !== '(') return false;
    const from = this.#at;
    const inner = this.#balanced(this.#at + 1);
    if (inner.startsWith('(') && inner.endsWith(')') && !/[;|\n"'`]/.test(inner)) return true;
    this.#at = from;
    return false;
  }

  /** `name() { … }`: kept for those who call it, and read at once, because who calls it may not be seen. */
  #function(words: Word[]): boolean {
    const [first, second] = words;
    const name = words.length === 1 ? first : words.length === 2 && first?.text === 'function' ? second : undefined;
    const head = this.#scope && name?.exact ? /^\(\s*\)\s*/.exec(this.#text.slice(this.#at, this.#at + 200)) : null;
    if (!head || !name) return false;
    this.#at += head[0].length;
    if (this.#text[this.#at] === '{') this.#defines(words, this.#at + 1);
    words.length = 0;
    return true;
  }

  #defines(words: Word[], from: number): void {
    const name = words.at(-1)?.text ?? '';
    words.length = 0;
    const body = this.#balanced(from, '{}');
    this.#scope?.define(name, body);
    this.#inside(body, 'then');
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

  #inside(text: string, joint: Joint): readonly ShellCommand[] {
    if (this.#depth >= deepest || this.#out.length >= mostCommands) return [];
    return new Parser(text, this.#out, this.#depth + 1, this.#scope, this.#begin).run(joint);
  }

  /** The text up to the bracket that closes the one before `start`; moves behind it. */
  #balanced(start: number, [open, close]: '()' | '{}' = '()'): string {
    let depth = 1;
    let quote = '';
    let at = start;
    for (; at < this.#text.length; at++) {
      const char = this.#text[at] as string;
      if (char === '\\' && quote !== "'") at++;
      else if (quote !== '') quote = char === quote ? '' : quote;
      else if (char === "'" || char === '"' || char === '`') quote = char;
      else if (char === open) depth++;
      else if (char === close && --depth === 0) break;
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
    return this.#words()[0] as Word;
  }

  /** One word, or the several an unquoted variable stands for. */
  #words(): readonly Word[] {
    const word = new WordBuilder();
    for (;;) {
      const char = this.#text[this.#at];
      if (this.#scope && (char === '<' || char === '>') && this.#text[this.#at + 1] === '(') {
        const inner = this.#balanced(this.#at + 2);
        word.output(this.#inside(inner, 'substitution'), undefined);
        continue;
      }
      if (char === undefined || ' \t\r\n;&|()<>'.includes(char)) break;
      this.#at++;
      if (char === "'") word.add(this.#single());
      else if (char === '"') this.#double(word);
      else if (char === '\\') this.#escape(word);
      else if (char === '$') this.#dollar(word, false);
      else if (char === '`') this.#backticks(word);
      else if (char === '%') this.#percent(word);
      else if (char !== '^') word.add(char);
    }
    // A lone `)` or `<` must not stop the parser.
    if (word.empty) this.#at++;
    return word.all();
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
      else if (char === '$') this.#dollar(word, true);
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

  #dollar(word: WordBuilder, quoted: boolean): void {
    const next = this.#text[this.#at];
    if (next === '(') {
      const inner = this.#balanced(this.#at + 1);
      if (inner.startsWith('(')) word.hole();
      else this.#substitute(inner, word);
    } else if (next === '{') {
      const end = this.#text.indexOf('}', this.#at);
      const body = this.#text.slice(this.#at + 1, end < 0 ? undefined : end);
      this.#at = end < 0 ? this.#text.length : end + 1;
      word.variable(/^[#!]?(\w+)/.exec(body)?.[1] ?? '', this.#scope?.valueOf(body), quoted);
    } else if (next === "'") {
      this.#at++;
      word.add(escapes(this.#single()));
    } else {
      const name = /^(\d|\w+|[@*#?$!-])/.exec(this.#text.slice(this.#at, this.#at + 80))?.[0] ?? '';
      this.#at += name.length;
      if (name === '') word.add('$');
      else word.variable(name, this.#scope?.valueOf(name), quoted);
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
    const commands = this.#inside(inner, 'substitution');
    if (this.#scope) word.output(commands, outputOf(commands));
    else word.output();
  }
}

const redirectOperator = /^(\d*|&)(>>|>\||>&|>|<<<|<<-?|<&|<)(?!\()/;
