/** Reads a script as tokens only: for TypeScript, what does not parse, and what is too large to. Less is seen, and that is said. */
import { commandFacts } from '../command.ts';
import { hostOf, isLocalHost, isSecretVariable, placeOf } from '../places.ts';
import { looksLikeCode } from '../text.ts';
import { runsCode, startsProgram, talks } from './apis.ts';
import { memberPath } from './known.ts';
import { disguisedText, isTelling } from './literals.ts';
import type { Spots, Spotted } from './notes.ts';

interface Token {
  readonly is: 'text' | 'name' | 'mark';
  readonly text: string;
  readonly at: number;
}

const mostTokens = 3_000_000;

/** Names, texts (escapes decoded, neighbours joined by `+` put together) and marks; comments left out. */
function* tokens(source: string): Generator<Token> {
  let at = 0;
  let count = 0;
  while (at < source.length && count++ < mostTokens) {
    const code = source.charCodeAt(at);
    if (code <= 32) at++;
    else if (code === 47 && source[at + 1] === '/') at = lineEnd(source, at);
    else if (code === 47 && source[at + 1] === '*') at = blockEnd(source, at);
    else if (code === 34 || code === 39 || code === 96) {
      const end = textEnd(source, at, code);
      yield { is: 'text', text: unescapeText(source.slice(at + 1, end)), at };
      at = end + 1;
    } else if (isNameCode(code)) {
      let end = at + 1;
      while (end < source.length && isNameCode(source.charCodeAt(end))) end++;
      yield { is: 'name', text: source.slice(at, end), at };
      at = end;
    } else yield { is: 'mark', text: source[at++] as string, at: at - 1 };
  }
}

function isNameCode(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 48 && code <= 57) || code === 95 || code === 36 || code > 127;
}

function lineEnd(source: string, at: number): number {
  const end = source.indexOf('\n', at);
  return end < 0 ? source.length : end;
}

function blockEnd(source: string, at: number): number {
  const end = source.indexOf('*/', at + 2);
  return end < 0 ? source.length : end + 2;
}

/** A quote that never closes on its line is no text: a regular expression, or damage. */
function textEnd(source: string, start: number, quote: number): number {
  for (let at = start + 1; at < source.length; at++) {
    const code = source.charCodeAt(at);
    if (code === 92) at++;
    else if (code === quote) return at;
    else if (code === 10 && quote !== 96) return at;
  }
  return source.length;
}

function unescapeText(text: string): string {
  if (!text.includes('\\')) return text;
  return text
    .slice(0, 100_000)
    .replace(
      /\\x([0-9a-fA-F]{2})|\\u([0-9a-fA-F]{4})|\\u\{([0-9a-fA-F]{1,6})\}|\\([0-7]{1,3})/g,
      (_, a?: string, b?: string, c?: string, d?: string) => {
        const code = d === undefined ? Number.parseInt(a ?? b ?? c ?? '0', 16) : Number.parseInt(d, 8);
        return code <= 0x10ffff ? String.fromCodePoint(code) : '';
      },
    )
    .replace(/\\n/g, '\n')
    .replace(/\\(.)/g, '$1');
}

/** What tokens tell. */
export function spotTokens(source: string): Spots {
  const reader = new TokenReader();
  reader.read(source);
  return reader;
}

const startsWithProgram = /^(curl|wget|powershell|cmd|bash|sh|node|npm|npx|bun|python3?)\s/;
const wholeByTokens = 'process.env, spread or gathered';

/** A class because it gathers while it reads. */
class TokenReader implements Spots {
  readonly spotted: Spotted[] = [];
  readonly disguised: { detail: string; at: number; computed: boolean }[] = [];
  readonly requires: string[] = [];
  readonly files: string[] = [];
  readonly inner: { code: string; at: number; readAs: 'tokens' }[] = [];
  readonly exhausted = false;
  readonly #modules = new Map<string, string>();
  #path: string[] = [];
  /** True where all of what the path leads to is taken: spread, or made one text or list of. */
  #whole = false;
  #gathers = false;
  #pathAt = 0;
  #pending: string[] = [];

  read(source: string): void {
    let before: Token | undefined;
    let text: Token | undefined;
    let joining = false;
    for (const token of tokens(source)) {
      if (token.is === 'text') {
        if (joining && text) text = { ...text, text: text.text + token.text };
        else {
          if (text) this.#text(text);
          text = token;
        }
        joining = false;
        this.#afterText(before, text);
      } else if (token.is === 'mark' && token.text === '+' && before?.is === 'text') joining = true;
      else {
        if (text) this.#text(text);
        text = undefined;
        joining = false;
        this.#step(token, before);
      }
      before = token;
    }
    if (text) this.#text(text);
  }

  #step(token: Token, before: Token | undefined): void {
    if (token.is === 'name') {
      if (before?.text === '.' && this.#path.length > 0) this.#path.push(token.text);
      else {
        this.#path = [token.text];
        this.#pathAt = token.at;
        this.#whole = before?.text === '.' || (before?.text === '(' && this.#gathers);
      }
      if (/^(import|const|let|var)$/.test(token.text)) this.#pending = [];
      else if (this.#pending.length < 40) this.#pending.push(token.text);
      this.#variable();
      this.#gathers = false;
    } else if (token.text === '(') this.#called();
    else if (token.text !== '.' && token.text !== '?') {
      if (this.#whole && token.text !== '[' && this.#path.join('.') === 'process.env') this.#add('environment', wholeByTokens, this.#pathAt);
      this.#path = [];
    }
  }

  #variable(): void {
    const [a, b, c] = this.#path;
    if (a === 'process' && b === 'env' && c && isSecretVariable(c)) this.#add('credential-env', c, this.#pathAt);
  }

  /** `require('x')`, `from 'x'`, `import('x')`: names on the left stand for the module. */
  #afterText(before: Token | undefined, token: Token): void {
    const called = before?.text === '(' && /^(require|import)$/.test(this.#path.at(-1) ?? '');
    if (!called && before?.text !== 'from' && before?.text !== 'import') return;
    this.requires.push(token.text);
    const module = token.text.replace(/^node:/, '').replace(/^fs\/promises$/, 'fs');
    for (const name of this.#pending) if (!/^(from|as|require|type|import|await)$/.test(name)) this.#modules.set(name, module);
    if (talks(`${module}#`) || talks(`${module}#request`)) this.#add('network', `module ${module}`, token.at);
    if (module === 'child_process') this.#add('process', 'module child_process', token.at);
    this.#pending = [];
  }

  #called(): void {
    const [root, ...rest] = this.#path;
    if (root === undefined) return;
    const module = this.#modules.get(root);
    const member = rest.at(-1) ?? root;
    const path =
      module !== undefined && !module.startsWith('.') ? `${module}#${member}` : rest.reduce((base, key) => memberPath(base, key), `#${root}`);
    if (startsProgram(path)) this.#add('process', member, this.#pathAt);
    if (runsCode(path)) this.#add('dynamic-code', member, this.#pathAt);
    if (talks(path)) this.#add('network', `${module ?? root} to …`, this.#pathAt);
    this.#gathers = /^(JSON\.stringify|Object\.(keys|entries|values|assign)|structuredClone)$/.test(this.#path.join('.'));
    if (this.#gathers) this.#pending = ['env?'];
  }

  #text({ text, at }: Token): void {
    if (text.length < 4) return;
    if (text.length < 2000) this.#words(text, at);
    const hidden = disguisedText(text);
    if (hidden === undefined) return;
    if (startsWithProgram.test(hidden)) this.#hiddenCommand(hidden, at);
    if (isTelling(hidden) || placeOf(hidden) || hostOf(hidden)) {
      this.disguised.push({ detail: hidden.slice(0, 120), at, computed: false });
      this.#words(hidden, at);
    }
    if (hidden.length > 60 && looksLikeCode(hidden)) this.inner.push({ code: hidden, at, readAs: 'tokens' });
  }

  #words(text: string, at: number): void {
    const place = placeOf(text);
    if (place) this.#add(place.kind, place.detail, at);
    const host = hostOf(text);
    if (host && !isLocalHost(host) && this.spotted.some((spot) => spot.kind === 'network')) this.#add('network', host, at);
    if (startsWithProgram.test(text)) for (const { kind, detail } of commandFacts(text).doings) this.#add(kind, detail, at);
  }

  /** Nobody encodes a command but to hide it. */
  #hiddenCommand(text: string, at: number): void {
    this.disguised.push({ detail: text.slice(0, 120), at, computed: false });
    for (const { kind, detail } of commandFacts(text).doings) this.#add(kind, detail, at, 'decoded');
  }

  #add(kind: Spotted['kind'], detail: string, at: number, readAs: Spotted['readAs'] = 'tokens'): void {
    if (this.spotted.length < 3000) this.spotted.push({ kind, detail: detail.slice(0, 200), at, readAs });
  }
}
