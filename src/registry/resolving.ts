/** Our record as the packument a resolver reads: nothing is fetched or parsed a second time for it. */
import type { Packument, Release } from '../model/packument.ts';

/** A packument as npm's own libraries take it, with what picking and placing versions needs. Of many versions few are looked at: each is made when it is. */
export function resolverDocument(packument: Packument): Readonly<Record<string, unknown>> {
  const { name, distTags, releases, offers } = packument;
  // Names of strangers become members: without a prototype none of them means anything.
  const versions: Record<string, unknown> = Object.create(null);
  for (const release of releases) whenAsked(versions, release.version, () => manifestOf(name, release));
  const document: Record<string, unknown> = { name, 'dist-tags': membersOf(distTags), versions };
  if (offers.times) whenAsked(document, 'time', () => timesOf(releases));
  return document;
}

/** A member like any other, made at the first look. */
function whenAsked(object: Record<string, unknown>, key: string, make: () => unknown): void {
  let made: unknown;
  Object.defineProperty(object, key, {
    configurable: true,
    enumerable: true,
    get() {
      made ??= make();
      return made;
    },
  });
}

function timesOf(releases: readonly Release[]): Record<string, string> {
  const time: Record<string, string> = Object.create(null);
  for (const { version, at } of releases) if (at !== undefined) time[version] = new Date(at).toISOString();
  return time;
}

function manifestOf(name: string, release: Release): unknown {
  const { version, scripts, deprecated, hasShrinkwrap, terms, tarball, integrity, shasum } = release;
  const { prod, optional, peer, bundled } = release.dependencies;
  return {
    name,
    version,
    ...(prod.size > 0 && { dependencies: membersOf(prod) }),
    ...(optional.size > 0 && { optionalDependencies: membersOf(optional) }),
    ...(peer.size > 0 && { peerDependencies: membersOf(peer) }),
    ...(terms?.optionalPeers && { peerDependenciesMeta: membersOf(new Map(terms.optionalPeers.map((peer) => [peer, { optional: true }]))) }),
    ...(bundled.length > 0 && { bundleDependencies: bundled }),
    ...(terms?.engines && { engines: terms.engines }),
    ...(terms?.os && { os: terms.os }),
    ...(terms?.cpu && { cpu: terms.cpu }),
    ...(terms?.libc && { libc: terms.libc }),
    ...(deprecated !== undefined && { deprecated }),
    ...(hasShrinkwrap !== undefined && { _hasShrinkwrap: hasShrinkwrap }),
    scripts,
    dist: { ...(tarball !== undefined && { tarball }), ...(integrity !== undefined && { integrity }), ...(shasum !== undefined && { shasum }) },
  };
}

function membersOf(entries: ReadonlyMap<string, unknown>): Record<string, unknown> {
  const members: Record<string, unknown> = Object.create(null);
  for (const [name, value] of entries) members[name] = value;
  return members;
}
