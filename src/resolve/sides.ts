/** A state of the repository to read files from: a commit, or the working folder. */
import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { filesInFolder, filesOf, type Repository, textOf } from './git.ts';
import { readTextFile } from './read-file.ts';

/** The files of one state. */
export interface Side {
  readonly paths: ReadonlySet<string>;
  /** The text of a file; undefined when there is none. Throws when it is too large or leads out of the repository. */
  text(path: string, limit: number): Promise<string | undefined>;
}

/** A commit. */
export async function commitSide(repository: Repository, commit: string): Promise<Side> {
  const files = new Map((await filesOf(repository, commit, () => true)).map((file) => [file.path, file]));
  return {
    paths: new Set(files.keys()),
    text: async (path, limit) => {
      const file = files.get(path);
      return file && textOf(repository, commit, file, limit);
    },
  };
}

/** The working folder of a repository. */
export async function worktreeSide(repository: Repository): Promise<Side> {
  return folderSide(repository.root, await filesInFolder(repository, () => true));
}

/** A folder without git. */
export async function plainSide(root: string): Promise<Side> {
  return folderSide(root, await walk(root));
}

function folderSide(root: string, paths: readonly string[]): Side {
  return { paths: new Set(paths), text: (path, limit) => readTextFile(join(root, path), root, limit) };
}

const mostFiles = 100_000;
const deepest = 12;

async function walk(root: string): Promise<string[]> {
  const found: string[] = [];
  const queue: { readonly folder: string; readonly depth: number }[] = [{ folder: '', depth: 0 }];
  for (let next = queue.shift(); next && found.length < mostFiles; next = queue.shift()) {
    const { folder, depth } = next;
    const entries: Dirent[] = await readdir(join(root, folder), { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isFile() || entry.isSymbolicLink()) found.push(path);
      else if (entry.isDirectory() && depth < deepest && entry.name !== 'node_modules' && entry.name !== '.git')
        queue.push({ folder: path, depth: depth + 1 });
    }
  }
  return found.sort();
}
