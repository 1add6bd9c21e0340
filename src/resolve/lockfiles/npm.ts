/**
 * package-lock.json (v1, v2, v3) and npm-shrinkwrap.json. The entries are read in one flat walk: building npm's own tree
 * costs ten times as much, and its result is only needed for the way in of a few packages.
 */
import type { Location, PackageSource, ResolvedPackage, ResolvedTree } from '../../model/package.ts';
import { printable } from '../../model/text.ts';
import { type LockfileFormat, type LockfileInput, mostPackages, unreadable } from './format.ts';
import { type Json, own, stringEntries } from './json.ts';
import { edgesInto } from './npm-edges.ts';
import { rootOf, sourceOf, withoutHash } from './npm-entry.ts';
import type { NpmFile, NpmRow } from './npm-file.ts';
import { readOwnLayout } from './npm-layout.ts';
import { parseNpm, readParsedLayout } from './npm-parsed.ts';
import { readNested } from './npm-v1.ts';
import { checkedText } from './text.ts';

export const npm: LockfileFormat = {
  id: 'package-lock',
  names: ['npm-shrinkwrap.json', 'package-lock.json'],
  recognises: ({ text }) => /^\uFEFF?\s*\{/.test(text) && (text.includes('"lockfileVersion"') || text.includes('"dependencies"')),
  read,
};

function read(input: LockfileInput): ResolvedTree {
  const known = readOwnLayout(input.file, input.text);
  if (known) return treeOf(input, known);
  const text = checkedText(input);
  const document = parseNpm(input, text);
  const version = own(document, 'lockfileVersion') ?? 1;
  if (version === 2 || version === 3) return treeOf(input, readParsedLayout(input, text, document, version));
  // Meteor writes what npm 6 did, under a number of its own.
  const isMeteor = version === 4 && own(document, 'packages') === undefined && own(document, 'dependencies') !== undefined;
  if (version === 1 || version === 0 || isMeteor) return readNested(input, text, document);
  throw unreadable(
    input,
    `unknown lockfileVersion ${printable(String(version), 20)}`,
    'depward reads versions 1, 2 and 3; look for a newer depward.',
  );
}

function treeOf(input: LockfileInput, file: NpmFile): ResolvedTree {
  const { version, rows, where } = file;
  if (rows.length > mostPackages) throw unreadable(input, `more than ${mostPackages} packages`, 'This is more than any real project has.');
  const root = rows.find(({ key }) => key === '')?.json ?? {};
  const asked = urlsAsked(rows);
  const workspaces = own(root, 'workspaces') !== undefined;
  const packages: ResolvedPackage[] = [];
  for (const row of rows) {
    if (row.key === '' || (row.isOdd && own(row.json, 'link') === true)) continue;
    const at = row.key.lastIndexOf('node_modules/');
    const installed = at < 0 ? undefined : row.key.slice(at + 'node_modules/'.length);
    const name = row.name ?? installed ?? baseName(row.key);
    const source = installed === undefined ? localSource(name, workspaces, asked) : sourceOf(row.resolved, asked.get(installed));
    packages.push(new NpmPackage(row, { name, source, alias: installed === name ? undefined : installed, where }));
  }
  let edges: ReturnType<typeof edgesInto> | undefined;
  return {
    format: `package-lock v${version}`,
    root: rootOf(root),
    packages,
    dependentsOf: (key) => {
      edges ??= edgesInto(file);
      return edges(key);
    },
  };
}

interface Placed {
  readonly name: string;
  readonly source: PackageSource;
  readonly alias: string | undefined;
  readonly where: (key: string) => Location | undefined;
}

/** A class, because there are thousands; what few are asked is looked up when somebody does. */
class NpmPackage implements ResolvedPackage {
  readonly key: string;
  readonly name: string;
  readonly version: string;
  declare readonly resolved?: string;
  declare readonly integrity?: string;
  readonly source: PackageSource;
  declare readonly alias?: string;
  readonly #row: NpmRow;
  readonly #where: Placed['where'];

  constructor(row: NpmRow, { name, source, alias, where }: Placed) {
    this.key = row.key;
    this.name = name;
    this.version = row.version ?? '';
    if (row.resolved !== undefined) this.resolved = row.resolved;
    if (row.integrity !== undefined) this.integrity = row.integrity;
    this.source = source;
    if (alias !== undefined) this.alias = alias;
    this.#row = row;
    this.#where = where;
  }

  get dev(): boolean {
    return this.#says('dev');
  }

  get optional(): boolean {
    return this.#says('optional');
  }

  get peer(): boolean {
    return this.#says('peer');
  }

  get bundled(): boolean {
    return this.#says('inBundle');
  }

  /** npm writes the flag only where it is true; a bundled package's scripts never run from here. */
  get hasInstallScript(): boolean {
    return this.#says('hasInstallScript');
  }

  get where(): Location {
    return this.#where(this.key) as Location;
  }

  #says(flag: string): boolean {
    return own(this.#row.json, flag) === true;
  }
}

function localSource(name: string, workspaces: boolean, asked: ReadonlyMap<string, ReadonlySet<string>>): PackageSource {
  const specs = asked.get(name);
  return workspaces && !specs ? 'workspace' : 'file';
}

const dependencyKinds = ['dependencies', 'optionalDependencies', 'devDependencies', 'peerDependencies'];

/** The specs with a colon in them (URLs, files), by the name they are asked for under. */
function urlsAsked(rows: readonly NpmRow[]): ReadonlyMap<string, ReadonlySet<string>> {
  const asked = new Map<string, Set<string>>();
  for (const row of rows) if (row.isOdd) for (const [name, spec] of specsOf(row.json)) if (isAddress(spec)) addTo(asked, name, withoutHash(spec));
  return asked;
}

function specsOf(entry: Json): [string, string][] {
  return dependencyKinds.flatMap((kind) => stringEntries(own(entry, kind)));
}

function isAddress(spec: string): boolean {
  return spec.includes(':') && !spec.startsWith('npm:');
}

function addTo(asked: Map<string, Set<string>>, name: string, spec: string): void {
  const held = asked.get(name);
  if (held) held.add(spec);
  else asked.set(name, new Set([spec]));
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
