/** Finds the file of a package that a path written in a script or manifest means, as Node and npm do. */

export interface PackageFiles {
  /** The file a path means, seen from a folder of the package; undefined when there is none. */
  find(written: string, from: string): string | undefined;
  /** The files a path with unknown parts (`…`, `*`) can mean, at most a limit. */
  match(written: string, from: string, limit: number): readonly string[];
}

const endings = [
  '',
  '.js',
  '.json',
  '.cjs',
  '.mjs',
  '.node',
  '.ts',
  '.mts',
  '.cts',
  '.tsx',
  '.jsx',
  '.sh',
  '.cmd',
  '.bat',
  '/index.js',
  '/index.json',
  '/index.cjs',
  '/index.mjs',
  '/index.node',
  '/index.ts',
];

/** An index of the paths of a package. `mains` gives the main file of folders with a package.json of their own. */
export function packageFiles(paths: readonly string[], mains: ReadonlyMap<string, string>): PackageFiles {
  const known = new Set(paths);
  const folded = new Map(paths.map((path) => [path.toLowerCase(), path]));
  const find = (written: string, from: string): string | undefined => {
    const base = normal(written, from);
    if (base === undefined) return undefined;
    const found = exact(base, known);
    if (found !== undefined) return found;
    const main = mains.get(base);
    if (main !== undefined) return exact(normal(main, base) ?? '', known);
    // Case does not matter where most people install.
    return folded.get(base.toLowerCase());
  };
  return {
    find,
    match: (written, from, limit) => {
      const base = normal(written, from);
      if (base === undefined) return [];
      const [head = '', ...rest] = base.split(/[…*]+/);
      const tail = rest.at(-1) ?? '';
      // A path that is nothing but unknown says nothing.
      if (head === '' && tail === '') return [];
      const found: string[] = [];
      for (const path of paths) {
        if (path.startsWith(head) && (path.endsWith(tail) || endings.some((ending) => path.endsWith(tail + ending))) && path.length >= head.length)
          found.push(path);
        if (found.length >= limit) break;
      }
      return found;
    },
  };
}

function exact(base: string, known: ReadonlySet<string>): string | undefined {
  for (const ending of endings) {
    const path = base === '' ? ending.replace(/^\//, '') : base + ending;
    if (path !== '' && known.has(path)) return path;
  }
  // TypeScript output names its siblings `.js` before they are built.
  const typed = base.replace(/\.([cm]?)js$/, '.$1ts');
  return known.has(typed) ? typed : undefined;
}

/** The path below the package folder; undefined when it leads out of it or is not a path of the package. */
function normal(written: string, from: string): string | undefined {
  const clean = written
    .replace(/^file:\/\//, '')
    .replaceAll('\\', '/')
    .replace(/[?#].*$/, '');
  if (/^(\/|~|[a-zA-Z]:|[a-z]+:)/.test(clean)) return undefined;
  const parts: string[] = from === '' ? [] : from.split('/');
  for (const part of clean.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.length > 0) parts.pop();
    else return undefined;
  }
  return parts.join('/');
}

/** The folder of a path; empty for the package folder. */
export function folderOf(path: string): string {
  const at = path.lastIndexOf('/');
  return at < 0 ? '' : path.slice(0, at);
}
