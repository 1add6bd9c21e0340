/** The versions asked for on incident day, as people and advisories write them. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { satisfies, validRange } from 'semver';
import { DepwardError } from '../model/errors.ts';
import type { ResolvedPackage } from '../model/package.ts';
import { printable } from '../model/text.ts';

/** A package and which of its versions. */
export interface Wanted {
  readonly name: string;
  /** A version or a range. */
  readonly version: string;
}

/** What the values of `--affected` name: versions, ranges, packages, and files with one of these a line. */
export async function wantedOf(values: readonly string[], folder: string): Promise<readonly Wanted[]> {
  const lists = await Promise.all(values.map(async (value) => (await linesOf(value, folder)) ?? [value]));
  const wanted = lists.flat().flatMap((line) => {
    const text = line
      .replace(/(?:^|\s)#.*$/, '')
      .replaceAll('"', '')
      .trim();
    return text === '' ? [] : [refOf(text)];
  });
  if (wanted.length === 0) throw new DepwardError('usage', '--affected names no package', { hint });
  return wanted;
}

const hint = 'write name@version, name@range, or a file with one a line';

/** The lines of a list; undefined when there is no such file, and the value is none that can only be meant as one. */
async function linesOf(value: string, folder: string): Promise<string[] | undefined> {
  try {
    const lines = (await readFile(resolve(folder, value), 'utf8')).replace(/^\uFEFF/, '').split('\n');
    return lines.filter((line, index) => index > 0 || !header.test(line));
  } catch {
    // A slip in the name of a list must not read like "not affected".
    if (!meantAsFile.test(value)) return undefined;
    throw new DepwardError('input', `there is no file ${printable(value, 200)} to read package versions from`, { hint });
  }
}

/** The first line of a table of packages and versions. */
const header = /^\W*(?:package|name)[\w ]*\W+[\w ]*version/i;
const meantAsFile = /^[./~\\]|^[^@][^@]*[/\\]|^[^@]+\.(?:txt|csv|tsv|json|jsonl|lst|list|md|ya?ml|log)$/i;

function refOf(text: string): Wanted {
  const [, name, rest] = /^(@?[^@\s,/]+(?:\/[^@\s,/]+)?)(?:(?:@|\s*,\s*|\s+)(\S.*))?$/.exec(text) ?? [];
  // Tables put several versions side by side.
  const version = rest?.replace(/\s*,[\s,]*/g, ' || ').replace(/ \|\| $/, '') ?? '*';
  if (name === undefined || validRange(version, true) === null)
    throw new DepwardError('usage', `not a package version: ${printable(text, 80)}`, { hint });
  return { name, version };
}

/** As one would write it again. */
export function wantedText({ name, version }: Wanted): string {
  return version === '*' ? name : `${name}@${version}`;
}

/** Whether a package is one of those asked for. */
export function isWanted({ name, version }: ResolvedPackage, wanted: readonly Wanted[]): boolean {
  return wanted.some((one) => one.name === name && (one.version === '*' || one.version === version || includes(one.version, version)));
}

function includes(range: string, version: string): boolean {
  return satisfies(version, range, { loose: true, includePrerelease: true });
}
