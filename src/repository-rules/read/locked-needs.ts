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

function fromNpm(lockfile: string, text: string, below: string): Knows | undefined {
  const document = parsed(lockfile, text);
  const packages = memberOf(document, 'packages');
  if (packages === undefined) {
    const locked = memberOf(document, 'dependencies');
    return below === '' && locked !== undefined ? (name) => Object.hasOwn(Object(locked), name) : undefined;
  }
  const entry = memberOf(packages, below);
  if (entry === undefined) return undefined;
  const needs = new Map(sections.flatMap((section) => Object.entries(Object(memberOf(entry, section)))));
  return (name, range) => needs.get(name) === range;
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
