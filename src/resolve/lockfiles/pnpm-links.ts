/** Who depends on what in a pnpm lockfile. */
import type { EdgeKind } from '../../model/package.ts';
import type { Facts, Link } from './graph.ts';
import { SmallMap } from './small-map.ts';
import { mapAt, textAt, type YamlMap, type YamlValue } from './yaml.ts';

const kinds: readonly [string, EdgeKind][] = [
  ['dependencies', 'prod'],
  ['optionalDependencies', 'optional'],
  ['devDependencies', 'dev'],
  ['configDependencies', 'dev'],
  ['packageManagerDependencies', 'dev'],
];
/** Packages have only these. */
const ofPackages = kinds.slice(0, 2);

/** A document with the version of its layout. */
export interface PnpmDocument {
  readonly map: YamlMap;
  readonly version: number;
}

/** All edges, with their specs as written in the manifests where the file holds them. */
export function linksOf(documents: readonly PnpmDocument[], keyOf: ReadonlyMap<string, string>): Link[] {
  const links: Link[] = [];
  const projects = new Set(documents.flatMap(({ map }) => [...importersOf(map)].map(([path]) => path)));
  for (const { map, version } of documents) {
    for (const [project, owner] of importersOf(map)) {
      const from = project === '.' ? '' : workspaceKey(project);
      const specifiers = mapAt(owner, 'specifiers');
      eachDependency(owner, kinds, (name, value, kind) => {
        const to = targetOf(name, value, version, keyOf, project, projects);
        if (to !== undefined) links.push({ from, to, spec: specOf(value) ?? textAt(specifiers, name) ?? versionText(value) ?? '', kind });
      });
      if (from !== '') links.push({ from: '', to: from, spec: 'workspace:*', kind: 'prod' });
    }
    eachPackage(map, (path, owner) => {
      const from = keyOf.get(path) ?? keyOf.get(path.split('(', 1)[0] ?? '');
      if (from === undefined) return;
      eachDependency(owner, ofPackages, (name, value, kind) => {
        const to = typeof value === 'string' ? keyOf.get(pathOf(name, value, version, keyOf)) : undefined;
        if (to !== undefined) links.push({ from, to, spec: value as string, kind });
      });
    });
  }
  return links;
}

/** The names that packages are installed under where nobody installs them under their own. */
export function aliasesOf(documents: readonly PnpmDocument[], keyOf: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const aliases = new Map<string, string>();
  everyDependency(documents, (name, value, version) => {
    const key = isAlias(value, version) ? keyOf.get(pathOf(name, value, version, keyOf)) : undefined;
    if (key !== undefined && !aliases.has(key)) aliases.set(key, name);
  });
  if (aliases.size === 0) return aliases;
  const real = new Set([...aliases.keys()].map((key) => key.slice(0, key.indexOf('@', 1))));
  everyDependency(documents, (name, value, version) => {
    if (real.has(name) && !isAlias(value, version)) aliases.delete(keyOf.get(pathOf(name, value, version, keyOf)) ?? '');
  });
  return aliases;
}

/** The projects of the workspace besides the root, named as those call them that link to them. */
export function workspacesOf(documents: readonly PnpmDocument[]): Facts[] {
  const names = new Map<string, string>();
  const importers = documents.flatMap(({ map }) => [...importersOf(map)]);
  for (const [path] of importers) if (path !== '.') names.set(path, path);
  for (const [project, owner] of importers) {
    eachDependency(owner, kinds, (name, value) => {
      const linked = linkedProject(versionText(value), project);
      if (linked !== undefined && names.get(linked) === linked) names.set(linked, name);
    });
  }
  return [...names].map(([path, name]) => ({ key: workspaceKey(path), name, version: '', source: 'workspace', bundled: false }));
}

/** The projects of a document; before workspaces the document itself is the only one. */
function importersOf(document: YamlMap): Iterable<[string, YamlMap]> {
  const importers = mapAt(document, 'importers');
  if (importers.size === 0) return [['.', document]];
  return [...importers].filter((entry): entry is [string, YamlMap] => entry[1] instanceof SmallMap);
}

function eachPackage(document: YamlMap, visit: (path: string, owner: YamlMap) => void): void {
  for (const section of ['packages', 'snapshots']) {
    for (const [path, owner] of mapAt(document, section)) if (owner instanceof SmallMap) visit(path, owner);
  }
}

function eachDependency(
  owner: YamlMap,
  fields: readonly [string, EdgeKind][],
  visit: (name: string, value: YamlValue, kind: EdgeKind) => void,
): void {
  for (const [field, kind] of fields) {
    const list = owner.get(field);
    if (!(list instanceof SmallMap)) continue;
    const values = list.values();
    const names = list.keys();
    for (let at = 0; at < names.length; at++) visit(names[at] as string, values[at] as YamlValue, kind);
  }
}

function everyDependency(documents: readonly PnpmDocument[], visit: (name: string, value: string, version: number) => void): void {
  for (const { map, version } of documents) {
    const each = (name: string, value: YamlValue) => {
      const target = versionText(value);
      if (target !== undefined) visit(name, target, version);
    };
    for (const [, owner] of importersOf(map)) eachDependency(owner, kinds, each);
    eachPackage(map, (_, owner) => eachDependency(owner, ofPackages, each));
  }
}

function versionText(value: YamlValue): string | undefined {
  return typeof value === 'string' ? value : value instanceof SmallMap ? textAt(value, 'version') : undefined;
}

function specOf(value: YamlValue): string | undefined {
  return value instanceof SmallMap ? textAt(value, 'specifier') : undefined;
}

function targetOf(
  name: string,
  value: YamlValue,
  version: number,
  keyOf: ReadonlyMap<string, string>,
  project: string,
  projects: ReadonlySet<string>,
): string | undefined {
  const target = versionText(value);
  if (target === undefined) return undefined;
  const linked = linkedProject(target, project);
  if (linked === undefined) return keyOf.get(pathOf(name, target, version, keyOf));
  return linked !== '.' && projects.has(linked) ? workspaceKey(linked) : undefined;
}

/** The key in `packages` that a dependency on `name` with this value means. */
function pathOf(name: string, value: string, version: number, keyOf: ReadonlyMap<string, string>): string {
  const bare = version >= 9 ? (value.split('(', 1)[0] as string) : value;
  const first = version >= 9 ? `${name}@${bare}` : version === 6 ? `/${name}@${value}` : `/${name}/${value}`;
  return keyOf.has(first) ? first : bare;
}

/** True when the value itself names a package: `/real/1.0.0`, `/real@1.0.0`, `real@1.0.0`. */
function isAlias(value: string, version: number): boolean {
  const code = value.charCodeAt(0);
  if (version < 9) return code === 47;
  return (code < 48 || code > 57) && /^@?[^@(:/]+(?:\/[^@(:/]+)?@\d/.test(value);
}

function workspaceKey(project: string): string {
  return `workspace:${project}`;
}

/** The project that `link:../x` means. */
function linkedProject(target: string | undefined, project: string): string | undefined {
  if (target?.startsWith('link:') !== true) return undefined;
  const parts = project === '.' ? [] : project.split('/');
  for (const part of target.slice('link:'.length).split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.' && part !== '') parts.push(part);
  }
  return parts.length === 0 ? '.' : parts.join('/');
}
