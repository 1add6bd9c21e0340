/** Edges and what follows from them, computed on first use: most runs never ask. */
import type { Edge, EdgeKind, Location, PackageSource, ResolvedPackage } from '../../model/package.ts';

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

type Known = Omit<ResolvedPackage, 'dev' | 'optional' | 'peer' | 'where'>;
type MaybeUndefined<T> = { readonly [K in keyof T]?: T[K] | undefined };
/** What is known of an entry at once; what is undefined is not there. */
export type Facts = Pick<Known, 'key' | 'name' | 'version' | 'source' | 'bundled'> &
  MaybeUndefined<Pick<Known, 'resolved' | 'integrity' | 'checksum' | 'alias' | 'patched' | 'hasInstallScript'>>;

/** What is looked up by key when somebody asks. */
export interface Lookups extends Pick<Graph, 'only'> {
  where(key: string): Location | undefined;
  /** The name a package goes by, in formats where only its dependents know. */
  aliasOf?(key: string): string | undefined;
}

/** A package whose place and flags are looked up when somebody asks; a class, because there are thousands and most are never asked. */
export class LazyPackage implements ResolvedPackage {
  declare readonly key: string;
  declare readonly name: string;
  declare readonly version: string;
  declare readonly source: PackageSource;
  declare readonly bundled: boolean;
  declare readonly resolved?: string;
  declare readonly integrity?: string;
  declare readonly checksum?: string;
  declare readonly patched?: boolean;
  declare readonly hasInstallScript?: boolean;
  readonly #lookups: Lookups;
  readonly #alias: string | undefined;

  constructor(facts: Facts, lookups: Lookups) {
    this.key = facts.key;
    this.name = facts.name;
    this.version = facts.version;
    this.source = facts.source;
    this.bundled = facts.bundled;
    if (facts.resolved !== undefined) this.resolved = facts.resolved;
    if (facts.integrity !== undefined) this.integrity = facts.integrity;
    if (facts.checksum !== undefined) this.checksum = facts.checksum;
    if (facts.patched !== undefined) this.patched = facts.patched;
    if (facts.hasInstallScript !== undefined) this.hasInstallScript = facts.hasInstallScript;
    this.#lookups = lookups;
    this.#alias = facts.alias;
  }

  get alias(): string {
    return (this.#alias ?? this.#lookups.aliasOf?.(this.key)) as string;
  }

  get dev(): boolean {
    return this.#lookups.only('dev', this.key);
  }

  get optional(): boolean {
    return this.#lookups.only('optional', this.key);
  }

  get peer(): boolean {
    return this.#lookups.only('peer', this.key);
  }

  get where(): Location {
    return this.#lookups.where(this.key) as Location;
  }
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
