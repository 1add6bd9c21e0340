/** The shortest way from the project to every package, in one walk. */
import type { PackageRef, ResolvedTree } from '../model/package.ts';

/** Ways by key, the package itself last; a package nothing leads to has only itself. */
export function shortestPaths(tree: ResolvedTree): (key: string) => readonly PackageRef[] {
  const byKey = new Map(tree.packages.map((entry) => [entry.key, entry]));
  const out = new Map<string, string[]>();
  for (const { key } of tree.packages) {
    for (const { from } of tree.dependentsOf(key)) {
      const held = out.get(from);
      if (held) held.push(key);
      else out.set(from, [key]);
    }
  }
  const parent = new Map<string, string>();
  const queue = [''];
  for (let at = 0; at < queue.length; at++) {
    const from = queue[at] as string;
    for (const to of out.get(from) ?? []) {
      if (parent.has(to)) continue;
      parent.set(to, from);
      queue.push(to);
    }
  }
  return (key) => {
    const path: PackageRef[] = [];
    for (let at: string | undefined = key; at !== undefined && at !== ''; at = parent.get(at)) {
      const entry = byKey.get(at);
      if (entry) path.unshift({ name: entry.name, version: entry.version });
    }
    return path;
  };
}
