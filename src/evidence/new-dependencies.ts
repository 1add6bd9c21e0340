/** The dependencies a release brought in, each with what is known of it. */
import { failed, type Gathered, had, type NearName, type NewDependency } from '../model/evidence.ts';
import type { IncomingChange } from '../model/package.ts';
import type { Person, Release } from '../model/packument.ts';
import type { Context } from './context.ts';
import { settling } from './history.ts';
import { haveInCommon } from './people.ts';
import type { Slices } from './slices.ts';
import type { Wanted } from './wanted.ts';

/** New dependencies looked into; a release with more is judged incomplete. */
const mostLookedInto = 60;

/** Collects them, compared with the settled release before this one, else with the one before. */
export async function newDependencies(change: IncomingChange, context: Context): Promise<Gathered<readonly NewDependency[]>> {
  const { name, version } = change.after;
  const slices = await context.lookup.slices(name, version);
  if (!slices.release.ok) return slices.release;
  const { added } = slices;
  if (added.length === 0) return had([]);
  if (added.length > mostLookedInto) return failed(`it has ${added.length} new dependencies, more than are looked into`);
  const family = peopleOf(slices);
  return had(await Promise.all(added.map((wanted) => describe(wanted, change, family, context))));
}

async function describe(wanted: Wanted, change: IncomingChange, family: readonly Person[], context: Context): Promise<NewDependency> {
  const { spec, kind, name } = wanted;
  if (name === undefined) return { name: wanted.as, spec, kind, near: [], unknown: 'it does not come from the registry' };
  const { downloads, near } = context.names(name);
  const known = { name, spec, kind, near: near.filter((one) => !sharesScope(name, one)), ...(downloads !== undefined && { downloads }) };
  const installed = context.installed(change.after, wanted.as);
  if (installed && installed.source !== 'registry') return { ...known, unknown: 'it does not come from the registry' };
  const meant = installed?.name === name ? installed : await context.lookup.meant(name, wanted.range);
  if ('unknown' in meant) {
    if ('failed' in meant) context.onUntil(change, context.now);
    return { ...known, unknown: meant.unknown };
  }
  const slices = await context.lookup.slices(name, meant.version);
  if (!slices.listing.ok) context.onUntil(change, context.now);
  return { ...known, version: meant.version, ...factsOf(slices, family) };
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
