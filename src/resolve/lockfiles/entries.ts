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
  /** True when each is greater than the one before. */
  readonly inOrder: boolean;
}

/** Longest entry in characters: patterns run out of room on what is a dozen times as long, and not the first time alike. */
export const largestEntry = 1024 * 1024;

/** A pattern that finds one entry behind the other. */
export function chain(source: string): RegExp {
  return new RegExp(source, 'gy');
}

/** Reads entries from `start` on. */
export function entriesIn(forms: Forms, text: string, start: number): Entries {
  const [texts, odd] = [[] as string[], new Set<number>()];
  let [end, inOrder, before] = [start, true, ''];
  for (;;) {
    for (const entry of text.slice(end).match(forms.narrow) ?? []) {
      if (entry.length > largestEntry) return { texts, odd, start, end, inOrder };
      if (entry <= before) inOrder = false;
      before = entry;
      end += entry.length;
      texts.push(entry);
    }
    const next = endOfOther(forms, text, end);
    if (next <= end) return { texts, odd, start, end, inOrder };
    const entry = text.slice(end, next);
    if (entry <= before) inOrder = false;
    before = entry;
    end = next;
    odd.add(texts.length);
    texts.push(entry);
  }
}

function endOfOther({ wide, stand = '', isSure }: Forms, text: string, start: number): number {
  if (start >= text.length || !text.startsWith(stand, start)) return -1;
  const end = endOf(wide, text, start);
  return end > start && end - start <= largestEntry && isSure(text.slice(start, end)) ? end : -1;
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
}

/**
 * True when no key is there twice. Managers sort them. The same key a second time then stands right behind the first, as
 * whatever stands between two texts of one beginning begins so itself. The narrow form does not let that happen.
 */
export function allOnce({ texts, odd, inOrder }: Entries, keys: Keys): boolean {
  const isApart = (at: number) => {
    const head = keys.head(texts[at] as string);
    return head !== undefined && texts[at + 1]?.startsWith(head) !== true;
  };
  if (inOrder && [...odd].every(isApart)) return true;
  return new Set(texts.map(keys.name)).size === texts.length;
}

/** True when an entry in order begins with `head`, found by halves; only where each has its key in the usual way. */
export function holds({ texts }: Entries, head: string): boolean {
  let [low, high] = [0, texts.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((texts[middle] as string) < head) low = middle + 1;
    else high = middle;
  }
  return texts[low]?.startsWith(head) === true;
}

/** Where each entry begins. */
export function startsOf({ texts, start }: Entries): readonly number[] {
  let at = start;
  return texts.map((entry) => {
    at += entry.length;
    return at - entry.length;
  });
}
