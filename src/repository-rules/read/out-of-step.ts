/** Whether a lockfile knows what a package.json asks for. */
import { baseName, folderOf, type RepositoryFiles } from '../../model/repository-rule.ts';
import { needsIn, saysTheSame } from './locked-needs.ts';
import { lockfileFor, manifestAt, readManifest } from './project.ts';
import { at, entriesOf, stringOf, type Untold, type Value } from './value.ts';

const sections = ['dependencies', 'devDependencies', 'optionalDependencies'];
const rewriting = ['overrides', 'resolutions', 'pnpm', 'catalog', 'catalogs'];
/** What a lockfile lacks. */
export interface OutOfStep {
  readonly lockfile: string;
  readonly line: number;
  readonly names: readonly string[];
}

/** What the package.json asks for and its lockfile does not know; undefined where they agree, or nobody can tell. */
export function outOfStep(file: string, { now, paths }: Pick<RepositoryFiles, 'now' | 'paths'>): OutOfStep | Untold | undefined {
  const lockfile = lockfileFor(paths, folderOf(file));
  const text = lockfile === undefined ? undefined : now.get(lockfile);
  if (lockfile === undefined || text === undefined || paths.has(`${folderOf(lockfile)}.pnpmfile.cjs`)) return undefined;
  const manifest = readManifest(file, now.get(file) ?? '');
  if ('untold' in manifest) return manifest;
  if (folderOf(lockfile) === folderOf(file) && saysTheSame(lockfile, text, now.get(file) ?? '')) return undefined;
  const needs = sections.flatMap((section) => entriesOf(at(manifest, section)));
  const knows = needs.length === 0 || !isPart(file, lockfile, now) ? undefined : needsIn(lockfile, text, folderOf(file));
  if (!knows) return undefined;
  const own = ownNames(now);
  const root = manifestAt(now, `${folderOf(lockfile)}package.json`);
  // Who asks for a name in two sections is answered by one of them.
  const known = new Set(needs.flatMap(([name, spec]) => (knows(name, stringOf(spec) ?? '') === true ? [name] : [])));
  const missing = needs.filter(
    ([name, spec]) =>
      !own.has(name) &&
      !known.has(name) &&
      isPlain(stringOf(spec)) &&
      knows(name, stringOf(spec) ?? '') === false &&
      !isRewritten(name, root, now, lockfile),
  );
  const names = [...new Set(missing.map(([name]) => name))];
  return names.length === 0 ? undefined : { lockfile, line: missing[0]?.[1].place.line ?? 1, names };
}

// A manifest below a lockfile belongs to it only as a member of its workspace.
function isPart(file: string, lockfile: string, texts: ReadonlyMap<string, string>): boolean {
  if (folderOf(file) === folderOf(lockfile)) return true;
  if (baseName(lockfile) !== 'package-lock.json' && baseName(lockfile) !== 'pnpm-lock.yaml') return false;
  return texts.has(`${folderOf(lockfile)}package.json`);
}

const names = new WeakMap<ReadonlyMap<string, string>, ReadonlySet<string>>();

/** The packages of the repository itself, which some lockfiles leave out. */
function ownNames(texts: ReadonlyMap<string, string>): ReadonlySet<string> {
  const held =
    names.get(texts) ??
    new Set([...texts.keys()].filter((file) => baseName(file) === 'package.json').map((file) => stringOf(at(manifestAt(texts, file), 'name')) ?? ''));
  names.set(texts, held);
  return held;
}

function isPlain(spec: string | undefined): boolean {
  return spec !== undefined && !/^(?:file|link|portal|workspace|catalog|patch):|^\.{0,2}\//.test(spec);
}

function isRewritten(name: string, root: Value | undefined, texts: ReadonlyMap<string, string>, lockfile: string): boolean {
  if (rewriting.some((key) => mentions(at(root, key), name))) return true;
  const workspace = texts.get(`${folderOf(lockfile)}pnpm-workspace.yaml`);
  if (workspace === undefined) return false;
  return new RegExp(`^\\s+['"]?(?:.*>)?${name.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?:@[^:'"]*)?['"]?:`, 'm').test(workspace);
}

function mentions(value: Value | undefined, name: string): boolean {
  return entriesOf(value).some(
    ([key, inner]) => key === name || key.includes(`${name}@`) || key.endsWith(`/${name}`) || key.endsWith(`>${name}`) || mentions(inner, name),
  );
}
