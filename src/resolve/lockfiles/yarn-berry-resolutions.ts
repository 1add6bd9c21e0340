/** What the entries of a berry lockfile resolve to: each must be there once. */
import { areDifferent, beforeStrays, type Entries, firstFrom, nextInOrder } from './entries.ts';
import type { Resolutions } from './yarn-berry-entries.ts';
import { plainName } from './yarn-locator.ts';

/** Those of any entries. */
export function resolutionsIn(all: readonly string[]): Resolutions {
  let places: ReadonlyMap<string, number> | undefined;
  return {
    of: (at) => all[at] as string,
    find(resolution) {
      places ??= new Map(all.map((text, at) => [text, at]));
      return places.get(resolution);
    },
    twice: () => firstTwice(all),
  };
}

/**
 * Those of entries in Yarn's own layout. The pattern of nearly all has told that none of the same name right behind them
 * resolves to the same. In order, those of one name stand together, unless a stray stands between; all others are looked for.
 */
export class OwnResolutions implements Resolutions {
  readonly #texts: readonly string[];
  readonly #sorted: readonly string[] | undefined;
  readonly #others: readonly number[];
  #asked = 0;
  #all: Resolutions | undefined;

  constructor(entries: Entries) {
    const { texts, odd, strays } = entries;
    const sorted = odd.size <= mostOthers ? entries.sorted : undefined;
    this.#texts = texts;
    this.#sorted = sorted && areApart(entries, sorted) ? sorted : undefined;
    this.#others = this.#sorted ? [...odd, ...strays.filter((at) => !odd.has(at))] : [];
  }

  of(at: number): string {
    return resolutionIn(this.#texts[at] as string);
  }

  find(resolution: string): number | undefined {
    // Few ask for few: then a map of all costs more than it saves.
    if (!this.#sorted || this.#asked++ > 32) return this.#listed().find(resolution);
    const found = named(resolution, this.#sorted).find((text) => resolutionIn(text) === resolution);
    return found === undefined ? this.#others.find((at) => this.of(at) === resolution) : this.#texts.indexOf(found);
  }

  twice(): string | undefined {
    const sorted = this.#sorted;
    if (!sorted) return this.#listed().twice();
    const others = this.#others.map((at) => this.of(at));
    const isThere = (resolution: string, own: string | undefined) =>
      named(resolution, sorted).some((text) => text !== own && resolutionIn(text) === resolution);
    return firstTwice(others) ?? others.find((resolution, at) => isThere(resolution, this.#texts[this.#others[at] as number]));
  }

  #listed(): Resolutions {
    this.#all ??= resolutionsIn(this.#texts.map(resolutionIn));
    return this.#all;
  }
}

const mostOthers = 256;

/** The entries of the name in a resolution that is a release of a registry; others do not resolve to it as nearly all do. */
function named(resolution: string, sorted: readonly string[]): readonly string[] {
  const name = plainName(resolution);
  return name === undefined ? [] : beginningWith(`"${name}@`, sorted);
}

function beginningWith(head: string, sorted: readonly string[]): readonly string[] {
  const start = firstFrom(sorted, head);
  let end = start;
  while (sorted[end]?.startsWith(head)) end++;
  return sorted.slice(start, end);
}

/** True when entries of one name between which a stray stands resolve each to something else. */
function areApart(entries: Entries, sorted: readonly string[]): boolean {
  return beforeStrays(entries).every((at) => {
    const text = entries.texts[at] as string;
    const head = text.slice(0, text.indexOf('@', 2) + 1);
    const isParted = entries.texts[nextInOrder(entries, at)]?.startsWith(head);
    return !isParted || areDifferent(beginningWith(head, sorted).map(resolutionIn));
  });
}

function firstTwice(all: readonly string[]): string | undefined {
  if (areDifferent(all)) return undefined;
  const seen = new Set<string>();
  return all.find((text) => seen.size === seen.add(text).size);
}

/** The resolution in the lines of an entry. */
export function resolutionIn(entry: string): string {
  const start = entry.indexOf(before) + before.length;
  return entry.slice(start, entry.indexOf('\n', start) - 1);
}

const before = '\n  resolution: "';
