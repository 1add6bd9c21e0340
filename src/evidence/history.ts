/** A packument as of a moment: its releases in order of publication, nothing later than the moment among them. */
import type { ReleaseStub } from '../model/evidence.ts';
import { type Packument, plainRelease, type Release } from '../model/packument.ts';
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
  readonly listed: Pick<ReadonlyMap<string, Entry>, 'get' | 'has'>;
  /** True where every entry has a time, none before the one in front of it. */
  readonly inTime: boolean;
  /** True where nothing at all is listed, or where a placeholder is. */
  readonly isEmpty: boolean;
  readonly hasPlaceholder: boolean;
}

/** A release younger than this when another came is no yardstick for it: bad releases come in bursts. */
export const settling = 7 * day;

/** Opens a packument at a moment. Packuments that tell every time in order are read once, whatever the number of moments. */
export function openHistory(packument: Packument, moment: Moment): History {
  const timeline = timelineOf(packument, moment.past);
  if (!timeline || (!moment.past && timeline.last > moment.now)) return openPlainly(packument, moment);
  if (!moment.past) return { packument, moment, inTime: true, ...timeline };
  const isVisible = (entry: Entry | undefined): entry is Entry => entry?.at !== undefined && entry.at <= moment.now;
  return {
    packument,
    moment,
    entries: timeline.entries.slice(0, countWhile(timeline.entries, isVisible)),
    inTime: true,
    listed: {
      get: (version) => {
        const entry = timeline.listed.get(version);
        return isVisible(entry) ? entry : undefined;
      },
      has: (version) => isVisible(timeline.listed.get(version)),
    },
    isEmpty: timeline.first > moment.now,
    hasPlaceholder: timeline.hasPlaceholder && timeline.placeholders.some(isVisible),
  };
}

/** The plain way, which the quick one is tested against: looks at every release again. */
export function openPlainly(packument: Packument, moment: Moment): History {
  const visible = inOrder(packument.releases.flatMap((release) => seen(release, moment)));
  const all = visible.map((release, index): Entry => ({ release, index, at: release.at, version: parseVersion(release.version) }));
  return {
    packument,
    moment,
    entries: all.filter(({ release, at }) => isRelease(release.version) && (at !== undefined || !moment.past)),
    listed: new Map(all.map((entry) => [entry.release.version, entry])),
    inTime: false,
    isEmpty: all.length === 0,
    hasPlaceholder: all.some(({ release }) => isPlaceholder(release.version)),
  };
}

/** All there ever was, in order and with every time told. */
interface Timeline extends Pick<History, 'entries' | 'isEmpty' | 'hasPlaceholder'> {
  readonly listed: ReadonlyMap<string, Entry>;
  readonly placeholders: readonly Entry[];
  readonly first: Instant;
  readonly last: Instant;
}

/** What past moments see of a release differs from what today sees: its deprecation. */
const timelines = { past: new WeakMap<Packument, Timeline | null>(), today: new WeakMap<Packument, Timeline | null>() };

function timelineOf(packument: Packument, past: boolean): Timeline | undefined {
  const held = timelines[past ? 'past' : 'today'];
  const known = held.get(packument);
  if (known !== undefined) return known ?? undefined;
  const made = makeTimeline(packument, past);
  held.set(packument, made ?? null);
  return made;
}

function makeTimeline({ releases }: Packument, past: boolean): Timeline | undefined {
  let last = Number.NEGATIVE_INFINITY;
  for (const { at } of releases) {
    if (at === undefined || at < last) return undefined;
    last = at;
  }
  const all = releases.map(
    (release, index): Entry => ({ release: past ? undeprecated(release) : release, index, at: release.at, version: parseVersion(release.version) }),
  );
  const placeholders = all.filter(({ release }) => isPlaceholder(release.version));
  return {
    entries: all.filter(({ release }) => isRelease(release.version)),
    listed: new Map(all.map((entry) => [entry.release.version, entry])),
    isEmpty: all.length === 0,
    placeholders,
    hasPlaceholder: placeholders.length > 0,
    first: all[0]?.at ?? Number.POSITIVE_INFINITY,
    last,
  };
}

/** How many of `entries` come first that hold, where none holds after one that does not. */
function countWhile(entries: readonly Entry[], holds: (entry: Entry) => boolean): number {
  let [low, high] = [0, entries.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const entry = entries[middle];
    if (entry && holds(entry)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** True for npm's placeholder after a takedown; those of 2017 are the second of their names. */
export function isPlaceholder(version: string): boolean {
  return /^0\.0\.\d+-security\b/.test(version);
}

/** Releases that came before `entry`, oldest first. */
export function before({ entries }: History, entry: Entry): readonly Entry[] {
  return entries.slice(
    0,
    countWhile(entries, (other) => other.index < entry.index),
  );
}

/** Those of `earlier` that were a week old when `entry` came. */
export function settledBefore({ inTime }: History, earlier: readonly Entry[], { at }: Entry): readonly Entry[] {
  if (at === undefined) return [];
  const isSettled = (other: Entry): boolean => other.at !== undefined && other.at <= at - settling;
  return inTime ? earlier.slice(0, countWhile(earlier, isSettled)) : earlier.filter(isSettled);
}

/** Every release within `span` of a moment, oldest first. */
export function near({ entries, inTime }: History, moment: Instant, span: number): readonly Entry[] {
  if (!inTime) return entries.filter(({ at }) => at !== undefined && Math.abs(at - moment) <= span);
  const from = countWhile(entries, ({ at }) => (at ?? 0) < moment - span);
  return entries.slice(
    from,
    countWhile(entries, ({ at }) => (at ?? 0) <= moment + span),
  );
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
  if (release.at !== undefined && release.at > now) return past ? [] : [{ ...plainRelease(release), at: now }];
  return [past ? undeprecated(release) : release];
}

/** Nobody says when a release was deprecated. */
function undeprecated(release: Release): Release {
  if (release.deprecated === undefined) return release;
  const { deprecated: _, ...rest } = plainRelease(release);
  return rest;
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
