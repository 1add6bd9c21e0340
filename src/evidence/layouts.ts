/** The memory of texts that were gone through once: lockfiles that are in their manager's own layout, configurations without a mistake. */
import { hash } from 'node:crypto';
import { openFactLines } from './fact-lines.ts';

/** The name of the memory's file; the number rises when its format changes. */
export const layoutsFile = 'layouts-2.log';

/** What is remembered of a text: a few numbers that its reader asks for. */
export interface Layouts {
  readonly odd: (text: string, id?: string) => readonly number[] | undefined;
  readonly keep: (text: string, odd: readonly number[], id?: string) => void;
  /** True of a configuration in which no mistake was found. */
  readonly isSound: (config: string) => boolean;
  readonly keepSound: (config: string) => void;
}

/** More than this is looked for again. */
const mostOdd = 4_000;

/** Opens the memory; another build may know another layout. */
export function openLayouts(path: string, build: string, now: number): Layouts {
  const lines = openFactLines(path);
  const under = digestOf(build);
  // What git calls by its digest needs no other.
  const keyOf = (text: string, id?: string) => `${under}|${id === undefined ? digestOf(text) : `${id}|${text.length}`}`;
  const keyOfSound = (config: string) => `${under}|sound|${digestOf(config)}`;
  const keep = (key: string, body: string) => {
    lines.put(key, body, now);
    lines.save();
  };
  return {
    odd: (text, id) => placesIn(lines.get(keyOf(text, id))?.body),
    keep(text, odd, id) {
      if (odd.length <= mostOdd) keep(keyOf(text, id), JSON.stringify(odd));
    },
    isSound: (config) => lines.get(keyOfSound(config)) !== undefined,
    keepSound: (config) => keep(keyOfSound(config), '[]'),
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
