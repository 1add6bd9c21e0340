/** Packages carried inside a release, held against the registry's own tarball of that name and version. */

import { isCompared } from '../code/file-type.ts';
import type { BundledCopy, BundledPackage, ContentFile, TarballFacts } from '../model/contents.ts';
import { DepwardError } from '../model/errors.ts';
import type { IncomingChange } from '../model/package.ts';
import type { ContentsReading, Context } from './context.ts';
import { tarballOf } from './tarball-of.ts';

/** Copies compared for one release, and how large each may be unpacked; the rest is said to be not compared. */
const mostCompared = 12;
const largest = 20 * 2 ** 20;
const mostFilesNamed = 20;

/** Compares the copies that the release before did not carry in just this form. */
export async function bundledCopies(
  facts: TarballFacts,
  before: TarballFacts | undefined,
  change: IncomingChange,
  context: Context & { readonly reading: ContentsReading },
): Promise<readonly BundledCopy[]> {
  if (facts.bundled.length === 0) return [];
  const [now, old] = [codeByCopy(facts), before && codeByCopy(before)];
  const known = new Set(before?.bundled.map((copy) => keyOf(copy, old?.get(copy.path))));
  const open = facts.bundled.filter((copy) => !known.has(keyOf(copy, now.get(copy.path))));
  const copies = await Promise.all(
    open.map((copy, at) =>
      at < mostCompared
        ? compare(copy, now.get(copy.path) ?? [], context)
        : { ...copy, status: 'not-compared' as const, files: [], why: `more than ${mostCompared} copies` },
    ),
  );
  // Asking again may tell more.
  if (copies.some(({ status }) => status === 'not-compared')) context.onUntil(change, context.now);
  return copies;
}

/** Code files of each copy, by its path; what a nested copy holds is its own. */
function codeByCopy({ bundled, files }: TarballFacts): ReadonlyMap<string, readonly ContentFile[]> {
  const byCopy = new Map<string, ContentFile[]>(bundled.map(({ path }) => [path, []]));
  for (const file of files) {
    if (!isCompared(file)) continue;
    for (let at = file.path.lastIndexOf('/'); at > 0; at = file.path.lastIndexOf('/', at - 1)) {
      const held = byCopy.get(file.path.slice(0, at));
      if (!held) continue;
      held.push(file);
      break;
    }
  }
  return byCopy;
}

function keyOf({ path, name, version }: BundledPackage, files: readonly ContentFile[] = []): string {
  const listed = files.map((file) => `${file.path.slice(path.length)} ${file.hash}`).sort();
  return JSON.stringify([name, version, listed]);
}

async function compare(
  copy: BundledPackage,
  files: readonly ContentFile[],
  context: Context & { readonly reading: ContentsReading },
): Promise<BundledCopy> {
  const undone = (why: string): BundledCopy => ({ ...copy, status: 'not-compared', files: [], why });
  const { listing, release } = await context.lookup.slices(copy.name, copy.version);
  if (!listing.ok) return undone(listing.reason);
  if (listing.value.status !== 'listed' || !release.ok) return { ...copy, status: 'no-such-version', files: [] };
  const { current } = release.value;
  if (current.tarball === undefined) return undone('the registry does not say where its tarball is');
  if ((current.unpackedSize ?? 0) > largest) return undone('too large to be compared');
  try {
    const own = (await context.reading.tarballs.read(tarballOf(current))).facts;
    const hashes = new Map(own.files.map((file) => [file.path, file.hash]));
    const differing = files
      .map((file) => ({ path: file.path.slice(copy.path.length + 1), hash: file.hash }))
      .filter(({ path, hash }) => hashes.get(path) !== hash);
    return { ...copy, status: differing.length === 0 ? 'equal' : 'differs', files: differing.slice(0, mostFilesNamed).map(({ path }) => path) };
  } catch (error) {
    if (error instanceof DepwardError && error.code !== 'interrupted') return undone(error.message);
    throw error;
  }
}
