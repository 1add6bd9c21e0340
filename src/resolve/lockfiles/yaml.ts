/**
 * YAML as lockfiles use it: block mappings, strings everywhere. Package managers write one narrow layout, read here line by
 * line; anything else goes to the real parser, so that both always agree.
 */
import { printable } from '../../model/text.ts';
import { yamlParser } from '../../yaml-parser.ts';
import { type LockfileInput, unreadable } from './format.ts';
import { SmallMap } from './small-map.ts';
import { lineOf } from './text.ts';
import { readTidyYaml } from './yaml-tidy.ts';
import type { YamlMap, YamlValue } from './yaml-value.ts';

/** Largest text the real parser is given: it is slow, and only odd files get there. */
const largestOdd = 16 * 1024 * 1024;

/** The documents of a YAML text, each a map. Throws on anything that is not one. */
export async function readYaml(input: LockfileInput, text: string): Promise<readonly YamlMap[]> {
  const documents = readTidyYaml(text) ?? (await readAnyYaml(input, text));
  if (documents.length === 0)
    throw unreadable(input, 'the lockfile is empty', 'Restore it from version control, or let the package manager write it anew.');
  return documents;
}

/** The same by the real parser. */
export async function readAnyYaml(input: LockfileInput, text: string): Promise<readonly YamlMap[]> {
  if (text.length > largestOdd) throw unreadable(input, 'too large for a file in an unusual layout', 'Let the package manager write it anew.');
  // Loaded only here: the parser costs more than reading a tidy lockfile.
  const { parseAllDocuments } = yamlParser();
  try {
    const documents = parseAllDocuments(text, { schema: 'failsafe', uniqueKeys: true, strict: true, prettyErrors: false });
    const found = 'empty' in documents ? [] : documents;
    return found.map((document) => {
      // Yarn has written keys longer than YAML allows, and reads them.
      const error = document.errors.find(({ code }) => code !== 'KEY_OVER_1024_CHARS');
      if (error) throw unreadable(input, `this is not valid YAML (${error.code})`, 'Restore it from version control.', lineOf(text, error.pos[0]));
      return mapOf(input, fromNode(input, document.toJS({ mapAsMap: true, maxAliasCount: 0 })));
    });
  } catch (error) {
    if (error instanceof RangeError) throw unreadable(input, 'nested too deep', 'No package manager writes this.');
    if (error instanceof ReferenceError)
      throw unreadable(input, 'aliases are not allowed in a lockfile', 'No package manager writes them; look at who did.');
    throw error;
  }
}

function fromNode(input: LockfileInput, value: unknown): YamlValue {
  if (typeof value === 'string') return value;
  if (value === null || value === undefined) return '';
  if (Array.isArray(value)) return value.map((item: unknown) => fromNode(input, item));
  if (!(value instanceof Map)) throw unreadable(input, 'it holds a value no lockfile has', 'Restore it from version control.');
  const map: YamlMap = new SmallMap();
  for (const [key, item] of value as Map<unknown, unknown>) {
    if (typeof key !== 'string') throw unreadable(input, `a key is not a string: ${printable(String(key), 40)}`, 'Restore it from version control.');
    map.add(key, fromNode(input, item));
  }
  return map;
}

function mapOf(input: LockfileInput, value: YamlValue): YamlMap {
  if (typeof value === 'string' || Array.isArray(value)) throw unreadable(input, 'this is not a lockfile', 'A lockfile is a mapping.');
  return value as YamlMap;
}

/** The map under a key, or an empty one. */
export function mapAt(map: YamlMap | undefined, key: string): YamlMap {
  const value = map?.get(key);
  return value instanceof SmallMap ? value : empty;
}

const empty: YamlMap = new SmallMap();

/** The string under a key. */
export function textAt(map: YamlMap | undefined, key: string): string | undefined {
  const value = map?.get(key);
  return typeof value === 'string' ? value : undefined;
}

/** The entries of a map whose values are strings: dependency lists. */
export function textEntries(map: YamlMap): [string, string][] {
  return [...map].filter((entry): entry is [string, string] => typeof entry[1] === 'string');
}
