/** One word of a shell line while it is put together. */
import type { ShellCommand, Word } from './shell.ts';

/** Gathers the text of one word, or of the several that an unquoted variable stands for. */
export class WordBuilder {
  #text = '';
  #exact = true;
  #touched = false;
  #substituted = false;
  readonly #before: string[] = [];
  readonly #variables: string[] = [];
  readonly #outputs: (readonly ShellCommand[])[] = [];

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

  /** What commands print: their text, where it can be told. */
  output(commands?: readonly ShellCommand[], told?: string): void {
    if (commands) this.#outputs.push(commands);
    if (told === undefined) this.hole();
    else this.add(told);
    this.#substituted = true;
  }

  /** The value of a variable where it is known. Those that only say where home is stay readable. */
  variable(name: string, value?: Word, quoted = false): void {
    if (value) this.#value(value, quoted);
    else if (name === 'HOME' || name === 'USERPROFILE') this.add('~');
    else if (name === 'IFS') this.#split(' ', quoted);
    else this.hole();
    if (!value) this.#variables.push(name);
  }

  #value(value: Word, quoted: boolean): void {
    this.#split(value.text, quoted);
    this.#exact &&= value.exact;
    this.#substituted ||= value.substituted;
    this.#variables.push(...value.variables.slice(0, 20));
    this.#outputs.push(...(value.outputs ?? []).slice(0, 20));
  }

  #split(text: string, quoted: boolean): void {
    this.#touched = true;
    const [first = '', ...rest] = quoted ? [text] : text.split(/\s+/, 200);
    this.#text += first;
    for (const part of rest) {
      if (this.#text !== '') this.#before.push(this.#text);
      this.#text = part;
    }
    // Words grow by being put into each other.
    if (this.#text.length > 100_000) this.#text = this.#text.slice(0, 100_000);
  }

  done(): Word {
    return {
      text: this.#text,
      exact: this.#exact,
      variables: this.#variables,
      substituted: this.#substituted,
      ...(this.#outputs.length > 0 && { outputs: this.#outputs }),
    };
  }

  all(): readonly Word[] {
    const last = this.done();
    const before = this.#before.map((text) => ({ ...last, text }));
    return before.length > 0 && last.text === '' ? before : [...before, last];
  }
}
