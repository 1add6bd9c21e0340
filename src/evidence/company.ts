/** What else the same account published at the same time, among the packages that come in together. */
import { type CompanyEvidence, type Gathered, had } from '../model/evidence.ts';
import type { IncomingChange } from '../model/package.ts';
import { repositoryOf } from '../model/repository.ts';
import { day } from '../model/time.ts';
import type { Arrival, Arrivals, Context } from './context.ts';
import type { Lookup } from './lookup.ts';
import { haveInCommon } from './people.ts';

/** Older releases have been looked at by others since. */
const youngFor = 7 * day;
const mostOthers = 60;

/** Opens the arrivals of one run. */
export function arrivalsOf(changes: readonly IncomingChange[], lookup: Lookup): Arrivals {
  let found: Promise<readonly Arrival[]> | undefined;
  return () => {
    found ??= Promise.all(changes.filter((change) => change.after.source === 'registry').map((change) => arrivalOf(change, lookup))).then((all) =>
      all.filter((one) => one !== undefined),
    );
    return found;
  };
}

/** Collects them for one package. */
export async function company(change: IncomingChange, { lookup, arrivals, now, onUntil, onOthers }: Context): Promise<Gathered<CompanyEvidence>> {
  const { name, version } = change.after;
  const { times, publishers } = await lookup.slices(name, version);
  // What a registry does not offer is said where times and publishers are asked for themselves.
  if (!times.ok) return times.why === 'not-offered' ? had({ others: [] }) : times;
  if (!publishers.ok) return publishers.why === 'not-offered' ? had({ others: [] }) : publishers;
  const { published } = times.value;
  if (now - published > youngFor) return had({ others: [] });
  onUntil(change, published + youngFor + 1);
  onOthers(change);
  const own = await arrivalOf(change, lookup);
  const near = (await arrivals()).filter(
    (one) => one.name !== name && Math.abs(one.at - published) <= day && own !== undefined && one.project !== own.project,
  );
  const others = near.filter((one) => haveInCommon([one.publisher], [publishers.value.current]));
  return had({ others: others.slice(0, mostOthers).map((one) => ({ name: one.name, version: one.version, at: one.at, project: one.project })) });
}

async function arrivalOf({ after: { name, version } }: IncomingChange, lookup: Lookup): Promise<Arrival | undefined> {
  const { times, publishers, release } = await lookup.slices(name, version);
  if (!times.ok || !publishers.ok) return undefined;
  const repository = release.ok ? repositoryOf(release.value.current.repository) : undefined;
  const scope = /^@[^/]+/.exec(name)?.[0];
  return { name, version, at: times.value.published, publisher: publishers.value.current, project: repository ?? scope ?? name };
}
