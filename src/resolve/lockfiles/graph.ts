/** Edges and what follows from them, computed on first use: most runs never ask. */
import type { Edge, EdgeKind, Location, PackageSource, ResolvedPackage } from '../../model/package.ts';
import { isUnpinned } from './format.ts';

/** One dependency: `from` is the key of the dependent, `''` the project itself. */
export interface Link extends Edge {
  readonly to: string;
}

/** What a tree knows through its edges. */
export interface Graph {
  dependentsOf(key: string): readonly Edge[];
  /** True when every way from the project to it passes an edge of this kind. */
  only(kind: EdgeKind, key: string): boolean;
}

/** A graph over links that are gathered when somebody asks. */
export function lazyGraph(gather: () => readonly Link[]): Graph {
  let into: Map<string, Edge[]> | undefined;
  let out: Map<string, Link[]> | undefined;
  const reached = new Map<EdgeKind | 'all', ReadonlySet<string>>();
  const reach = (without: EdgeKind | 'all') => {
    out ??= group(gather(), (link) => link.from);
    const held = reached.get(without) ?? reachable(out, without);
    reached.set(without, held);
    return held;
  };
  return {
    dependentsOf: (key) => {
      into ??= new Map(
        [...group(gather(), (link) => link.to)].map(([to, links]) => [to, links.map(({ from, spec, kind }) => ({ from, spec, kind }))]),
      );
      return into.get(key) ?? [];
    },
    only: (kind, key) => !reach(kind).has(key) && reach('all').has(key),
  };
}

type Known = Omit<ResolvedPackage, 'dev' | 'optional' | 'peer' | 'where' | 'unpinned'>;
type MaybeUndefined<T> = { readonly [K in keyof T]?: T[K] | undefined };
/** What is known of an entry at once; what is undefined is not there. */
export type Facts = Pick<Known, 'key' | 'name' | 'version' | 'source' | 'bundled'> &
  MaybeUndefined<Pick<Known, 'resolved' | 'integrity' | 'checksum' | 'alias' | 'patched' | 'hasInstallScript'>>;

/** The entries of a file, each told when somebody asks. */
export interface Told extends Pick<Graph, 'only'> {
  facts(at: number): Facts;
  /** True for formats that have a hash of whatever a registry gave. */
  readonly pins: boolean;
  where(at: number): Location | undefined;
  /** The name a package goes by, in formats where only its dependents know. */
  aliasOf?(at: number): string | undefined;
  /** The name alone, where it is known without the rest. */
  name?(at: number): string | undefined;
  /** The lines of an entry, and how they are read: equal lines that are read alike say the same. */
  lines?(at: number): string | undefined;
  readonly reading?: string;
}

/** A package that is looked into when somebody asks; a class, because there are thousands and most are never asked. */
class LazyPackage implements ResolvedPackage {
  // Not `#`: thousands are made at once, and those cost ten times as much; declared, or each is first made without them.
  declare private readonly told: Told;
  declare private readonly at: number;
  declare private held: Facts | undefined;

  constructor(told: Told, at: number) {
    this.told = told;
    this.at = at;
    this.held = undefined;
  }

  isWrittenLike(other: ResolvedPackage): boolean | undefined {
    if (!(other instanceof LazyPackage)) return undefined;
    const [mine, theirs] = [this.told, other.told];
    const lines = mine.reading !== undefined && mine.reading === theirs.reading ? mine.lines?.(this.at) : undefined;
    const others = lines === undefined ? undefined : theirs.lines?.(other.at);
    return others === undefined ? undefined : lines === others;
  }

  get key(): string {
    return this.facts.key;
  }

  get name(): string {
    return this.held?.name ?? this.told.name?.(this.at) ?? this.facts.name;
  }

  get version(): string {
    return this.facts.version;
  }

  get source(): PackageSource {
    return this.facts.source;
  }

  get bundled(): boolean {
    return this.facts.bundled;
  }

  get resolved(): string {
    return this.facts.resolved as string;
  }

  get integrity(): string {
    return this.facts.integrity as string;
  }

  get checksum(): string {
    return this.facts.checksum as string;
  }

  get unpinned(): boolean {
    return this.told.pins && isUnpinned(this.facts);
  }

  get patched(): boolean {
    return this.facts.patched as boolean;
  }

  get hasInstallScript(): boolean {
    return this.facts.hasInstallScript as boolean;
  }

  get alias(): string {
    return (this.facts.alias ?? this.told.aliasOf?.(this.at)) as string;
  }

  get dev(): boolean {
    return this.told.only('dev', this.key);
  }

  get optional(): boolean {
    return this.told.only('optional', this.key);
  }

  get peer(): boolean {
    return this.told.only('peer', this.key);
  }

  get where(): Location {
    return this.told.where(this.at) as Location;
  }

  private get facts(): Facts {
    this.held ??= this.told.facts(this.at);
    return this.held;
  }
}

/** All packages of a file. */
export function packagesOf(told: Told, size: number): LazyPackage[] {
  const packages = new Array<LazyPackage>(size);
  for (let at = 0; at < size; at++) packages[at] = new LazyPackage(told, at);
  return packages;
}

function reachable(out: ReadonlyMap<string, readonly Link[]>, without: EdgeKind | 'all'): ReadonlySet<string> {
  const seen = new Set<string>();
  const queue = [''];
  for (let from = queue.pop(); from !== undefined; from = queue.pop()) {
    for (const link of out.get(from) ?? []) {
      if (link.kind === without || seen.has(link.to)) continue;
      seen.add(link.to);
      queue.push(link.to);
    }
  }
  return seen;
}

function group<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const held = groups.get(keyOf(item));
    if (held) held.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}
