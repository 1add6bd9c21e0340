/**
 * Withheld versions taken out of a packument: bytes in, bytes out. The fast way cuts them out of the bytes; the plain way
 * parses and writes again, decides whenever the fast way is in doubt, and is the reference it is tested against.
 */
import semver from 'semver';
import { isDoubt, layoutOf, type Member, type PackumentLayout, tarballOf } from './json-layout.ts';

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

/** Filters a packument in either form. Throws a SyntaxError when the bytes are no packument. */
export function filterPackument(bytes: Buffer, filtering: Filtering): Filtered {
  const layout = layoutOf(bytes);
  if (layout) {
    try {
      return cutOut(bytes, layout, filtering);
    } catch (error) {
      if (!isDoubt(error)) throw error;
    }
  }
  return filterParsed(bytes, filtering);
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

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly bytes: Buffer;
}

function cutOut(bytes: Buffer, layout: PackumentLayout, filtering: Filtering): Filtered {
  const removed: string[] = [];
  const kept: Member[] = [];
  for (const member of layout.versions) {
    if (filtering.keep(member.key)) kept.push(member);
    else removed.push(member.key);
  }
  const gone = new Set(removed);
  const edits: Edit[] = filtering.tarball ? tarballEdits(bytes, kept, filtering) : [];
  const tags = layout.distTags ? parseSpan(bytes, layout.distTags) : {};
  const { tags: repaired, moved } = repairTags(
    tags,
    kept.map((member) => member.key),
    gone,
  );
  if (removed.length > 0) {
    edits.push(...gapEdits(layout, gone));
    if (layout.time) edits.push(rewritten(layout.time, without(parseSpan(bytes, layout.time), gone)));
    if (layout.distTags) edits.push(rewritten(layout.distTags, repaired));
  }
  return { bytes: apply(bytes, edits), kept: kept.length, removed, movedTags: moved };
}

/** One edit for each run of withheld versions, taking exactly one comma with it; what lies between kept ones stays as it is. */
function gapEdits(layout: PackumentLayout, gone: ReadonlySet<string>): Edit[] {
  const { versions } = layout;
  const edits: Edit[] = [];
  for (let i = 0; i < versions.length; i++) {
    if (!gone.has((versions[i] as Member).key)) continue;
    const first = i;
    while (i + 1 < versions.length && gone.has((versions[i + 1] as Member).key)) i++;
    const next = versions[i + 1];
    const before = versions[first - 1];
    const start = next ? (versions[first] as Member).start : (before?.end ?? layout.versionsStart + 1);
    edits.push({ start, end: next ? next.start : layout.versionsEnd - 1, bytes: Buffer.alloc(0) });
  }
  return edits;
}

function tarballEdits(bytes: Buffer, kept: readonly Member[], filtering: Filtering): Edit[] {
  return kept.flatMap((member) => {
    if (bytes[member.valueStart] !== 123) return [];
    const tarball = tarballOf(bytes, member);
    if (!tarball) return [];
    const url: string = JSON.parse(bytes.toString('utf8', tarball.valueStart, tarball.end));
    const shown = filtering.tarball?.(url, member.key) ?? url;
    return shown === url ? [] : [rewritten(tarball, shown)];
  });
}

function rewritten(member: { readonly valueStart: number; readonly end: number }, value: unknown): Edit {
  return { start: member.valueStart, end: member.end, bytes: Buffer.from(JSON.stringify(value)) };
}

function apply(bytes: Buffer, edits: readonly Edit[]): Buffer {
  if (edits.length === 0) return bytes;
  const parts: Buffer[] = [];
  let at = 0;
  for (const edit of [...edits].sort((a, b) => a.start - b.start)) {
    parts.push(bytes.subarray(at, edit.start), edit.bytes);
    at = edit.end;
  }
  parts.push(bytes.subarray(at));
  return Buffer.concat(parts);
}

function parseSpan(bytes: Buffer, member: Member): Readonly<Record<string, unknown>> {
  return objectOf(JSON.parse(bytes.toString('utf8', member.valueStart, member.end))) ?? {};
}

function repairTags(tags: Readonly<Record<string, unknown>>, kept: readonly string[], gone: ReadonlySet<string>) {
  const moved = new Map<string, { from: string; to: string | undefined }>();
  if (gone.size === 0) return { tags, moved };
  const repaired: [string, unknown][] = [];
  for (const [tag, target] of Object.entries(tags)) {
    if (typeof target !== 'string' || !gone.has(target)) {
      repaired.push([tag, target]);
      continue;
    }
    const to = nearestBelow(target, kept);
    moved.set(tag, { from: target, to });
    if (to !== undefined) repaired.push([tag, to]);
  }
  return { tags: Object.fromEntries(repaired), moved };
}

/** The newest of `versions` not above `target`; pre-releases only where the target is one. */
export function nearestBelow(target: string, versions: readonly string[]): string | undefined {
  const ceiling = semver.parse(target);
  if (!ceiling) return undefined;
  let best: semver.SemVer | undefined;
  for (const text of versions) {
    const version = semver.parse(text);
    if (!version || version.compare(ceiling) > 0) continue;
    if (version.prerelease.length > 0 && ceiling.prerelease.length === 0) continue;
    if (!best || version.compare(best) > 0) best = version;
  }
  return best?.raw;
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
