/** Arborist's ideal tree, computed in memory, in our terms. Nothing is reified, no script is run, no file is written. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { createRequire } from 'node:module';
import type Arborist from '@npmcli/arborist';
import type { Edge, EdgeKind, PackageSource, ResolvedPackage, ResolvedTree } from '../model/package.ts';
import { remoteKind } from '../model/spec.ts';
import { sourceOf } from './lockfiles/npm-entry.ts';

/** npm's flat options, as @npmcli/config makes them. */
export type NpmOptions = Readonly<Record<string, unknown>>;

/** An ideal tree, perhaps with holes: npm would have stopped at `refused`. */
export interface IdealTree {
  readonly root: Arborist.Node | undefined;
  /** Where the packages asked for lie. */
  readonly requested: readonly string[];
  readonly refused?: unknown;
}

/** What is to become of a tree: packages to add, and which of those there may move (all of them, where it is true). */
export interface Asked {
  readonly add: readonly string[];
  readonly update?: true | readonly string[];
}

/** Lets arborist compute; where it gives up after the tree was built, the tree is still there, with the failures in it. */
export async function buildIdealTree(folder: string, asked: Asked, npm: NpmOptions): Promise<IdealTree> {
  return (await buildWithin(folder, asked, npm)) ?? build((await import('@npmcli/arborist')).default, folder, asked, npm);
}

/** The same by the part of arborist that came within the build, in a fraction of the time; undefined where that part does not suffice. */
export async function buildWithin(
  folder: string,
  asked: Asked,
  npm: NpmOptions,
  file = (globalThis as { depwardNpmTree?: string }).depwardNpmTree,
): Promise<IdealTree | undefined> {
  if (file === undefined) return undefined;
  let sufficed = true;
  const left = (): Error => {
    sufficed = false;
    return new Error('more of npm is needed');
  };
  const built = await build(createRequire(import.meta.url)(file), folder, asked, { ...npm, left });
  return sufficed ? built : undefined;
}

async function build(Tree: typeof Arborist, folder: string, { add, update }: Asked, npm: NpmOptions): Promise<IdealTree> {
  const arborist = new Tree({
    ...npm,
    path: folder,
    // What could write, run, ask or refuse for reasons of its own.
    ignoreScripts: true,
    dryRun: true,
    audit: false,
    fund: false,
    global: false,
    engineStrict: false,
    progress: false,
    workspaces: [],
  } as Arborist.Options);
  // Read along with the others for every manifest asked for: the only door through which it can be counted, and ended.
  const { step } = npm;
  if (typeof step === 'function') Object.defineProperty(Object(arborist).options, 'step', { enumerable: true, get: () => step() });
  try {
    const moved = update === undefined ? {} : { update: update === true ? { all: true } : { names: [...update] } };
    const root = await watched(npm['overrides'], () => arborist.buildIdealTree({ add: [...add], ...moved }));
    return { root, requested: requestedIn(arborist) };
  } catch (refused) {
    return { root: arborist.idealTree ?? undefined, requested: requestedIn(arborist), refused };
  }
}

const builds = new AsyncLocalStorage<object>();

/** Watches a build through its log, which is heard where no timer and no signal is. Others may be under way, or left waiting. */
async function watched<T>(overrides: unknown, work: () => Promise<T>): Promise<T> {
  if (typeof overrides !== 'function') return work();
  const own = {};
  let count = 0;
  const hear = (_level: unknown, title: unknown) => {
    if (builds.getStore() !== own) return;
    if (title === 'ERESOLVE') count += 1;
    overrides(count);
  };
  const emitter: NodeJS.EventEmitter = process;
  emitter.on('log', hear);
  try {
    return await builds.run(own, work);
  } finally {
    emitter.off('log', hear);
  }
}

function requestedIn(arborist: Arborist): string[] {
  // The types say otherwise; the set holds the edges asked for.
  const edges = arborist.explicitRequests as unknown as ReadonlySet<Arborist.Edge | undefined>;
  return [...edges].flatMap((edge) => (edge?.to ? [edge.to.isLink ? edge.to.target.location : edge.to.location] : []));
}

/** The nodes of a tree that stand for packages: no root, no links (their targets do), no optional ones that could not be had. */
export function packageNodes(root: Arborist.Node): Arborist.Node[] {
  return [...root.inventory.values()].filter((node) => !node.isProjectRoot && !node.isLink && !(node.errors.length > 0 && node.optional));
}

/** The tree in our terms. `version` of a node that could not be had is empty. */
export function treeOf(root: Arborist.Node): ResolvedTree {
  const nodes = new Map(packageNodes(root).map((node) => [node.location, node]));
  return {
    format: 'ideal tree',
    root: { ...(root.package.name && { name: root.package.name }), ...(root.package.version && { version: root.package.version }) },
    packages: [...nodes.values()].map(packageOf),
    dependentsOf: (key) => edgesInto(nodes.get(key)),
  };
}

function packageOf(node: Arborist.Node): ResolvedPackage {
  const name = node.packageName ?? node.name;
  const resolved = node.resolved ?? undefined;
  const integrity = node.integrity ?? undefined;
  const installed = node.location.includes('node_modules/');
  return {
    key: node.location,
    name,
    version: node.version,
    ...(resolved !== undefined && { resolved }),
    ...(integrity !== undefined && { integrity }),
    source: installed ? (remoteNodeKind(node) ?? sourceOf(resolved, urlsAskedOf(node))) : localSource(node),
    dev: node.dev,
    optional: node.optional,
    peer: node.peer,
    bundled: node.inBundle,
    ...(installed && name !== node.name && { alias: node.name }),
    ...(node.errors.length === 0 && { hasInstallScript: node.hasInstallScript }),
  };
}

/** How a package that could not be had was asked for past the registry. */
function remoteNodeKind(node: Arborist.Node): 'git' | 'remote' | undefined {
  if (node.errors.length === 0) return undefined;
  const kinds = [...node.edgesIn].map((edge) => remoteKind(edge.spec));
  return kinds.find((kind) => kind === 'git' || kind === 'remote') as 'git' | 'remote' | undefined;
}

/** Packages from outside the registry that could not be had: what they bring in is not known. */
export function untoldIn(root: Arborist.Node): { readonly name: string; readonly error: unknown }[] {
  return packageNodes(root).flatMap((node) => (remoteNodeKind(node) ? [{ name: node.packageName ?? node.name, error: node.errors[0] }] : []));
}

function localSource(node: Arborist.Node): PackageSource {
  return node.isWorkspace ? 'workspace' : 'file';
}

function urlsAskedOf(node: Arborist.Node): ReadonlySet<string> {
  return new Set([...node.edgesIn].map((edge) => edge.spec.split('#', 1)[0] ?? ''));
}

function edgesInto(node: Arborist.Node | undefined): Edge[] {
  if (!node) return [];
  const edges = [...node.edgesIn, ...[...node.linksIn].flatMap((link) => [...link.edgesIn])];
  return edges.flatMap((edge) =>
    edge.from ? [{ from: edge.from.isProjectRoot ? '' : edge.from.location, spec: edge.spec, kind: kindOf(edge) }] : [],
  );
}

function kindOf(edge: Arborist.Edge): EdgeKind {
  if (edge.dev) return 'dev';
  if (edge.peer) return 'peer';
  return edge.optional ? 'optional' : 'prod';
}

/** The keys of what can be reached from the given packages, themselves included. */
export function reachableFrom(root: Arborist.Node, keys: readonly string[]): ReadonlySet<string> {
  const reached = new Set<string>();
  const queue = packageNodes(root).filter((node) => keys.includes(node.location));
  for (let node = queue.pop(); node; node = queue.pop()) {
    if (reached.has(node.location)) continue;
    reached.add(node.location);
    for (const { to } of node.edgesOut.values()) if (to) queue.push(to.isLink ? to.target : to);
  }
  return reached;
}
