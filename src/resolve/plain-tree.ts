/**
 * The tree of specs that leave npm nothing to decide. Where every range in the closure picks one and the same version per
 * name, and nothing is a peer, bundled, an alias or bound to a platform, the order of placing cannot matter: each package
 * lies at the top. Whatever else turns up is left to arborist, for which the documents are then on their way already.
 */
import { validRange } from 'semver';
import type { Edge, EdgeKind, ResolvedPackage, ResolvedTree } from '../model/package.ts';
import type { Documents } from './documents.ts';
import type { NpmOptions } from './ideal-tree.ts';
import { type Json, objectOf, own, stringEntries, stringOf } from './lockfiles/json.ts';
import { sourceOf } from './lockfiles/npm-entry.ts';

/** A tree of this kind, and the keys of what was asked for. */
export interface PlainTree {
  readonly tree: ResolvedTree;
  readonly requested: readonly string[];
}

interface Asked {
  /** Key of the one who asks; empty for the project. */
  readonly from: string;
  readonly name: string;
  readonly spec: string;
  readonly kind: EdgeKind;
}

interface Picked {
  readonly manifest: Json;
  readonly version: string;
  readonly edges: Asked[];
}

/** The tree of `name`, `name@1.2.3` and `name@^1` in an empty project; undefined as soon as there is something to decide. */
export async function plainTree(specs: readonly string[], documents: Documents, npm: NpmOptions): Promise<PlainTree | undefined> {
  if (!isUsual(npm)) return undefined;
  const roots = await askedBy(specs);
  if (!roots) return undefined;
  const picked = new Map<string, Picked>();
  return new Promise((resolve) => {
    // After a doubt it goes on, so that what arborist will ask for is there when it does.
    explore(roots, picked, { documents, npm, doubt: () => resolve(undefined) }).then(
      () => resolve({ tree: treeOf(picked), requested: roots.map(({ name }) => keyOf(name)) }),
      () => resolve(undefined),
    );
  });
}

/** Settings that place packages otherwise, or call them otherwise. */
function isUsual(npm: NpmOptions): boolean {
  const { installStrategy, saveType, legacyBundling, globalStyle, global, minReleaseAgeExclude } = npm as Json;
  const excluded = Array.isArray(minReleaseAgeExclude) && minReleaseAgeExclude.length > 0;
  const hoisted = installStrategy === undefined || installStrategy === 'hoisted';
  return hoisted && !saveType && !legacyBundling && !globalStyle && !global && !excluded;
}

async function askedBy(specs: readonly string[]): Promise<Asked[] | undefined> {
  const { default: parse } = await import('npm-package-arg');
  const asked = specs.flatMap((text): Asked[] => {
    const { type, name, fetchSpec } = parse(text);
    return (type === 'range' || type === 'version') && name && typeof fetchSpec === 'string'
      ? [{ from: '', name, spec: fetchSpec, kind: 'prod' }]
      : [];
  });
  const isWhole = asked.length === specs.length && new Set(asked.map(({ name }) => name)).size === specs.length;
  return isWhole ? asked : undefined;
}

interface Exploring {
  readonly documents: Documents;
  readonly npm: NpmOptions;
  doubt(): void;
}

async function explore(roots: readonly Asked[], picked: Map<string, Picked>, exploring: Exploring): Promise<void> {
  const { default: pick } = await import('npm-pick-manifest');
  const seen = new Set<string>();
  const { picks } = exploring.documents;
  const pickOnce = (name: string, range: string): Promise<Json> => {
    const key = `${name}@${range}`;
    const picking = picks.get(key) ?? exploring.documents.load(name).then((document) => pick(document, range, exploring.npm));
    picks.set(key, picking);
    return picking;
  };
  const follow = async (asked: Asked): Promise<void> => {
    const range = rangeIn(asked.spec);
    if (range === undefined) return exploring.doubt();
    const manifest = await pickOnce(asked.name, range);
    const version = stringOf(manifest['version']) ?? '';
    const known = picked.get(asked.name);
    if (known) known.edges.push(asked);
    else picked.set(asked.name, { manifest, version, edges: [asked] });
    if ((known && known.version !== version) || !isPlain(manifest)) exploring.doubt();
    const ref = `${asked.name}@${version}`;
    if (seen.has(ref)) return;
    seen.add(ref);
    await all(dependenciesOf(manifest, asked.name));
  };
  const all = async (asked: readonly Asked[]): Promise<void> => {
    await Promise.all(asked.map((one) => follow(one).catch(() => exploring.doubt())));
  };
  await all(roots);
}

/** The range of a spec that can be nothing else: no tag, no address, no path. Asking npm's parser costs more than all the rest. */
function rangeIn(spec: string): string | undefined {
  const text = spec.trim();
  if (text === '') return '*';
  return text.length <= 256 && /^[\d^~<>=*xX|v-][\d^~<>=*xX|v .+-]*$/.test(text) && validRange(text, true) !== null ? text : undefined;
}

/** True for a release that says nothing about where or whether it goes. */
function isPlain(manifest: Json): boolean {
  const { bundleDependencies, bundledDependencies, peerDependencies, _hasShrinkwrap, os, cpu, libc } = manifest;
  const special = [bundleDependencies, bundledDependencies, os, cpu, libc].some((value) => value !== undefined);
  return !special && _hasShrinkwrap !== true && stringEntries(peerDependencies).length === 0 && addressOf(manifest) !== undefined;
}

/** What npm writes down of where the bytes are, as far as there is only one way to write it. */
function addressOf(manifest: Json): { readonly resolved: string; readonly integrity: string } | undefined {
  const dist = objectOf(own(manifest, 'dist')) ?? {};
  const [resolved, integrity, shasum] = ['tarball', 'integrity', 'shasum'].map((key) => stringOf(own(dist, key)));
  if (resolved === undefined) return undefined;
  if (integrity !== undefined) return /^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity) ? { resolved, integrity } : undefined;
  return shasum !== undefined && /^[0-9a-f]{40}$/.test(shasum)
    ? { resolved, integrity: `sha1-${Buffer.from(shasum, 'hex').toString('base64')}` }
    : undefined;
}

function dependenciesOf(manifest: Json, name: string): Asked[] {
  const from = keyOf(name);
  const optional = new Map(stringEntries(manifest['optionalDependencies']));
  const prod = stringEntries(manifest['dependencies']).filter(([dependency]) => !optional.has(dependency));
  const asked =
    (kind: EdgeKind) =>
    ([dependency, spec]: readonly [string, string]): Asked => ({ from, name: dependency, spec, kind });
  return [...prod.map(asked('prod')), ...[...optional].map(asked('optional'))];
}

function keyOf(name: string): string {
  return `node_modules/${name}`;
}

function treeOf(picked: ReadonlyMap<string, Picked>): ResolvedTree {
  const needed = neededIn(picked);
  return {
    format: 'ideal tree',
    root: {},
    packages: [...picked].map(([name, one]) => packageOf(name, one, !needed.has(name))),
    dependentsOf: (key) => (picked.get(key.slice(keyOf('').length))?.edges ?? []).map(({ from, spec, kind }): Edge => ({ from, spec, kind })),
  };
}

/** What is reached without an optional dependency on the way. */
function neededIn(picked: ReadonlyMap<string, Picked>): ReadonlySet<string> {
  const needed = new Set<string>();
  const visit = (name: string): void => {
    if (needed.has(name)) return;
    needed.add(name);
    const manifest = picked.get(name)?.manifest ?? {};
    for (const { name: next, kind } of dependenciesOf(manifest, name)) if (kind === 'prod') queue.push(next);
  };
  const queue = [...picked].filter(([, { edges }]) => edges.some(({ from }) => from === '')).map(([name]) => name);
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) visit(name);
  return needed;
}

function packageOf(name: string, { manifest, version, edges }: Picked, optional: boolean): ResolvedPackage {
  const scripts = objectOf(manifest['scripts']) ?? {};
  return {
    key: keyOf(name),
    name,
    version,
    ...addressOf(manifest),
    source: sourceOf(addressOf(manifest)?.resolved, new Set(edges.map(({ spec }) => spec))),
    dev: false,
    optional,
    peer: false,
    bundled: false,
    hasInstallScript: Boolean(manifest['hasInstallScript'] || scripts['install'] || scripts['preinstall'] || scripts['postinstall']),
  };
}
