/**
 * A release that is read out of its manifest when somebody asks: of thousands in a document, few are looked at closely.
 * What a document may not do (`OverLimit`) is found at once nonetheless, so that the answer is that of reading everything.
 */
import type { Person, Release } from '../model/packument.ts';
import { Part } from './json-part.ts';
import type { Slots } from './json-shape.ts';
import { type Building, type Fields, type Pool, readers, releaseOf } from './manifest.ts';
import { versionParts } from './packument-parts.ts';

/** A manifest's members by name, read from their parts. */
class Manifest {
  readonly slots: Slots;
  constructor(slots: Slots) {
    this.slots = slots;
  }
}

for (const [slot, name] of versionParts.entries())
  Object.defineProperty(Manifest.prototype, name, {
    get(this: Manifest) {
      return this.slots[slot]?.value;
    },
  });

class ListedRelease {
  readonly version: string;
  at?: number;
  readonly manifest: Manifest;
  readonly pool: Pool;

  constructor(version: string, slots: Slots, pool: Pool) {
    this.version = version;
    this.manifest = new Manifest(slots);
    this.pool = pool;
  }
}

/** What these look for in `dist`: where that says nothing of it, it need not be read. */
const soughtInDist: Readonly<Partial<Record<string, string>>> = { trust: 'attestations', attestationsUrl: 'attestations', signatures: 'signatures' };
const distSlot = versionParts.indexOf('dist');

/** All that is read, `dist` aside, for what is asked of every release: where it is as in the release asked before, so is the answer. */
export const readFrom: Readonly<Partial<Record<string, readonly (typeof versionParts)[number][]>>> = {
  scripts: ['scripts', 'hasInstallScript', 'gypfile'],
  gypfile: ['gypfile'],
  publisher: ['_npmUser'],
  trust: ['_npmUser'],
  maintainers: ['maintainers'],
  deprecated: ['deprecated'],
  attestationsUrl: [],
  signatures: [],
};

for (const [name, read] of Object.entries(readers)) {
  const from = readFrom[name]?.map((part) => versionParts.indexOf(part));
  const look = from ? likeBefore(name, read as Read, from) : (manifest: Manifest, pool: Pool) => (read as Read)(asFields(manifest), pool);
  Object.defineProperty(ListedRelease.prototype, name, {
    get(this: ListedRelease) {
      return look(this.manifest, this.pool);
    },
  });
}

type Read = (manifest: Fields, pool: Pool) => unknown;

function likeBefore(name: string, read: Read, from: readonly number[]): (manifest: Manifest, pool: Pool) => unknown {
  const sought = soughtInDist[name];
  return (manifest, pool) => {
    const { slots } = manifest;
    const dist = slots[distSlot];
    if (sought !== undefined && dist !== undefined && !dist.lacks(sought)) return read(asFields(manifest), pool);
    const last = pool.last.get(name);
    if (last && areSame(last.slots, slots, from)) return last.value;
    const value = read(asFields(sought === undefined ? manifest : new Manifest(slots.with(distSlot, undefined))), pool);
    pool.last.set(name, { slots, value });
    return value;
  };
}

function areSame(some: Slots, others: Slots, at: readonly number[]): boolean {
  for (const slot of at) if (some[slot] !== others[slot]) return false;
  return true;
}

function asFields(manifest: Manifest): Fields {
  return manifest as unknown as Fields;
}

/** The release of these slots. Throws `OverLimit` as `releaseOf` does. */
export function listedRelease(version: string, slots: Slots, pool: Pool): Building<Release> {
  const release = new ListedRelease(version, slots, pool);
  if (!isSuspicious(slots)) return release as unknown as Building<Release>;
  const read = releaseOf(version, release.manifest, pool);
  if (slots.some(isLong)) return listed(read, pool);
  for (const part of slots) if (part) part.passed = true;
  return release as unknown as Building<Release>;
}

/** The same release, read from the manifest that it would have; what else stood in its own is let go. */
export function listed(release: Release, pool: Pool): Building<Release> {
  return new ListedRelease(release.version, slotsOf(release), pool) as unknown as Building<Release>;
}

/** In fewer characters no list over a limit can be written. */
const unsuspicious = 4_000;
/** What is longer is not kept as it was written: most of it is of no use. */
const longest = 16_384;

function isSuspicious(slots: Slots): boolean {
  for (const part of slots) if (part !== undefined && !part.passed && part.length > unsuspicious) return true;
  return false;
}

function isLong(part: Part | undefined): boolean {
  return part !== undefined && part.length > longest;
}

/** The slots of a release, those that it was read from where it was. */
export function slotsOf(release: Release): Slots {
  if (release instanceof ListedRelease) return release.manifest.slots;
  const manifest = manifestOf(release);
  return versionParts.map((name) => (manifest[name] === undefined ? undefined : new Part(undefined, manifest[name])));
}

/** A manifest that this release would be read from. */
function manifestOf(release: Release): Readonly<Record<(typeof versionParts)[number], unknown>> {
  const { dependencies, terms, signatures, bins } = release;
  const { prod, optional, peer, bundled } = dependencies;
  return {
    scripts: release.scripts,
    hasInstallScript: undefined,
    gypfile: release.gypfile,
    dependencies: membersOf(prod),
    optionalDependencies: membersOf(optional),
    peerDependencies: membersOf(peer),
    bundleDependencies: bundled.length > 0 ? bundled : undefined,
    bundledDependencies: undefined,
    bin: bins.length > 0 ? membersOf(bins.map((bin) => [bin, ''])) : undefined,
    dist: {
      tarball: release.tarball,
      integrity: release.integrity,
      shasum: release.shasum,
      unpackedSize: release.unpackedSize,
      fileCount: release.fileCount,
      signatures,
      attestations: { url: release.attestationsUrl, provenance: release.trust === 'provenance' ? true : undefined },
    },
    _npmUser: userOf(release),
    maintainers: release.maintainers?.map(personOf),
    deprecated: release.deprecated,
    repository: release.repository,
    gitHead: release.gitHead,
    description: release.description,
    _hasShrinkwrap: release.hasShrinkwrap,
    peerDependenciesMeta: terms?.optionalPeers && membersOf(terms.optionalPeers.map((peer) => [peer, { optional: true }])),
    engines: terms?.engines,
    os: terms?.os,
    cpu: terms?.cpu,
    libc: terms?.libc,
  };
}

function userOf({ publisher, approver, trust }: Release): object {
  return {
    ...(publisher && personOf(publisher)),
    ...(trust === 'approved' && { approver: approver ? personOf(approver) : {} }),
    ...(trust === 'trusted-publisher' && { trustedPublisher: { oidcConfigId: publisher?.oidcConfigId } }),
  };
}

function personOf({ name, email, oidcConfigId }: Person): object {
  return { name, email, ...(oidcConfigId !== undefined && { trustedPublisher: { oidcConfigId } }) };
}

function membersOf(entries: Iterable<readonly [string, unknown]>): Record<string, unknown> {
  // Names of strangers: without a prototype none of them means anything.
  const members: Record<string, unknown> = Object.create(null);
  for (const [name, value] of entries) members[name] = value;
  return members;
}
