/** Finds the lockfile of a project on disk, and what it is read with. */
import { lstatSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { lockfileNames } from './lockfiles/names.ts';
import { largestLockfile, largestManifest, readTextFile } from './read-file.ts';

/** A project's lockfile as it is written, and the package.json beside it. */
export interface ProjectTexts {
  readonly file: string;
  readonly text: string;
  readonly manifest?: string;
}

/** The lockfile of the project in `folder`; undefined when it has none. */
export async function projectTexts(folder: string, file?: string): Promise<ProjectTexts | undefined> {
  for (const name of file === undefined ? lockfileNames : [file]) {
    const path = resolve(folder, name);
    // A file named on purpose may lie elsewhere; a link is still not followed out of where it lies.
    const root = path.startsWith(folder) ? folder : dirname(path);
    const text = await readTextFile(path, root, largestLockfile);
    if (text === undefined) continue;
    const manifest = await readTextFile(join(dirname(path), 'package.json'), root, largestManifest);
    return { file: name, text, ...(manifest !== undefined && { manifest }) };
  }
  return undefined;
}

const mostLevels = 40;

/** The nearest lockfile above `folder`, as a path from there: workspaces have theirs at the root. */
export function lockfileAbove(folder: string): string | undefined {
  for (let at = dirname(folder), way = '../', levels = 0; levels < mostLevels; way += '../', levels += 1) {
    const name = lockfileNames.find((each) => isFile(join(at, each)));
    if (name !== undefined) return way + name;
    if (dirname(at) === at) return undefined;
    at = dirname(at);
  }
  return undefined;
}

function isFile(path: string): boolean {
  try {
    return lstatSync(path).isFile();
  } catch {
    return false;
  }
}
