/** Our record as the packument a resolver reads: nothing is fetched or parsed a second time for it. */
import type { Packument, Release } from '../model/packument.ts';

/** A packument as npm's own libraries take it, with what picking and placing versions needs. */
export function resolverDocument(packument: Packument): Readonly<Record<string, unknown>> {
  const { name, distTags, releases, offers } = packument;
  // Names of strangers become members: without a prototype none of them means anything.
  const versions: Record<string, unknown> = Object.create(null);
  const time: Record<string, string> = Object.create(null);
  for (const release of releases) {
    versions[release.version] = manifestOf(name, release);
    if (release.at !== undefined) time[release.version] = new Date(release.at).toISOString();
  }
  return { name, 'dist-tags': membersOf(distTags), versions, ...(offers.times && { time }) };
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
