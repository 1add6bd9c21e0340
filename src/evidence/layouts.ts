/** The memory of lockfiles that are in their manager's own layout: the base of many changes is gone through once. */
import { hash } from 'node:crypto';
import { openFactLines } from './fact-lines.ts';

/** The name of the memory's file; the number rises when its format changes. */
export const layoutsFile = 'layouts-2.log';

/** What is remembered of a text: a few numbers that its reader asks for. */
export interface Layouts {
  readonly odd: (text: string) => readonly number[] | undefined;
  readonly keep: (text: string, odd: readonly number[]) => void;
}

/** More than this is looked for again. */
const mostOdd = 4_000;

/** Opens the memory; another build may know another layout. */
export function openLayouts(path: string, build: string, now: number): Layouts {
  const lines = openFactLines(path);
  const under = digestOf(build);
  const keyOf = (text: string) => `${under}|${digestOf(text)}`;
  return {
    odd: (text) => placesIn(lines.get(keyOf(text))?.body),
    keep(text, odd) {
      if (odd.length > mostOdd) return;
      lines.put(keyOf(text), JSON.stringify(odd), now);
      lines.save();
    },
  };
}

/** Nothing but our own checksummed lines gets here: a look at the outline is enough. */
function placesIn(body: string | undefined): readonly number[] | undefined {
  const places: unknown = body === undefined ? undefined : JSON.parse(body);
  return Array.isArray(places) ? places.filter((place) => typeof place === 'number') : undefined;
}

function digestOf(text: string): string {
  return hash('sha256', text, 'base64');
}
