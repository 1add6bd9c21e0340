/**
 * package-lock.json (v1, v2, v3) and npm-shrinkwrap.json. The entries are read in one flat walk: building npm's own tree
 * costs ten times as much, and its result is only needed for the way in of a few packages.
 */
import type { Location, PackageSource, ResolvedPackage, ResolvedTree } from '../../model/package.ts';
import { printable } from '../../model/text.ts';
import { isUnpinned, type LockfileFormat, type LockfileInput, mostPackages, unreadable } from './format.ts';
import { type Json, objectOf, own, stringEntries, stringOf } from './json.ts';
import { edgesInto } from './npm-edges.ts';
import { rootOf, sourceOf, withoutHash } from './npm-entry.ts';
import type { NpmFile, NpmRow } from './npm-file.ts';
import { type OwnFile, readOwnLayout, toKeep } from './npm-layout.ts';
import { parseNpm, readParsedLayout } from './npm-parsed.ts';
import { readNested } from './npm-v1.ts';
import { checkedText } from './text.ts';

export const npm: LockfileFormat = {
  id: 'package-lock',
  names: ['npm-shrinkwrap.json', 'package-lock.json'],
  // White space begins with the byte order mark. Not a pattern: of one that meets a long text machine code is made.
  recognises: ({ text }) => text.trimStart().startsWith('{') && (text.includes('"lockfileVersion"') || text.includes('"dependencies"')),
  read,
};

/** Of trees in npm's own layout: the file behind, which another state of it is held against. */
const ownFiles = new WeakMap<ResolvedTree, OwnState>();

interface OwnState {
  readonly file: OwnFile;
  readonly places: Places;
}

function read(input: LockfileInput): ResolvedTree {
  const { like, fitting, id } = input;
  const known = readOwnLayout(input.file, input.text, {
    like: like && ownFiles.get(like)?.file,
    odd: fitting && ((text) => fitting.odd(text, id)),
  });
  if (known) {
    if (!known.isSaid) fitting?.keep(known.text, toKeep(known), id);
    return ownTreeOf(input, known);
  }
  const text = checkedText(input);
  const document = parseNpm(input, text);
  const version = own(document, 'lockfileVersion') ?? 1;
  // npm installs "packages" where there are any, whatever the version says.
  const isFlat = (version === 0 || version === 1) && Boolean(own(document, 'packages'));
  if (isFlat || version === 2 || version === 3) return treeOf(input, readParsedLayout(input, text, document, version === 3 ? 3 : 2));
  // Meteor writes what npm 6 did, under a number of its own.
  const isMeteor = version === 4 && own(document, 'packages') === undefined && own(document, 'dependencies') !== undefined;
  if (version === 1 || version === 0 || isMeteor) return readNested(input, text, document);
  throw unreadable(
    input,
    `unknown lockfileVersion ${printable(JSON.stringify(version), 20)}`,
    'depward reads versions 1, 2 and 3; look for a newer depward.',
  );
}

function treeOf(input: LockfileInput, file: NpmFile, places = placesIn(file)): ResolvedTree {
  const { version } = file;
  if (file.size > mostPackages) throw unreadable(input, `more than ${mostPackages} packages`, 'This is more than any real project has.');
  let packages: readonly ResolvedPackage[] | undefined;
  let edges: ReturnType<typeof edgesInto> | undefined;
  return {
    format: `package-lock v${version}`,
    get root() {
      return rootOf(places.root());
    },
    get packages() {
      packages ??= packagesIn(file.rows, places);
      return packages;
    },
    dependentsOf: (key) => {
      edges ??= edgesInto(file);
      return edges(key);
    },
  };
}

/** The same of npm's own layout, where no package is made before somebody asks for it. */
function ownTreeOf(input: LockfileInput, file: OwnFile): ResolvedTree {
  const places = placesIn(file);
  const tree: ResolvedTree = Object.assign(treeOf(input, file, places), {
    size: file.size - (file.row('') ? 1 : 0) - file.oddRows().filter((row) => row.key !== '' && !isPackage(row)).length,
    at: (key: string) =>
      packagesIn(
        [file.row(key)].flatMap((row) => row ?? []),
        places,
      )[0],
    isAskedDirectly: (key: string) => isAskedByProject(file, places, key),
    named: (names: ReadonlySet<string>) => packagesIn(file.installedAs?.(names) ?? [], places).filter(({ name }) => names.has(name)),
    apartFrom: (other: ResolvedTree) => {
      const old = ownFiles.get(other);
      return old && file.apart?.like === old.file && isAskedAlike(places, old.places)
        ? { gone: packagesIn(file.apart.gone, old.places), fresh: packagesIn(file.apart.fresh, places) }
        : undefined;
    },
  });
  ownFiles.set(tree, { file, places });
  return tree;
}

/** True where the project itself is surely who asks for a package: then no other way in is as short. */
function isAskedByProject(file: OwnFile, places: Places, key: string): boolean {
  const name = key.slice('node_modules/'.length);
  if (key !== `node_modules/${name}` || name.includes('node_modules/') || file.oddRows().some((row) => row.key === key)) return false;
  return dependencyKinds.some((kind) => stringOf(own(objectOf(own(places.root(), kind)) ?? {}, name)) !== undefined);
}

/** Where a package comes from hangs on more than its entry: on workspaces, and on the addresses that others ask for. */
function isAskedAlike(one: Places, other: Places): boolean {
  return one.asked.size + other.asked.size === 0 && one.workspaces === other.workspaces;
}

function packagesIn(rows: readonly NpmRow[], places: Places): readonly ResolvedPackage[] {
  return rows.filter(isPackage).map((row) => new NpmPackage(row, places));
}

function isPackage(row: NpmRow): boolean {
  return row.key !== '' && !(row.isOdd && own(row.json, 'link') === true);
}

function placesIn(file: NpmFile): Places {
  let root: Json | undefined;
  const rootNow = () => {
    root ??= file.row('')?.json ?? {};
    return root;
  };
  const mayHold = file.row('')?.lines?.includes('"workspaces"') ?? true;
  return { asked: urlsAsked(file.oddRows()), root: rootNow, workspaces: mayHold && own(rootNow(), 'workspaces') !== undefined, where: file.where };
}

/** What all packages of a file hang on. */
interface Places {
  /** The addresses asked for, by the name they are asked for under. */
  readonly asked: ReadonlyMap<string, ReadonlySet<string>>;
  /** The project's own entry. */
  readonly root: () => Json;
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

  get unpinned(): boolean {
    return isUnpinned(this);
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
