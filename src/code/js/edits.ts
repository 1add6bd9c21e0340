/** Changes to a text, and where what stands in the changed text stood before. */

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

export interface Edited {
  readonly text: string;
  /** Where in the text before; undefined where nothing moved. */
  readonly before?: (offset: number) => number;
}

/** A class because it gathers changes while a tree is walked. */
export class Edits {
  readonly #source: string;
  readonly #made: Edit[] = [];

  constructor(source: string) {
    this.#source = source;
  }

  /** Puts a text there, filled up with spaces so that what follows stays where it is. */
  put(start: number, end: number, text: string): void {
    this.#made.push({ start, end, text: text.padEnd(end - start) });
  }

  /** Puts spaces there, ends of lines included, or `first` and then spaces. */
  blank(start: number, end: number, first = ''): void {
    if (end > start) this.put(start, end, first);
  }

  /** The changed text; undefined when changes lie upon each other. */
  applied(): Edited | undefined {
    const made = this.#made.sort((a, b) => a.start - b.start || a.end - b.end);
    const parts: string[] = [];
    const moves: { readonly from: number; readonly to: number; readonly back: number }[] = [];
    let at = 0;
    let moved = 0;
    for (const { start, end, text } of made) {
      if (start < at) return undefined;
      parts.push(this.#source.slice(at, start), text);
      at = end;
      if (text.length === end - start) continue;
      moves.push({ from: start + moved, to: start, back: 0 });
      moved += text.length - (end - start);
      moves.push({ from: end + moved, to: end, back: 1 });
    }
    parts.push(this.#source.slice(at));
    return { text: parts.join(''), ...(moves.length > 0 && { before: (offset) => placed(offset, moves) }) };
  }
}

/** What was put in by a change stands where the change begins. */
function placed(offset: number, moves: readonly { readonly from: number; readonly to: number; readonly back: number }[]): number {
  let low = 0;
  let high = moves.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((moves[middle]?.from ?? 0) <= offset) low = middle + 1;
    else high = middle;
  }
  const last = moves[low - 1];
  if (!last) return offset;
  return last.back === 0 ? last.to : last.to + offset - last.from;
}
