/** Reading untrusted JSON values without trusting their shape or their keys. */

/** An object of unknown content; never an array. */
export type Json = Readonly<Record<string, unknown>>;

/** The value as an object, or undefined. */
export function objectOf(value: unknown): Json | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
}

/** The value as a string, or undefined. */
export function stringOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** The entries of an object whose values are strings: dependency lists. */
export function stringEntries(value: unknown): [string, string][] {
  const found = objectOf(value);
  return found === undefined ? [] : Object.entries(found).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
}

/** The own value of a key; never something inherited. */
export function own(value: Json, key: string): unknown {
  return Object.hasOwn(value, key) ? value[key] : undefined;
}
