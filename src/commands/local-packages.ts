/** Packages that a tree takes from this machine's disk: tarballs, and folders that are linked. */
import { realpathSync, statSync } from 'node:fs';
import { dirname, relative, resolve, sep } from 'node:path';
import type { LocalPackage } from '../evidence/context.ts';
import { DepwardError } from '../model/errors.ts';
import type { ResolvedPackage } from '../model/package.ts';
import { localTarballs } from './local-tarball.ts';

/** Where the lockfiles lie, and whether nothing outside of there is read. */
export interface LocalReach {
  readonly root: string;
  readonly within: boolean;
}

/** Reads such a package. Throws a DepwardError, with code `not-found` where nothing is there to be read. */
export function localPackages({ root, within }: LocalReach): (entry: ResolvedPackage) => Promise<LocalPackage> {
  return async (entry) => {
    const path = realPathOf(resolve(root, dirname(entry.where?.file ?? ''), pathIn(entry)));
    if (within && !isBelow(path, realPathOf(root))) throw new DepwardError('not-found', 'it lies outside of the repository');
    const stats = statSync(path);
    if (stats.isDirectory()) return folderAt(path);
    if (!stats.isFile()) throw new DepwardError('integrity', 'what lies there is neither a tarball nor a folder');
    return { kind: 'tarball', read: await localTarballs().read({ url: path, ...(entry.integrity !== undefined && { lockfile: entry.integrity }) }) };
  };
}

async function folderAt(path: string): Promise<LocalPackage> {
  const { packedFolder, runsOnInstall } = await import('../registry/packed-folder.ts');
  if (!runsOnInstall(path)) return { kind: 'idle' };
  const bytes = await packedFolder(path);
  // npm runs `prepare` of what it links, as it does of what comes from git.
  return {
    kind: 'folder',
    read: await localTarballs(async function* () {
      yield bytes;
    }).read({ url: path, git: true }),
  };
}

/** The path as a lockfile writes it: `file:../a`, `link:a`, `portal:./a::locator=…`, `../a`. Of npm's linked folders the key says it. */
function pathIn({ resolved, key }: ResolvedPackage): string {
  const text = resolved ?? key;
  return decoded(text.replace(/^(?:file|link|portal|exec):(?:\/\/(?=\/))?/, '').replace(/(?:::|#).*$/s, ''));
}

/** npm writes some characters of paths as addresses do. */
function decoded(path: string): string {
  try {
    return /%[0-9a-f]{2}/i.test(path) ? decodeURIComponent(path) : path;
  } catch {
    return path;
  }
}

function realPathOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    throw new DepwardError('not-found', 'there is nothing at that path');
  }
}

function isBelow(path: string, root: string): boolean {
  const way = relative(root, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && resolve(root, way) === path;
}
