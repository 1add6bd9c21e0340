/**
 * A working folder that is plainly as it was checked out, told from git's own list of its files: for some hundred files that takes a
 * fraction of what a start of git takes. Only a yes is an answer, on the grounds on which git gives it; all else is left to git.
 */
import { lstatSync, readdirSync, readFileSync, type Stats } from 'node:fs';
import { join } from 'node:path';

/** With more of them git, which looks in several threads, is the faster one. */
const mostFiles = 200;
const largest = 256 * 1024;

/** A file as git last saw it. */
interface Entry {
  readonly path: string;
  readonly mode: number;
  /** Where each of the numbers stands that git keeps of it. */
  readonly at: number;
}

/** The tree that was checked out, where every file is as it was then and nothing lies beside them; undefined where git must be asked. */
export function treeIfClean(root: string): string | undefined {
  try {
    const file = join(root, '.git', 'index');
    const written = lstatSync(file);
    if (!written.isFile() || written.size > largest) return undefined;
    const index = readFileSync(file);
    const { entries, end } = entriesIn(index);
    const tree = treeIn(index, end, entries.length);
    const isClean = tree !== undefined && holdsNothingElse(root, entries) && entries.every((entry) => isAsSeen(root, index, entry, written.mtimeMs));
    return isClean ? tree : undefined;
  } catch {
    // Files that are gone, and lists that end too soon.
    return undefined;
  }
}

/** The entries of a list in the format of old, where all are plain files and links, and none is marked in any way. */
function entriesIn(index: Buffer): { readonly entries: readonly Entry[]; readonly end: number } {
  const count = index.readUInt32BE(8);
  if (index.toString('latin1', 0, 4) !== 'DIRC' || ![2, 3].includes(index.readUInt32BE(4)) || count > mostFiles) throw notPlain();
  const entries: Entry[] = [];
  let at = 12;
  for (let left = count; left > 0; left--) {
    const [mode, flags] = [index.readUInt32BE(at + 24), index.readUInt16BE(at + 60)];
    // All but the length of the name are marks: of conflicts, of what is not to be looked at, of what is to be added.
    if (flags >= longestName || ![0o100644, 0o100755, 0o120000].includes(mode)) throw notPlain();
    const path = index.toString('utf8', at + 62, at + 62 + flags);
    if (/[\0\ufffd]/.test(path)) throw notPlain();
    entries.push({ path, mode, at });
    at += (62 + flags + 8) & ~7;
  }
  return { entries, end: at };
}

const longestName = 0xfff;
const idLength = 20;

function notPlain(): Error {
  return new Error('not plain');
}

/** The tree all entries make, which git notes behind them and forgets as soon as one is staged. */
function treeIn(index: Buffer, end: number, entries: number): string | undefined {
  for (let at = end; at < index.length - idLength; ) {
    const [name, size] = [index.toString('latin1', at, at + 4), index.readUInt32BE(at + 4)];
    // Of what has a small letter git says that nobody may pass over it.
    if (!/^[A-Z]{4}$/.test(name) || at + 8 + size > index.length - idLength) return undefined;
    const told = index.subarray(at + 8, at + 8 + size);
    const head = name === 'TREE' ? /^\0(\d+) \d+\n/.exec(told.toString('latin1', 0, 32)) : undefined;
    const tree = head && told.toString('hex', head[0].length, head[0].length + idLength);
    if (name === 'TREE') return Number(head?.[1]) === entries && tree?.length === 2 * idLength ? tree : undefined;
    at += 8 + size;
  }
  return undefined;
}

/** Neither new files, nor ignored ones, nor folders without any of the files. */
function holdsNothingElse(root: string, entries: readonly Entry[]): boolean {
  const files = new Set(entries.map(({ path }) => path));
  const folders = new Set(['']);
  for (const path of files) for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) folders.add(path.slice(0, end));
  return [...folders].every((folder) =>
    readdirSync(join(root, folder), { withFileTypes: true }).every((entry) => {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      return entry.isDirectory() ? folders.has(path) || path === '.git' : files.has(path);
    }),
  );
}

/** What was written within the same tick of the clock as the list may have been written again: git would look inside. */
function isAsSeen(root: string, index: Buffer, { path, mode, at }: Entry, listed: number): boolean {
  const stats = lstatSync(`${root}/${path}`);
  const told = (offset: number) => index.readUInt32BE(at + offset);
  return (
    stats.mtimeMs < listed &&
    modeOf(stats) === mode &&
    stats.ctimeMs === momentOf(told(0), told(4)) &&
    stats.mtimeMs === momentOf(told(8), told(12)) &&
    stats.ino % wrap === told(20) &&
    stats.uid === told(28) &&
    stats.gid === told(32) &&
    stats.size % wrap === told(36)
  );
}

/** Git keeps the lower half of larger numbers. */
const wrap = 2 ** 32;

/** As Node tells it: next to exactly, within a tick of any file system's clock. */
function momentOf(seconds: number, nanoseconds: number): number {
  return seconds * 1e3 + nanoseconds / 1e6;
}

function modeOf(stats: Stats): number | undefined {
  if (stats.isSymbolicLink()) return 0o120000;
  return stats.isFile() ? (stats.mode & 0o100 ? 0o100755 : 0o100644) : undefined;
}
