/** A packument as it could be known at an earlier moment: everything later is invisible. */
import type { Packument, Release } from '../model/packument.ts';
import type { Instant } from '../model/time.ts';

/** The same package at that moment; undefined when nothing of it was published yet. */
export function packumentAsOf(packument: Packument, asOf: Instant): Packument | undefined {
  // A release whose time is not known cannot be placed before the moment, so it is invisible; with no times at all nothing can be told apart.
  const timed = packument.releases.some((release) => release.at !== undefined) || [...packument.removed.values()].some((at) => at !== undefined);
  if (!timed) return packument;
  const releases = packument.releases.filter((release) => release.at !== undefined && release.at <= asOf);
  const removed = new Map([...packument.removed].filter(([, at]) => at !== undefined && at <= asOf));
  if (releases.length === 0 && removed.size === 0) return undefined;
  const created = packument.created !== undefined && packument.created <= asOf ? packument.created : undefined;
  const unpublishedAt = packument.unpublishedAt !== undefined && packument.unpublishedAt <= asOf ? packument.unpublishedAt : undefined;
  const maintainers = releases.findLast((release) => release.maintainers !== undefined)?.maintainers;
  const modified = releases.at(-1)?.at;
  return {
    name: packument.name,
    distTags: tagsAsOf(packument, releases, asOf),
    ...(created !== undefined && { created }),
    ...(modified !== undefined && { modified }),
    ...(maintainers && { maintainers }),
    releases,
    removed,
    ...(unpublishedAt !== undefined && { unpublishedAt }),
    offers: packument.offers,
  };
}

/** Where nothing was published later the tags stand; else `latest` is the highest plain release of that time, and other tags stay where what they name was there. */
function tagsAsOf(packument: Packument, releases: readonly Release[], asOf: Instant): ReadonlyMap<string, string> {
  const unchanged = releases.length === packument.releases.length || (packument.modified !== undefined && packument.modified <= asOf);
  if (unchanged) return packument.distTags;
  const visible = new Set(releases.map((release) => release.version));
  const latest = latestOf(releases);
  const others = [...packument.distTags].filter(([tag, version]) => tag !== 'latest' && visible.has(version));
  return new Map(latest === undefined ? others : [['latest', latest], ...others]);
}

/** npm moves `latest` with each plain publish; a back-port to an older line is published under another tag. */
function latestOf(releases: readonly Release[]): string | undefined {
  const plain = releases.filter((release) => !release.version.includes('-'));
  const candidates = plain.length > 0 ? plain : releases;
  return candidates.reduce<Release | undefined>(
    (best, release) => (best === undefined || newer(release.version, best.version) ? release : best),
    undefined,
  )?.version;
}

function newer(a: string, b: string): boolean {
  const [left, right] = [numbersOf(a), numbersOf(b)];
  for (let index = 0; index < 3; index += 1) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  // Equal numbers: pre-releases of one version; the later published one counts.
  return true;
}

function numbersOf(version: string): number[] {
  return (/^\D*(\d+)\.(\d+)\.(\d+)/.exec(version) ?? []).slice(1, 4).map(Number);
}
