/** Who depends on what in npm's `packages` map, by Node's rule: the nearest node_modules folder upwards that holds the name. */
import type { Edge, EdgeKind } from '../../model/package.ts';
import { type Json, objectOf, own, stringEntries, stringOf } from './json.ts';
import type { NpmFile } from './npm-file.ts';

const kinds: readonly [string, EdgeKind][] = [
  ['dependencies', 'prod'],
  ['optionalDependencies', 'optional'],
  ['peerDependencies', 'peer'],
  ['devDependencies', 'dev'],
];

/** With more questions than this all edges are gathered at once. */
const mostQuestions = 60;

/** Edges into a package. Few are ever asked for: their dependents are looked up by the name they must write. */
export function edgesInto(file: NpmFile): (key: string) => readonly Edge[] {
  let all: ReadonlyMap<string, readonly Edge[]> | undefined;
  let targets: ReadonlySet<string | undefined> | undefined;
  let asked = 0;
  const { naming } = file;
  const entryAt = (key: string) => file.row(key)?.json;
  return (key) => {
    const at = key.lastIndexOf('node_modules/');
    targets ??= new Set(file.oddRows().flatMap((row) => (row.isOdd && own(row.json, 'link') === true ? stringOf(own(row.json, 'resolved')) : [])));
    if (!all && naming && asked++ < mostQuestions && at >= 0 && !targets.has(key)) {
      const name = key.slice(at + 'node_modules/'.length);
      return naming(name).flatMap(({ key: from, json }) => (leadsTo(key, name, from, json, entryAt) ? wantedAs(name, json, from) : []));
    }
    all ??= npmEdges(new Map(file.rows.map((row) => [row.key, row.json])));
    return all.get(key) ?? [];
  };
}

function leadsTo(key: string, name: string, from: string, entry: Json, entryAt: EntryAt): boolean {
  return own(entry, 'link') !== true && locate(entryAt, from, name) === key;
}

/** One name of `wanted`. */
function wantedAs(name: string, entry: Json, from: string): Edge[] {
  let edge: Edge | undefined;
  for (const [field, kind] of kinds) {
    if (kind === 'dev' && !isLocal(from)) continue;
    const spec = stringOf(own(objectOf(own(entry, field)) ?? {}, name));
    if (spec !== undefined && (kind !== 'peer' || !edge)) edge = { from, spec, kind };
  }
  return edge ? [edge] : [];
}

/** Edges into every package, by key. A dependency that is not installed (optional, other platform) has no edge. */
export function npmEdges(entries: ReadonlyMap<string, Json>): ReadonlyMap<string, Edge[]> {
  const edges = new Map<string, Edge[]>();
  for (const [from, entry] of entries) {
    if (own(entry, 'link') === true) continue;
    for (const { name, spec, kind } of wanted(entry, from)) {
      const to = locate((key) => entries.get(key), from, name);
      if (to !== undefined) push(edges, to, { from, spec, kind });
    }
    if (from === '') for (const to of workspaceKeys(entries)) push(edges, to, { from: '', spec: 'workspace:*', kind: 'prod' });
  }
  return edges;
}

type EntryAt = (key: string) => Json | undefined;

function wanted(entry: Json, from: string): { name: string; spec: string; kind: EdgeKind }[] {
  const found = new Map<string, { name: string; spec: string; kind: EdgeKind }>();
  const local = isLocal(from);
  for (const [field, kind] of kinds) {
    // Only the project's own packages get their development dependencies installed.
    if (kind === 'dev' && !local) continue;
    for (const [name, spec] of stringEntries(own(entry, field))) if (kind !== 'peer' || !found.has(name)) found.set(name, { name, spec, kind });
  }
  return [...found.values()];
}

function isLocal(from: string): boolean {
  return from === '' || !from.includes('node_modules/');
}

/** The key that `name` means inside the folder `from`; links lead to their target. */
function locate(entryAt: EntryAt, from: string, name: string): string | undefined {
  for (let folder: string | undefined = from; folder !== undefined; folder = parentOf(folder)) {
    const key = folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`;
    const entry = entryAt(key);
    if (entry) return own(entry, 'link') === true ? linkTarget(entryAt, entry) : key;
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

function linkTarget(entryAt: EntryAt, entry: Json): string | undefined {
  const target = stringOf(own(entry, 'resolved'));
  return target !== undefined && entryAt(target) ? target : undefined;
}

function workspaceKeys(entries: ReadonlyMap<string, Json>): string[] {
  const root = entries.get('');
  if (!root || own(root, 'workspaces') === undefined) return [];
  const asked = new Set(kinds.flatMap(([field]) => Object.keys(objectOf(own(root, field)) ?? {}).map((name) => `node_modules/${name}`)));
  return [...entries].flatMap(([key, entry]) => {
    const target = own(entry, 'link') === true && !asked.has(key) ? linkTarget((held) => entries.get(held), entry) : undefined;
    return target === undefined ? [] : [target];
  });
}

function push(edges: Map<string, Edge[]>, to: string, edge: Edge): void {
  const held = edges.get(to);
  if (held) held.push(edge);
  else edges.set(to, [edge]);
}
