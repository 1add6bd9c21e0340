/** Untrusted packument bytes into our own small record. Total: whatever comes in, the answer is a record or a reason. */
import type { Offers, Packument, Person, Release } from '../model/packument.ts';
import type { Instant } from '../model/time.ts';
import { Parts } from './json-shape.ts';
import { type Place, type WalkFailure, walkJson } from './json-walk.ts';
import { listedRelease } from './listed-release.ts';
import { type Building, newPool, type Pool, peopleOf, releaseOf } from './manifest.ts';
import { placedParts, wantedParts } from './packument-parts.ts';
import { fieldsOf, instantOf, limits, listOf, OverLimit, textOf } from './untrusted.ts';

export { packumentAsOf } from './as-of.ts';

export type Parsed = { readonly ok: true; readonly packument: Packument } | { readonly ok: false; readonly reason: string };

/** The same with the places of the parts that a proxy cuts and rewrites; without them when the bytes were not plain enough to be walked. */
export interface Placed {
  readonly parsed: Parsed;
  readonly places?: ReadonlyMap<string, readonly Place[]>;
}

/** Reads the bytes a registry answered when asked for `name`. */
export function parsePackument(name: string, bytes: Buffer): Parsed {
  const pool = newPool(name);
  const walked = walkJson(bytes, wantedParts, earlyRelease(pool));
  return walked.ok ? packumentFrom(name, walked.value, pool) : parseDoubtful(name, bytes, walked.why);
}

/** Reads them and tells where things lie, in one pass. */
export function parsePlaced(name: string, bytes: Buffer): Placed {
  const pool = newPool(name);
  const walked = walkJson(bytes, placedParts, earlyRelease(pool));
  return walked.ok ? { parsed: packumentFrom(name, walked.value, pool), places: walked.places } : { parsed: parseDoubtful(name, bytes, walked.why) };
}

function parseDoubtful(name: string, bytes: Buffer, why: WalkFailure['why']): Parsed {
  return why === 'syntax' ? parseReference(name, bytes) : doubtful(why);
}

/** What is said of a document that goes beyond what anybody needs. */
export function doubtful(why: Exclude<WalkFailure['why'], 'syntax'>): Parsed {
  return { ok: false, reason: why === 'depth' ? 'its document is nested too deeply' : 'its document has too many members' };
}

/** The plain way, slower: decides when the fast one has doubts, and is what the fast one is tested against. */
export function parseReference(name: string, bytes: Buffer): Parsed {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch {
    return {
      ok: false,
      reason: looksLikeHtml(bytes) ? 'the registry answered with a web page instead of JSON' : 'its document is not valid JSON (damaged or cut off)',
    };
  }
  return packumentFrom(name, value);
}

/** A packument from parsed JSON of any shape. */
export function packumentFrom(name: string, value: unknown, pool: Pool = newPool(name)): Parsed {
  try {
    return recordOf(name, value, pool);
  } catch (error) {
    if (error instanceof OverLimit) return { ok: false, reason: `its document is over a limit: ${error.message}` };
    throw error;
  }
}

/** A release built while its document was still being read: thousands of manifests are not held side by side. */
class Early {
  readonly release: Building<Release> | undefined;
  readonly trouble: OverLimit | undefined;
  constructor(release: Building<Release> | undefined, trouble?: OverLimit) {
    this.release = release;
    this.trouble = trouble;
  }
}

/** Makes a release of a version as soon as that was read. */
export function earlyRelease(pool: Pool) {
  return (version: string, manifest: unknown): unknown => {
    if (typeof manifest !== 'object' || manifest === null || !isVersion(version)) return manifest;
    try {
      return new Early(manifest instanceof Parts ? listedRelease(version, manifest.slots, pool) : releaseOf(version, manifest, pool));
    } catch (error) {
      // Said in its turn: another trouble may come first.
      if (error instanceof OverLimit) return new Early(undefined, error);
      throw error;
    }
  };
}

function recordOf(name: string, value: unknown, pool: Pool): Parsed {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { ok: false, reason: 'its document is not a JSON object' };
  const document = fieldsOf(value);
  const said = textOf(document.name, limits.name);
  if (said !== undefined && said !== name) return { ok: false, reason: 'the registry answered with another package' };
  const time = fieldsOf(document.time);
  const listed = document.versions ?? undefined;
  const versions = fieldsOf(listed);
  const unpublished = fieldsOf(time.unpublished);
  const unpublishedAt = instantOf(unpublished.time) ?? (typeof time.unpublished === 'string' ? instantOf(time.unpublished) : undefined);
  const gone = time.unpublished !== undefined && time.unpublished !== null;
  if (listed === undefined && !gone) return { ok: false, reason: 'its document has no versions' };
  if (listed !== undefined && versions !== listed) return { ok: false, reason: 'its document lists its versions in a way no registry does' };
  const releases = inOrder(releasesOf(versions, time, pool));
  const maintainers = peopleOf(document.maintainers, pool);
  const created = instantOf(time.created);
  const modified = instantOf(time.modified);
  return {
    ok: true,
    packument: {
      name,
      distTags: tagsOf(document['dist-tags']),
      ...(created !== undefined && { created }),
      ...(modified !== undefined && { modified }),
      ...(maintainers && { maintainers }),
      releases,
      removed: removedOf(time, versions, unpublished.versions),
      ...(gone && { unpublishedAt: unpublishedAt ?? modified ?? 0 }),
      offers: offersOf(releases, maintainers, time),
    },
  };
}

function releasesOf(versions: Readonly<Record<string, unknown>>, time: Readonly<Record<string, unknown>>, pool: Pool): Release[] {
  const entries = Object.entries(versions);
  if (entries.length > limits.versions) throw new OverLimit(`more than ${limits.versions} versions`);
  const releases: Release[] = [];
  for (const [version, manifest] of entries) {
    if (typeof manifest !== 'object' || manifest === null) throw new OverLimit('a version without a manifest');
    if (manifest instanceof Early && manifest.trouble) throw manifest.trouble;
    const built = manifest instanceof Early ? manifest.release : isVersion(version) ? releaseOf(version, manifest, pool) : undefined;
    const at = built && Object.hasOwn(time, version) ? instantOf(time[version]) : undefined;
    if (at !== undefined && built) built.at = at;
    if (built) releases.push(built);
  }
  return releases;
}

/** By time; a release without one stays behind the one the document puts before it. */
function inOrder(releases: Release[]): Release[] {
  if (areInOrder(releases)) return releases;
  let latest = Number.NEGATIVE_INFINITY;
  const placed = releases.map((release) => {
    latest = release.at ?? latest;
    return { release, at: latest };
  });
  return placed.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0)).map(({ release }) => release);
}

function areInOrder(releases: readonly Release[]): boolean {
  let latest = Number.NEGATIVE_INFINITY;
  for (const { at } of releases) {
    if (at !== undefined && at < latest) return false;
    latest = at ?? latest;
  }
  return true;
}

function tagsOf(raw: unknown): ReadonlyMap<string, string> {
  const entries = Object.entries(fieldsOf(raw));
  if (entries.length > limits.tags) throw new OverLimit(`more than ${limits.tags} dist-tags`);
  return new Map(
    entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string' && isVersion(entry[1]) && entry[0].length <= limits.name),
  );
}

const notVersions = new Set(['created', 'modified', 'unpublished']);

function removedOf(
  time: Readonly<Record<string, unknown>>,
  versions: Readonly<Record<string, unknown>>,
  listed: unknown,
): Map<string, Instant | undefined> {
  const removed = new Map<string, Instant | undefined>();
  const told = Object.keys(time);
  if (told.length > 2 * limits.versions) throw new OverLimit(`more than ${2 * limits.versions} times`);
  for (const version of told) {
    if (!Object.hasOwn(versions, version) && !notVersions.has(version) && isVersion(version)) removed.set(version, instantOf(time[version]));
  }
  for (const version of listOf(listed, limits.versions) ?? []) {
    if (typeof version === 'string' && isVersion(version) && !removed.has(version) && !Object.hasOwn(versions, version))
      removed.set(version, undefined);
  }
  return removed;
}

function offersOf(releases: readonly Release[], maintainers: readonly Person[] | undefined, time: Readonly<Record<string, unknown>>): Offers {
  const publishers = releases.some((release) => release.publisher !== undefined);
  const times = Object.keys(time).some((key) => !notVersions.has(key) && instantOf(time[key]) !== undefined);
  return {
    times,
    publishers,
    maintainers: maintainers !== undefined || releases.some((release) => release.maintainers !== undefined),
    // Of an abbreviated document nobody can tell whether there are no scripts or nobody speaks of them.
    scripts: times || publishers || maintainers !== undefined || releases.length === 0 || releases.some(isWritten),
    // A registry that passes publishers passes full documents: that no release is vouched for is then a fact.
    trust: publishers || releases.some((release) => release.trust !== 'none' || release.attestationsUrl !== undefined),
    signatures: releases.some((release) => release.signatures !== undefined),
  };
}

/** What only full documents tell, and what an abbreviated one tells of scripts where there are some. */
function isWritten({ scripts, gypfile, description, repository, gitHead, maintainers }: Release): boolean {
  const told = [gypfile, description, repository, gitHead, maintainers].some((part) => part !== undefined);
  return told || Object.values(scripts).some((script) => script !== undefined);
}

function isVersion(version: string): boolean {
  return version.length > 0 && version.length <= 256;
}

function looksLikeHtml(bytes: Buffer): boolean {
  return /^\s*(?:\ufeff)?\s*</.test(bytes.subarray(0, 200).toString('utf8'));
}
