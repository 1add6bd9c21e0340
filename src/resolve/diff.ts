/** What a change does to the packages of a project. Pure: two trees in, changes out. */
import { hashesOf, isWeaker, sameBytes } from '../model/integrity.ts';
import type { Change, ResolvedPackage, ResolvedTree } from '../model/package.ts';
import { fetchesAnother } from '../model/tarball-url.ts';

/** The packages that come in, go out or change; the same package in another place of the tree is no change. */
export function diffTrees(before: ResolvedTree | undefined, after: ResolvedTree): Change[] {
  const apart = before && after.apartFrom?.(before);
  const names = before && (apart ? namesThatDiffer([apart.gone, apart.fresh]) : namesThatDiffer(withoutTheSame(before.packages, after.packages)));
  if (!before || !names) return diffAll(before, after);
  const only = (tree: ResolvedTree): Kept => ({
    format: tree.format,
    packages: tree.named?.(names) ?? tree.packages.filter(({ name }) => names.has(name)),
  });
  return diffAll(only(before), only(after));
}

type Packages = readonly ResolvedPackage[];
type Kept = Pick<ResolvedTree, 'format' | 'packages'>;

/** The names of packages of which not every copy stays as it is where it is: a package is held against those of its name alone. */
function namesThatDiffer([oldOnes, newOnes]: readonly [Packages, Packages]): ReadonlySet<string> | undefined {
  const names = new Set<string>();
  const left = new Map(oldOnes.map((entry) => [entry.key, entry]));
  // Several lockfiles in one.
  if (left.size < oldOnes.length) return undefined;
  for (const now of newOnes) {
    const old = left.get(now.key);
    left.delete(now.key);
    if (old && isAlike(old, now)) continue;
    for (const one of [old, now]) if (one) names.add(one.name);
  }
  for (const entry of left.values()) names.add(entry.name);
  return names;
}

/** Both without what is the same, as far as it is in the same order: most of a lockfile stays as it is and where it is. */
function withoutTheSame(before: Packages, after: Packages): readonly [Packages, Packages] {
  const [old, now]: [ResolvedPackage[], ResolvedPackage[]] = [[], []];
  let [at, to, tries] = [0, 0, 0];
  while (at < before.length && to < after.length && tries < mostTries) {
    let [skip, passed, apart] = [0, 0, 0];
    // What is nearest first: one changed, one gone, one new, two changed, …
    while (apart <= farthest && !isSame(before[at + skip], after[to + passed])) {
      tries++;
      if (passed === apart) [apart, skip, passed] = [apart + 1, apart + 1, 0];
      else [skip, passed] = [skip - 1, passed + 1];
    }
    if (apart > farthest) [skip, passed] = [1, 1];
    old.push(...before.slice(at, at + skip));
    now.push(...after.slice(to, to + passed));
    [at, to] = apart > farthest ? [at + 1, to + 1] : [at + skip + 1, to + passed + 1];
  }
  return [old.concat(before.slice(at)), now.concat(after.slice(to))];
}

/** How far apart the same entries of two lockfiles are looked for, and how often before it is plain that little is the same. */
const farthest = 16;
const mostTries = 50_000;

/** Entries that are written alike need not be looked into. */
function isSame(old: ResolvedPackage | undefined, now: ResolvedPackage | undefined): boolean {
  if (!old || !now) return false;
  return old.isWrittenLike?.(now) ?? (old.key === now.key && isAlike(old, now));
}

function isAlike(a: ResolvedPackage, b: ResolvedPackage): boolean {
  return (
    a.integrity === b.integrity &&
    a.version === b.version &&
    a.name === b.name &&
    a.resolved === b.resolved &&
    a.source === b.source &&
    a.checksum === b.checksum
  );
}

/** The same, without leaving out first what stays. */
export function diffAll(before: Kept | undefined, after: Kept): Change[] {
  const old = groupByRef(before?.packages ?? []);
  const now = groupByRef(after.packages);
  const same = before && family(before) === family(after) ? sameContent : sameAsFarAsSaid;
  const changes: Change[] = [];
  const fresh: ResolvedPackage[] = [];
  for (const [ref, copies] of now) {
    const held = old.get(ref);
    if (!held) fresh.push(...distinct(copies));
    else
      for (const copy of distinct(copies)) if (!held.some((one) => same(one, copy))) changes.push({ action: 'change', before: held[0], after: copy });
  }
  const gone = [...old].flatMap(([ref, copies]) => (now.has(ref) ? [] : [copies[0]]));
  return [...changes, ...pair(gone, fresh)].sort(byName);
}

type Copies = [ResolvedPackage, ...ResolvedPackage[]];

function groupByRef(packages: readonly ResolvedPackage[]): Map<string, Copies> {
  const groups = new Map<string, Copies>();
  for (const entry of packages) {
    const ref = `${entry.name}@${entry.version} ${entry.source}`;
    const held = groups.get(ref);
    if (held) held.push(entry);
    else groups.set(ref, [entry]);
  }
  return groups;
}

/** One of every group of copies with the same content. */
function distinct(copies: Copies): ResolvedPackage[] {
  const kept: ResolvedPackage[] = [];
  for (const copy of copies) if (!kept.some((one) => sameContent(one, copy))) kept.push(copy);
  return kept;
}

/** `package-lock` of `package-lock v3`. */
function family(tree: Kept): string {
  return tree.format.split(' ', 1)[0] as string;
}

/**
 * True when two entries of one name and version mean the same bytes. Where the old entry had a hash and the new one has
 * none, or one that is easier to forge, it can have been exchanged to slip other bytes in.
 */
function sameContent(before: ResolvedPackage, after: ResolvedPackage): boolean {
  const stripped = (before.integrity !== undefined || before.checksum !== undefined) && after.integrity === undefined && after.checksum === undefined;
  if (stripped || !sameAsFarAsSaid(before, after)) return false;
  return before.integrity === after.integrity || !isWeaker(hashesOf(after.integrity), hashesOf(before.integrity));
}

/** The same between lockfiles of two package managers, of which one may record less. */
function sameAsFarAsSaid(before: ResolvedPackage, after: ResolvedPackage): boolean {
  // An address that newly names another package is told, whatever hash stands beside it.
  if (before.resolved !== after.resolved && fetchesAnother(after) !== undefined) return false;
  if (before.integrity !== undefined && before.integrity === after.integrity) return true;
  const hashes = sameBytes(hashesOf(after.integrity), hashesOf(before.integrity));
  if (hashes !== undefined) return hashes.same;
  const checksums = compareChecksums(before.checksum, after.checksum);
  if (checksums !== undefined) return checksums;
  const [old, now] = [sha1Behind(before.resolved), sha1Behind(after.resolved)];
  if (old !== undefined && now !== undefined) return old === now;
  return before.resolved === undefined || after.resolved === undefined || withoutHash(before.resolved) === withoutHash(after.resolved);
}

/** Berry's checksums carry the cache version before a slash; other versions make other archives of the same package. */
function compareChecksums(before: string | undefined, after: string | undefined): boolean | undefined {
  if (before === undefined || after === undefined) return undefined;
  return before === after ? true : cacheOf(before) === cacheOf(after) ? false : undefined;
}

function cacheOf(checksum: string): string {
  return checksum.slice(0, checksum.indexOf('/') + 1);
}

/** Yarn 1 writes the sha1 of a tarball behind its address. */
function sha1Behind(url: string | undefined): string | undefined {
  return /^https?:[^#]*\.t(?:gz|ar\.gz)(?:\?[^#]*)?#([0-9a-f]{40})$/i.exec(url ?? '')?.[1];
}

function withoutHash(url: string): string {
  // The fragment of a tarball URL is its sha1; of a git URL it is the commit.
  return /^https?:/.test(url) && !url.includes('.git#') ? (url.split('#', 1)[0] as string) : url;
}

/** Pairs old versions with new ones of the same name: the same place first, then the same major version, then any. */
function pair(gone: readonly ResolvedPackage[], fresh: readonly ResolvedPackage[]): Change[] {
  const left = new Map<string, ResolvedPackage[]>();
  for (const entry of gone) left.set(entry.name, [...(left.get(entry.name) ?? []), entry]);
  const waiting = new Set(fresh);
  const changes: Change[] = [];
  for (const fits of [sameKey, sameMajor, () => true]) {
    for (const after of waiting) {
      const candidates = left.get(after.name) ?? [];
      const at = candidates.findIndex((before) => fits(before, after));
      if (at < 0) continue;
      const [before] = candidates.splice(at, 1);
      if (!before) continue;
      waiting.delete(after);
      changes.push({ action: 'change', before, after });
    }
  }
  for (const after of waiting) changes.push({ action: 'add', after });
  for (const before of [...left.values()].flat()) changes.push({ action: 'remove', before });
  return changes;
}

function sameKey(before: ResolvedPackage, after: ResolvedPackage): boolean {
  return before.key === after.key;
}

function sameMajor(before: ResolvedPackage, after: ResolvedPackage): boolean {
  return before.version.split('.', 1)[0] === after.version.split('.', 1)[0];
}

function byName(a: Change, b: Change): number {
  const [left, right] = [entryOf(a), entryOf(b)];
  return compare(left.name, right.name) || compare(left.version, right.version) || compare(left.key, right.key);
}

function entryOf(change: Change): ResolvedPackage {
  return change.action === 'remove' ? change.before : change.after;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
