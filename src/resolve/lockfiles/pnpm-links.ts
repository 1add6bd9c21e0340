/** Who depends on what in a pnpm lockfile. */
import type { EdgeKind } from '../../model/package.ts';
import type { Facts, Link } from './graph.ts';
import { type PnpmDocument, versionText } from './pnpm-document.ts';
import { SmallMap } from './small-map.ts';
import { mapAt, textAt } from './yaml.ts';
import type { YamlMap, YamlValue } from './yaml-value.ts';

const kinds: ReadonlyMap<string, EdgeKind> = new Map([
  ['dependencies', 'prod'],
  ['optionalDependencies', 'optional'],
  ['devDependencies', 'dev'],
  ['configDependencies', 'dev'],
  ['packageManagerDependencies', 'dev'],
]);

/** A document with the version of its layout. */
export interface VersionedDocument {
  readonly document: PnpmDocument;
  readonly version: number;
}

/** The key of the package that an entry is merged into, by the path of the entry. */
export type KeysOfPaths = Pick<ReadonlyMap<string, string>, 'get' | 'has'>;

/** All edges, with their specs as written in the manifests where the file holds them. */
export function linksOf(documents: readonly VersionedDocument[], keyOf: KeysOfPaths): Link[] {
  const links: Link[] = [];
  const projects = new Set(documents.flatMap(({ document }) => document.projects()));
  for (const { document, version } of documents) {
    for (const [project, owner] of document.importers()) {
      const from = project === '.' ? '' : workspaceKey(project);
      const specifiers = mapAt(owner, 'specifiers');
      eachAsked(owner, (name, value, kind) => {
        const to = targetOf(name, value, version, keyOf, project, projects);
        if (to !== undefined) links.push({ from, to, spec: specOf(value) ?? textAt(specifiers, name) ?? versionText(value) ?? '', kind });
      });
      if (from !== '') links.push({ from: '', to: from, spec: 'workspace:*', kind: 'prod' });
    }
    for (const dependent of document.dependents()) {
      const from = keyOf.get(dependent.path) ?? keyOf.get(dependent.path.split('(', 1)[0] ?? '');
      if (from === undefined) continue;
      const follow = (kind: EdgeKind, [name, spec]: readonly [string, string]) => {
        const to = keyOf.get(pathOf(name, spec, version, keyOf));
        if (to !== undefined) links.push({ from, to, spec, kind });
      };
      for (const pair of dependent.dependencies()) follow('prod', pair);
      for (const pair of dependent.optionalDependencies()) follow('optional', pair);
    }
  }
  return links;
}

/** The names that packages are installed under where nobody installs them under their own. */
export function aliasesOf(documents: readonly VersionedDocument[], keyOf: KeysOfPaths): ReadonlyMap<string, string> {
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

/** The projects of the workspace besides the root. */
export function projectsOf(documents: readonly VersionedDocument[]): readonly string[] {
  let all: readonly string[] = [];
  for (const { document } of documents) {
    // Each is there once in a document; the first of several documents are the short ones.
    const before = new Set(all);
    all = all.concat(document.projects().filter((path) => path !== '.' && !before.has(path)));
  }
  return all;
}

/** The same as packages, named as those call them that link to them. */
export function workspacesOf(documents: readonly VersionedDocument[], projects: readonly string[]): Facts[] {
  const names = new Map(projects.map((path) => [path, path]));
  for (const { project, name, target } of documents.flatMap(({ document }) => document.localLinks())) {
    const linked = linkedProject(target, project);
    if (linked !== undefined && names.get(linked) === linked) names.set(linked, name);
  }
  return [...names].map(([path, name]) => ({ key: workspaceKey(path), name, version: '', source: 'workspace', bundled: false }));
}

function eachAsked(owner: YamlMap, visit: (name: string, value: YamlValue, kind: EdgeKind) => void): void {
  for (const [field, list] of owner) {
    const kind = kinds.get(field);
    if (kind === undefined || !(list instanceof SmallMap)) continue;
    for (const [name, value] of list as YamlMap) visit(name, value, kind);
  }
}

function everyDependency(documents: readonly VersionedDocument[], visit: (name: string, value: string, version: number) => void): void {
  for (const { document, version } of documents) {
    for (const [, owner] of document.importers()) {
      eachAsked(owner, (name, value) => {
        const target = versionText(value);
        if (target !== undefined) visit(name, target, version);
      });
    }
    for (const dependent of document.dependents()) {
      for (const [name, value] of dependent.dependencies()) visit(name, value, version);
      for (const [name, value] of dependent.optionalDependencies()) visit(name, value, version);
    }
  }
}

function specOf(value: YamlValue): string | undefined {
  return value instanceof SmallMap ? textAt(value, 'specifier') : undefined;
}

function targetOf(
  name: string,
  value: YamlValue,
  version: number,
  keyOf: KeysOfPaths,
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
function pathOf(name: string, value: string, version: number, keyOf: KeysOfPaths): string {
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

/** An empty part of a path, or one of dots. */
const unclear = /(?:^|\/)\.{0,2}(?:\/|$)/;

function depthOf(project: string): number {
  return project === '.' ? 0 : project.split('/').length;
}

/** The project that `link:../x` means. */
function linkedProject(target: string | undefined, project: string): string | undefined {
  if (target?.startsWith('link:') !== true) return undefined;
  let [start, ups] = ['link:'.length, 0];
  for (; target.startsWith('../', start); start += 3) ups++;
  const rest = target.slice(start);
  // Out of the whole project and straight into another, as nearly all are.
  if (ups >= depthOf(project) && !unclear.test(rest)) return rest;
  const parts = project === '.' ? [] : project.split('/');
  for (const part of target.slice('link:'.length).split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.' && part !== '') parts.push(part);
  }
  return parts.length === 0 ? '.' : parts.join('/');
}
