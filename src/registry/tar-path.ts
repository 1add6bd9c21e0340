/** Where npm would put an entry of a package tarball, and what is odd about its path. */
import type { AnomalyKind } from '../model/archive.ts';

const longestPath = 4096;
const longestName = 255;

export interface Landing {
  /** The first folder, which npm strips. */
  readonly root: string;
  /** The path below the package folder; undefined when nothing honest lands there. */
  readonly path: string | undefined;
  readonly odd: readonly AnomalyKind[];
}

/** Strips the first folder as npm does and keeps only what stays below the package folder. */
export function landingPath(written: string): Landing {
  const slash = isPlain(written) ? written.indexOf('/') : -1;
  return slash > 0 ? { root: written.slice(0, slash), path: written.slice(slash + 1), odd: none } : landingOf(written);
}

const none: readonly AnomalyKind[] = [];

/** What nearly all paths are: short, of printable ASCII, without anything that would need a second look. */
function isPlain(path: string): boolean {
  if (path.length > longestName) return false;
  let before = 47;
  for (let i = 0; i < path.length; i++) {
    const code = path.charCodeAt(i);
    // Parts that begin with a dot (`.`, `..`, but also `.npmrc`), empty parts, drives.
    if (code < 32 || code > 126 || code === 92 || code === 58 || (before === 47 && (code === 46 || code === 47))) return false;
    before = code;
  }
  return before !== 47;
}

function landingOf(written: string): Landing {
  const odd: AnomalyKind[] = [];
  if (hasControls(written)) odd.push('control-characters');
  if (written.includes('\\')) odd.push('backslash-path');
  // Windows unpacks `a\b` as `a/b`: both readings end in the same file here.
  const slashed = written.replaceAll('\\', '/');
  if (/^(\/|[a-zA-Z]:)/.test(slashed)) odd.push('absolute-path');
  const parts = slashed.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.includes('..')) odd.push('path-traversal');
  if (slashed.length > longestPath || parts.some((part) => part.length > longestName)) odd.push('path-too-long');
  const [root = '', ...below] = parts;
  // npm strips the first folder before Windows is told what is a drive.
  if (!odd.includes('absolute-path') && /^[a-zA-Z]:/.test(below[0] ?? '')) odd.push('absolute-path');
  const kept = below.filter((part) => part !== '..');
  return { root, path: kept.length === 0 || slashed.length > longestPath ? undefined : kept.join('/'), odd };
}

/** Paths that become one on a file system that ignores case or Unicode form, and files that are folders of others. */
export function oddPaths(paths: Iterable<string>): { readonly kind: AnomalyKind; readonly path: string }[] {
  const found: { kind: AnomalyKind; path: string }[] = [];
  const seen = new Map<string, string>();
  const folders = new Set<string>();
  for (const path of paths) {
    const folded = foldable.test(path) ? folding(path) : path;
    if (seen.has(folded)) found.push({ kind: 'case-collision', path });
    seen.set(folded, path);
    for (let at = folded.lastIndexOf('/'); at > 0; at = folded.lastIndexOf('/', at - 1)) {
      const folder = folded.slice(0, at);
      if (folders.has(folder)) break;
      folders.add(folder);
    }
  }
  for (const [folded, path] of seen) if (folders.has(folded)) found.push({ kind: 'file-and-folder', path });
  return found;
}

const foldable = /[A-Z\u0080-\uffff]|[. ](\/|$)/;

/** Windows drops dots and blanks at the end of names. */
function folding(path: string): string {
  return path
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[. ]+(?=\/|$)/g, (ending, at: number) => (at === 0 ? ending : ''));
}

function hasControls(path: string): boolean {
  for (let i = 0; i < path.length; i++) {
    const code = path.charCodeAt(i);
    if (code < 32 || (code >= 127 && code < 160) || (code >= 0x200b && code <= 0x200f) || (code >= 0x202a && code <= 0x202e)) return true;
  }
  return false;
}
