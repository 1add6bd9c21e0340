/** The dependencies a release brought in, each with what is known of it. */
import { failed, type Gathered, had, type NearName, type NewDependency } from '../model/evidence.ts';
import type { IncomingChange, ResolvedPackage } from '../model/package.ts';
import type { DependencySets, Person, Release } from '../model/packument.ts';
import type { Context } from './collectors.ts';
import { settling } from './history.ts';
import { haveInCommon } from './people.ts';
import type { Slices } from './slices.ts';

type Kind = NewDependency['kind'];

/** A dependency as a manifest asks for it. */
interface Wanted {
  /** The name in the manifest, under which it is installed. */
  readonly as: string;
  /** The name in the registry; undefined for what comes from elsewhere. */
  readonly name: string | undefined;
  readonly spec: string;
  readonly range: string;
  readonly kind: Kind;
}

/** New dependencies looked into; a release with more is judged incomplete. */
const mostLookedInto = 60;

/** Collects them, compared with the settled release before this one, else with the one before. */
export async function newDependencies(change: IncomingChange, context: Context): Promise<Gathered<readonly NewDependency[]>> {
  const { name, version } = change.after;
  const slices = await context.lookup.slices(name, version);
  if (!slices.release.ok) return slices.release;
  const { current, settled, previous } = slices.release.value;
  const yardstick = settled ?? previous;
  if (!yardstick) return had([]);
  const added = addedSince(current, yardstick);
  if (added.length === 0) return had([]);
  if (added.length > mostLookedInto) return failed(`it has ${added.length} new dependencies, more than are looked into`);
  const family = peopleOf(slices);
  return had(await Promise.all(added.map((wanted) => describe(wanted, change.after, family, context))));
}

function addedSince(current: Release, earlier: Release): Wanted[] {
  const known = new Set(wantedBy(earlier.dependencies).map(identity));
  const found = new Map<string, Wanted>();
  for (const wanted of wantedBy(current.dependencies)) {
    const id = identity(wanted);
    if (!known.has(id) && !found.has(id)) found.set(id, wanted);
  }
  return [...found.values()];
}

function wantedBy({ prod, optional, peer }: DependencySets): Wanted[] {
  const sets: readonly (readonly [Kind, ReadonlyMap<string, string>])[] = [
    ['optional', optional],
    ['prod', prod],
    ['peer', peer],
  ];
  return sets.flatMap(([kind, set]) => [...set].map(([as, spec]) => wantedFrom(as, spec, kind)));
}

function wantedFrom(as: string, spec: string, kind: Kind): Wanted {
  const alias = /^npm:(@[^/@]+\/[^/@]+|[^/@]+)(?:@(.*))?$/s.exec(spec.trim());
  if (alias) return { as, name: alias[1], spec, range: alias[2] ?? '*', kind };
  // Whatever has a colon or a slash is a URL, a repository or a folder.
  return { as, name: /[:/]/.test(spec) ? undefined : as, spec, range: spec, kind };
}

/** The same registry package under another name is not new; another source under the same name is. */
function identity({ as, name }: Wanted): string {
  return name === undefined ? `elsewhere ${as}` : `registry ${name}`;
}

async function describe(wanted: Wanted, dependent: ResolvedPackage, family: readonly Person[], context: Context): Promise<NewDependency> {
  const { spec, kind, name } = wanted;
  if (name === undefined) return { name: wanted.as, spec, kind, near: [], unknown: 'it does not come from the registry' };
  const { downloads, near } = context.names(name);
  const known = { name, spec, kind, near: near.filter((one) => !sharesScope(name, one)), ...(downloads !== undefined && { downloads }) };
  const installed = context.installed(dependent, wanted.as);
  if (installed && installed.source !== 'registry') return { ...known, unknown: 'it does not come from the registry' };
  const meant = installed?.name === name ? installed : await context.lookup.meant(name, wanted.range);
  if ('unknown' in meant) return { ...known, unknown: meant.unknown };
  return { ...known, version: meant.version, ...factsOf(await context.lookup.slices(name, meant.version), family) };
}

function factsOf({ listing, release, times, publishers }: Slices, family: readonly Person[]): Partial<NewDependency> {
  if (!listing.ok) return { unknown: listing.reason };
  if (listing.value.status !== 'listed') return { unknown: 'the registry does not list it' };
  const founder = publishers.ok ? publishers.value.founder : undefined;
  return {
    ...(times.ok && { firstPublished: times.value.firstPublished, published: times.value.published }),
    ...(release.ok && { installScript: runsOnInstall(release.value.current) }),
    ...(founder && { sibling: haveInCommon([founder], family) }),
    ...(!times.ok && times.why === 'failed' && { unknown: times.reason }),
  };
}

function runsOnInstall({ scripts, gypfile }: Release): boolean {
  return (scripts.preinstall ?? scripts.install ?? scripts.postinstall) !== undefined || gypfile === true;
}

/** Who published or maintained the dependent while nothing was wrong with it yet. */
function peopleOf({ times, publishers, maintainers }: Slices): readonly Person[] {
  const until = times.ok ? times.value.published - settling : Number.NEGATIVE_INFINITY;
  const published = publishers.ok ? publishers.value.before.filter((stub) => stub.at !== undefined && stub.at <= until) : [];
  const maintained = maintainers.ok && times.ok ? (maintainers.value.previous ?? []) : [];
  return [...published.flatMap((stub) => stub.publisher ?? []), ...maintained];
}

function sharesScope(name: string, near: NearName): boolean {
  const scope = /^@[^/]+\//.exec(name)?.[0];
  return scope !== undefined && near.target.startsWith(scope);
}
