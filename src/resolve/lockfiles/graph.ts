/** Edges and what follows from them, computed on first use: most runs never ask. */
import type { Edge, EdgeKind, Location, ResolvedPackage } from '../../model/package.ts';

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

/** A package whose place and flags are looked up when somebody asks. */
export function lazyPackage(
  facts: Omit<ResolvedPackage, 'dev' | 'optional' | 'peer' | 'where'>,
  graph: Graph,
  where: (key: string) => Location | undefined,
): ResolvedPackage {
  // Own properties, so that copies of the package carry them.
  return {
    ...facts,
    get dev() {
      return graph.only('dev', facts.key);
    },
    get optional() {
      return graph.only('optional', facts.key);
    },
    get peer() {
      return graph.only('peer', facts.key);
    },
    get where() {
      return where(facts.key);
    },
  } as ResolvedPackage;
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
