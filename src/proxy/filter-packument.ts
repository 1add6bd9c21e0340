/**
 * Withheld versions taken out of a packument: bytes in, bytes out. The fast way cuts them out of the bytes; the plain way
 * parses and writes again, decides whenever the fast way is in doubt, and is the reference it is tested against.
 */
import semver from 'semver';
import { compareVersions, isPrerelease, parseVersion, type Version } from '../model/version.ts';
import type { ObjectLayout, PackumentLayout } from './json-layout.ts';

/** What to do to a packument. */
export interface Filtering {
  /** False for versions to withhold. */
  keep(version: string): boolean;
  /** The tarball URL to show instead, for clients that would otherwise fetch past the proxy. */
  tarball?(url: string, version: string): string;
  /** Why versions are withheld, for npm, which says so where nothing else would do. */
  why?(removed: readonly string[]): string | undefined;
  /** What `tarball` makes of every URL that begins with `from`: the same with `to` in its place. */
  readonly start?: { readonly from: string; readonly to: string };
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
  const restrictions = restrictionsOf(removed, filtering);
  if (restrictions && !Object.hasOwn(document, 'policyRestrictions')) result.unshift(['policyRestrictions', restrictions]);
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
  const parts = [editsOf(layout.versions, gone, tarballEdits(bytes, layout, filtering))];
  if (removed.length === 0) return { bytes: apply(bytes, parts), kept: kept.length, removed, movedTags: new Map() };
  if (layout.time) parts.push(editsOf(layout.time, gone));
  const { tags, moved } = repairTags(layout.distTags ? objectOf(parseSpan(bytes, layout.distTags)) : {}, kept, gone);
  if (layout.distTags && moved.size > 0) parts.push([{ ...layout.distTags, text: asciiJson(tags) }]);
  const restrictions = restrictionsOf(removed, filtering);
  // At the front: one of the registry's own, which comes behind it, counts.
  if (restrictions) parts.push([inFront(bytes, `"policyRestrictions":${asciiJson(restrictions)},`)]);
  return { bytes: apply(bytes, parts), kept: kept.length, removed, movedTags: moved };
}

/** What npm's own picker reads: versions that are there but may not be had, and the words to say so. */
function restrictionsOf(removed: readonly string[], { why }: Filtering): unknown {
  const message = removed.length === 0 ? undefined : why?.(removed);
  return message === undefined ? undefined : { message, versions: Object.fromEntries(removed.map((version) => [version, { version }])) };
}

function inFront(bytes: Buffer, text: string): Edit {
  const start = bytes.indexOf('{') + 1;
  return { start, end: start, text };
}

/** One edit for each run of withheld members, taking exactly one comma with it; kept ones stay as they are but for `edit`. In order. */
function editsOf({ start, end, names, offsets }: ObjectLayout, gone: ReadonlySet<string>, edit?: (index: number) => Edit | undefined): Edit[] {
  const edits: Edit[] = [];
  if (gone.size === 0 && !edit) return edits;
  for (let i = 0; i < names.length; i++) {
    if (!gone.has(names[i] as string)) {
      const own = edit?.(i);
      if (own) edits.push(own);
      continue;
    }
    const first = i;
    while (i + 1 < names.length && gone.has(names[i + 1] as string)) i++;
    const next = i + 1 < names.length ? (offsets[3 * i + 3] as number) : undefined;
    const before = first > 0 ? (offsets[3 * first - 1] as number) : start + 1;
    edits.push({ start: next === undefined ? before : (offsets[3 * first] as number), end: next ?? end - 1, text: '' });
  }
  return edits;
}

/** The edit for the address of a kept version; where all that changes is how it begins, no more than that is looked at. */
function tarballEdits(
  bytes: Buffer,
  { versions, tarballs }: PackumentLayout,
  { tarball: shownFor, start: replaced }: Filtering,
): ((index: number) => Edit | undefined) | undefined {
  if (!shownFor || !tarballs) return undefined;
  const known = replaced && isPlain(replaced.from) && isPlain(replaced.to) ? { ...replaced, bytes: Buffer.from(replaced.from, 'latin1') } : undefined;
  return (index) => {
    const [start, end] = [tarballs[2 * index] as number, tarballs[2 * index + 1] as number];
    if (known && liesAt(bytes, start + 1, known.bytes))
      return known.to === known.from ? undefined : { start: start + 1, end: start + 1 + known.bytes.length, text: known.to };
    const url = stringAt(bytes, start, end);
    const shown = shownFor(url, versions.names[index] as string);
    return shown === url ? undefined : { start, end, text: isPlain(shown) ? `"${shown}"` : asciiJson(shown) };
  };
}

function liesAt(bytes: Buffer, at: number, wanted: Buffer): boolean {
  // From behind: addresses of one registry begin alike.
  for (let i = wanted.length - 1; i >= 0; i--) if (bytes[at + i] !== wanted[i]) return false;
  return true;
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

/** Kept ranges and new texts, copied once into their place. Each part is in order; parts lie one behind the other, in any order. */
function apply(bytes: Buffer, parts: readonly (readonly Edit[])[]): Buffer {
  const inOrder = parts
    .filter((edits) => edits.length > 0)
    .sort(([a], [b]) => (a as Edit).start - (b as Edit).start)
    .flat();
  if (inOrder.length === 0) return bytes;
  let size = bytes.length;
  for (const { start, end, text } of inOrder) size += text.length - (end - start);
  const result = Buffer.allocUnsafeSlow(size);
  let from = 0;
  let to = 0;
  for (const { start, end, text } of inOrder) {
    if (start > from) to += bytes.copy(result, to, from, start);
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
  let read: readonly Rung[] | undefined;
  return (target) => {
    const ceiling = rungOf(target);
    if (!ceiling) return undefined;
    read ??= versions.flatMap((version) => rungOf(version) ?? []);
    let best: Rung | undefined;
    // From the newest, as most documents have them: the others are then compared once.
    for (let i = read.length - 1; i >= 0; i--) {
      const rung = read[i] as Rung;
      if (best && compareVersions(rung, best) < 0) continue;
      if (isPrerelease(rung) && !isPrerelease(ceiling)) continue;
      if (compareVersions(rung, ceiling) <= 0) best = rung;
    }
    return best?.text;
  };
}

interface Rung extends Version {
  readonly text: string;
}

/** Versions with a `v` before them and the like are the library's to read. */
function rungOf(text: string): Rung | undefined {
  const plain = parseVersion(text);
  if (plain) return { major: plain.major, minor: plain.minor, patch: plain.patch, pre: plain.pre, text };
  const read = semver.parse(text);
  return read ? { major: read.major, minor: read.minor, patch: read.patch, pre: read.prerelease.map(String), text: read.raw } : undefined;
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
