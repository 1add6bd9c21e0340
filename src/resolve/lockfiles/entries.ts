/**
 * The entries of a section of a lockfile. A pattern finds all of one form in a single call: in JavaScript a step for each entry
 * costs more than the pattern does, as long as a command has just started.
 */

/** How the entries of a section are written: nearly all in a narrow form that leaves no question, the others in wider ones. */
export interface Forms {
  /** Global and sticky. */
  readonly narrow: RegExp;
  readonly wide: RegExp;
  /** What every entry begins with: what does not need not be held against the wide form. */
  readonly stand?: string;
  /** What entries begin with whose order is kept; the others stand anywhere. */
  readonly usual?: string;
  /** False when an entry of the wide form may not be what the real parser sees. */
  isSure(lines: string): boolean;
}

/** Entries in the order of the file. */
export interface Entries {
  /** The lines of each. */
  readonly texts: readonly string[];
  /** Those that are not in the narrow form. */
  readonly odd: ReadonlySet<number>;
  /** Where the first begins. */
  readonly start: number;
  /** Where the text stopped fitting. */
  readonly end: number;
  /** Those that are not greater than what stands before them, in the order of the file; without them all others are in order. */
  readonly strays: readonly number[];
  /** The lines of all others; undefined where there are too many strays. */
  readonly sorted: readonly string[] | undefined;
}

/** More strays than managers leave: then nothing is told from the order. */
const mostStrays = 64;

/** Longest entry in characters: patterns run out of room on what is a dozen times as long, and not the first time alike. */
export const largestEntry = 1024 * 1024;

/** A pattern that finds one entry behind the other. */
export function chain(source: string): RegExp {
  return new RegExp(source, 'gy');
}

/** Reads entries from `start` on. */
export function entriesIn(forms: Forms, text: string, start: number): Entries {
  const [found, odd, strays] = [[] as (readonly string[])[], new Set<number>(), [] as number[]];
  let [end, count, before] = [start, 0, ''];
  for (let [entries, isOdd] = [nextIn(forms, text, end), false]; entries || !isOdd; isOdd = !isOdd) {
    if (isOdd) odd.add(count);
    const size = entries?.length ?? 0;
    // By number: as long as code is cold, `for of` makes an object for each.
    for (let at = 0; at < size; at++) {
      const entry = entries?.[at] as string;
      if (entry.length > largestEntry) return { ...asListed(found, strays), odd, start, end };
      if (entry <= before || (isOdd && !entry.startsWith(forms.usual ?? ''))) strays.push(count);
      else before = entry;
      end += entry.length;
      count++;
    }
    if (entries) found.push(entries);
    entries = isOdd ? nextIn(forms, text, end) : otherAt(forms, text, end);
  }
  return { ...asListed(found, strays), odd, start, end };
}

function asListed(found: readonly (readonly string[])[], strays: readonly number[]): Pick<Entries, 'texts' | 'strays' | 'sorted'> {
  const texts = joined(found);
  return { texts, strays, sorted: withoutStrays(texts, strays) };
}

/** At once: where they are added one by one, what they are held in is made anew again and again. */
function joined(lists: readonly (readonly string[])[]): readonly string[] {
  return lists.length === 1 ? (lists[0] as readonly string[]) : lists.length < 10_000 ? ([] as string[]).concat(...lists) : lists.flat();
}

/** All that come next in the narrow form. */
function nextIn({ narrow }: Forms, text: string, start: number): readonly string[] | null {
  return text.slice(start).match(narrow);
}

/** The next in the wide form. */
function otherAt({ wide, stand = '', isSure }: Forms, text: string, start: number): readonly string[] | null {
  if (start >= text.length || !text.startsWith(stand, start)) return null;
  const end = endOf(wide, text, start);
  if (end <= start || end - start > largestEntry) return null;
  const entry = text.slice(start, end);
  return isSure(entry) ? [entry] : null;
}

function endOf(pattern: RegExp, text: string, start: number): number {
  pattern.lastIndex = start;
  return pattern.test(text) ? pattern.lastIndex : -1;
}

/** How the entries of a section are told apart. */
export interface Keys {
  /** What an entry begins with up to the colon behind its key, where that is written in the one usual way; the narrow form always is. */
  head(entry: string): string | undefined;
  /** The key without its quotes. */
  name(entry: string): string;
  /** What an entry with this key begins with in the usual way. */
  usual(name: string): string;
}

/**
 * True when no key is there twice. Managers sort them. The same key a second time then stands right behind the first, as
 * whatever stands between two texts of one beginning begins so itself. The narrow form does not let that happen, unless
 * a stray stands between them; and strays are looked for.
 */
export function allOnce(entries: Entries, keys: Keys): boolean {
  const { texts, odd, strays, sorted } = entries;
  const isApart = (at: number) => {
    const head = keys.head(texts[at] as string);
    return head !== undefined && texts[nextInOrder(entries, at)]?.startsWith(head) !== true;
  };
  if (sorted && beforeStrays(entries).every(isApart) && [...odd].every((at) => strays.includes(at) || isApart(at))) {
    const names = strays.map((at) => keys.name(texts[at] as string));
    if (areDifferent(names) && !names.some((name) => placeOf(keys.usual(name), sorted) !== undefined)) return true;
  }
  return areDifferent(texts.map(keys.name));
}

function withoutStrays(texts: readonly string[], strays: readonly number[]): readonly string[] | undefined {
  if (strays.length === 0) return texts;
  // What stands between them, at once: a step for each entry costs more than the pattern that found it.
  return strays.length <= mostStrays ? joined([-1, ...strays].map((at, index) => texts.slice(at + 1, strays[index]))) : undefined;
}

/** Those in order behind which a stray stands. */
export function beforeStrays({ strays }: Entries): readonly number[] {
  return strays.map((at) => at - 1).filter((at) => at >= 0 && !strays.includes(at));
}

/** The next that is no stray. */
export function nextInOrder({ strays }: Entries, at: number): number {
  let next = at + 1;
  while (strays.includes(next)) next++;
  return next;
}

/** True when no two are the same. */
export function areDifferent(words: readonly string[]): boolean {
  return new Set(words).size === words.length;
}

/** The place of the first text that begins with `head`; they must be in order. */
export function placeOf(head: string, texts: readonly string[]): number | undefined {
  const at = firstFrom(texts, head);
  return texts[at]?.startsWith(head) ? at : undefined;
}

/** The place of the first text that is not less than `head`, found by halves; they must be in order. */
export function firstFrom(texts: readonly string[], head: string): number {
  let [low, high] = [0, texts.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((texts[middle] as string) < head) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Where each entry begins. */
export function startsOf({ texts, start }: Entries): readonly number[] {
  let at = start;
  return texts.map((entry) => {
    at += entry.length;
    return at - entry.length;
  });
}

/** The line each entry begins on, counted from 1. */
export function linesOf({ texts, start }: Entries, text: string): readonly number[] {
  let next = 1 + breaksIn(text.slice(0, start));
  return texts.map((entry) => {
    const line = next;
    next += breaksIn(entry);
    return line;
  });
}

function breaksIn(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++;
  return count;
}

/** The places of what is left of `size` things in their order, without those that are gone. */
export function placesWithout(gone: readonly number[], size: number): (at: number) => number {
  if (gone.length === 0) return (at) => at;
  if (gone.length > 32) {
    const all = new Set(gone);
    const left = Array.from({ length: size }, (_, at) => at).filter((at) => !all.has(at));
    return (at) => left[at] as number;
  }
  const rising = [...gone].sort((a, b) => a - b);
  return (at) => {
    let place = at;
    for (const one of rising) if (one <= place) place++;
    return place;
  };
}
