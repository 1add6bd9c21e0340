/** Who depends on what in a pnpm lockfile. */
import type { EdgeKind, ResolvedPackage } from '../../model/package.ts';
import type { Link } from './graph.ts';
import { mapAt, textAt, type YamlMap, type YamlValue } from './yaml.ts';

type WorkspaceFacts = Omit<ResolvedPackage, 'dev' | 'optional' | 'peer' | 'where'>;

/** Links, the names packages are installed under where those differ, and the projects of the workspace. */
export interface PnpmLinks {
  readonly links: readonly Link[];
  readonly aliases: ReadonlyMap<string, string>;
  readonly workspaces: readonly WorkspaceFacts[];
}

const kinds: readonly [string, EdgeKind][] = [
  ['dependencies', 'prod'],
  ['optionalDependencies', 'optional'],
  ['devDependencies', 'dev'],
  ['configDependencies', 'dev'],
  ['packageManagerDependencies', 'dev'],
];

/** Gathers the links of all documents. */
export function linksOf(documents: readonly YamlMap[], versions: readonly number[], keyOf: ReadonlyMap<string, string>): PnpmLinks {
  const links: Link[] = [];
  const aliases = new Map<string, string>();
  const plain = new Set<string>();
  const projects = new Map<string, string>();
  for (const [index, document] of documents.entries()) {
    const version = versions[index] as number;
    const importers = mapAt(document, 'importers');
    const all: ReadonlyMap<string, YamlValue> = importers.size > 0 ? importers : new Map([['.', document]]);
    for (const project of all.keys()) if (project !== '.' && !projects.has(project)) projects.set(project, project);
    const follow = (from: string, owner: YamlMap, specifiers: YamlMap, project: string | undefined) => {
      for (const [field, kind] of kinds) {
        for (const [name, value] of mapAt(owner, field)) {
          const target = typeof value === 'string' ? value : value instanceof Map ? textAt(value, 'version') : undefined;
          if (target === undefined) continue;
          const spec = (value instanceof Map ? textAt(value, 'specifier') : undefined) ?? textAt(specifiers, name) ?? target;
          const linked = project !== undefined && target.startsWith('link:') ? joined(project, target.slice('link:'.length)) : undefined;
          if (linked !== undefined && projects.has(linked)) projects.set(linked, name);
          const to = linked !== undefined ? (linked === '.' ? undefined : workspaceKey(linked)) : keyOf.get(pathOf(name, target, version, keyOf));
          if (to === undefined) continue;
          links.push({ from, to, spec, kind });
          if (!isAlias(target, version) || linked !== undefined) plain.add(to);
          else if (!aliases.has(to)) aliases.set(to, name);
        }
      }
    };
    for (const [project, owner] of all) {
      if (!(owner instanceof Map)) continue;
      const from = project === '.' ? '' : workspaceKey(project);
      follow(from, owner, mapAt(owner, 'specifiers'), project);
      if (from !== '') links.push({ from: '', to: from, spec: 'workspace:*', kind: 'prod' });
    }
    for (const section of [mapAt(document, 'packages'), mapAt(document, 'snapshots')]) {
      for (const [path, entry] of section) {
        const from = keyOf.get(path) ?? keyOf.get(path.split('(', 1)[0] ?? '');
        if (from !== undefined && entry instanceof Map) follow(from, entry, new Map(), undefined);
      }
    }
  }
  for (const key of plain) aliases.delete(key);
  return {
    links,
    aliases,
    workspaces: [...projects].map(([path, name]) => ({ key: workspaceKey(path), name, version: '', source: 'workspace', bundled: false })),
  };
}

/** The key in `packages` that a dependency on `name` with this value means. */
function pathOf(name: string, value: string, version: number, keyOf: ReadonlyMap<string, string>): string {
  const bare = version >= 9 ? (value.split('(', 1)[0] as string) : value;
  const candidates = version >= 9 ? [`${name}@${bare}`, bare] : version === 6 ? [value, `/${name}@${value}`] : [value, `/${name}/${value}`];
  return candidates.find((path) => keyOf.has(path)) ?? '';
}

/** True when the value itself names a package: `/real/1.0.0`, `/real@1.0.0`, `real@1.0.0`. */
function isAlias(value: string, version: number): boolean {
  return version >= 9 ? /^@?[^@(:/]+(?:\/[^@(:/]+)?@\d/.test(value) : value.startsWith('/');
}

function workspaceKey(project: string): string {
  return `workspace:${project}`;
}

/** A path relative to a project, as a project path. */
function joined(project: string, relative: string): string {
  const parts = project === '.' ? [] : project.split('/');
  for (const part of relative.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.' && part !== '') parts.push(part);
  }
  return parts.length === 0 ? '.' : parts.join('/');
}
