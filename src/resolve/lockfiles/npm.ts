/**
 * package-lock.json (v1, v2, v3) and npm-shrinkwrap.json. `packages` is read by JSON.parse and one flat walk: building
 * npm's own tree costs ten times as much, and its result is only needed for the way in of a few packages.
 */
import type { Location, PackageSource, ResolvedPackage, ResolvedTree } from '../../model/package.ts';
import { printable } from '../../model/text.ts';
import { type LockfileFormat, type LockfileInput, mostPackages, unreadable } from './format.ts';
import { type Json, objectOf, own, stringEntries, stringOf } from './json.ts';
import { npmEdges } from './npm-edges.ts';
import { rootOf, sourceOf, withoutHash } from './npm-entry.ts';
import { readNested } from './npm-v1.ts';
import { type PositionOf, positionsIn } from './positions.ts';
import { checkedText, keysOnce, lineOf } from './text.ts';

export const npm: LockfileFormat = {
  id: 'package-lock',
  names: ['npm-shrinkwrap.json', 'package-lock.json'],
  recognises: ({ text }) => /^\uFEFF?\s*\{/.test(text) && (text.includes('"lockfileVersion"') || text.includes('"dependencies"')),
  read,
};

function read(input: LockfileInput): ResolvedTree {
  const text = checkedText(input);
  const document = parse(input, text);
  const version = own(document, 'lockfileVersion') ?? 1;
  if (version === 2 || version === 3) return readPackages(input, text, document, version);
  if (version === 1 || version === 0) return readNested(input, text, document);
  throw unreadable(
    input,
    `unknown lockfileVersion ${printable(String(version), 20)}`,
    'depward reads versions 1, 2 and 3; look for a newer depward.',
  );
}

function parse(input: LockfileInput, text: string): Json {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const offset = /position (\d+)/.exec(error instanceof Error ? error.message : '')?.[1];
    const cut = offset === undefined || Number(offset) >= text.length - 1;
    const line = offset === undefined ? undefined : lineOf(text, Number(offset));
    throw unreadable(
      input,
      cut ? 'the file ends too early' : 'this is not valid JSON',
      'Restore it from version control, or let npm write it anew.',
      line,
    );
  }
  const document = objectOf(value);
  if (!document) throw unreadable(input, 'this is not a lockfile', 'A package-lock.json holds a JSON object.');
  return document;
}

function readPackages(input: LockfileInput, text: string, document: Json, version: number): ResolvedTree {
  const section = objectOf(own(document, 'packages'));
  if (!section) throw unreadable(input, `lockfileVersion ${version} without "packages"`, 'Let npm write it anew: npm install --package-lock-only.');
  const entries = new Map<string, Json>();
  for (const [key, value] of Object.entries(section)) {
    const entry = objectOf(value);
    if (!entry) throw unreadable(input, `the entry ${printable(JSON.stringify(key), 80)} is not an object`, 'Restore the file from version control.');
    entries.set(key, entry);
  }
  if (entries.size > mostPackages) throw unreadable(input, `more than ${mostPackages} packages`, 'This is more than any real project has.');
  const root = entries.get('') ?? {};
  const where = locations(input, text);
  const packages = flatten(entries, where);
  let edges: ReturnType<typeof npmEdges> | undefined;
  return {
    format: `package-lock v${version}`,
    root: rootOf(root),
    packages,
    dependentsOf: (key) => {
      edges ??= npmEdges(entries);
      return edges.get(key) ?? [];
    },
  };
}

type WhereOf = (key: string) => Location | undefined;

/** Finds lines on first use; doubled keys are found at once, because a reader of the file and a parser see different ones. */
function locations(input: LockfileInput, text: string): WhereOf {
  const offsets = keysOnce(input, text, 2, (path, key) => (path.length === 1 && path[0] === 'packages' ? key : undefined));
  let position: PositionOf | undefined;
  return (key) => {
    const offset = offsets.get(key);
    if (offset === undefined) return undefined;
    position ??= positionsIn(text);
    return { file: input.file, ...position(offset) };
  };
}

function flatten(entries: ReadonlyMap<string, Json>, where: WhereOf): ResolvedPackage[] {
  const asked = urlsAsked(entries);
  const workspaces = own(entries.get('') ?? {}, 'workspaces') !== undefined;
  const packages: ResolvedPackage[] = [];
  for (const [key, entry] of entries) {
    if (key === '' || own(entry, 'link') === true) continue;
    const at = key.lastIndexOf('node_modules/');
    const installed = at < 0 ? undefined : key.slice(at + 'node_modules/'.length);
    const name = stringOf(own(entry, 'name')) ?? installed ?? baseName(key);
    const resolved = stringOf(own(entry, 'resolved'));
    const integrity = stringOf(own(entry, 'integrity'));
    const script = own(entry, 'hasInstallScript');
    packages.push({
      key,
      name,
      version: stringOf(own(entry, 'version')) ?? '',
      ...(resolved !== undefined && { resolved }),
      ...(integrity !== undefined && { integrity }),
      source: installed === undefined ? localSource(name, workspaces, asked) : sourceOf(resolved, asked.get(installed)),
      dev: own(entry, 'dev') === true,
      optional: own(entry, 'optional') === true,
      peer: own(entry, 'peer') === true,
      bundled: own(entry, 'inBundle') === true,
      ...(installed !== undefined && installed !== name && { alias: installed }),
      // npm writes the flag only where it is true; a bundled package's scripts never run from here.
      hasInstallScript: script === true,
      get where() {
        return where(key);
      },
    } as ResolvedPackage);
  }
  return packages;
}

function localSource(name: string, workspaces: boolean, asked: ReadonlyMap<string, ReadonlySet<string>>): PackageSource {
  const specs = asked.get(name);
  return workspaces && !specs ? 'workspace' : 'file';
}

const dependencyKinds = ['dependencies', 'optionalDependencies', 'devDependencies', 'peerDependencies'];

/** The specs with a colon in them (URLs, files), by the name they are asked for under. */
function urlsAsked(entries: ReadonlyMap<string, Json>): ReadonlyMap<string, ReadonlySet<string>> {
  const asked = new Map<string, Set<string>>();
  for (const entry of entries.values()) {
    for (const kind of dependencyKinds) {
      for (const [name, spec] of stringEntries(own(entry, kind))) {
        if (!spec.includes(':') || spec.startsWith('npm:')) continue;
        const held = asked.get(name);
        if (held) held.add(withoutHash(spec));
        else asked.set(name, new Set([withoutHash(spec)]));
      }
    }
  }
  return asked;
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
