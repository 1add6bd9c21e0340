/** What is gathered of a command line, and what single words of it name. */
import type { CapabilityKind } from '../model/contents.ts';
import { isSecretVariable, memoryOfOthers, placeOf } from './places.ts';
import type { Word } from './shell.ts';

export interface Doing {
  readonly kind: CapabilityKind;
  readonly detail: string;
}

/** Code given on the command line. */
export interface InlineCode {
  readonly language: 'javascript' | 'powershell' | 'python';
  readonly code: string;
}

export interface CommandFacts {
  readonly doings: readonly Doing[];
  /** Files it runs, as written. */
  readonly files: readonly string[];
  readonly inline: readonly InlineCode[];
  /** Programs that are neither the shell's own nor files. */
  readonly tools: readonly string[];
  /** Files it fetches. */
  readonly fetched: ReadonlySet<string>;
  /** Scripts of package.json it runs. */
  readonly scripts: readonly string[];
}

/** Gathers without doubles; a class because it has state while a line is read. */
export class Sink implements CommandFacts {
  readonly doings: Doing[] = [];
  readonly files: string[] = [];
  readonly inline: InlineCode[] = [];
  readonly tools: string[] = [];
  readonly scripts: string[] = [];
  /** Files this line fetched or made executable. */
  readonly fetched = new Set<string>();

  does(kind: CapabilityKind, detail: string): void {
    if (!this.doings.some((doing) => doing.kind === kind && doing.detail === detail)) this.doings.push({ kind, detail: detail.slice(0, 200) });
  }
}

export function wordOf(text: string): Word {
  return { text, exact: true, variables: [], substituted: false };
}

export function readWord(word: Word, sink: Sink): void {
  const place = placeOf(word.text);
  if (place) sink.does(place.kind, place.detail === memoryOfOthers ? `${place.detail}, read` : place.detail);
  const device = /\/dev\/(tcp|udp)\/([^/\s]+)/.exec(word.text);
  if (device) sink.does('network', device[2] ?? '');
  for (const name of word.variables) if (isSecretVariable(name)) sink.does('credential-env', name);
}

export function readRedirect({ operator, target }: { readonly operator: string; readonly target: string }, sink: Sink): void {
  readWord(wordOf(target), sink);
  if (/^\/dev\/(tcp|udp)\//.test(target)) sink.does('remote-code', `shell connected to ${target.split('/')[3] ?? ''}`);
  if (operator.includes('>') && target !== '/dev/null') sink.fetched.add(target);
}

export function runFile(text: string | undefined, sink: Sink): void {
  if (text === undefined || text === '' || text === '-') return;
  if (sink.fetched.has(text) || sink.fetched.has(text.replace(/^\.\//, ''))) sink.does('download-execute', text);
  if (/^(~|\/tmp|\/var\/tmp|\/dev\/shm|%temp%|\/home|\/Users)/i.test(text)) sink.does('process', text);
  sink.files.push(text);
}
