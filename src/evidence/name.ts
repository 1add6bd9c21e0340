/** What a name says, with the honest reasons two names may be alike. */
import { type Gathered, had, type NameEvidence, type NearName } from '../model/evidence.ts';
import type { IncomingChange } from '../model/package.ts';
import type { Person } from '../model/packument.ts';
import { day } from '../model/time.ts';
import { isFaint } from '../names/index.ts';
import type { Context } from './context.ts';
import { haveInCommon } from './people.ts';
import type { Slices } from './slices.ts';

/** A squat may copy a repository field and wrap its target; it does not do so unnoticed for half a year. */
const standing = 182 * day;

/** Compares the name; only where it is close to another are packuments looked at. */
export function name(change: IncomingChange, context: Context): Gathered<NameEvidence> | Promise<Gathered<NameEvidence>> {
  const found = context.names(change.after.name);
  return found.near.length === 0 ? had(found) : withKinship(change, found, context);
}

async function withKinship(change: IncomingChange, found: NameEvidence, context: Context): Promise<Gathered<NameEvidence>> {
  const own = await context.lookup.slices(change.after.name, change.after.version);
  const near = await Promise.all(
    found.near.map(async (one): Promise<NearName> => {
      // Nothing is held against a faint likeness: no need to ask the registry for its excuse.
      const kinship = one.kinship ?? (isFaint(one) ? undefined : await kinshipOf(change, own, one.target, context));
      return kinship === undefined ? one : { ...one, kinship };
    }),
  );
  return had({ ...found, near });
}

async function kinshipOf(change: IncomingChange, own: Slices, target: string, context: Context): Promise<string | undefined> {
  const scope = scopeOf(change.after.name);
  if (scope !== undefined && scope === scopeOf(target)) return 'same scope';
  if (!own.release.ok) return undefined;
  const meant = await context.lookup.meant(target, 'latest');
  if ('unknown' in meant) {
    if (meant.failed) context.onUntil(change, context.now);
    return undefined;
  }
  const theirs = await context.lookup.slices(target, meant.version);
  if (!theirs.listing.ok) context.onUntil(change, context.now);
  if (haveInCommon(ownersOf(own), [...ownersOf(theirs), ...maintainersOf(theirs)])) return 'same owner';
  if (own.times.ok) context.onUntil(change, own.times.value.firstPublished + standing);
  return hasStood(own, context.now) ? weakTie(own, theirs, target) : undefined;
}

function weakTie(own: Slices, theirs: Slices, target: string): string | undefined {
  if (!own.release.ok || !theirs.release.ok) return undefined;
  const { repository, dependencies } = own.release.value.current;
  if (repository !== undefined && plain(repository) === plain(theirs.release.value.current.repository ?? '')) return 'same repository';
  const { prod, optional, peer } = dependencies;
  return [prod, optional, peer].some((set) => set.has(target)) ? 'depends on it' : undefined;
}

/** Who really published: anybody can be named a maintainer, so those count only where the registry names no publisher. */
function ownersOf(slices: Slices): readonly Person[] {
  const { publishers } = slices;
  return publishers.ok ? [publishers.value.current] : maintainersOf(slices);
}

function maintainersOf({ maintainers }: Slices): readonly Person[] {
  return maintainers.ok ? maintainers.value.current : [];
}

function hasStood({ times }: Slices, now: number): boolean {
  return times.ok && now - times.value.firstPublished >= standing;
}

function scopeOf(name: string): string | undefined {
  return /^@[^/]+(?=\/)/.exec(name)?.[0];
}

function plain(repository: string): string {
  const text = repository
    .toLowerCase()
    .replace(/^git\+/, '')
    .replace(/^[a-z]+:(?:\/\/)?/, '')
    .replace(/^[^@/]*@/, '');
  return text
    .replace(/[#?].*$/, '')
    .replace(/(?:\.git)?\/?$/, '')
    .replace(':', '/')
    .replace(/^github\.com\//, '');
}
