import { areDifferent, largestEntry } from './entries.ts';

/**
 * Pieces of the patterns that describe the layout in which a package manager itself writes its lockfile. One sticky pattern
 * per entry runs as machine code from the first entry on, where a reader in JavaScript is still being warmed up. A pattern
 * accepts only what the real parser reads the same way; on anything else the caller turns to that parser.
 */

/** A plain scalar of one line, printable ASCII: nothing that begins like an indicator, no `: `, no ` #`, no space at the end. */
const plain = '[A-Za-z0-9/^~.<$(+=_][!"$-9;-~]*(?:(?:[:#](?=[!-~])| (?=[!"$-~]))[!"$-9;-~]*)*';
/** The same without spaces, as a key: the colon that ends it is not part of it. */
const plainKey = '[A-Za-z0-9/_.$][!-9;-~]*(?::(?=[!-~])[!-9;-~]*)*';
/** Inside quotes that hold no escapes. */
const inDouble = '[ !#-\\[\\]-~]*';
const inSingle = '[ -&(-~]*';

/** Keys and values of a mapping. */
export const piece = {
  plain,
  plainKey,
  inDouble,
  inSingle,
  value: `(?:"${inDouble}"|'${inSingle}'|${plain})`,
  key: `(?:"${inDouble}"|'${inSingle}'|${plainKey})`,
} as const;

/** A pattern that matches at `lastIndex` only. */
export function sticky(source: string): RegExp {
  return new RegExp(source, 'y');
}

/**
 * Lines that stand `indent` deep, each one of `keys` and `after`, of which no key is there twice; no more of them than can be
 * held against each other quickly. Managers quote a key only for the `@` it begins with, so that no two spellings mean the same;
 * others must not be among `keys`. `name` tells the groups of a pattern apart.
 */
export function onceEach(name: string, indent: number, keys: string, after: string, end = ':', most = mostHeld): string {
  const stand = ' '.repeat(indent);
  // Said of all that follow, not that none does: this runs without choices.
  const apart = `(?=(?:${stand}(?!\\k<${name}>${end})[^\\n]*\\n){0,${3 * most}}(?!${stand}))`;
  // At least one, said in this way: of a loop that must run once, machine code is made twice.
  return `(?=${stand})(?:${stand}(?<${name}>${keys})${after}${apart}){0,${most}}(?!${stand})`;
}

/** Patterns hold each line of a list against all others; longer lists are left to a set. */
const mostHeld = 128;

/** How the keys of lists are told apart at a glance. */
export interface ListKeys {
  readonly indent: number;
  /** Parts the lists of an entry. */
  readonly section: RegExp;
  /** All keys of a list, with whatever no space parts from them. */
  readonly keys: RegExp;
}

/** Keys of lists that stand `indent` deep. */
export function listKeys(indent: number): ListKeys {
  return { indent, section: new RegExp(`\\n {${indent - 2}}(?! )`), keys: new RegExp(`\\n {${indent}}[^ \\n-][^ \\n]*`, 'g') };
}

/** True when no key is there twice in any list of an entry, where no two spellings mean the same. */
export function listsHoldOnce(lines: string, { section, keys }: ListKeys): boolean {
  return areDifferent(lines.match(keys) ?? []) || lines.split(section).every((list) => areDifferent(list.match(keys) ?? []));
}

/** The same where keys are quoted in any way. The lines are known to be in a layout of ours. */
export function listsHoldOnceAsRead(lines: string, indent: number): boolean {
  const stand = ' '.repeat(indent);
  let before = '';
  let list: string[] = [];
  let inOrder = true;
  for (const line of lines.split('\n')) {
    const isKey = line.startsWith(stand);
    if (isKey && (line.charCodeAt(indent) === space || line.charCodeAt(indent) === dash)) continue;
    const key = isKey ? keyOf(line, indent) : '';
    if (isKey && key <= before) inOrder = false;
    before = key;
    if (isKey) list.push(key);
    else {
      if (!inOrder && new Set(list).size < list.length) return false;
      [list, inOrder] = [[], true];
    }
  }
  return inOrder || new Set(list).size === list.length;
}

const [space, dash] = [32, 45];

function keyOf(line: string, start: number): string {
  const quote = line[start];
  if (quote === '"' || quote === "'") return line.slice(start + 1, line.indexOf(quote, start + 1));
  const end = line.indexOf(' ', start);
  const word = end < 0 ? line.slice(start) : line.slice(start, end);
  return word.endsWith(':') ? word.slice(0, -1) : word;
}

/** What a sticky pattern finds where it is known to fit. */
export function matchAt(pattern: RegExp, text: string, start: number): RegExpExecArray {
  pattern.lastIndex = start;
  return pattern.exec(text) as RegExpExecArray;
}

/** Applies a sticky pattern again and again from `at`; returns where it stopped fitting. */
export function eachMatch(pattern: RegExp, text: string, at: number, visit: (match: RegExpExecArray, start: number) => void): number {
  let start = at;
  for (;;) {
    pattern.lastIndex = start;
    const match = pattern.exec(text);
    if (!match || match[0] === '' || match[0].length > largestEntry) return start;
    visit(match, start);
    start = pattern.lastIndex;
  }
}

/** What `read` makes of a text; undefined where a pattern ran out of room: an entry of megabytes is in no manager's layout. */
export function withinReason<T>(read: () => T | undefined): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** A scalar without its quotes; only for what a pattern has accepted. */
export function bare(scalar: string): string {
  const code = scalar.charCodeAt(0);
  return code === 34 || code === 39 ? scalar.slice(1, -1) : scalar;
}

/** By the depth of their indentation. */
const pairPatterns = new Map([4, 6].map((indent) => [indent, sticky(`${' '.repeat(indent)}(${piece.key}): (${piece.value})\\n`)]));

export type Pairs = readonly (readonly [string, string])[];

/** The `key: value` lines that stand `indent` deep from `start` on, as pairs. */
export function pairsIn(text: string, start: number, indent: 4 | 6): Pairs {
  const pairs: [string, string][] = [];
  eachMatch(pairPatterns.get(indent) as RegExp, text, start, (match) => pairs.push([bare(match[1] as string), bare(match[2] as string)]));
  return pairs;
}
