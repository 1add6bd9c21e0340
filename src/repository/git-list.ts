/**
 * What `git ls-files -s -z` says, left as it is: of ten thousand files a few dozen matter, and only those become texts. The rest is
 * searched where it stands; git sorts it by bytes.
 */
import { isAscii } from 'node:buffer';
import type { RepositoryPaths } from '../model/repository-paths.ts';
import { isSource, sourceEndings } from './source.ts';

export interface GitList extends RepositoryPaths {
  readonly telling: ReadonlySet<string>;
  /** Every path, as texts: for who must look at each. */
  all(): readonly string[];
  readonly submodules: number;
  /** How many files there are beyond the most that are looked at. */
  readonly left: number;
}

// The end of an entry that is no source, or of one that is not by its name alone (`isSource`): each matches at the closing NUL.
const otherEnding = new RegExp(`\\0(?<!\\.(?:${sourceEndings.join('|')})\\0)`, 'gi');
const otherName = /(?:(?:docker|container|jenkins)file[^\0/]*|\.husky\/[^\0]*)\0/gi;

// Mode, object and stage stand before the tab; the shortest object is 40 digits.
const shortestHead = 48;
const submodule = '160000 ';

/** The paths of a listing; at most `most` of them. */
export function readGitList(bytes: Buffer, most: number): GitList {
  const whole = bytes.toString('latin1');
  const { text, left } = bounded(whole, most);
  const toText = isAscii(bytes) ? (name: string) => name : utf8Of;
  const telling = new Set<string>();
  for (const end of tellingEnds(text)) {
    const start = startOf(text, end);
    if (!text.startsWith(submodule, start)) telling.add(toText(nameAt(text, start, end)));
  }
  const find = (name: string) => firstFrom(text, name);
  return {
    telling,
    has: (path) => telling.has(path) || (isSource(path) && !path.includes('\0') && find(bytesOf(path))?.name === bytesOf(path)),
    hasFolder: (folder) => !folder.includes('\0') && (find(bytesOf(folder))?.name.startsWith(bytesOf(folder)) ?? false),
    all: () => namesIn(text).map(toText),
    submodules: countSubmodules(text),
    left,
  };
}

function tellingEnds(text: string): Iterable<number> {
  const ends: number[] = [];
  for (const { index } of text.matchAll(otherEnding)) ends.push(index);
  const named = [...text.matchAll(otherName)].map((found) => found.index + found[0].length - 1);
  // Rules tell what they find in the order of the files.
  return named.length === 0 ? ends : new Set([...ends, ...named].sort((a, b) => a - b));
}

/** Where the entry that ends at `end` starts. */
function startOf(text: string, end: number): number {
  return end === 0 ? 0 : text.lastIndexOf('\0', end - 1) + 1;
}

function nameAt(text: string, start: number, end: number): string {
  return text.slice(text.indexOf('\t', start + shortestHead) + 1, end);
}

/** The first file whose name is not before `name`. */
function firstFrom(text: string, name: string): { readonly name: string } | undefined {
  let [low, high] = [0, text.length];
  while (low < high) {
    const start = startOf(text, (low + high) >>> 1);
    const end = text.indexOf('\0', start);
    if (nameAt(text, start, end) < name) low = end + 1;
    else high = start;
  }
  while (text.startsWith(submodule, low)) low = text.indexOf('\0', low) + 1;
  return low < text.length ? { name: nameAt(text, low, text.indexOf('\0', low)) } : undefined;
}

function countSubmodules(text: string): number {
  let count = text.startsWith(submodule) ? 1 : 0;
  for (let at = text.indexOf(`\0${submodule}`); at >= 0; at = text.indexOf(`\0${submodule}`, at + 1)) count += 1;
  return count;
}

function namesIn(text: string): string[] {
  const names: string[] = [];
  for (const [start, end] of entriesIn(text)) {
    const name = nameAt(text, start, end);
    // A file in conflict is listed once for each of its sides, one after the other.
    if (!text.startsWith(submodule, start) && name !== names.at(-1)) names.push(name);
  }
  return names;
}

function* entriesIn(text: string): Generator<readonly [number, number]> {
  for (let at = 0, end = text.indexOf('\0'); end >= 0; at = end + 1, end = text.indexOf('\0', at)) yield [at, end];
}

/** The part of a listing that holds no more than `most` files. */
function bounded(text: string, most: number): { readonly text: string; readonly left: number } {
  if (text.length <= most * (shortestHead + 2)) return { text, left: 0 };
  let [count, cut, last] = [0, text.length, ''];
  for (const [start, end] of entriesIn(text)) {
    const name = nameAt(text, start, end);
    if (name === last || text.startsWith(submodule, start)) continue;
    last = name;
    count += 1;
    if (count === most + 1) cut = start;
  }
  return { text: text.slice(0, cut), left: Math.max(0, count - most) };
}

// Bytes as the letters of Latin 1: what is in ASCII stays what it is.
function bytesOf(path: string): string {
  return Buffer.from(path, 'utf8').toString('latin1');
}

function utf8Of(name: string): string {
  return Buffer.from(name, 'latin1').toString('utf8');
}
