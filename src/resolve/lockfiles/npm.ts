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
import { type OwnFile, readOwnLayout } from './npm-layout.ts';
import { parseNpm, readParsedLayout } from './npm-parsed.ts';
import { readNested } from './npm-v1.ts';
import { checkedText } from './text.ts';

export const npm: LockfileFormat = {
  id: 'package-lock',
  names: ['npm-shrinkwrap.json', 'package-lock.json'],
  recognises: ({ text }) => /^\uFEFF?\s*\{/.test(text) && (text.includes('"lockfileVersion"') || text.includes('"dependencies"')),
  read,
};

/** Of trees in npm's own layout: the file behind, which another state of it is held against. */
const ownFiles = new WeakMap<ResolvedTree, OwnFile>();

function read(input: LockfileInput): ResolvedTree {
  const { like, fitting } = input;
  const known = readOwnLayout(input.file, input.text, { like: like && ownFiles.get(like), odd: fitting?.odd });
  if (known) {
    const tree = treeOf(input, known);
    ownFiles.set(tree, known);
    if (!known.isSaid) fitting?.keep(known.text, oddPlaces(known));
    return tree;
  }
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
  const places: Places = { asked, workspaces: own(root, 'workspaces') !== undefined, where };
  const packages: ResolvedPackage[] = [];
  for (const row of rows) {
    if (row.key === '' || (row.isOdd && own(row.json, 'link') === true)) continue;
    packages.push(new NpmPackage(row, places));
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

function oddPlaces({ rows }: NpmFile): number[] {
  return rows.flatMap(({ isOdd }, index) => (isOdd ? [index] : []));
}

/** What all packages of a file hang on. */
interface Places {
  /** The addresses asked for, by the name they are asked for under. */
  readonly asked: ReadonlyMap<string, ReadonlySet<string>>;
  readonly workspaces: boolean;
  readonly where: (key: string) => Location | undefined;
}

/** A class, because there are thousands; what few are asked is looked up when somebody does. */
class NpmPackage implements ResolvedPackage {
  // Not `#`: thousands are made at once, and those cost ten times as much.
  private readonly row: NpmRow;
  private readonly places: Places;

  constructor(row: NpmRow, places: Places) {
    this.row = row;
    this.places = places;
  }

  isWrittenLike(other: ResolvedPackage): boolean | undefined {
    const { installed } = this;
    // Where a package comes from hangs on more than its entry: on workspaces, and on the addresses that others ask for.
    if (!(other instanceof NpmPackage) || installed === undefined || this.places.asked.has(installed) || other.places.asked.has(installed))
      return undefined;
    const { lines } = this.row;
    return lines !== undefined && lines === other.row.lines ? true : undefined;
  }

  get key(): string {
    return this.row.key;
  }

  get name(): string {
    return this.row.name ?? this.installed ?? baseName(this.key);
  }

  get version(): string {
    return this.row.version ?? '';
  }

  get resolved(): string {
    return this.row.resolved as string;
  }

  get integrity(): string {
    return this.row.integrity as string;
  }

  get source(): PackageSource {
    const { asked, workspaces } = this.places;
    const { installed } = this;
    return installed === undefined ? localSource(this.name, workspaces, asked) : sourceOf(this.row.resolved, asked.get(installed));
  }

  get alias(): string {
    const { installed } = this;
    return (installed === this.name ? undefined : installed) as string;
  }

  get dev(): boolean {
    return this.says('dev');
  }

  get optional(): boolean {
    return this.says('optional');
  }

  get peer(): boolean {
    return this.says('peer');
  }

  get bundled(): boolean {
    return this.says('inBundle');
  }

  /** npm writes the flag only where it is true; a bundled package's scripts never run from here. */
  get hasInstallScript(): boolean {
    return this.says('hasInstallScript');
  }

  get where(): Location {
    return this.places.where(this.key) as Location;
  }

  /** The name of the folder it is installed in. */
  private get installed(): string | undefined {
    const at = this.key.lastIndexOf('node_modules/');
    return at < 0 ? undefined : this.key.slice(at + 'node_modules/'.length);
  }

  private says(flag: string): boolean {
    return own(this.row.json, flag) === true;
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
