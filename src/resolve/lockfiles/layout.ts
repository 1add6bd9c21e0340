/**
 * Pieces of the patterns that describe the layout in which a package manager itself writes its lockfile. One sticky pattern
 * per entry runs as machine code from the first entry on, where a reader in JavaScript is still being warmed up. A pattern
 * accepts only what the real parser reads the same way; on anything else the caller turns to that parser.
 */

/** A plain scalar of one line, printable ASCII: nothing that begins like an indicator, no `: `, no ` #`, no space at the end. */
const plain = '[A-Za-z0-9/^~.<$(+=_](?:[!"$-9;-~]|[:#](?=[!-~])| (?=[!"$-~]))*';
/** The same without spaces, as a key: the colon that ends it is not part of it. */
const plainKey = '[A-Za-z0-9/_.$](?:[!-9;-~]|:(?=[!-~]))*';
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
export function onceEach(name: string, indent: number, keys: string, after: string, end = ':'): string {
  const stand = ' '.repeat(indent);
  const again = `(?:${stand}[^\\n]*\\n){0,${3 * mostHeld}}?${stand}\\k<${name}>${end}`;
  // At least one, said in this way: of a loop that must run once, machine code is made twice.
  return `(?=${stand})(?:${stand}(?<${name}>${keys})${after}(?!${again})){0,${mostHeld}}(?!${stand})`;
}

const mostHeld = 48;

/** True when no key is there twice in any list of an entry. The lines are known to be in a layout of ours. */
export function listsHoldOnce(lines: string, indent: number): boolean {
  const stand = ' '.repeat(indent);
  let seen = new Set<string>();
  for (const line of lines.split('\n')) {
    if (!line.startsWith(stand)) seen = new Set();
    else if (line[indent] !== ' ' && seen.size === seen.add(keyOf(line, indent)).size) return false;
  }
  return true;
}

function keyOf(line: string, start: number): string {
  const quote = line[start];
  if (quote === '"' || quote === "'") return line.slice(start + 1, line.indexOf(quote, start + 1));
  return /^\s*(.*?):?(?: |$)/.exec(line)?.[1] ?? line;
}

/** How the entries of a section are written: nearly all in a narrow form that leaves no question, the others in wider ones. */
export interface Forms {
  readonly narrow: RegExp;
  /** As narrow in its lists, for what says more of where it is from. */
  readonly other?: RegExp;
  readonly wide: RegExp;
  /** False when an entry of the wide form may not be what the real parser sees. */
  isSure(lines: string): boolean;
}

/** Longest entry in characters: patterns run out of room on what is a dozen times as long, and not the first time alike. */
const largestEntry = 1024 * 1024;

/** Goes from entry to entry from `from` on; returns where the text stopped fitting. Nothing is made of them: there are thousands. */
export function eachEntry(forms: Forms, text: string, from: number, visit: (start: number, isNarrow: boolean) => void): number {
  const { narrow } = forms;
  for (let start = from; ; ) {
    narrow.lastIndex = start;
    const isNarrow = narrow.test(text);
    const end = isNarrow ? narrow.lastIndex : endOfOther(forms, text, start);
    if (end <= start || end - start > largestEntry) return start;
    visit(start, isNarrow);
    start = end;
  }
}

function endOfOther({ other, wide, isSure }: Forms, text: string, start: number): number {
  const end = other ? endOf(other, text, start) : -1;
  if (end >= 0) return end;
  const widely = endOf(wide, text, start);
  return widely > start && widely - start <= largestEntry && isSure(text.slice(start, widely)) ? widely : -1;
}

/** True when no key is there twice. Managers sort them: then each need only be held against the one before. */
export function allOnce(keys: readonly string[]): boolean {
  for (let at = 1; at < keys.length; at++) {
    if (!((keys[at - 1] as string) < (keys[at] as string))) return new Set(keys).size === keys.length;
  }
  return true;
}

function endOf(pattern: RegExp, text: string, start: number): number {
  pattern.lastIndex = start;
  return pattern.test(text) ? pattern.lastIndex : -1;
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
