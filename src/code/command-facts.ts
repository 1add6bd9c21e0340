/** What is gathered of a command line, and what single words of it name. */
import type { CapabilityKind, FetchedPackage } from '../model/contents.ts';
import { isSecretVariable, memoryOfOthers, placeOf } from './places.ts';
import type { Redirect, Word } from './shell.ts';

export interface Doing {
  readonly kind: CapabilityKind;
  readonly detail: string;
  /** Where the command begins that does it. */
  readonly at?: number;
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
  /** Packages it fetches from the registry. */
  readonly fetches?: readonly FetchedPackage[];
  /** Files it fetches. */
  readonly fetched: ReadonlySet<string>;
  /** Scripts of package.json it runs. */
  readonly scripts: readonly string[];
  /** What `make` is given. */
  readonly makes?: readonly (readonly string[])[];
}

/** Gathers without doubles; a class because it has state while a line is read. */
export class Sink implements CommandFacts {
  readonly doings: Doing[] = [];
  readonly files: string[] = [];
  readonly inline: InlineCode[] = [];
  readonly tools: string[] = [];
  readonly scripts: string[] = [];
  readonly makes: (readonly string[])[] = [];
  readonly fetches: FetchedPackage[] = [];
  /** Files this line fetched or made executable. */
  readonly fetched: Set<string>;
  /** Texts of files that were written from what the commands say. */
  readonly written = new Map<string, string>();
  /** Where the command begins that is being read. */
  at: number | undefined;
  #folder = '';

  constructor(fetched: Set<string> = new Set()) {
    this.fetched = fetched;
  }

  does(kind: CapabilityKind, detail: string): void {
    if (this.doings.some((doing) => doing.kind === kind && doing.detail === detail)) return;
    this.doings.push({ kind, detail: detail.slice(0, 200), ...(this.at !== undefined && { at: this.at }) });
  }

  /** `cd`: what is started from then on is looked for there as well, as where it came from may be gone back to unseen. */
  goes(to: Word | undefined): void {
    const text = to?.text ?? '';
    if (!to?.exact || text === '' || /^([/~\\-]|[A-Za-z]:)/.test(text)) this.#folder = '';
    else this.#folder = `${this.#folder}${text.replace(/\/$/, '')}/`.slice(-500);
  }

  runs(path: string): void {
    if (this.#folder !== '' && !/^([/~]|[A-Za-z]:)/.test(path)) this.files.push(`${this.#folder}${path}`);
    this.files.push(path);
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

/** `prints`: what the command that is redirected prints, where that is known. */
export function readRedirect({ operator, target, text }: Redirect, sink: Sink, prints: string | undefined): void {
  if (text) return;
  readWord(wordOf(target), sink);
  if (/^\/dev\/(tcp|udp)\//.test(target)) sink.does('remote-code', `shell connected to ${target.split('/')[3] ?? ''}`);
  if (!operator.includes('>') || target === '/dev/null') return;
  if (prints === undefined) sink.fetched.add(target);
  else sink.written.set(target, operator.includes('>>') ? `${sink.written.get(target) ?? ''}${prints}\n` : `${prints}\n`);
}

export function runFile(text: string | undefined, sink: Sink): void {
  if (text === undefined || text === '' || text === '-') return;
  if (sink.fetched.has(text) || sink.fetched.has(text.replace(/^\.\//, ''))) sink.does('download-execute', text);
  if (/^(~|\/tmp|\/var\/tmp|\/dev\/shm|%temp%|\/home|\/Users)/i.test(text)) sink.does('process', text);
  sink.runs(text);
}
