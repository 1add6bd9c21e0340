/** Every path of a repository, asked by name: a rule wants to know what stands beside a file, hardly ever all there is. */

/** The paths of a repository, with `/` between folders. */
export interface RepositoryPaths {
  /** True when a file of this path is there. */
  has(path: string): boolean;
  /** True when any file lies below this folder, which is named with its closing `/`. */
  hasFolder(folder: string): boolean;
  /** The files that may tell something by their name. Sources, pages and pictures may be missing. */
  readonly telling: Iterable<string>;
}

/** Paths that are held as texts already. */
export function pathsOf(paths: Iterable<string>): RepositoryPaths {
  const all = paths instanceof Set ? (paths as ReadonlySet<string>) : new Set(paths);
  let folders: ReadonlySet<string> | undefined;
  return {
    has: (path) => all.has(path),
    hasFolder: (folder) => {
      folders ??= foldersOf(all);
      return folders.has(folder);
    },
    telling: all,
  };
}

function foldersOf(paths: Iterable<string>): ReadonlySet<string> {
  const folders = new Set<string>();
  for (const path of paths)
    for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
      const folder = path.slice(0, end + 1);
      // What lies above it was met with it.
      if (folders.has(folder)) break;
      folders.add(folder);
    }
  return folders;
}

/** A path as reports name it on every system: with slashes. */
export function withSlashes(path: string, separator: string): string {
  return separator === '/' ? path : path.replaceAll(separator, '/');
}
