/** Which release npm picks for a range, told from few of a document's versions; npm's own picker where that does not tell. */
import { rcompare, satisfies, valid } from 'semver';
import type { Placing } from '../model/placing.ts';
import { type Json, objectOf, own, stringOf } from './lockfiles/json.ts';

/** The manifest npm picks for a range, or undefined where npm must be asked: of tags, of what is not there, and of less than the best. */
export function pickedFrom(value: unknown, range: string, npm: Placing): Json | undefined {
  const document = objectOf(value) ?? {};
  const versions = objectOf(own(document, 'versions'));
  if (!versions || isSpecial(document, npm)) return undefined;
  const isThere = timely(document, npm);
  const exact = valid(range, true);
  const names = exact === null ? fitting(document, versions, range, npm) : [exact];
  for (const name of names) {
    const manifest = isThere(name) ? objectOf(own(versions, name)) : undefined;
    if (manifest && Object.hasOwn(manifest, 'bin')) return undefined;
    if (manifest && (exact !== null || isSound(manifest, npm))) return manifest;
  }
  return undefined;
}

function isSpecial(document: Json, { avoid, avoidStrict, includeStaged }: Placing): boolean {
  return Boolean(avoid || avoidStrict || includeStaged || own(document, 'stagedVersions') || own(document, 'policyRestrictions'));
}

/** The one that the default tag names, if it fits, and then from the highest down. */
function* fitting(document: Json, versions: Json, range: string, { defaultTag }: Placing): Iterable<string> {
  const tag = typeof defaultTag === 'string' ? defaultTag : 'latest';
  const tagged = stringOf(own(objectOf(own(document, 'dist-tags')) ?? {}, tag));
  if (tagged !== undefined && (range === '*' || satisfies(tagged, range, true))) yield tagged;
  yield* Object.keys(versions)
    .filter((version) => satisfies(version, range, true))
    .sort((a, b) => rcompare(a, b, true));
}

/** Tells which versions were there before the moment asked for; of what is no time npm says no, whenever. */
function timely(document: Json, { before }: Placing): (version: string) => boolean {
  const times = objectOf(own(document, 'time'));
  if (!times) return () => true;
  const latest = before ? Number(new Date(before as Date)) : Number.POSITIVE_INFINITY;
  return (version) => {
    const at = own(times, version);
    return !at || Date.parse(String(at)) <= latest;
  };
}

/** Neither advised against, nor for another Node or npm. */
function isSound({ deprecated, engines }: Json, { nodeVersion = process.version, npmVersion }: Placing): boolean {
  if (deprecated) return false;
  const { node, npm } = Object(engines);
  const suits = (own: unknown, asked: unknown) =>
    !own || !asked || (typeof asked === 'string' && satisfies(String(own), asked, { includePrerelease: true }));
  return !engines || (suits(nodeVersion, node) && suits(npmVersion, npm));
}
