/** Our packument record as compact JSON for the disk cache, and back. Whatever several releases share is written once. */
import type { Packument, Release } from '../model/packument.ts';
import { Part } from './json-part.ts';
import type { Slots } from './json-shape.ts';
import { listedRelease, slotsOf } from './listed-release.ts';
import { newPool } from './manifest.ts';
import { versionParts } from './packument-parts.ts';
import type { Text } from './record-log.ts';

/** Raised with every change of the record or of what is read of packuments: older entries are then read anew. */
export const recordVersion = 5;

/** Texts that releases share, by the place they are written at. */
class Shared {
  readonly texts: string[] = [];
  private readonly places = new Map<string, number>();

  place(slot: number, part: Part): number {
    const text = part.json;
    if (own.has(slot)) return this.texts.push(text) - 1;
    const known = this.places.get(text);
    if (known !== undefined) return known;
    this.places.set(text, this.texts.length);
    return this.texts.push(text) - 1;
  }
}

/** Never equal to another's: looking would only cost. */
const own = new Set(versionParts.flatMap((name, slot) => (name === 'dist' || name === 'gitHead' ? [slot] : [])));
const absent = -1;

/** The record as one line of JSON. */
export function encodePackument(packument: Packument): string {
  return packumentParts(packument)
    .map((part) => (typeof part === 'string' ? part : part.join(',')))
    .join('');
}

/** The same in the parts it is made of. A release is its version, its time, and what is not as in the one before: slots and places. */
export function packumentParts(packument: Packument): readonly Text[] {
  const shared = new Shared();
  const { releases, distTags, removed, ...plain } = packument;
  let before: Slots = [];
  const rows = releases.map((release) => {
    const slots = slotsOf(release);
    const row = rowOf(release, slots, before, shared);
    before = slots;
    return row;
  });
  const head = JSON.stringify({ ...plain, distTags: [...distTags], removed: [...removed].map(([version, at]) => [version, at ?? null]) });
  return [`{"head":${head},"rows":`, JSON.stringify(rows), ',"shared":[', shared.texts, ']}'];
}

type Row = (string | number | null)[];

function rowOf({ version, at }: Release, slots: Slots, before: Slots, shared: Shared): Row {
  const row: Row = [version, at ?? null];
  for (let slot = 0; slot < slots.length; slot += 1) {
    const part = slots[slot];
    if (part === before[slot]) continue;
    row.push(slot, part === undefined ? absent : shared.place(slot, part));
  }
  return row;
}

interface Stored {
  readonly head: Omit<Packument, 'releases' | 'distTags' | 'removed'> & {
    readonly distTags: readonly [string, string][];
    readonly removed: readonly [string, number | null][];
  };
  readonly rows: readonly [string, number | null, ...number[]][];
  readonly shared: unknown[];
}

/** Reads what `encodePackument` wrote; its integrity must have been checked before. */
export function decodePackument(text: string): Packument {
  const { head, rows, shared } = JSON.parse(text) as Stored;
  const { distTags, removed, ...plain } = head;
  const pool = newPool(head.name);
  const parts = shared.map((value) => new Part(undefined, value));
  let before: Slots = versionParts.map(() => undefined);
  return {
    ...plain,
    distTags: new Map(distTags),
    removed: new Map(removed.map(([version, at]) => [version, at ?? undefined])),
    releases: rows.map(([version, at, ...changed]) => {
      before = changedSlots(before, changed, parts);
      const release = listedRelease(version, before, pool);
      if (at !== null) release.at = at;
      return release;
    }),
  };
}

function changedSlots(before: Slots, changed: readonly number[], parts: readonly Part[]): Slots {
  const slots = before.slice();
  for (let at = 0; at < changed.length; at += 2) slots[changed[at] as number] = parts[changed[at + 1] as number];
  return slots;
}
