/** What all formats refuse before reading: what is not a lockfile at all, or is two at once. */
import { printable } from '../../model/text.ts';
import { type LockfileInput, unreadable } from './format.ts';
import { visitKeys } from './json-keys.ts';

const conflict = /^(?:<{7}|>{7}|\|{7}|={7})(?:[ \t\r].*)?$/m;

/** The text without a byte order mark. */
export function bareText(input: LockfileInput): string {
  return input.text.charCodeAt(0) === 0xfeff ? input.text.slice(1) : input.text;
}

/**
 * The same; throws on merge conflicts, binary content and empty files. A text in the own layout of Yarn or pnpm is none of
 * these, and need not be searched for them.
 */
export function checkedText(input: LockfileInput): string {
  const text = bareText(input);
  if (text.trim() === '')
    throw unreadable(input, 'the lockfile is empty', 'Restore it from version control, or let the package manager write it anew.');
  if (text.includes('\u0000')) throw unreadable(input, 'this is a binary file, not a lockfile', 'Restore it from version control.');
  // Short needles are found many times faster than long ones.
  if (text.includes('<<<') || text.includes('>>>')) {
    const found = conflict.exec(text);
    if (found)
      throw unreadable(
        input,
        'merge conflict markers',
        'Resolve the conflict first; most package managers do it on install.',
        lineOf(text, found.index),
      );
  }
  return text;
}

/** The first line that is neither blank nor a comment nor the start of a document, without the space around it. */
export function firstLine(text: string): string {
  for (let at = text.charCodeAt(0) === 0xfeff ? 1 : 0; ; ) {
    const end = text.indexOf('\n', at);
    const line = (end < 0 ? text.slice(at) : text.slice(at, end)).trim();
    if (end < 0 || (line !== '' && line !== '---' && !line.startsWith('#'))) return line;
    at = end + 1;
  }
}

/** Line of an offset, counted from 1. */
export function lineOf(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) line++;
  return line;
}

/**
 * Offsets of the keys that `nameOf` gives a name. A key of the document or a named one that is there twice is an error:
 * of two entries a reader sees one and a parser takes the other.
 */
export function keysOnce(
  input: LockfileInput,
  text: string,
  deepest: number,
  nameOf: (path: readonly string[], key: string) => string | undefined,
): ReadonlyMap<string, number> {
  const offsets = new Map<string, number>();
  const top = new Set<string>();
  visitKeys(text, deepest, (path, key, offset) => {
    const name = nameOf(path, key);
    const twice = path.length === 0 ? top.has(key) : name !== undefined && offsets.has(name);
    if (twice)
      throw unreadable(
        input,
        `the key ${printable(JSON.stringify(key), 80)} is there twice`,
        'Restore the file from version control.',
        lineOf(text, offset),
      );
    if (path.length === 0) top.add(key);
    if (name !== undefined) offsets.set(name, offset);
  });
  return offsets;
}
