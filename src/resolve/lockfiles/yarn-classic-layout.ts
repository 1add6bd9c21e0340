/** The layout in which Yarn 1 writes yarn.lock; undefined for whatever is not in it. */
import { printable } from '../../model/text.ts';
import { type LockfileInput, unreadable } from './format.ts';
import { eachMatch, sticky, withinReason } from './layout.ts';
import { type PositionOf, positionsIn } from './positions.ts';
import type { ClassicEntry } from './yarn-classic-lines.ts';

const quoted = '"[ !#-\\[\\]-~]+"';
const name = `(?:${quoted}|[A-Za-z0-9_.][!#-~]*)`;
const pattern = `(?:${quoted}|[A-Za-z0-9_.][!#-+\\--~]*)`;
const list = (field: string) => `(?:  ${field}:\\n(?:    ${name} (?:${quoted}|[!#-~]+)\\n)+)?`;
const head = sticky(`(?:(?:#[ -~]*)?\\n)*`);
/** Captures: patterns, version, resolved, integrity. */
const entry = sticky(
  `(${pattern}(?:, ${pattern})*):\\n  version "([ !#-\\[\\]-~]*)"\\n(?:  resolved "([ !#-\\[\\]-~]*)"\\n)?(?:  integrity (${quoted}|[!#-~]+)\\n)?` +
    `${list('dependencies')}${list('optionalDependencies')}\\n*`,
);
const lists = /^ {2}(\w+):\n((?: {4}.*\n)+)/gm;
const pair = sticky(`    (${name}) (${quoted}|[!#-~]+)\\n`);

/** All entries. */
export function readOwnLayout(input: LockfileInput, raw: string): readonly ClassicEntry[] | undefined {
  return withinReason(() => readEntries(input, raw));
}

function readEntries(input: LockfileInput, raw: string): readonly ClassicEntry[] | undefined {
  const text = raw.includes('\r') ? raw.replaceAll('\r\n', '\n') : raw;
  head.lastIndex = 0;
  const first = head.exec(text)?.[0].length ?? 0;
  const source: Source = { input, text, position: undefined };
  const entries: OwnEntry[] = [];
  const seen = new Set<string>();
  let count = 0;
  const end = eachMatch(entry, text, first, (match, start) => {
    const read = new OwnEntry(source, match, start);
    entries.push(read);
    count += read.patterns.length;
    for (const one of read.patterns) seen.add(one);
  });
  return end === text.length && seen.size === count ? entries : undefined;
}

interface Source {
  readonly input: LockfileInput;
  readonly text: string;
  position: PositionOf | undefined;
}

class OwnEntry implements ClassicEntry {
  readonly patterns: readonly string[];
  readonly version: string;
  declare readonly resolved?: string;
  declare readonly integrity?: string;
  readonly start: number;
  readonly #source: Source;

  constructor(source: Source, match: RegExpExecArray, start: number) {
    this.patterns = patternsIn(match[1] as string);
    this.version = match[2] as string;
    if (match[3] !== undefined) this.resolved = match[3];
    if (match[4] !== undefined) this.integrity = bare(match[4]);
    this.start = start;
    this.#source = source;
  }

  get line(): number {
    this.#source.position ??= positionsIn(this.#source.text);
    return this.#source.position(this.start).line;
  }

  get dependencies(): ReadonlyMap<string, string> {
    return this.#list('dependencies');
  }

  get optionalDependencies(): ReadonlyMap<string, string> {
    return this.#list('optionalDependencies');
  }

  #list(field: string): ReadonlyMap<string, string> {
    const found = new Map<string, string>();
    entry.lastIndex = this.start;
    for (const [, title, lines = ''] of (entry.exec(this.#source.text)?.[0] ?? '').matchAll(lists)) {
      if (title !== field) continue;
      eachMatch(pair, lines, 0, ([, key = '', value = '']) => {
        if (found.has(bare(key))) throw this.#twice(bare(key));
        found.set(bare(key), bare(value));
      });
    }
    return found;
  }

  #twice(key: string): Error {
    const what = `${printable(key, 80)} is there twice in ${printable(this.patterns[0] ?? '', 80)}`;
    return unreadable(this.#source.input, what, 'Restore the file from version control.', this.line);
  }
}

function patternsIn(written: string): readonly string[] {
  return written.includes(', ') ? (written.match(new RegExp(pattern, 'g')) ?? []).map(bare) : [bare(written)];
}

/** Only these quotes mean anything here. */
function bare(word: string): string {
  return word.charCodeAt(0) === 34 ? word.slice(1, -1) : word;
}
