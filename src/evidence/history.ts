/** A packument as of a moment: its releases in order of publication, nothing later than the moment among them. */
import type { ReleaseStub } from '../model/evidence.ts';
import type { Packument, Release } from '../model/packument.ts';
import { day, type Instant } from '../model/time.ts';
import { compareVersions, isPrerelease, onSameLine, parseVersion, type Version } from '../model/version.ts';

/** The moment asked about. `past`: asked as of a moment gone by, so that everything later must be invisible. */
export interface Moment {
  readonly now: Instant;
  readonly past: boolean;
}

/** A release with its place in the history. */
export interface Entry {
  readonly release: Release;
  readonly index: number;
  readonly at: Instant | undefined;
  readonly version: Version | undefined;
}

/** What can be seen of a package. */
export interface History {
  readonly packument: Packument;
  readonly moment: Moment;
  /** Releases in order of publication; npm's placeholders and stages are none. */
  readonly entries: readonly Entry[];
  /** Whatever is listed, placeholders and undated versions too. */
  readonly listed: ReadonlyMap<string, Entry>;
}

/** A release younger than this when another came is no yardstick for it: bad releases come in bursts. */
export const settling = 7 * day;

/** Opens a packument at a moment. */
export function openHistory(packument: Packument, moment: Moment): History {
  const visible = inOrder(packument.releases.flatMap((release) => seen(release, moment)));
  const all = visible.map((release, index): Entry => ({ release, index, at: release.at, version: parseVersion(release.version) }));
  return {
    packument,
    moment,
    entries: all.filter(({ release, at }) => isRelease(release.version) && (at !== undefined || !moment.past)),
    listed: new Map(all.map((entry) => [entry.release.version, entry])),
  };
}

/** True for npm's placeholder after a takedown. */
export function isPlaceholder(version: string): boolean {
  return version.startsWith('0.0.1-security');
}

/** Releases that came before `entry`, oldest first. */
export function before(history: History, entry: Entry): readonly Entry[] {
  return history.entries.filter((other) => other.index < entry.index);
}

/** Those of `earlier` that were a week old when `entry` came. */
export function settledBefore(earlier: readonly Entry[], entry: Entry): readonly Entry[] {
  const { at } = entry;
  return at === undefined ? [] : earlier.filter((other) => other.at !== undefined && other.at <= at - settling);
}

/** The highest of `candidates` below `entry`, pre-releases only for a pre-release; the latest for a version that is not semver. */
export function highestBelow(candidates: readonly Entry[], entry: Entry): Entry | undefined {
  return entry.version === undefined ? candidates.at(-1) : highest(candidates, 1, entry.version)[0];
}

/** At most `count` of `candidates`, highest version first; below `limit` where given, pre-releases only below a pre-release. */
export function highest(candidates: readonly Entry[], count: number, limit?: Version): Entry[] {
  const withPre = limit !== undefined && isPrerelease(limit);
  const found: Entry[] = [];
  for (let at = candidates.length - 1; at >= 0; at--) {
    const entry = candidates[at];
    if (!entry?.version || (!withPre && isPrerelease(entry.version))) continue;
    if (limit && compareVersions(entry.version, limit) >= 0) continue;
    insert(found, entry, entry.version, count);
  }
  return found;
}

/** Makes stubs as seen from `judged`, one object per release. */
export function stubMaker(judged: Version | undefined): (entry: Entry) => ReleaseStub {
  const made = new Map<Entry, ReleaseStub>();
  return (entry) => {
    const held = made.get(entry);
    if (held) return held;
    const stub = stubOf(entry, judged);
    made.set(entry, stub);
    return stub;
  };
}

function stubOf({ release, at, version }: Entry, judged: Version | undefined): ReleaseStub {
  const { preinstall, install, postinstall } = release.scripts;
  return {
    version: release.version,
    ...(at !== undefined && { at }),
    ...(release.publisher && { publisher: release.publisher }),
    trust: release.trust,
    sameLine: version !== undefined && judged !== undefined && onSameLine(version, judged),
    installScript: (preinstall ?? install ?? postinstall) !== undefined || release.gypfile === true,
    deprecated: release.deprecated !== undefined,
  };
}

/** A release asked about now and dated in the future counts as published now; asked about in the past it is not there yet. */
function seen(release: Release, { now, past }: Moment): readonly Release[] {
  if (release.at !== undefined && release.at > now) return past ? [] : [{ ...release, at: now }];
  if (!past || release.deprecated === undefined) return [release];
  // Nobody says when a release was deprecated.
  const { deprecated: _, ...undeprecated } = release;
  return [undeprecated];
}

function inOrder(releases: readonly Release[]): readonly Release[] {
  let last = Number.NEGATIVE_INFINITY;
  let sorted = true;
  const dated = releases.map((release) => {
    if (release.at !== undefined && release.at < last) sorted = false;
    last = release.at ?? last;
    return { release, key: last };
  });
  return sorted ? releases : dated.sort((a, b) => a.key - b.key).map(({ release }) => release);
}

function isRelease(version: string): boolean {
  return !isPlaceholder(version) && !/^0\.0\.0-stage(?:\.|$)/.test(version);
}

function insert(found: Entry[], entry: Entry, version: Version, count: number): void {
  let place = found.length;
  while (place > 0 && isBelow(found[place - 1], version)) place--;
  if (place >= count) return;
  found.splice(place, 0, entry);
  if (found.length > count) found.pop();
}

function isBelow(entry: Entry | undefined, version: Version): boolean {
  return entry?.version !== undefined && compareVersions(entry.version, version) < 0;
}
