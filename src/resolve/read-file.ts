/** Reading files of a repository that is not trusted. */
import { lstat, open, realpath } from 'node:fs/promises';
import { relative, sep } from 'node:path';
import { DepwardError } from '../model/errors.ts';
import { printable } from '../model/text.ts';

/** Largest lockfile read, in bytes; the largest real ones have about 10 MB. */
export const largestLockfile = 64 * 1024 * 1024;

/** Text of a regular file inside `root`; undefined when there is none. A link that leads out of `root` is refused. */
export async function readTextFile(path: string, root: string, limit: number): Promise<string | undefined> {
  const shown = printable(relative(root, path) || path);
  const found = await lstat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    throw unreadableFile(shown, error);
  });
  if (!found) return undefined;
  if (found.isSymbolicLink() && !(await isInside(path, root))) {
    throw new DepwardError('input', `${shown} is a link that leads out of the project`, { hint: 'depward reads only what belongs to the project.' });
  }
  const handle = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    throw unreadableFile(shown, error);
  });
  try {
    const { size } = await handle
      .stat()
      .then((stats) => (stats.isFile() ? stats : Promise.reject(new DepwardError('input', `${shown} is not a regular file`))));
    if (size > limit)
      throw new DepwardError('limit', `${shown} is larger than ${Math.round(limit / 1024 / 1024)} MB`, {
        hint: 'No real file of this kind is; look at what made it grow.',
      });
    return await handle.readFile('utf8');
  } finally {
    await handle.close();
  }
}

async function isInside(path: string, root: string): Promise<boolean> {
  const [target, home] = await Promise.all([realpath(path).catch(() => ''), realpath(root)]);
  return target === home || target.startsWith(home.endsWith(sep) ? home : home + sep);
}

function unreadableFile(shown: string, error: NodeJS.ErrnoException): DepwardError {
  return new DepwardError('input', `${shown} cannot be read: ${error.code ?? error.message}`, { cause: error });
}
