/**
 * Where the parts of a packument lie in its bytes, told by the walk that also reads its facts: one pass, nothing built twice.
 * Anything that is not plainly the JSON a registry writes (escaped or repeated keys, odd types) is doubt: then there is no
 * layout, and the caller parses.
 */
import type { Shape } from '../registry/json-shape.ts';
import { type Place, walkJson } from '../registry/json-walk.ts';

/** An object in the bytes: names of its members, and for each three offsets, of its key, its value and its end. */
export interface ObjectLayout {
  readonly start: number;
  readonly end: number;
  readonly names: readonly string[];
  readonly offsets: Int32Array;
}

export interface PackumentLayout {
  readonly versions: ObjectLayout;
  readonly time: ObjectLayout | undefined;
  readonly distTags: { readonly start: number; readonly end: number } | undefined;
  /** Start and end of the string at `dist.tarball` of each version; undefined when not every version has exactly one. */
  readonly tarballs: Int32Array | undefined;
}

/** What the proxy needs of a document whose facts it does not read. */
const cutParts: Shape = {
  keys: {
    'dist-tags': { note: 'dist-tags' },
    time: { each: 'value', note: 'time' },
    versions: { alike: true, note: 'versions', each: { keys: { dist: { keys: { tarball: { note: 'tarball' } } } } } },
  },
};

/** The layout of a packument, or undefined on any doubt. */
export function layoutOf(bytes: Buffer): PackumentLayout | undefined {
  const walked = walkJson(bytes, cutParts);
  return walked.ok ? layoutFrom(bytes, walked.places) : undefined;
}

/** The layout from a walk that noted `versions`, `time`, `dist-tags` and each version's `tarball`. */
export function layoutFrom(bytes: Buffer, places: ReadonlyMap<string, readonly Place[]>): PackumentLayout | undefined {
  const versions = onlyObject(bytes, places, 'versions');
  const time = onlyObject(bytes, places, 'time');
  const distTags = onlyObject(bytes, places, 'dist-tags');
  if (!versions || versions === 'doubt' || time === 'doubt' || distTags === 'doubt') return undefined;
  if (new Set(versions.names).size !== versions.names.length) return undefined;
  return {
    versions: objectLayout(versions),
    time: time && objectLayout(time),
    distTags,
    tarballs: tarballsOf(bytes, versions, places.get('tarball') ?? []),
  };
}

/** The one object noted under a name; undefined when there is none. */
function onlyObject(bytes: Buffer, places: ReadonlyMap<string, readonly Place[]>, note: string): Place | 'doubt' | undefined {
  const found = places.get(note);
  const [place] = found ?? [];
  if (!found || !place) return undefined;
  return found.length === 1 && place.plain && bytes[place.start] === openBrace ? place : 'doubt';
}

function objectLayout({ start, end, names, members }: Place): ObjectLayout {
  return { start, end, names, offsets: Int32Array.from(members) };
}

/** Both lists are in the order of the document: each tarball must lie in the version of its number, and be a string. */
function tarballsOf(bytes: Buffer, { names, members }: Place, tarballs: readonly Place[]): Int32Array | undefined {
  if (tarballs.length !== names.length) return undefined;
  const offsets = new Int32Array(2 * names.length);
  for (let index = 0; index < names.length; index++) {
    const { start, end } = tarballs[index] as Place;
    if (start < (members[3 * index + 1] as number) || end > (members[3 * index + 2] as number) || bytes[start] !== quote) return undefined;
    offsets[2 * index] = start;
    offsets[2 * index + 1] = end;
  }
  return offsets;
}

const quote = 34;
const openBrace = 123;
