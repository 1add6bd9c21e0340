/** What a shell script gives names to, as far as its text tells: variables and functions. */
import type { Word } from './shell.ts';

const mostNames = 2000;
const mostCommands = 5000;
const longestValue = 50_000;

/** A class because scripts set and change values as they go. */
export class ShellScope {
  /** Lines of here-documents. */
  readonly texts = new Set<string>();
  readonly #values = new Map<string, Word>();
  readonly #functions = new Map<string, string>();
  #commands = 0;

  /** True when functions that call each other made more commands than are read. */
  get isSpent(): boolean {
    return this.#commands > mostCommands;
  }

  spend(): void {
    this.#commands++;
  }

  set(name: string, value: Word, adds = false): void {
    if (this.#values.size >= mostNames) return;
    const before = adds ? this.#values.get(name) : undefined;
    if (!before) this.#values.set(name, { ...value, text: value.text.slice(0, longestValue) });
    else
      this.#values.set(name, {
        text: (before.text + value.text).slice(0, longestValue),
        exact: before.exact && value.exact,
        variables: [...before.variables, ...value.variables].slice(0, 20),
        substituted: before.substituted || value.substituted,
        outputs: [...(before.outputs ?? []), ...(value.outputs ?? [])].slice(0, 20),
      });
  }

  define(name: string, body: string): void {
    if (this.#functions.size < mostNames) this.#functions.set(name, body);
  }

  functionNamed(name: string): string | undefined {
    return this.#functions.get(name);
  }

  /** The value behind what stands in `${…}`: a name, a part of it, or what is taken where there is none. */
  valueOf(written: string): Word | undefined {
    const [, name = '', rest = ''] = /^(\w+|[@*])(.*)$/s.exec(written) ?? [];
    const value = this.#values.get(name);
    const instead = /^:?[-=](.*)$/s.exec(rest)?.[1];
    if (instead !== undefined) return value ?? (/["'`$]/.test(instead) || name === '' ? undefined : plain(instead));
    const [, from, count] = /^:(\d+)(?::(\d+))?$/.exec(rest) ?? [];
    if (from !== undefined && value?.exact)
      return { ...value, text: value.text.slice(Number(from), count === undefined ? undefined : Number(from) + Number(count)) };
    return rest === '' || rest === '[@]' || rest === '[*]' ? value : undefined;
  }

  /** Reads with what a function is given under its numbers. */
  within(given: readonly Word[], read: () => void): void {
    const names = ['@', '*', ...Array.from({ length: 9 }, (_, at) => String(at + 1))];
    const before = names.map((name) => [name, this.#values.get(name)] as const);
    for (const name of names) this.#values.delete(name);
    for (const [at, word] of given.slice(0, 9).entries()) this.set(String(at + 1), word);
    const exact = given.every((word) => word.exact);
    const all = { text: given.map(({ text }) => text).join(' '), exact, variables: given.flatMap(({ variables }) => variables), substituted: !exact };
    for (const name of ['@', '*']) this.set(name, { ...all, outputs: given.flatMap(({ outputs = [] }) => outputs).slice(0, 20) });
    read();
    for (const [name, value] of before)
      if (value) this.#values.set(name, value);
      else this.#values.delete(name);
  }
}

function plain(text: string): Word {
  return { text, exact: true, variables: [], substituted: false };
}
