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
  inDouble,
  inSingle,
  value: `(?:"${inDouble}"|'${inSingle}'|${plain})`,
  key: `(?:"${inDouble}"|'${inSingle}'|${plainKey})`,
} as const;

/** A pattern that matches at `lastIndex` only. */
export function sticky(source: string): RegExp {
  return new RegExp(source, 'y');
}

/** Longest entry in characters: patterns run out of room on what is a dozen times as long, and not the first time alike. */
const largestEntry = 1024 * 1024;

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

/** Makes the error for a key that is there twice. */
export type OnTwice = (key: string) => Error;

/** The `key: value` lines that stand `indent` deep from `start` on, as pairs. */
export function pairsIn(text: string, start: number, indent: 4 | 6, onTwice: OnTwice): Pairs {
  const pairs: [string, string][] = [];
  let last = '';
  let sorted = true;
  eachMatch(pairPatterns.get(indent) as RegExp, text, start, (match) => {
    const key = bare(match[1] as string);
    sorted &&= key > last;
    last = key;
    pairs.push([key, bare(match[2] as string)]);
  });
  if (!sorted) failOnTwice(pairs, onTwice);
  return pairs;
}

function failOnTwice(pairs: Pairs, onTwice: OnTwice): void {
  const seen = new Set<string>();
  for (const [key] of pairs) if (seen.size === seen.add(key).size) throw onTwice(key);
}
