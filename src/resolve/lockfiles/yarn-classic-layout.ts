/** The layout in which Yarn 1 writes yarn.lock; undefined for whatever is not in it. */
import { chain, entriesIn, type Forms, startsOf } from './entries.ts';
import { eachMatch, listsHoldOnceAsRead, matchAt, onceEach, sticky, withinReason } from './layout.ts';
import { type PositionOf, positionsIn } from './positions.ts';
import type { ClassicEntry, ClassicFile } from './yarn-classic-lines.ts';

const quoted = '"[ !#-\\[\\]-~]+"';
const name = `(?:${quoted}|[A-Za-z0-9_.][!#-~]*)`;
const pattern = `(?:${quoted}|[A-Za-z0-9_.][!#-+\\--~]*)`;
const spec = `(?:${quoted}|[!#-~]+)`;
const list = (field: string, lines: string) => `(?:  ${field}:\\n${lines})?`;
const pairs = `(?:    ${name} ${spec}\\n)+`;
const once = (field: string) => onceEach(field, 4, '"@[ !#-\\[\\]-~]*"|[A-Za-z0-9_.][!#-~]*', ` ${spec}\\n`, ' ');
const head = sticky(`(?:(?:#[ -~]*)?\\n)*`);
const upTo = (capture: (what: string) => string) =>
  `${capture(`${pattern}(?:, ${pattern})*`)}:\\n  version "${capture('[ !#-\\[\\]-~]*')}"\\n(?:  resolved "${capture('[ !#-\\[\\]-~]*')}"\\n)?` +
  `(?:  integrity ${capture(`${quoted}|[!#-~]+`)}\\n)?`;
/** Captures: patterns, version, resolved, integrity, dependencies, optional ones. */
const wide = sticky(`${upTo((what) => `(${what})`)}${list('dependencies', `(${pairs})`)}${list('optionalDependencies', `(${pairs})`)}\\n*`);
/** The same as nearly all are written: with lists short enough to tell that nothing is in them twice. */
const narrow = chain(
  `${upTo((what) => `(?:${what})`)}${list('dependencies', once('dependencies'))}${list('optionalDependencies', once('optionalDependencies'))}\\n*(?![\\n ])`,
);
const forms: Forms = { narrow, wide, isSure: (lines) => listsHoldOnceAsRead(lines, 4) };
const pair = sticky(`    (${name}) (${spec})\\n`);

/** All entries. */
export function readOwnLayout(raw: string): ClassicFile | undefined {
  return withinReason(() => readEntries(raw));
}

function readEntries(raw: string): ClassicFile | undefined {
  const text = raw.includes('\r') ? raw.replaceAll('\r\n', '\n') : raw;
  head.lastIndex = 0;
  const first = head.exec(text)?.[0].length ?? 0;
  const entries = entriesIn(forms, text, first);
  const { texts, end } = entries;
  if (end !== text.length) return undefined;
  const keys: string[] = [];
  const all: string[] = [];
  for (const lines of texts) {
    const patterns = patternsIn(lines.slice(0, lines.indexOf('\n') - 1));
    keys.push(patterns[0] as string);
    for (const one of patterns) all.push(one);
  }
  if (!eachOnce(all)) return undefined;
  const starts = startsOf(entries);
  let position: PositionOf | undefined;
  const lineAt = (start: number) => {
    position ??= positionsIn(text);
    return position(start).line;
  };
  return {
    keys,
    entry: (at) => new OwnEntry(text, starts[at] as number, lineAt),
    lines: (at) => texts[at] as string,
  };
}

/** True when nothing is there twice. In order, each need only be held against the one before. */
function eachOnce(words: readonly string[]): boolean {
  for (let at = 1; at < words.length; at++) {
    if (!((words[at - 1] as string) < (words[at] as string))) return new Set(words).size === words.length;
  }
  return true;
}

class OwnEntry implements ClassicEntry {
  readonly patterns: readonly string[];
  readonly version: string;
  declare readonly resolved?: string;
  declare readonly integrity?: string;
  readonly #start: number;
  readonly #lists: readonly [string | undefined, string | undefined];
  readonly #lineAt: (start: number) => number;

  constructor(text: string, start: number, lineAt: (start: number) => number) {
    const match = matchAt(wide, text, start);
    this.patterns = patternsIn(match[1] as string);
    this.version = match[2] as string;
    if (match[3] !== undefined) this.resolved = match[3];
    if (match[4] !== undefined) this.integrity = bare(match[4]);
    this.#lists = [match[5], match[6]];
    this.#start = start;
    this.#lineAt = lineAt;
  }

  get line(): number {
    return this.#lineAt(this.#start);
  }

  get dependencies(): ReadonlyMap<string, string> {
    return mapOf(this.#lists[0]);
  }

  get optionalDependencies(): ReadonlyMap<string, string> {
    return mapOf(this.#lists[1]);
  }
}

function mapOf(lines = ''): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  eachMatch(pair, lines, 0, ([, key = '', value = '']) => found.set(bare(key), bare(value)));
  return found;
}

const patterns = new RegExp(pattern, 'g');

function patternsIn(written: string): readonly string[] {
  return written.includes(', ') ? (written.match(patterns) ?? []).map(bare) : [bare(written)];
}

/** Only these quotes mean anything here. */
function bare(word: string): string {
  return word.charCodeAt(0) === 34 ? word.slice(1, -1) : word;
}
