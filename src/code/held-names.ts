/** Scripts that are only read as tokens: what was fetched or decoded into a name and run by it, or saved in a file and started. Pure. */
import type { Spotted } from './js/notes.ts';

/** How a language says so. */
export interface Tongue {
  readonly assigns: RegExp;
  readonly fetches: RegExp;
  readonly decodes: RegExp;
  readonly runs: RegExp;
  readonly saves: RegExp;
  readonly starts: RegExp;
  /** Finds a name where it is used. */
  named(name: string): RegExp;
}

const mostLines = 5000;
const mostNames = 200;

interface Held {
  readonly pattern: RegExp;
  readonly fetched: boolean;
}

/** What names and files are told to hold from one statement to the next. */
export function heldNames(source: string, tongue: Tongue): readonly Spotted[] {
  // Most scripts say nowhere what would have to be said in one of their statements.
  if ([tongue.fetches, tongue.decodes, tongue.saves].every((pattern) => source.search(pattern) < 0)) return [];
  const found: Spotted[] = [];
  const names = new Map<string, Held>();
  const files = new Set<string>();
  const add = (kind: Spotted['kind'], detail: string, at: number): void => {
    if (!found.some((one) => one.kind === kind)) found.push({ kind, detail, at, readAs: 'tokens' });
  };
  for (const { text, at } of statements(source)) {
    const used = (): Held | undefined => [...names.values()].find(({ pattern }) => pattern.test(text));
    if (tongue.runs.test(text)) {
      const held = used();
      if (held) add(held.fetched ? 'remote-code' : 'decode-execute', held.fetched ? 'runs what it fetched' : 'decodes and runs', at);
    }
    if (tongue.starts.test(text) && [...files].some((file) => plain(text).includes(file))) add('download-execute', 'fetches and starts', at);
    for (const [, ...saved] of text.matchAll(tongue.saves)) {
      const file = plain(saved.find((one) => one !== undefined) ?? '');
      if (file.length > 1 && files.size < mostNames) files.add(file);
    }
    const [, name, value = ''] = tongue.assigns.exec(text) ?? [];
    if (name === undefined || !/^\w+$/.test(name) || names.size >= mostNames) continue;
    const fetched = tongue.fetches.test(value);
    const passed = fetched || tongue.decodes.test(value) ? undefined : used();
    if (fetched || passed || tongue.decodes.test(value))
      names.set(name, { pattern: tongue.named(name), fetched: fetched || (passed?.fetched ?? false) });
  }
  return found;
}

function* statements(source: string): Generator<{ readonly text: string; readonly at: number }> {
  let at = 0;
  for (const line of source.split('\n', mostLines)) {
    let from = at;
    for (const text of line.slice(0, 5000).split(';')) {
      yield { text, at: from };
      from += text.length + 1;
    }
    at += line.length + 1;
  }
}

function plain(text: string): string {
  return text.replace(/["'()\s]/g, '').toLowerCase();
}
