/** A parsed document of any format: values with their places. Keys of strangers stay in lists and Maps. */

/** A place in a text; both count from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

export type Plain = string | number | boolean | null;

/** A value of a document. */
export type Value =
  | { readonly kind: 'plain'; readonly plain: Plain; readonly place: Place }
  | { readonly kind: 'list'; readonly items: readonly Value[]; readonly place: Place }
  | { readonly kind: 'map'; readonly entries: readonly (readonly [string, Value])[]; readonly place: Place };

/** Why a text could not be read. */
export interface Untold {
  readonly untold: string;
}

/** Longest text any reader takes, in characters. */
export const longestText = 4_000_000;

/** The value under a chain of keys. Of a key given twice the last counts, as in the parsers of npm's world. */
export function at(value: Value | undefined, ...keys: readonly string[]): Value | undefined {
  let found = value;
  for (const key of keys) found = memberOf(found, key);
  return found;
}

function memberOf(value: Value | undefined, key: string): Value | undefined {
  const find = value && finders.get(value);
  return find ? find(key) : entriesOf(value).findLast(([name]) => name === key)?.[1];
}

/** Of long maps: how to find a key without reading the others. */
const finders = new WeakMap<Value, (key: string) => Value | undefined>();

/** A map in which a key is found without reading the others. */
export function withFinder(value: Value, find: (key: string) => Value | undefined): Value {
  finders.set(value, find);
  return value;
}

/** The keys and values of a map; nothing for any other value. */
export function entriesOf(value: Value | undefined): readonly (readonly [string, Value])[] {
  return value?.kind === 'map' ? value.entries : [];
}

/** The items of a list; nothing for any other value. */
export function itemsOf(value: Value | undefined): readonly Value[] {
  return value?.kind === 'list' ? value.items : [];
}

/** A string as it is; undefined for anything else. */
export function stringOf(value: Value | undefined): string | undefined {
  return value?.kind === 'plain' && typeof value.plain === 'string' ? value.plain : undefined;
}

/** A plain value with the keys that lead to it; an item of a list has the keys of its list. */
export interface Leaf {
  readonly path: readonly string[];
  readonly plain: Plain;
  readonly place: Place;
  readonly inList: boolean;
}

/** Every plain value of a document. */
export function leavesOf(value: Value, path: readonly string[] = [], inList = false): readonly Leaf[] {
  switch (value.kind) {
    case 'plain':
      return [{ path, plain: value.plain, place: value.place, inList }];
    case 'list':
      return value.items.flatMap((item) => leavesOf(item, path, true));
    case 'map':
      return value.entries.flatMap(([key, inner]) => leavesOf(inner, [...path, key], inList));
  }
}
