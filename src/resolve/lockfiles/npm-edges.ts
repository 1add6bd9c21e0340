/** Who depends on what in npm's `packages` map, by Node's rule: the nearest node_modules folder upwards that holds the name. */
import type { Edge, EdgeKind } from '../../model/package.ts';
import { type Json, objectOf, own, stringEntries, stringOf } from './json.ts';

const kinds: readonly [string, EdgeKind][] = [
  ['dependencies', 'prod'],
  ['optionalDependencies', 'optional'],
  ['peerDependencies', 'peer'],
  ['devDependencies', 'dev'],
];

/** Edges into every package, by key. A dependency that is not installed (optional, other platform) has no edge. */
export function npmEdges(entries: ReadonlyMap<string, Json>): ReadonlyMap<string, Edge[]> {
  const edges = new Map<string, Edge[]>();
  for (const [from, entry] of entries) {
    if (own(entry, 'link') === true) continue;
    for (const { name, spec, kind } of wanted(entry, from)) {
      const to = locate(entries, from, name);
      if (to !== undefined) push(edges, to, { from, spec, kind });
    }
    if (from === '') for (const to of workspaceKeys(entries)) push(edges, to, { from: '', spec: 'workspace:*', kind: 'prod' });
  }
  return edges;
}

function wanted(entry: Json, from: string): { name: string; spec: string; kind: EdgeKind }[] {
  const found = new Map<string, { name: string; spec: string; kind: EdgeKind }>();
  const local = from === '' || !from.includes('node_modules/');
  for (const [field, kind] of kinds) {
    // Only the project's own packages get their development dependencies installed.
    if (kind === 'dev' && !local) continue;
    for (const [name, spec] of stringEntries(own(entry, field))) if (kind !== 'peer' || !found.has(name)) found.set(name, { name, spec, kind });
  }
  return [...found.values()];
}

/** The key that `name` means inside the folder `from`; links lead to their target. */
function locate(entries: ReadonlyMap<string, Json>, from: string, name: string): string | undefined {
  for (let folder: string | undefined = from; folder !== undefined; folder = parentOf(folder)) {
    const key = folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`;
    const entry = entries.get(key);
    if (entry) return own(entry, 'link') === true ? linkTarget(entries, entry) : key;
  }
  return undefined;
}

function parentOf(folder: string): string | undefined {
  if (folder === '') return undefined;
  const nested = folder.lastIndexOf('/node_modules/');
  if (nested >= 0) return folder.slice(0, nested);
  if (folder.startsWith('node_modules/')) return '';
  const slash = folder.lastIndexOf('/');
  return slash < 0 ? '' : folder.slice(0, slash);
}

function linkTarget(entries: ReadonlyMap<string, Json>, entry: Json): string | undefined {
  const target = stringOf(own(entry, 'resolved'));
  return target !== undefined && entries.has(target) ? target : undefined;
}

function workspaceKeys(entries: ReadonlyMap<string, Json>): string[] {
  const root = entries.get('');
  if (!root || own(root, 'workspaces') === undefined) return [];
  const asked = new Set(kinds.flatMap(([field]) => Object.keys(objectOf(own(root, field)) ?? {}).map((name) => `node_modules/${name}`)));
  return [...entries].flatMap(([key, entry]) => {
    const target = own(entry, 'link') === true && !asked.has(key) ? linkTarget(entries, entry) : undefined;
    return target === undefined ? [] : [target];
  });
}

function push(edges: Map<string, Edge[]>, to: string, edge: Edge): void {
  const held = edges.get(to);
  if (held) held.push(edge);
  else edges.set(to, [edge]);
}
