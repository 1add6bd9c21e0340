/** What a release contains and what of it is new, against the settled release before it. */

import { compareContents, hiddenByBulk, standingCapabilities } from '../code/compare.ts';
import { expectedOf } from '../code/expected.ts';
import { standingHarm } from '../code/risk.ts';
import type { ContentsEvidence } from '../model/contents.ts';
import { DepwardError } from '../model/errors.ts';
import { failed, type Gathered, had, type Lack, notOffered, type ReleaseEvidence } from '../model/evidence.ts';
import type { IncomingChange } from '../model/package.ts';
import type { Release } from '../model/packument.ts';
import { day } from '../model/time.ts';
import { hiddenScript } from '../registry/manifest.ts';
import { bundledCopies } from './bundled-copies.ts';
import type { ContentsReading, Context } from './context.ts';
import { gitContents } from './git-contents.ts';
import { settling } from './history.ts';
import { followCalls } from './install-calls.ts';
import { localContents } from './local-contents.ts';
import { remoteContents } from './remote-contents.ts';
import type { Slices } from './slices.ts';
import { tarballOf } from './tarball-of.ts';
import type { ReadTarball } from './tarballs.ts';

const youngDays = 30;

/** Collects the contents of one package. */
export async function contents(change: IncomingChange, context: Context): Promise<Gathered<ContentsEvidence>> {
  const { lookup, reading } = context;
  if (!reading) return notOffered('contents were not asked for');
  const askAgain = (): void => context.onUntil(change, context.now);
  if (change.after.source === 'remote') return unvouched(remoteContents(change, { ...context, reading }), askAgain);
  if (change.after.source === 'git') return unvouched(gitContents(change, { ...context, reading }), askAgain);
  if (change.after.source === 'file') return unvouched(localContents(change, { ...context, reading }));
  const slices = await lookup.slices(change.after.name, change.after.version);
  const { release } = slices;
  if (!release.ok) return release;
  if (isSettled(change, slices, context)) return notOffered(`well-known releases older than ${reading.settledDays} days are not unpacked again`);
  const { current } = release.value;
  if (current.tarball === undefined) return failed('the registry does not say where its tarball is');
  try {
    const read = await reading.tarballs.read(tarballOf(current, change.after.integrity));
    return await compared(read, slices, release.value, change, { ...context, reading });
  } catch (error) {
    if (error instanceof DepwardError && error.code !== 'interrupted') return { ok: false, ...lackOf(error, slices, { ...context, reading }) };
    throw error;
  }
}

/** What cannot be reached from here is as good as not there: other rules speak of it. What came and cannot be read is another matter. */
async function unvouched(reading: Promise<Gathered<ContentsEvidence>>, askAgain: () => void = () => undefined): Promise<Gathered<ContentsEvidence>> {
  try {
    return await reading;
  } catch (error) {
    if (!(error instanceof DepwardError) || error.code === 'interrupted') throw error;
    // The host may be there the next time.
    if (error.code === 'network') askAgain();
    return error.code === 'not-found' || error.code === 'network' ? notOffered(error.message) : failed(error.message);
  }
}

async function compared(
  read: ReadTarball,
  slices: Slices,
  { current, settled, previous }: ReleaseEvidence,
  change: IncomingChange,
  context: Context & { readonly reading: ContentsReading },
): Promise<Gathered<ContentsEvidence>> {
  const base = baseOf(settled ?? stood(previous, current), current);
  const before = base?.tarball === undefined ? undefined : await readBase(base, read, context.reading);
  const evidence = compareContents(
    read.facts,
    current,
    base &&
      before && {
        version: base.version,
        facts: before.facts,
        dependencies: new Set([...base.dependencies.prod.keys(), ...base.dependencies.optional.keys()]),
      },
    change.after.name,
  );
  const standing = before && change.action === 'add' && isLittleKnown(change, context) ? standingHarm(standingCapabilities(read.facts)) : [];
  const bulk = hiddenByBulk(read.facts, before?.facts);
  const followed = await followCalls(read.facts, evidence.install, current, change, context);
  return had(
    {
      ...evidence,
      calls: followed.calls,
      ...(standing.length > 0 && { standing }),
      copies: await bundledCopies(read.facts, before?.facts, change, context),
      capabilities: [...evidence.capabilities, ...followed.capabilities],
      // Documents that only say "has one" are no contradiction of the script itself.
      confusion: evidence.confusion.filter(({ listed }) => listed !== hiddenScript),
      ...(read.contradicts && { contradicts: read.contradicts }),
      ...(change.after.integrity !== undefined && read.contradicts === 'lockfile' && { packed: read.facts.integrity }),
    },
    followed.trouble ? lackOf(followed.trouble, slices, context) : bulk === undefined ? undefined : { why: 'failed', reason: bulk },
  );
}

/** Of a package that nobody had chosen yet it does not matter since when it does what it does. */
function isLittleKnown({ after }: IncomingChange, { names }: Pick<Context, 'names'>): boolean {
  return (names(after.name).downloads ?? 0) === 0;
}

/** Bad releases are found within days: of a young one nobody can tell offline, an old one is a line in the coverage. */
function lackOf(
  { code, message }: DepwardError,
  { times }: Slices,
  { now, reading }: Pick<Context, 'now'> & { readonly reading: ContentsReading },
): Lack {
  const young = times.ok && now < times.value.published + youngDays * day;
  return { why: code === 'not-found' && reading.offline && !young ? 'not-offered' : 'failed', reason: message };
}

/** A release whose tarball was taken away leaves the next one to be judged whole. */
async function readBase(
  { tarball: url = '', integrity: registry }: Release,
  { facts, ways }: Pick<ReadTarball, 'facts' | 'ways'>,
  { tarballs, offline }: ContentsReading,
): Promise<ReadTarball | undefined> {
  const expected = expectedOf(facts);
  try {
    return await tarballs.read({ url, ...(registry !== undefined && { registry }), ...(expected && { expected }), ...(ways && { ways }) });
  } catch (error) {
    if (error instanceof DepwardError && error.code === 'not-found' && !offline) return undefined;
    throw error;
  }
}

/** A package that is not a week old is judged whole: what is compared with a release of the same day is not new in it. */
function stood(previous: Release | undefined, { at }: Release): Release | undefined {
  return previous?.at !== undefined && at !== undefined && at - previous.at < settling ? undefined : previous;
}

/** A release is not compared with itself. */
function baseOf(base: Release | undefined, current: Release): Release | undefined {
  return base && base.version !== current.version ? base : undefined;
}

/** Whether a package's contents are going to be read, as far as that can be told before the registry was asked when it was published. */
export function isLikelyRead({ after }: IncomingChange, { reading, names }: Pick<Context, 'reading' | 'names'>): boolean {
  if (!reading || reading.settledDays === 0 || reading.wanted.has(after.name) || after.hasInstallScript) return true;
  return (names(after.name).downloads ?? 0) === 0;
}

/** Hijacked releases of well-known packages are found within days: what has stood is read only where it was asked for. */
export function isSettled(
  change: IncomingChange,
  { times, release }: Pick<Slices, 'times' | 'release'>,
  { reading, names, now, onUntil }: Pick<Context, 'reading' | 'names' | 'now' | 'onUntil'>,
): boolean {
  const { after } = change;
  if (!reading || reading.settledDays === 0 || reading.wanted.has(after.name) || !times.ok) return false;
  const from = times.value.published + reading.settledDays * day;
  if (now < from) {
    onUntil(change, from);
    return false;
  }
  return (names(after.name).downloads ?? 0) > 0 && (!release.ok || release.value.current.scripts.install === undefined);
}
