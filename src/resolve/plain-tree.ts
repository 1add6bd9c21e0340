/**
 * The tree of specs that leave npm little to decide: no peers, nothing bundled or bound to a platform, nothing from elsewhere.
 * Where a package goes is told by `placing`; whatever else turns up is left to arborist, for which the documents are then on
 * their way already.
 */
import type { Edge, ResolvedPackage, ResolvedTree } from '../model/package.ts';
import type { Placing } from '../model/placing.ts';
import type { Documents } from './documents.ts';
import { type Json, objectOf, stringOf } from './lockfiles/json.ts';
import { sourceOf } from './lockfiles/npm-entry.ts';
import { pickedFrom } from './picking.ts';
import type { Ask, Place, Places } from './places.ts';
import { placed } from './placing.ts';
import { type PlainRelease, plainReleaseOf } from './releases.ts';
import { usualSpec } from './usual-spec.ts';

/** A tree of this kind, and the keys of what was asked for. */
export interface PlainTree {
  readonly tree: ResolvedTree;
  readonly requested: readonly string[];
}

/** The tree of `name`, `name@1.2.3`, `name@^1`, `name@next` and `x@npm:name@1` in an empty project; undefined as soon as there is more to decide. */
export async function plainTree(specs: readonly string[], documents: Documents, npm: Placing): Promise<PlainTree | undefined> {
  if (!isUsual(npm)) return undefined;
  const roots = await askedBy(specs, documents, npm);
  if (!roots) return undefined;
  const known: Known = new Map();
  return new Promise((resolve) => {
    // After a doubt it goes on, so that what arborist will ask for is there when it does.
    explore(roots, known, { documents, npm, doubt: () => resolve(undefined) }).then(
      () => resolve(treeFrom(roots, known, npm)),
      () => resolve(undefined),
    );
  });
}

/** Settings that place packages otherwise, or call them otherwise. */
function isUsual(npm: Placing): boolean {
  const { installStrategy, saveType, legacyBundling, globalStyle, global, minReleaseAgeExclude, preferDedupe } = npm;
  const excluded = Array.isArray(minReleaseAgeExclude) && minReleaseAgeExclude.length > 0;
  const hoisted = installStrategy === undefined || installStrategy === 'hoisted';
  return hoisted && !saveType && !legacyBundling && !globalStyle && !global && !excluded && !preferDedupe;
}

async function askedBy(specs: readonly string[], documents: Documents, npm: Placing): Promise<readonly Ask[] | undefined> {
  const asks = await Promise.all(specs.map((text) => askedIn(text, documents, npm)));
  const isWhole = asks.every((ask) => ask !== undefined) && new Set(asks.map(({ name }) => name)).size === specs.length;
  return isWhole ? asks : undefined;
}

async function askedIn(text: string, documents: Documents, npm: Placing): Promise<Ask | undefined> {
  const spec = usualSpec(text);
  if (!spec) return aliasIn(text);
  const { name, kind, wanted } = spec;
  if (kind !== 'tag') return { name, of: name, kind: 'prod', spec: wanted, range: wanted };
  // npm writes down the version that a tag of the command line means.
  const version = stringOf((await pickOnce(name, wanted, documents, npm).catch(() => undefined))?.['version']);
  return version === undefined ? undefined : { name, of: name, kind: 'prod', spec: version, range: version };
}

/** `x@npm:name@1` asks for another package under a name of its own. */
async function aliasIn(text: string): Promise<Ask | undefined> {
  const { default: parse } = await import('npm-package-arg');
  const spec = parse(text);
  const real = 'subSpec' in spec ? (spec.subSpec as typeof spec) : undefined;
  const isUsual = real?.type === 'range' || real?.type === 'version';
  if (!isUsual || !spec.name || !real.name || typeof real.fetchSpec !== 'string') return undefined;
  return { name: spec.name, of: real.name, kind: 'prod', spec: spec.rawSpec, range: real.fetchSpec };
}

/** What every question picks, by the name and range it means. */
type Known = Map<string, PlainRelease>;

interface Exploring {
  readonly documents: Documents;
  readonly npm: Placing;
  doubt(): void;
}

async function pickOnce(name: string, range: string, { picks, load }: Documents, npm: Placing): Promise<Json> {
  const key = `${name}@${range}`;
  const picking = picks.get(key) ?? pickFrom(load(name), range, npm);
  picks.set(key, picking);
  return picking;
}

async function pickFrom(loading: Promise<unknown>, range: string, npm: Placing): Promise<Json> {
  const document = await loading;
  const picked = pickedFrom(document, range, npm);
  if (picked) return picked;
  const { default: pick } = await import('npm-pick-manifest');
  return pick(document, range, npm);
}

/** Picks all that could be asked for, each document asked for as soon as somebody needs it. */
async function explore(roots: readonly Ask[], known: Known, { documents, npm, doubt }: Exploring): Promise<void> {
  const releases = new Map<Json, PlainRelease>();
  const asked = new Set<string>();
  const follow = async ({ of: name, range }: Ask): Promise<void> => {
    const key = `${name}@${range}`;
    if (asked.has(key)) return;
    asked.add(key);
    const manifest = await pickOnce(name, range, documents, npm);
    const met = releases.get(manifest);
    const release = met ?? plainReleaseOf(manifest, name, npm.legacyPeerDeps === true);
    if (!release) {
      doubt();
      return;
    }
    known.set(key, release);
    releases.set(manifest, release);
    if (!met) await all(release.asks);
  };
  const all = async (asks: readonly Ask[]): Promise<void> => {
    await Promise.all(asks.map((ask) => follow(ask).catch(doubt)));
  };
  await all(roots);
}

function treeFrom(roots: readonly Ask[], known: Known, { save }: Placing): PlainTree | undefined {
  const releases = new Set(known.values());
  const names = new Set([...roots, ...[...releases].flatMap(({ asks }) => asks)].map(({ name }) => name));
  const isMet = [...releases].some(({ optionalPeers }) => optionalPeers.some((name) => names.has(name)));
  // Where the system's files do, npm takes names for the same that differ by case.
  const isAmbiguous = new Set([...names].map((name) => name.normalize('NFKD').toLowerCase())).size < names.size;
  if (isMet || isAmbiguous) return undefined;
  const places = placed(roots, { pick: ({ of, range }) => known.get(`${of}@${range}`), revisits: save === false || Boolean(save) });
  const tree = places && treeOf(places);
  return tree && { tree, requested: roots.map(({ name }) => `node_modules/${name}`) };
}

/** Undefined where something is refused, or left over. */
function treeOf(places: Places): ResolvedTree | undefined {
  const all = [...places.named.values()].flatMap((named) => [...named]);
  const needed = reachedFrom(places.root, false);
  const reached = reachedFrom(places.root, true);
  if (all.some((place) => !reached.has(place) || ((place.release as PlainRelease).isBound && needed.has(place)))) return undefined;
  const byKey = new Map(all.map((place) => [place.key, place]));
  return {
    format: 'ideal tree',
    root: {},
    packages: all.map((place) => packageOf(place, !needed.has(place))),
    dependentsOf: (key) => [...(byKey.get(key)?.into ?? [])].map(({ from, ask }): Edge => ({ from: from.key, spec: ask.spec, kind: ask.kind })),
  };
}

function reachedFrom(root: Place, throughOptional: boolean): ReadonlySet<Place> {
  const reached = new Set([root]);
  for (const place of reached) for (const { to, ask } of place.out.values()) if (to && (throughOptional || ask.kind === 'prod')) reached.add(to);
  return reached;
}

function packageOf({ key, name: lies, into, release }: Place, optional: boolean): ResolvedPackage {
  const { name, version, resolved, integrity, manifest } = release as PlainRelease;
  const scripts = objectOf(manifest['scripts']) ?? {};
  return {
    key,
    name,
    version,
    resolved,
    integrity,
    source: sourceOf(resolved, new Set([...into].map(({ ask }) => ask.spec))),
    dev: false,
    optional,
    peer: false,
    bundled: false,
    ...(lies !== name && { alias: lies }),
    hasInstallScript: Boolean(manifest['hasInstallScript'] || scripts['install'] || scripts['preinstall'] || scripts['postinstall']),
  };
}
