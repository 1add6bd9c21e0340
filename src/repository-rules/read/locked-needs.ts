/** What a lockfile says its project asks for: to compare with package.json. */
import { baseName, folderOf } from '../../model/repository-rule.ts';
import { readJson } from './json.ts';
import { remembered } from './remembered.ts';
import { at, entriesOf, stringOf } from './value.ts';

/** A test whether the lockfile knows a need; undefined where that cannot be told. */
export type Knows = (name: string, range: string) => boolean | undefined;

/** How to ask a lockfile about the manifest in `folder`; undefined for formats and versions that do not tell. */
export function needsIn(lockfile: string, text: string, folder: string): Knows | undefined {
  const below = folder.slice(folderOf(lockfile).length).replace(/\/$/, '');
  switch (baseName(lockfile)) {
    case 'package-lock.json':
    case 'npm-shrinkwrap.json':
      return fromNpm(lockfile, text, below);
    case 'yarn.lock':
      return fromYarn(text);
    case 'pnpm-lock.yaml':
      return fromPnpm(text, below === '' ? '.' : below);
    case 'bun.lock':
      return fromBun(text, below);
    default:
      return undefined;
  }
}

const sections = ['dependencies', 'devDependencies', 'optionalDependencies'];

/** What npm itself wrote tells at its head what the project asks for; the whole is read only for what does not stand there. */
function fromNpm(lockfile: string, text: string, below: string): Knows | undefined {
  const entry = below === '' ? entryAtHead(text) : undefined;
  if (entry === undefined) return fromWhole(lockfile, text, below);
  const head = needsOf(entry);
  let whole: Knows | undefined;
  return (name, range) => {
    if (head.get(name) === range) return true;
    whole ??= fromWhole(lockfile, text, below) ?? (() => undefined);
    return whole(name, range);
  };
}

const headOfNpm = /^\{\r?\n(?: {2}"(?:name|version|lockfileVersion|requires)": [^\n{[]*,\r?\n){0,4} {2}"packages": \{\r?\n {4}"": (?=\{\r?\n)/;
const endOfHead = /\r?\n {4}\}(?=,?\r?\n)/;

/** What is said of the project itself, where nothing further down can say otherwise; undefined for any other layout. */
function entryAtHead(text: string): unknown {
  const start = headOfNpm.exec(text)?.[0].length;
  const close = start === undefined ? undefined : endOfHead.exec(text.slice(start));
  if (start === undefined || !close) return undefined;
  const end = start + close.index + close[0].length;
  // Of a key given twice the last counts; without a backslash each key is written as it is.
  if (text.includes('\\') || text.includes('"packages"', end) || (text.includes('""', end) && /""\s*:/.test(text.slice(end)))) return undefined;
  try {
    return JSON.parse(text.slice(start, end));
  } catch {
    return undefined;
  }
}

/**
 * True where npm's lockfile says of the project word for word what its manifest does, told without a look at each need. `manifest` is
 * text that was found to be JSON. False means nothing.
 */
export function saysTheSame(lockfile: string, text: string, manifest: string): boolean {
  if (baseName(lockfile) !== 'package-lock.json' && baseName(lockfile) !== 'npm-shrinkwrap.json') return false;
  const asked = asProgramsWrite(manifest);
  const entry = asked === undefined ? undefined : entryAtHead(text);
  if (entry === undefined) return false;
  const lists = sections.map((section) => memberOf(asked, section) ?? {});
  const isSame = sections.every((section, index) => isListOf(lists[index], memberOf(entry, section)));
  // Of a name in two lists only the last is known.
  return isSame && lists.every((list, index) => lists.slice(index + 1).every((other) => shareNothing(Object(list), Object(other))));
}

/** The document, where it is written as programs do: then no key is there twice. */
function asProgramsWrite(text: string): unknown {
  const indent = /^\{\n([ \t]{1,8})"/.exec(text)?.[1];
  try {
    const document: unknown = JSON.parse(text);
    return JSON.stringify(document, undefined, indent) === text.trimEnd() ? document : undefined;
  } catch {
    return undefined;
  }
}

function isListOf(asked: unknown, known: unknown): boolean {
  const [list, other] = [asked, known].map((each) => Object.entries(Object(each)));
  const isSame = ([name, range]: [string, unknown], at: number) => typeof range === 'string' && other?.[at]?.[0] === name && other[at]?.[1] === range;
  return (
    typeof asked === 'object' && (list?.length === 0 || (typeof known === 'object' && list?.length === other?.length && list?.every(isSame) === true))
  );
}

function shareNothing(one: object, other: object): boolean {
  const [small, large] = [one, other].map((list) => [Object.keys(list), list] as const).sort(([a], [b]) => a.length - b.length);
  return !small?.[0].some((name) => Object.hasOwn(large?.[1] ?? {}, name));
}

function needsOf(entry: unknown): ReadonlyMap<string, unknown> {
  return new Map(sections.flatMap((section) => Object.entries(Object(memberOf(entry, section)))));
}

function fromWhole(lockfile: string, text: string, below: string): Knows | undefined {
  const document = parsed(lockfile, text);
  const packages = memberOf(document, 'packages');
  if (packages === undefined) {
    const locked = memberOf(document, 'dependencies');
    return below === '' && locked !== undefined ? (name) => Object.hasOwn(Object(locked), name) : undefined;
  }
  const entry = memberOf(packages, below);
  if (entry === undefined) return undefined;
  const needs = needsOf(entry);
  const locked = (folder: string, name: string) => memberOf(memberOf(packages, `${folder}node_modules/${name}`), 'version');
  // npm ci looks at versions: the very one asked for will do, whatever range the lockfile remembers.
  const holds = (name: string, version: string) => (locked(below === '' ? '' : `${below}/`, name) ?? locked('', name)) === version;
  return (name, range) => needs.get(name) === range || (needs.has(name) && holds(name, range));
}

/** Bun writes the manifests of all workspaces at the head of its lockfile, which is JSON with comments. */
function fromBun(text: string, below: string): Knows | undefined {
  const document = readJson(text);
  const entry = 'untold' in document ? undefined : at(document, 'workspaces', below);
  if (entry === undefined) return undefined;
  const needs = new Map(sections.flatMap((section) => entriesOf(at(entry, section)).map(([name, range]) => [name, stringOf(range)] as const)));
  return (name, range) => needs.get(name) === range;
}

// Every member of a workspace asks the same lockfile.
const parsed = remembered((_file, text): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
});

function memberOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined;
}

/** Yarn writes `name@range` (berry: `name@npm:range`) at the head of each entry. */
function fromYarn(text: string): Knows | undefined {
  const heads = new Set<string>();
  for (const line of text.split('\n')) {
    if (!/^["\w@]/.test(line) || !/:\s*$/.test(line)) continue;
    for (const key of line.trim().replace(/:$/, '').replaceAll('"', '').split(', ')) heads.add(key);
  }
  if (heads.size === 0) return undefined;
  return (name, range) => (/^[\w.*^~<>=|\- ]+$/.test(range) ? heads.has(`${name}@${range}`) || heads.has(`${name}@npm:${range}`) : undefined);
}

/** pnpm writes the importer's folder, then the section, the name and its `specifier`; before version 6 `specifiers` in one map. */
function fromPnpm(text: string, importer: string): Knows | undefined {
  const needs = new Map<string, string>();
  const several = /^importers:/m.test(text);
  const base = several ? 4 : 0;
  let inside = !several;
  let name: string | undefined;
  let section: string | undefined;
  for (const line of text.split('\n')) {
    if (/^(?:packages|snapshots):/.test(line)) break;
    const indent = line.length - line.trimStart().length;
    const [, key = '', value = ''] = /^\s*(?:['"]?)([^'":]+|@[^'":]+)(?:['"]?):\s*(.*)$/.exec(line) ?? [];
    if (key === '') continue;
    if (several && indent === 2) inside = key === importer;
    if (!inside) continue;
    if (indent === base) section = key;
    else if (indent === base + 2 && section === 'specifiers') needs.set(key, unquoted(value));
    else if (indent === base + 2 && sections.includes(section ?? '')) name = key;
    else if (indent === base + 4 && key === 'specifier' && name !== undefined) needs.set(name, unquoted(value));
  }
  if (needs.size === 0) return undefined;
  return (wanted, range) => needs.get(wanted) === range;
}

function unquoted(text: string): string {
  return text.trim().replace(/^(['"])(.*)\1$/, '$2');
}
