/** What a change does to the packages of all lockfiles of a repository. */
import type { Change, Location, ResolvedPackage, ResolvedTree } from '../model/package.ts';
import { diffTrees } from './diff.ts';
import type { Fitting, LockfileInput } from './lockfiles/format.ts';
import { readLockfile } from './lockfiles/index.ts';
import { withManifest } from './lockfiles/manifest.ts';
import { isLockfile, lockfileNames } from './lockfiles/names.ts';
import { largestLockfile, largestManifest } from './read-file.ts';
import type { Side } from './sides.ts';

/** The lockfiles to look at. */
export interface LockfileRequest {
  readonly before: Side | undefined;
  readonly after: Side;
  /** Paths that differ between the two; everything when `before` is undefined. */
  readonly changed: ReadonlySet<string>;
  /** `--lockfile`: only these. */
  readonly only?: readonly string[];
  readonly fitting?: Fitting | undefined;
}

/** What came of it. */
export interface LockfileChanges {
  readonly changes: readonly Change[];
  readonly tree: ResolvedTree;
  /** The lockfiles that were read, as they are after the change. */
  readonly files: readonly string[];
  /** Those of them that are in their manager's own layout and were held entry by entry against what they were. */
  readonly compared: ReadonlySet<string>;
  /** Those that could not be read as they were before, and why: all of them counts as new. */
  readonly unreadBefore: readonly { readonly file: string; readonly reason: string }[];
}

/** Reads what changed and compares; untouched lockfiles are not even read. */
export async function lockfileChanges(request: LockfileRequest): Promise<LockfileChanges> {
  const { before, after, changed } = request;
  const wanted = request.only ? new Set(request.only) : undefined;
  const chosen = (path: string) => (wanted ? wanted.has(path) : isLockfile(path)) && (before === undefined || changed.has(path));
  const [afterPaths, beforePaths] = await Promise.all([after.paths(), before?.paths()]);
  const now = [...afterPaths].filter(chosen).sort();
  const gone = beforePaths ? [...beforePaths].filter((path) => chosen(path) && !afterPaths.has(path)).sort() : [];
  const used = new Set<string>();
  const states = await Promise.all(
    now.map(async (path) => {
      const sources = beforePaths ? baseFor(path, beforePaths, afterPaths, gone) : [];
      for (const source of sources) used.add(source);
      return { path, ...(await bothStates(request, path, sources)) };
    }),
  );
  const changes = states.flatMap(({ old, tree }) => (tree ? diffTrees(old, tree) : []));
  for (const path of gone) if (before && !used.has(path)) changes.push(...removals(await readFrom(before, path)));
  const compared = new Set(states.flatMap(({ path, old, tree }) => (old && tree?.apartFrom?.(old) ? [path] : [])));
  const unreadBefore = states.flatMap(({ path, trouble }) => (trouble === undefined ? [] : [{ file: path, reason: trouble }]));
  return { changes: distinct(changes), tree: merged(states), files: now, compared, unreadBefore };
}

/** A lockfile and what it was: much of it is written as before. What cannot be read of the past must not keep a change from mending it. */
async function bothStates({ before, after, fitting }: LockfileRequest, path: string, sources: readonly string[]) {
  const [earlier] = await Promise.allSettled([joined(before, sources, fitting)]);
  const like = earlier.status === 'fulfilled' ? earlier.value : undefined;
  const tree = await readFrom(after, path, { like });
  const trouble = earlier.status === 'rejected' ? (earlier.reason instanceof Error ? earlier.reason.message : 'it could not be read') : undefined;
  return { old: like, tree, trouble };
}

/** The tree of one lockfile of a state. */
export async function readFrom(side: Side, path: string, known: Pick<LockfileInput, 'like' | 'fitting'> = {}): Promise<ResolvedTree | undefined> {
  const beside = `${path.slice(0, path.lastIndexOf('/') + 1)}package.json`;
  const [text, manifest] = await Promise.all([side.text(path, largestLockfile), side.text(beside, largestManifest).catch(() => undefined)]);
  if (text === undefined) return undefined;
  return readLockfile(withManifest({ file: path, text, id: await side.idOf?.(path), ...known }, manifest));
}

/** The lockfile's own past; of a new one, what stood beside it under another manager's name, or was removed elsewhere (moved). */
function baseFor(path: string, before: ReadonlySet<string>, after: ReadonlySet<string>, gone: readonly string[]): string[] {
  if (before.has(path)) return [path];
  const folder = path.slice(0, path.lastIndexOf('/') + 1);
  const beside = lockfileNames.map((name) => folder + name).filter((other) => other !== path && before.has(other));
  return beside.length > 0 ? beside : gone.filter((other) => !after.has(other));
}

async function joined(side: Side | undefined, paths: readonly string[], fitting?: Fitting): Promise<ResolvedTree | undefined> {
  if (!side || paths.length === 0) return undefined;
  const trees = (await Promise.all(paths.map((path) => readFrom(side, path, { fitting })))).filter((tree) => tree !== undefined);
  const [only] = trees;
  if (only === undefined || trees.length === 1) return only;
  const { format, root, dependentsOf } = only;
  return { format, root, dependentsOf, packages: trees.flatMap((tree) => tree.packages) };
}

function removals(tree: ResolvedTree | undefined): Change[] {
  return tree ? tree.packages.map((entry): Change => ({ action: 'remove', before: entry })) : [];
}

/** One change of each kind: two lockfiles that bring the same package bring it once, and in both places. */
function distinct(changes: readonly Change[]): Change[] {
  const kept = new Map<string, { readonly change: Change; readonly further: Location[] }>();
  for (const change of changes) {
    const entry = change.action === 'remove' ? change.before : change.after;
    const mark = markOf(change);
    const held = kept.get(mark);
    if (!held) kept.set(mark, { change, further: [] });
    else if (entry.where) held.further.push(entry.where);
  }
  return [...kept.values()].map(({ change, further }) => withPlaces(change, further));
}

/** The same only where it was the same before, and comes from the same place: what one lockfile adds may be exchanged in another. */
function markOf(change: Change): string {
  const before = change.action === 'add' ? undefined : change.before;
  const after = change.action === 'remove' ? undefined : change.after;
  return JSON.stringify([change.action, before && wordsOf(before), after && wordsOf(after)]);
}

/** Paths mean something else in every folder. */
function wordsOf({ name, version, alias, integrity, checksum, resolved, source, where, key }: ResolvedPackage): readonly (string | undefined)[] {
  const place = source === 'file' || source === 'workspace' ? [where?.file, resolved ?? key] : [];
  return [source, name, version, alias, integrity, checksum, resolved, ...place];
}

function withPlaces(change: Change, further: readonly Location[]): Change {
  if (change.action === 'remove') return change;
  const first = change.after.where?.file;
  const files = new Set(first === undefined ? [] : [first]);
  // Of each further lockfile one place is enough.
  const alsoAt = further.filter(({ file }) => !files.has(file) && files.add(file) !== undefined).slice(0, mostPlaces);
  return alsoAt.length === 0 ? change : { ...change, alsoAt };
}

/** More than people look at; the rest is found when these are mended. */
const mostPlaces = 20;

/** Several trees as one. */
function merged(trees: readonly { readonly path: string; readonly tree: ResolvedTree | undefined }[]): ResolvedTree {
  const all = trees.flatMap(({ tree }) => tree ?? []);
  const [only] = all;
  if (only && all.length === 1) return only;
  const byKey = new Map<string, ResolvedTree[]>();
  for (const tree of all) {
    for (const entry of tree.packages) {
      const held = byKey.get(entry.key);
      if (held) held.push(tree);
      else byKey.set(entry.key, [tree]);
    }
  }
  return {
    format: all.map((tree) => tree.format).join(', ') || 'no lockfile',
    root: only?.root ?? {},
    packages: all.flatMap((tree) => tree.packages),
    // A key that several trees hold is answered by the first: any way in explains it.
    dependentsOf: (key) => byKey.get(key)?.[0]?.dependentsOf(key) ?? [],
  };
}
