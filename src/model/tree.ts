/** The way a package comes into a tree. */
import type { PackageRef, ResolvedPackage, ResolvedTree } from './package.ts';

type ByKey = Pick<ReadonlyMap<string, ResolvedPackage>, 'get'>;

/** Shortest chain of packages from the project to `key`, the package itself last; just the package when nothing leads to it. Safe on cycles. */
export function pathTo(tree: ResolvedTree, key: string, byKey: ByKey = indexByKey(tree)): readonly PackageRef[] {
  const next = new Map<string, string | undefined>([[key, undefined]]);
  const queue = [key];
  for (let at = 0; at < queue.length; at++) {
    const current = queue[at] as string;
    if (tree.isAskedDirectly?.(current)) return chainFrom(current, next, byKey);
    for (const edge of tree.dependentsOf(current)) {
      if (edge.from === '') return chainFrom(current, next, byKey);
      if (next.has(edge.from)) continue;
      next.set(edge.from, current);
      queue.push(edge.from);
    }
  }
  return chainFrom(key, new Map(), byKey);
}

/** The packages of a tree by their key. */
export function indexByKey(tree: ResolvedTree): ReadonlyMap<string, ResolvedPackage> {
  return new Map(tree.packages.map((entry) => [entry.key, entry]));
}

function chainFrom(start: string, next: ReadonlyMap<string, string | undefined>, byKey: ByKey): PackageRef[] {
  const chain: PackageRef[] = [];
  for (let key: string | undefined = start; key !== undefined; key = next.get(key)) {
    const entry = byKey.get(key);
    if (entry) chain.push({ name: entry.name, version: entry.version });
  }
  return chain;
}
