/** Packages as a lockfile or a resolver names them, and what a change does to them. */

/** An exact package version. */
export interface PackageRef {
  readonly name: string;
  readonly version: string;
}

/** Where the bytes of a package come from. */
export type PackageSource = 'registry' | 'git' | 'remote' | 'file' | 'workspace';

/** The kind of dependency an edge stands for, as npm's manifests name them. */
export type EdgeKind = 'prod' | 'dev' | 'optional' | 'peer';

/** A place in a file of the repository; line and column count from 1. */
export interface Location {
  readonly file: string;
  readonly line: number;
  readonly column?: number;
}

/** One package of a resolved tree. `name` is the real (registry) name; `alias` the name it is installed under, where different. */
export interface ResolvedPackage extends PackageRef {
  /** Unique within its tree, e.g. `node_modules/a/node_modules/b`. */
  readonly key: string;
  /** Tarball or repository URL as recorded; legally absent from many lockfiles. */
  readonly resolved?: string;
  /** Subresource integrity as recorded, e.g. `sha512-…`. */
  readonly integrity?: string;
  /** A checksum of the package manager's own making, not of the registry's tarball (Yarn berry's cache archives). */
  readonly checksum?: string;
  /** True where its lockfile could pin it and holds neither an address nor a hash: the package manager takes whatever the registry has. */
  readonly unpinned?: boolean;
  readonly source: PackageSource;
  /** True when the package manager applies a patch of this repository to it. */
  readonly patched?: boolean;
  readonly dev: boolean;
  readonly optional: boolean;
  readonly peer: boolean;
  readonly bundled: boolean;
  readonly alias?: string;
  /** What the lockfile says of install scripts; undefined means unknown. */
  readonly hasInstallScript?: boolean;
  readonly where?: Location;
  /** Whether another entry is written alike in a file that is read alike: then it says the same of what is fetched. Undefined where this cannot be told. */
  isWrittenLike?(other: ResolvedPackage): boolean | undefined;
}

/** Who asks for a package: `from` is the key of the dependent, `''` the project itself. */
export interface Edge {
  readonly from: string;
  /** The range or spec as written by the dependent. */
  readonly spec: string;
  readonly kind: EdgeKind;
}

/** Every package a lockfile or a spec resolves to. */
export interface ResolvedTree {
  /** The lockfile format or resolver, e.g. `package-lock v3`, `ideal tree`. */
  readonly format: string;
  readonly root: { readonly name?: string; readonly version?: string };
  readonly packages: readonly ResolvedPackage[];
  /** How many packages there are, where that is told without making them. */
  readonly size?: number;
  /** The package of a key, where that is told without making all. */
  at?(key: string): ResolvedPackage | undefined;
  /** The packages of these names in their order, where that is told without making all. */
  named?(names: ReadonlySet<string>): readonly ResolvedPackage[];
  /** Where this was read as another state of a tree: what that holds and this does not in that place and in these words, and the other way round. */
  apartFrom?(other: ResolvedTree): { readonly gone: readonly ResolvedPackage[]; readonly fresh: readonly ResolvedPackage[] } | undefined;
  /** True where the project itself surely asks for the package with this key; false means nothing. */
  isAskedDirectly?(key: string): boolean;
  /** The edges into a package, by key. Computed on first use: most runs never ask. */
  dependentsOf(key: string): readonly Edge[];
}

/** What happens to one package between two trees; `alsoAt` says in which further lockfiles it is brought in. */
export type Change =
  | { readonly action: 'add'; readonly after: ResolvedPackage; readonly alsoAt?: readonly Location[] }
  | { readonly action: 'remove'; readonly before: ResolvedPackage }
  | { readonly action: 'change'; readonly before: ResolvedPackage; readonly after: ResolvedPackage; readonly alsoAt?: readonly Location[] };

/** A change that brings a package in: the ones that are judged. */
export type IncomingChange = Exclude<Change, { action: 'remove' }>;

/** True for changes that bring a package in. */
export function isIncoming(change: Change): change is IncomingChange {
  return change.action !== 'remove';
}

/** `name@version`, the way people and waivers write it. */
export function refText(ref: PackageRef): string {
  return `${ref.name}@${ref.version}`;
}
