/** What a packument says of one version: the kinds of evidence that need nothing else. Pure. */
import {
  type EvidenceMap,
  failed,
  type Gathered,
  had,
  type ListingEvidence,
  notOffered,
  type ReleaseStub,
  type TimesEvidence,
} from '../model/evidence.ts';
import { type Offers, plainRelease, type TrustLevel, trustLevels } from '../model/packument.ts';
import { day } from '../model/time.ts';
import { isPrerelease, onSameLine, parseVersion } from '../model/version.ts';
import { before, type Entry, type History, highest, highestBelow, isPlaceholder, near, settledBefore, stubMaker } from './history.ts';
import { samePublisher } from './people.ts';
import { addedSince, type Wanted } from './wanted.ts';

/** The kinds that come from the package's own packument alone. */
export type SliceKind = 'listing' | 'release' | 'times' | 'publishers' | 'maintainers' | 'trust';

/** Their evidence for one version. */
export type KindSlices = { readonly [K in SliceKind]: Gathered<EvidenceMap[K]> };

/** The same, with what new dependencies are described from. */
export type Slices = KindSlices & {
  /** The dependencies that the settled release before this one (else the one before) did not ask for. */
  readonly added: readonly Wanted[];
};

const windows = { alternatives: 20, before: 60, around: 60, line: 20 };

/** Cuts the evidence on `version` out of a history. */
export function slicesOf(history: History, version: string): Slices {
  const { packument, moment } = history;
  if (moment.past && packument.unpublishedAt !== undefined && packument.unpublishedAt > moment.now) {
    return failedSlices('the package was unpublished since, its releases of that time are gone');
  }
  if (moment.past && !packument.offers.times && packument.releases.length > 0) {
    return failedSlices('this registry does not say when versions were published, so no past moment can be looked at');
  }
  const entry = history.listed.get(version);
  return entry ? listedSlices(history, entry) : unlistedSlices(listingOf(history, version));
}

/** The evidence on a version that is not there: only that. */
function unlistedSlices(listing: ListingEvidence): Slices {
  return { ...failedSlices('the registry does not list this version'), listing: had(listing) };
}

/** The answer for a name that the registry does not know. */
export function unknownPackage(): Slices {
  return unlistedSlices({ status: 'package-not-found', placeholder: false, releaseCount: 0, alternatives: [] });
}

/** Nothing could be had, and why. */
export function failedSlices(reason: string): Slices {
  const gap = failed(reason);
  return { listing: gap, release: gap, times: gap, publishers: gap, maintainers: gap, trust: gap, added: [] };
}

/** One version with what the slices are cut from. */
interface View {
  readonly history: History;
  readonly entry: Entry;
  readonly earlier: readonly Entry[];
  /** The earlier ones that can serve as a yardstick: settled ones, all where there are none. */
  readonly yardstick: readonly Entry[];
  readonly settled: readonly Entry[];
  /** The highest of the settled ones below it, and of the yardstick. */
  readonly standing: Entry | undefined;
  readonly measure: Entry | undefined;
  readonly stub: (entry: Entry) => ReleaseStub;
}

function listedSlices(history: History, entry: Entry): Slices {
  const earlier = before(history, entry);
  const settled = settledBefore(history, earlier, entry);
  const yardstick = settled.length > 0 ? settled : earlier;
  const standing = highestBelow(settled, entry);
  const measure = yardstick === settled ? standing : highestBelow(yardstick, entry);
  const view = { history, entry, earlier, settled, yardstick, standing, measure, stub: stubMaker(entry.version) };
  return {
    listing: had(listingOf(history, entry.release.version, view)),
    release: releaseOf(view),
    times: timesOf(view),
    publishers: publishersOf(view),
    maintainers: maintainersOf(view),
    trust: trustOf(view),
    added: addedIn(view),
  };
}

function listingOf(history: History, text: string, view?: View): ListingEvidence {
  const { packument, entries, moment } = history;
  const latest = latestOf(history);
  const removedAt = packument.removed.get(text);
  const removed = !view && removedAt !== undefined && removedAt <= moment.now;
  const onlyPlaceholder = !view && entries.length === 0 && history.hasPlaceholder;
  return {
    status: statusOf(history, view !== undefined),
    placeholder: isPlaceholder(text) || onlyPlaceholder,
    releaseCount: entries.length,
    ...(moment.past && history.isEmpty && packument.releases.length > 0 && { notYet: true }),
    ...(latest !== undefined && { latest }),
    ...(removed && { removedAfter: removedAt }),
    alternatives: alternativesTo(history, text, view),
  };
}

function statusOf({ packument, isEmpty, moment }: History, isListed: boolean): ListingEvidence['status'] {
  if (isListed) return 'listed';
  if (packument.unpublishedAt !== undefined) return 'package-unpublished';
  // As of a moment before its first release the package was not there.
  // A document without a single version is what is left of a package whose versions were all removed.
  if (isEmpty) return moment.past ? 'package-not-found' : 'package-unpublished';
  return 'version-not-listed';
}

function alternativesTo(history: History, text: string, view: View | undefined): readonly ReleaseStub[] {
  const stub = view?.stub ?? stubMaker(parseVersion(text));
  const limit = view?.entry.version ?? parseVersion(text);
  if (!view) return highest(history.entries, windows.alternatives, limit).map(stub);
  const settled = limit ? highest(view.settled, windows.alternatives, limit) : [];
  return (settled.length > 0 ? settled : highest(view.earlier, windows.alternatives, limit)).map(stub);
}

/** What npm would take for `latest` at the moment. */
function latestOf({ packument, entries, listed }: History): string | undefined {
  const tagged = packument.distTags.get('latest');
  return tagged !== undefined && listed.has(tagged) ? tagged : (highest(entries, 1)[0] ?? entries.at(-1))?.release.version;
}

function releaseOf(view: View): Slices['release'] {
  const { entry, standing, history } = view;
  const before = previousOf(view);
  const previous = before && plainRelease(before.release);
  const settled = standing === before ? previous : standing && plainRelease(standing.release);
  const value = { current: plainRelease(entry.release), ...(previous && { previous }), ...(settled && { settled }) };
  return had(value, history.packument.offers.scripts ? undefined : untoldScripts);
}

const untoldScripts = { why: 'not-offered', reason: 'this registry does not say what runs on install' } as const;

/** The highest lower release that came before; a release dated before all it follows is held against those nonetheless. */
function previousOf({ history, entry, earlier }: View): Entry | undefined {
  if (earlier.length > 0 || entry.version === undefined) return highestBelow(earlier, entry);
  const { version } = entry;
  return highestBelow(
    history.entries.filter((other) => other !== entry && other.version !== undefined && onSameLine(other.version, version)),
    entry,
  );
}

function addedIn(view: View): readonly Wanted[] {
  const yardstick = view.standing ?? previousOf(view);
  return yardstick ? addedSince(view.entry.release, yardstick.release) : [];
}

function timesOf(view: View): Slices['times'] {
  const { history, entry, earlier, yardstick, stub } = view;
  if (!history.packument.offers.times) return notOffered('this registry does not say when versions were published');
  if (entry.at === undefined) return failed('the registry does not say when this version was published');
  const published = entry.at;
  const previousAt = lastOf(yardstick, (one) => one.at);
  const latestAtPublish = highest(earlier, 1)[0]?.release.version;
  const abandoned = abandonedAt(history);
  return had<TimesEvidence>({
    published,
    ...(published === history.moment.now && datedAhead(history, entry.release.version)),
    firstPublished: Math.min(published, firstAt(history) ?? published),
    ...(abandoned !== undefined && { abandonedAt: abandoned }),
    ...(previousAt !== undefined && { previousAt }),
    before: newest(earlier, windows.before).map(stub),
    around: newestOf(near(history, published, day), windows.around, (other) => other !== entry).map(stub),
    ...(latestAtPublish !== undefined && { latestAtPublish }),
  });
}

function datedAhead({ packument, moment }: History, version: string): Pick<TimesEvidence, 'datedAhead'> {
  const at = packument.releases.find((release) => release.version === version)?.at;
  return at !== undefined && at > moment.now ? { datedAhead: at } : {};
}

/** The last of the versions that were all deleted before the first listed one came. */
function abandonedAt(history: History): number | undefined {
  const { packument, moment } = history;
  const first = firstAt(history);
  const removed = [...packument.removed.values()].filter((at): at is number => at !== undefined && at <= moment.now);
  return first === undefined || removed.length === 0 || removed.some((at) => at >= first) ? undefined : Math.max(...removed);
}

function firstAt({ entries }: History): number | undefined {
  return entries.find((entry) => entry.at !== undefined)?.at;
}

function publishersOf({ history, entry, earlier, settled, stub }: View): Slices['publishers'] {
  const current = entry.release.publisher;
  const isNamed = (one: Entry): boolean => one.release.publisher !== undefined;
  if (!current) return unrecorded(history.packument.offers, 'publishers', earlier.some(isNamed));
  const isOwn = ({ release, at }: Entry): boolean => at !== undefined && release.publisher !== undefined && samePublisher(release.publisher, current);
  const firstSeen = settled.find(isOwn)?.at;
  const lastSeen = lastOf(settled, (one) => (isOwn(one) ? one.at : undefined));
  const founder = history.entries.find((one) => one.release.publisher)?.release.publisher;
  return had({
    current,
    before: newestOf(earlier, windows.before, isNamed).map(stub),
    ...(firstSeen !== undefined && { firstSeen }),
    ...(lastSeen !== undefined && { lastSeen }),
    ...(founder && { founder }),
  });
}

function maintainersOf({ history, entry, earlier, measure }: View): Slices['maintainers'] {
  const current = entry.release.maintainers;
  const isRecorded = (one: Entry): boolean => one.release.maintainers !== undefined;
  if (!current) return unrecorded(history.packument.offers, 'maintainers', earlier.some(isRecorded));
  const previous = measure?.release.maintainers;
  return had({ current, ...(previous && { previous }) });
}

function trustOf({ history, entry, yardstick, stub }: View): Slices['trust'] {
  if (!history.packument.offers.trust) return notOffered('this registry does not publish provenance');
  const { version } = entry;
  const isOfLine = (one: Entry): boolean =>
    one.version !== undefined && version !== undefined && !isPrerelease(one.version) && onSameLine(one.version, version);
  const stubs = newestOf(yardstick, windows.line, isOfLine).map(stub);
  return had({ current: entry.release.trust, ...strongestOf(stubs), line: stubs });
}

function strongestOf(stubs: readonly ReleaseStub[]): { strongest?: TrustLevel } {
  const strongest = Math.max(-1, ...stubs.map((stub) => trustLevels.indexOf(stub.trust)));
  const level = trustLevels[strongest];
  return level === undefined ? {} : { strongest: level };
}

/** A version without a fact that others have. Only the registry writes these: some mirrors keep them for a part of the versions, and a publisher cannot leave them out. */
function unrecorded(offers: Offers, fact: 'publishers' | 'maintainers', recordedBefore: boolean): Gathered<never> {
  if (!offers[fact]) return notOffered(`this registry does not name ${fact}`);
  if (!recordedBefore) return notOffered(`${fact} were not recorded yet when this version was published`);
  return notOffered(`${fact} are named for earlier versions, but not for this one`);
}

function newest(entries: readonly Entry[], count: number): Entry[] {
  return entries.slice(-count).reverse();
}

/** The newest of those that hold, newest first; looks no further back than it must. */
function newestOf(entries: readonly Entry[], count: number, holds: (entry: Entry) => boolean): Entry[] {
  const found: Entry[] = [];
  for (let at = entries.length - 1; at >= 0 && found.length < count; at--) {
    const entry = entries[at];
    if (entry && holds(entry)) found.push(entry);
  }
  return found;
}

function lastOf<T>(entries: readonly Entry[], read: (entry: Entry) => T | undefined): T | undefined {
  for (let at = entries.length - 1; at >= 0; at--) {
    const entry = entries[at];
    const value = entry && read(entry);
    if (value !== undefined) return value;
  }
  return undefined;
}
