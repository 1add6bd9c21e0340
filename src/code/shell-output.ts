/** What commands print, where their words alone tell: `echo`, `printf`, and what decodes or rearranges that. Pure. */
import { nameOf } from './command-names.ts';
import type { ShellCommand } from './shell.ts';
import { escapes } from './shell-escapes.ts';
import { fromBase64, fromHex, reversed } from './text.ts';

const longest = 100_000;

/** The text a pipeline prints; undefined where only running it would tell. */
export function outputOf(commands: readonly ShellCommand[]): string | undefined {
  let text: string | undefined;
  for (const [at, command] of commands.entries()) {
    if (at > 0 && command.joint !== 'pipe') return undefined;
    text = printed(command, givenTo(command) ?? text);
    if (text === undefined || text.length > longest) return undefined;
  }
  return text?.replace(/\n+$/, '');
}

/** What a here-document or here-string gives a command to read. */
export function givenTo({ redirects }: ShellCommand): string | undefined {
  const word = redirects.find(({ text }) => text !== undefined)?.text;
  return word?.exact ? word.text : undefined;
}

/** What one command prints of its words and of what it is given. */
export function printed({ words, body }: ShellCommand, given: string | undefined): string | undefined {
  const [first, ...rest] = words;
  if (!first || body || words.some((word) => !word.exact)) return undefined;
  const args = rest.map(({ text }) => text);
  switch (nameOf(first)) {
    case 'echo':
      return echoed(args);
    case 'printf':
      return formatted(args);
    case 'cat':
    case 'tee':
      return args.some((arg) => !arg.startsWith('-')) ? undefined : given;
    case 'base64':
      return args.some((arg) => /^(-\w*[dD]|--decode)/.test(arg)) ? fromBase64(given ?? '') : undefined;
    case 'openssl':
      return args.some((arg) => arg === '-d') && args.some((arg) => /base64|^-a$/.test(arg)) ? fromBase64(given ?? '') : undefined;
    case 'xxd':
      return args.join('').includes('r') ? fromHex((given ?? '').replace(/\s/g, '')) : undefined;
    case 'rev':
      return given?.split('\n').map(reversed).join('\n');
    case 'tr':
      return given === undefined ? undefined : translated(given, args);
    case 'sed':
      return given === undefined ? undefined : replaced(given, args.find((arg) => !arg.startsWith('-')) ?? '');
    default:
      return undefined;
  }
}

function echoed(args: readonly string[]): string {
  const from = args.findIndex((arg) => !/^-[neE]+$/.test(arg));
  const flags = args.slice(0, from < 0 ? undefined : from).join('');
  const text = from < 0 ? '' : args.slice(from).join(' ');
  return flags.includes('e') ? escapes(text) : text;
}

function formatted(args: readonly string[]): string | undefined {
  const [format = '', ...values] = args[0] === '--' ? args.slice(1) : args;
  let next = 0;
  const text = escapes(format).replace(/%[sb]/g, () => values[next++] ?? '');
  return /%[^%]/.test(format.replace(/%[sb]/g, '')) ? undefined : text.replaceAll('%%', '%');
}

function translated(text: string, args: readonly string[]): string | undefined {
  const [from = '', to = ''] = args.filter((arg) => !/^-[a-z]+$/.test(arg)).map(letters);
  if (args[0] === '-d') return [...text].filter((letter) => !from.includes(letter)).join('');
  if (args[0]?.startsWith('-') === true || to === '') return undefined;
  return [...text].map((letter) => (from.includes(letter) ? (to[from.lastIndexOf(letter)] ?? to.at(-1) ?? '') : letter)).join('');
}

/** `a-z` written out. */
function letters(set: string): string {
  return escapes(set.slice(0, 200)).replace(/(.)-(.)/gs, (_, from: string, to: string) => {
    const [first, last] = [from.charCodeAt(0), to.charCodeAt(0)];
    return last < first || last > 0x7e ? '' : Array.from({ length: last - first + 1 }, (_, at) => String.fromCharCode(first + at)).join('');
  });
}

/** `s/a/b/g` of plain words. */
function replaced(text: string, script: string): string | undefined {
  const [, , from = '', to = '', all] = /^s(.)(\w+)\1(\w*)\1(g?)$/.exec(script) ?? [];
  if (from === '') return undefined;
  return all === 'g' ? text.replaceAll(from, to) : text.replace(from, to);
}
