/** Which values of a JSON document are wanted, and the form in which a walk looks them up. */
import type { Part } from './json-part.ts';

/**
 * Which parts to build: a whole value, an object's named members, or every member of an object or array.
 * `alike` says that members mostly repeat each other: what has the same bytes as before is then the same object as before.
 * `slots` asks for the named members as parts, in this order, of objects that mostly repeat each other.
 * `note` asks for the place of the value and, of an object whose members are all built, of those.
 */
export type Shape =
  | 'value'
  | { readonly keys: Readonly<Record<string, Shape>> }
  | { readonly slots: readonly string[] }
  | { readonly each: Shape; readonly alike?: true; readonly note?: string }
  | { readonly note: string };

export type Built = Record<string | number, unknown>;

/** The members of an object that `slots` asked for; what has the same bytes as in the object before is the same part as there. */
export type Slots = readonly (Part | undefined)[];

/** Tells slots from an array of the document. */
export class Parts {
  readonly slots: Slots;
  constructor(slots: Slots) {
    this.slots = slots;
  }
}

export interface Keys {
  readonly kind: 'keys';
  readonly byLength: readonly (readonly Wanted[] | undefined)[];
  readonly alike: boolean;
  /** Every wanted name, undefined: copies of one object are the quickest to read afterwards. */
  readonly template: Readonly<Built>;
  readonly slots: number;
}

export type Compiled =
  | { readonly kind: 'value'; readonly note?: string }
  | { readonly kind: 'part'; readonly note?: never }
  | Keys
  | { readonly kind: 'each'; readonly of: Compiled; readonly note?: string };

export interface Wanted {
  readonly name: string;
  /** Where it stands in what is built. */
  readonly key: string | number;
  readonly bytes: Buffer;
  readonly shape: Compiled;
}

const compiled = new WeakMap<object, Compiled>();
export const wholeValue: Compiled = { kind: 'value' };

export function compile(shape: Shape): Compiled {
  if (shape === 'value') return wholeValue;
  const kept = compiled.get(shape);
  if (kept) return kept;
  const made = compiledAnew(shape);
  compiled.set(shape, made);
  return made;
}

function compiledAnew(shape: Exclude<Shape, 'value'>): Compiled {
  if ('keys' in shape) return keysOf(shape.keys);
  if ('slots' in shape) return slotsOf(shape.slots);
  if (!('each' in shape)) return { kind: 'value', note: shape.note };
  return { kind: 'each', of: markAlike(compile(shape.each), shape.alike), ...(shape.note !== undefined && { note: shape.note }) };
}

function keysOf(keys: Readonly<Record<string, Shape>>): Keys {
  const template = Object.fromEntries(Object.keys(keys).map((name) => [name, undefined]));
  return { kind: 'keys', byLength: byLength(keys), alike: false, template, slots: 0 };
}

const part: Compiled = { kind: 'part' };

function slotsOf(names: readonly string[]): Keys {
  const wanted = names.map((name, key): Wanted => ({ name, key, bytes: Buffer.from(name), shape: part }));
  return { kind: 'keys', byLength: grouped(wanted), alike: true, template: {}, slots: names.length };
}

function markAlike(of: Compiled, alike: true | undefined): Compiled {
  return alike && of.kind === 'keys' ? { ...of, alike } : of;
}

function byLength(keys: Readonly<Record<string, Shape>>): Wanted[][] {
  return grouped(Object.entries(keys).map(([name, shape]) => ({ name, key: name, bytes: Buffer.from(name), shape: compile(shape) })));
}

function grouped(all: readonly Wanted[]): Wanted[][] {
  const table: Wanted[][] = [];
  for (const wanted of all) table[wanted.bytes.length] = [...(table[wanted.bytes.length] ?? []), wanted];
  return table;
}
