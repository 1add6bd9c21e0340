/** Reads the files of a repository that rules ask for, within limits. What cannot be read is said, never skipped. */
import { lstatSync, readFileSync, realpathSync } from 'node:fs';
import { isAbsolute, join, relative, sep } from 'node:path';
import type { FileUntold } from '../model/repository-rule.ts';

/** Largest file that is read, in bytes; lockfiles of the largest repositories are a tenth of it. */
export const largestFile = 30_000_000;
const largestTotal = 400_000_000;

export interface ReadFiles {
  readonly texts: Map<string, string>;
  readonly untold: FileUntold[];
  /** Paths that git tracks and the folder lacks: deleted, not committed yet. */
  readonly gone: Set<string>;
}

/** Reads every path of `wanted` below `folder`. */
export function readFiles(folder: string, wanted: readonly string[]): ReadFiles {
  const texts = new Map<string, string>();
  const untold: FileUntold[] = [];
  const gone = new Set<string>();
  let total = 0;
  for (const path of wanted) {
    const read = total > largestTotal ? { untold: 'the files before it were too much already' } : readText(folder, path);
    if (read === 'gone') gone.add(path);
    else if (read === 'elsewhere') continue;
    else if ('untold' in read) untold.push({ file: path, ...read });
    else {
      total += read.text.length;
      texts.set(path, read.text);
    }
  }
  return { texts, untold, gone };
}

type Read = { readonly text: string } | 'gone' | 'elsewhere' | { readonly untold: string };

function readText(folder: string, path: string): Read {
  try {
    const stat = lstatSync(join(folder, path));
    if (stat.isSymbolicLink()) return linkAt(folder, path);
    if (!stat.isFile()) return { untold: 'it is no regular file' };
    if (stat.size > largestFile) return { untold: `it is larger than ${largestFile / 1_000_000} MB` };
    return textOf(readFileSync(join(folder, path)));
  } catch (error) {
    const code = codeOf(error);
    // A name that is no UTF-8 was put into words with signs in place of its bytes: under those there is no such file.
    if (code === 'ENOENT' || code === 'ENOTDIR') return path.includes('\ufffd') ? { untold: 'its name is not UTF-8' } : 'gone';
    return { untold: code === 'EACCES' || code === 'EPERM' ? 'it may not be read' : `it cannot be read (${code})` };
  }
}

// A link to another file of the repository: that file is judged under its own name.
function linkAt(folder: string, path: string): Read {
  try {
    const target = relative(realpathSync(folder), realpathSync(join(folder, path)));
    // Absolute: on another drive.
    return target === '..' || target.startsWith(`..${sep}`) || isAbsolute(target)
      ? { untold: 'it is a link that leads out of the repository' }
      : 'elsewhere';
  } catch (error) {
    return { untold: codeOf(error) === 'ELOOP' ? 'it is a link that leads back to itself' : 'it is a link that leads nowhere' };
  }
}

function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

function textOf(bytes: Uint8Array): Read {
  const [first, second] = bytes;
  const encoding = first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : undefined;
  try {
    const text = (encoding === undefined ? utf8 : new TextDecoder(encoding, { fatal: true })).decode(bytes);
    return text.includes('\0') ? { untold: 'it is not text' } : { text };
  } catch {
    return { untold: 'it is not UTF-8 text' };
  }
}
