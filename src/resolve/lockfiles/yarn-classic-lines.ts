/** The lines of a Yarn 1 lockfile. */
import { printable } from '../../model/text.ts';
import { type LockfileInput, unreadable } from './format.ts';

/** One entry as written. */
export interface ClassicEntry {
  readonly line: number;
  readonly patterns: readonly string[];
  readonly version: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly dependencies: ReadonlyMap<string, string>;
  readonly optionalDependencies: ReadonlyMap<string, string>;
}

/** All of a file. */
export interface ClassicFile {
  /** The first pattern of each entry, in the order of the file. */
  readonly keys: readonly string[];
  entry(at: number): ClassicEntry;
  /** The lines of an entry, where they are in Yarn's own layout. */
  lines?(at: number): string;
}

interface Draft {
  readonly line: number;
  readonly patterns: readonly string[];
  readonly fields: Map<string, string>;
  readonly lists: Map<string, Map<string, string>>;
}

const lists = new Set(['dependencies', 'optionalDependencies']);
const known = new Set(['version', 'resolved', 'integrity', 'uid', 'registry']);

/** Reads all entries, line by line; throws with the line on anything Yarn does not write. */
function readClassicLines(input: LockfileInput, text: string): readonly ClassicEntry[] {
  const entries: ClassicEntry[] = [];
  const seen = new Set<string>();
  let draft: Draft | undefined;
  let list: Map<string, string> | undefined;
  let line = 0;
  const wrong = (what: string) => unreadable(input, what, 'Restore the file from version control, or let Yarn write it anew.', line);
  const close = () => {
    if (draft) entries.push(finished(draft, wrong));
  };
  for (const raw of text.split('\n')) {
    line++;
    const row = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
    if (row === '' || row.startsWith('#')) continue;
    if (row[0] !== ' ') {
      close();
      if (!row.endsWith(':')) throw wrong('this is not a line of a Yarn lockfile');
      const patterns = patternsOf(row);
      if (!patterns || patterns.length === 0) throw wrong('this is not a line of a Yarn lockfile');
      for (const pattern of patterns) {
        if (seen.has(pattern)) throw wrong(`${printable(pattern, 80)} is there twice`);
        seen.add(pattern);
      }
      draft = { line, patterns, fields: new Map(), lists: new Map() };
      list = undefined;
    } else if (row.startsWith('    ') && row[4] !== ' ' && list) {
      const [name, spec, more] = words(row.slice(4), ' ') ?? [];
      if (name === undefined || spec === undefined || more !== undefined || list.has(name)) throw wrong('this is not a dependency');
      list.set(name, spec);
    } else if (row.startsWith('  ') && row[2] !== ' ' && draft) {
      list = undefined;
      if (row.endsWith(':') && !row.includes(' ', 2)) {
        const field = row.slice(2, -1);
        if (!lists.has(field) && field !== 'permissions' && field !== 'prebuiltVariants') throw wrong(`unknown list ${printable(field, 40)}`);
        if (draft.lists.has(field)) throw wrong(`${field} is there twice`);
        list = new Map();
        draft.lists.set(field, list);
        continue;
      }
      const [field, value, more] = words(row.slice(2), ' ') ?? [];
      if (field === undefined || value === undefined || more !== undefined || !known.has(field)) throw wrong('this is not a line of a Yarn lockfile');
      if (draft.fields.has(field)) throw wrong(`${field} is there twice`);
      draft.fields.set(field, value);
    } else throw wrong('this is not a line of a Yarn lockfile');
  }
  close();
  return entries;
}

/** The same as a file. */
export function readClassicFile(input: LockfileInput, text: string): ClassicFile {
  const entries = readClassicLines(input, text);
  return { keys: entries.map(({ patterns: [first = ''] }) => first), entry: (at) => entries[at] as ClassicEntry };
}

function finished({ line, patterns, fields, lists: found }: Draft, wrong: (what: string) => Error): ClassicEntry {
  const version = fields.get('version');
  if (version === undefined) throw wrong(`${printable(patterns[0] ?? '', 80)} has no version`);
  const resolved = fields.get('resolved');
  const integrity = fields.get('integrity');
  return {
    line,
    patterns,
    version,
    ...(resolved !== undefined && { resolved }),
    ...(integrity !== undefined && { integrity }),
    dependencies: found.get('dependencies') ?? none,
    optionalDependencies: found.get('optionalDependencies') ?? none,
  };
}

const none: ReadonlyMap<string, string> = new Map();

/** The patterns of a row that begins an entry. */
export function patternsOf(row: string): string[] | undefined {
  return words(row.slice(0, -1), ', ');
}

/** Words separated by `separator`, quoted like JSON strings where needed; undefined when it is not that. */
function words(text: string, separator: string): string[] | undefined {
  if (!text.includes('"'))
    return text === '' ? undefined : text.split(separator).every((word) => word !== '' && !word.includes(' ')) ? text.split(separator) : undefined;
  const found: string[] = [];
  for (let at = 0; at < text.length; ) {
    if (text[at] === '"') {
      let end = at + 1;
      while (end < text.length && text[end] !== '"') end += text[end] === '\\' ? 2 : 1;
      const word = unquoted(text.slice(at, end + 1));
      if (word === undefined) return undefined;
      found.push(word);
      at = end + 1;
    } else {
      const end = text.indexOf(separator, at);
      const word = text.slice(at, end < 0 ? text.length : end);
      if (word === '' || word.includes('"') || word.includes(' ')) return undefined;
      found.push(word);
      at = end < 0 ? text.length : end;
    }
    if (at < text.length && !text.startsWith(separator, at)) return undefined;
    if (at < text.length && at + separator.length >= text.length) return undefined;
    at += separator.length;
  }
  return found;
}

function unquoted(token: string): string | undefined {
  try {
    const value: unknown = JSON.parse(token);
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}
