/** Finds and reads the lockfile of a project on disk. */
import { dirname, join, resolve } from 'node:path';
import type { ResolvedTree } from '../model/package.ts';
import { readLockfile } from './lockfiles/index.ts';
import { lockfileNames } from './lockfiles/names.ts';
import { largestLockfile, readTextFile } from './read-file.ts';

/** A project's lockfile, read. */
export interface ProjectLockfile {
  readonly file: string;
  readonly tree: ResolvedTree;
}

/** Reads the lockfile of the project in `folder`; undefined when it has none. */
export async function readProjectLockfile(folder: string, file?: string): Promise<ProjectLockfile | undefined> {
  for (const name of file === undefined ? lockfileNames : [file]) {
    const path = resolve(folder, name);
    // A file named on purpose may lie elsewhere; a link is still not followed out of where it lies.
    const root = path.startsWith(folder) ? folder : dirname(path);
    const text = await readTextFile(path, root, largestLockfile);
    if (text === undefined) continue;
    const manifest = await readManifest(dirname(path), root);
    return { file: name, tree: await readLockfile({ file: name, text, ...(manifest !== undefined && { manifest }) }) };
  }
  return undefined;
}

/** The package.json of a folder as parsed JSON; undefined when there is none or it cannot be parsed. */
export async function readManifest(folder: string, root: string): Promise<unknown> {
  const text = await readTextFile(join(folder, 'package.json'), root, 4 * 1024 * 1024);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
  } catch {
    return undefined;
  }
}
