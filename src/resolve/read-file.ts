/** Reading files of a repository that is not trusted. */
import { closeSync, fstatSync, lstatSync, openSync, readFileSync, realpathSync, type Stats, statSync } from 'node:fs';
import { dirname, relative, sep } from 'node:path';
import { DepwardError } from '../model/errors.ts';
import { withSlashes } from '../model/repository-paths.ts';
import { printable } from '../model/text.ts';

/** Largest lockfile read, in bytes; the largest real ones have about 10 MB. */
export const largestLockfile = 64 * 1024 * 1024;

/** Largest package.json that is read for what a lockfile does not say. */
export const largestManifest = 4 * 1024 * 1024;

/** Text of a regular file inside `root`; undefined when there is none. A link that leads out of `root` is refused. */
export async function readTextFile(path: string, root: string, limit: number): Promise<string | undefined> {
  // Only said where something is wrong.
  const shown = () => printable(withSlashes(relative(root, path) || path, sep));
  try {
    // Asked without an error: most of the names a lockfile can have are not there.
    const stats = lstatSync(path, { throwIfNoEntry: false });
    return stats && textAt(path, stats, root, limit, shown);
  } catch (error) {
    if (error instanceof DepwardError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw unreadableFile(shown(), error as NodeJS.ErrnoException);
  }
}

/** One file after the other and at once: a few small files are read faster than work can be handed to threads. */
function textAt(path: string, stats: Stats, root: string, limit: number, shown: () => string): string {
  // A folder on the way may be a link as well.
  if ((stats.isSymbolicLink() || dirname(path) !== root) && !isInside(path, root)) {
    throw new DepwardError('input', `${shown()} is a link that leads out of the project`, {
      hint: 'depward reads only what belongs to the project.',
    });
  }
  // Looked at before it is opened, which waits forever for a pipe, and after, for it may be another then.
  refuseOdd(statSync(path), limit, shown);
  const file = openSync(path, 'r');
  try {
    refuseOdd(fstatSync(file), limit, shown);
    // Decoded at once: in pieces, as Node does it when asked for text, it takes twice as long.
    return readFileSync(file).toString();
  } finally {
    closeSync(file);
  }
}

function refuseOdd(stats: Stats, limit: number, shown: () => string): void {
  if (!stats.isFile()) throw new DepwardError('input', `${shown()} is not a regular file`);
  if (stats.size > limit)
    throw new DepwardError('limit', `${shown()} is larger than ${Math.round(limit / 1024 / 1024)} MB`, {
      hint: 'No real file of this kind is; look at what made it grow.',
    });
}

/** True for a link that leads out of `root`, or nowhere. */
export function isLinkOut(path: string, root: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true && !isInside(path, root);
}

function isInside(path: string, root: string): boolean {
  const target = realPathOf(path);
  const home = realpathSync.native(root);
  return target === home || target.startsWith(home.endsWith(sep) ? home : home + sep);
}

/** Nothing for a link that leads nowhere: that is not inside. */
function realPathOf(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    return '';
  }
}

function unreadableFile(shown: string, error: NodeJS.ErrnoException): DepwardError {
  return new DepwardError('input', `${shown} cannot be read: ${error.code ?? error.message}`, { cause: error });
}
