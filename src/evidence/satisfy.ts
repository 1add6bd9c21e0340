/** Which version of a package a range or tag means at a moment, as npm would choose. */
import type { Entry, History } from './history.ts';

/** The version npm would take: the tagged one, else `latest` where it satisfies, else the highest that does. */
export async function versionFor({ packument, listed, entries }: History, spec: string): Promise<string | undefined> {
  const wanted = spec.trim() === '' ? '*' : spec.trim();
  if (listed.has(wanted)) return wanted;
  const tagged = packument.distTags.get(wanted);
  if (tagged !== undefined) return listed.has(tagged) ? tagged : undefined;
  const { default: semver } = await import('semver');
  const range = semver.validRange(wanted, true);
  if (range === null) return undefined;
  const latest = packument.distTags.get('latest');
  if (latest !== undefined && listed.has(latest) && semver.satisfies(latest, range, true)) return latest;
  return semver.maxSatisfying(entries.map(versionText), range, true) ?? undefined;
}

function versionText(entry: Entry): string {
  return entry.release.version;
}
