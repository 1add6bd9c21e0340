/**
 * Withheld versions taken out of a packument: bytes in, bytes out. The fast way cuts them out of the bytes; the plain way
 * parses and writes again, decides whenever the fast way is in doubt, and is the reference it is tested against.
 */
import semver from 'semver';
import type { ObjectLayout, PackumentLayout } from './json-layout.ts';

/** What to do to a packument. */
export interface Filtering {
  /** False for versions to withhold. */
  keep(version: string): boolean;
  /** The tarball URL to show instead, for clients that would otherwise fetch past the proxy. */
  tarball?(url: string, version: string): string;
}

export interface Filtered {
  readonly bytes: Buffer;
  readonly kept: number;
  readonly removed: readonly string[];
  /** Tags that pointed at a withheld version: old target, new target (undefined: tag dropped). */
  readonly movedTags: ReadonlyMap<string, { readonly from: string; readonly to: string | undefined }>;
}

/** Filters a packument in either form, by its layout where it has one. Throws a SyntaxError when the bytes are no packument. */
export function filterPackument(bytes: Buffer, filtering: Filtering, layout: PackumentLayout | undefined): Filtered {
  return layout && (!filtering.tarball || layout.tarballs) ? cutOut(bytes, layout, filtering) : filterParsed(bytes, filtering);
}

/** The plain way. Exported as the reference for tests. */
export function filterParsed(bytes: Buffer, filtering: Filtering): Filtered {
  const document = objectOf(JSON.parse(bytes.toString('utf8')));
  if (!document) throw new SyntaxError('a packument is a JSON object');
  if (document['versions'] === undefined) return { bytes, kept: 0, removed: [], movedTags: new Map() };
  const versions = objectOf(document['versions']);
  if (!versions) throw new SyntaxError('"versions" of a packument is an object');
  const names = Object.keys(versions);
  const removed = names.filter((version) => !filtering.keep(version));
  const gone = new Set(removed);
  const kept = names.filter((version) => !gone.has(version));
  const result: [string, unknown][] = Object.entries(document);
  replace(result, 'versions', Object.fromEntries(kept.map((version) => [version, withTarball(versions[version], version, filtering)])));
  const time = memberObject(document, 'time');
  if (time) replace(result, 'time', without(time, gone));
  const tags = memberObject(document, 'dist-tags');
  const moved = repairTags(tags ?? {}, kept, gone);
  if (tags) replace(result, 'dist-tags', moved.tags);
  return { bytes: Buffer.from(JSON.stringify(Object.fromEntries(result))), kept: kept.length, removed, movedTags: moved.moved };
}

/** What stands between two offsets, replaced by a text of ASCII alone. */
interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

function cutOut(bytes: Buffer, layout: PackumentLayout, filtering: Filtering): Filtered {
  const { names } = layout.versions;
  const removed = names.filter((version) => !filtering.keep(version));
  const gone = new Set(removed);
  const kept = removed.length === 0 ? names : names.filter((version) => !gone.has(version));
  const edits = filtering.tarball ? tarballEdits(bytes, layout, gone, filtering.tarball) : [];
  if (removed.length === 0) return { bytes: apply(bytes, edits), kept: kept.length, removed, movedTags: new Map() };
  edits.push(...gapEdits(layout.versions, gone), ...(layout.time ? gapEdits(layout.time, gone) : []));
  const { tags, moved } = repairTags(layout.distTags ? objectOf(parseSpan(bytes, layout.distTags)) : {}, kept, gone);
  if (layout.distTags && moved.size > 0) edits.push({ ...layout.distTags, text: asciiJson(tags) });
  return { bytes: apply(bytes, edits), kept: kept.length, removed, movedTags: moved };
}

/** One edit for each run of withheld members, taking exactly one comma with it; what lies between kept ones stays as it is. */
function gapEdits({ start, end, names, offsets }: ObjectLayout, gone: ReadonlySet<string>): Edit[] {
  const edits: Edit[] = [];
  for (let i = 0; i < names.length; i++) {
    if (!gone.has(names[i] as string)) continue;
    const first = i;
    while (i + 1 < names.length && gone.has(names[i + 1] as string)) i++;
    const next = i + 1 < names.length ? (offsets[3 * i + 3] as number) : undefined;
    const before = first > 0 ? (offsets[3 * first - 1] as number) : start + 1;
    edits.push({ start: next === undefined ? before : (offsets[3 * first] as number), end: next ?? end - 1, text: '' });
  }
  return edits;
}

function tarballEdits(
  bytes: Buffer,
  { versions, tarballs }: PackumentLayout,
  gone: ReadonlySet<string>,
  shownFor: NonNullable<Filtering['tarball']>,
): Edit[] {
  const edits: Edit[] = [];
  for (let i = 0; tarballs && i < versions.names.length; i++) {
    const version = versions.names[i] as string;
    if (gone.has(version)) continue;
    const [start, end] = [tarballs[2 * i] as number, tarballs[2 * i + 1] as number];
    const url = stringAt(bytes, start, end);
    const shown = shownFor(url, version);
    if (shown !== url) edits.push({ start, end, text: isPlain(shown) ? `"${shown}"` : asciiJson(shown) });
  }
  return edits;
}

function stringAt(bytes: Buffer, start: number, end: number): string {
  const text = bytes.toString('latin1', start + 1, end - 1);
  return isPlain(text) ? text : String(parseSpan(bytes, { start, end }));
}

/** Printable ASCII that needs no escapes, as any address should be. */
function isPlain(text: string): boolean {
  return /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/.test(text);
}

function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Kept ranges and new texts, copied once into their place. */
function apply(bytes: Buffer, edits: readonly Edit[]): Buffer {
  if (edits.length === 0) return bytes;
  const inOrder = [...edits].sort((a, b) => a.start - b.start);
  const size = inOrder.reduce((sum, edit) => sum + edit.text.length - (edit.end - edit.start), bytes.length);
  const result = Buffer.allocUnsafeSlow(size);
  let from = 0;
  let to = 0;
  for (const { start, end, text } of inOrder) {
    to += bytes.copy(result, to, from, start);
    if (text !== '') to += result.write(text, to, 'latin1');
    from = end;
  }
  bytes.copy(result, to, from);
  return result;
}

function parseSpan(bytes: Buffer, { start, end }: { readonly start: number; readonly end: number }): unknown {
  return JSON.parse(bytes.toString('utf8', start, end));
}

function repairTags(tags: Readonly<Record<string, unknown>> = {}, kept: readonly string[], gone: ReadonlySet<string>) {
  const moved = new Map<string, { from: string; to: string | undefined }>();
  if (gone.size === 0) return { tags, moved };
  const ladder = openLadder(kept);
  const repaired: [string, unknown][] = [];
  for (const [tag, target] of Object.entries(tags)) {
    if (typeof target !== 'string' || !gone.has(target)) {
      repaired.push([tag, target]);
      continue;
    }
    const to = ladder(target);
    moved.set(tag, { from: target, to });
    if (to !== undefined) repaired.push([tag, to]);
  }
  return { tags: Object.fromEntries(repaired), moved };
}

/** The newest version not above a target, from versions that are read once, with the first question. */
function openLadder(versions: readonly string[]): (target: string) => string | undefined {
  let read: readonly semver.SemVer[] | undefined;
  return (target) => {
    const ceiling = semver.parse(target);
    if (!ceiling) return undefined;
    read ??= versions.flatMap((version) => semver.parse(version) ?? []);
    let best: semver.SemVer | undefined;
    for (const version of read) {
      if (version.prerelease.length > 0 && ceiling.prerelease.length === 0) continue;
      if (best && version.compare(best) <= 0) continue;
      if (version.compare(ceiling) <= 0) best = version;
    }
    return best?.raw;
  };
}

/** The newest of `versions` not above `target`; pre-releases only where the target is one. */
export function nearestBelow(target: string, versions: readonly string[]): string | undefined {
  return openLadder(versions)(target);
}

function withTarball(manifest: unknown, version: string, filtering: Filtering): unknown {
  const dist = memberObject(objectOf(manifest), 'dist');
  const url = dist?.['tarball'];
  if (!filtering.tarball || !dist || typeof url !== 'string') return manifest;
  const parts = Object.entries(Object(manifest));
  replace(
    parts,
    'dist',
    Object.fromEntries(Object.entries(dist).map(([key, value]) => [key, key === 'tarball' ? filtering.tarball?.(url, version) : value])),
  );
  return Object.fromEntries(parts);
}

function replace(members: [string, unknown][], key: string, value: unknown): void {
  for (const member of members) if (member[0] === key) member[1] = value;
}

function without(record: Readonly<Record<string, unknown>>, gone: ReadonlySet<string>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).filter(([key]) => !gone.has(key)));
}

function memberObject(record: Readonly<Record<string, unknown>> | undefined, key: string): Readonly<Record<string, unknown>> | undefined {
  return record && Object.hasOwn(record, key) ? objectOf(record[key]) : undefined;
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
}
