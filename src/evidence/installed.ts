/** Which package of a tree a dependency means. */
import type { ResolvedPackage, ResolvedTree } from '../model/package.ts';

/** Finds the package that `dependent` gets for `name`, the name it is installed under. */
export type Installed = (dependent: ResolvedPackage, name: string) => ResolvedPackage | undefined;

/** Nothing is computed before the first question: most runs never ask. */
export function installedIn(tree: ResolvedTree | undefined): Installed {
  let byName: ReadonlyMap<string, readonly ResolvedPackage[]> | undefined;
  return (dependent, name) => {
    if (!tree) return undefined;
    byName ??= indexByInstalledName(tree);
    const candidates = byName.get(name) ?? [];
    if (candidates.length < 2) return candidates[0];
    return candidates.find((candidate) => tree.dependentsOf(candidate.key).some((edge) => edge.from === dependent.key));
  };
}

function indexByInstalledName(tree: ResolvedTree): Map<string, ResolvedPackage[]> {
  const index = new Map<string, ResolvedPackage[]>();
  for (const entry of tree.packages) {
    const name = entry.alias ?? entry.name;
    const held = index.get(name);
    if (held) held.push(entry);
    else index.set(name, [entry]);
  }
  return index;
}
