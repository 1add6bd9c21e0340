/** What adding specs to a project would bring in, as npm itself would resolve it now or at a moment in the past. */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type Arborist from '@npmcli/arborist';
import type { Gap } from '../model/finding.ts';
import type { Change, Edge, ResolvedPackage, ResolvedTree } from '../model/package.ts';
import { listText, printable } from '../model/text.ts';
import { diffTrees } from './diff.ts';
import { codeOf, type DocumentLimits, type Documents, documentsFrom, type FetchDocument, slim } from './documents.ts';
import { connectingTime, gitSurroundings, gitTrouble } from './git-surroundings.ts';
import { type Asked, buildIdealTree, type IdealTree, type NpmOptions, packageNodes, reachableFrom, treeOf, untoldIn } from './ideal-tree.ts';
import { resolvingError, tellable } from './npm-errors.ts';
import { plainTree } from './plain-tree.ts';
import { type ProjectLockfile, readProjectLockfile } from './project.ts';
import { allPlaced, isAbsent, missingPackage, parseSpecs, repeatedNotes, type WantedSpec } from './wanted-spec.ts';

/** What `resolveSpecs` needs besides the specs. */
export interface ResolveOptions {
  /** The project folder; specs with relative paths are relative to it. */
  readonly folder: string;
  /** npm's flat options for this project. */
  readonly npm: NpmOptions;
  /** Versions published later do not exist. */
  readonly before?: Date;
  /** Where packuments come from; npm-registry-fetch when absent. */
  readonly fetchDocument?: FetchDocument;
  readonly limits?: DocumentLimits;
  /** Opens a proxy that gives up connections not made within so many milliseconds; without it git waits as long as the system does. */
  readonly openWayOut?: (patience: number) => Promise<{ readonly address: string | undefined; close(): void }>;
}

/** What the specs resolve to. */
export interface Resolution {
  readonly tree: ResolvedTree;
  /** Against the project's lockfile; without one, what the specs bring in. */
  readonly changes: readonly Change[];
  /** Keys of the packages asked for. */
  readonly requested: readonly string[];
  /** What the user should know: where this differs from what npm would do, and what could not be applied. */
  readonly notes: readonly string[];
  /** Where the tree could not be told: packages from outside the registry that nobody could be asked for. */
  readonly gaps: readonly Gap[];
}

/** Resolves specs in memory. A package that does not exist is in the tree with an empty version; anything else that fails throws. */
export async function resolveSpecs(specs: readonly string[], options: ResolveOptions): Promise<Resolution> {
  const wanted = await parseSpecs(specs, options.folder);
  const lockfile = await readProjectLockfile(options.folder);
  return inScratch(options, (npm) => resolve(wanted, lockfile, { ...options, npm }));
}

/** pacote unpacks git repositories and tarballs to read their manifests: in a folder of our own, gone afterwards. */
async function inScratch<T>({ npm, openWayOut }: ResolveOptions, work: (npm: NpmOptions) => Promise<T>): Promise<T> {
  const scratch = join(tmpdir(), `depward-${randomBytes(8).toString('hex')}`);
  const patience = connectingTime(npm);
  const wayOut = patience === undefined ? undefined : await openWayOut?.(patience);
  try {
    await mkdir(scratch, { mode: 0o700 });
    return await work({ ...npm, ...impatient(npm), ...gitSurroundings(scratch, npm['timeout'], wayOut?.address), cache: scratch });
  } finally {
    wayOut?.close();
    await rm(scratch, { recursive: true, force: true }).catch(() => undefined);
  }
}

/** npm's own settings wait ten seconds and then sixty before an address that does not answer is given up. */
function impatient(npm: NpmOptions): NpmOptions {
  const own = { retries: npm['fetchRetries'], ...Object(npm['retry']) };
  const atMost = (value: unknown, most: number) => Math.min(typeof value === 'number' ? value : most, most);
  return { retry: { retries: atMost(own.retries, 2), minTimeout: atMost(own.minTimeout, 500), maxTimeout: atMost(own.maxTimeout, 5_000) } };
}

/** What the project's own package.json resolves to, as an installation without further words would; `update` names what may move, or is true for all. */
export async function resolveProject(options: ResolveOptions, update?: true | readonly string[]): Promise<Resolution> {
  const lockfile = await readProjectLockfile(options.folder);
  const asked: Asked = update === undefined ? { add: [] } : { add: [], update };
  return inScratch(options, (npm) => resolveAsked(asked, lockfile, { ...options, npm }));
}

async function resolveAsked(asked: Asked, lockfile: ProjectLockfile | undefined, options: ResolveOptions): Promise<Resolution> {
  const { documents, before, npm } = await reading(options);
  const notes: string[] = [];
  const ideal = await Promise.race([attempt(options.folder, asked, npm, notes), documents.stopped]);
  if (ideal.refused !== undefined && !onlyMissing(ideal)) throw resolvingError(ideal.refused, before);
  const tree = ideal.root && treeOf(ideal.root);
  if (!tree) throw resolvingError(ideal.refused, before);
  const npmsOwn = lockfile?.tree.format.startsWith('package-lock') ? lockfile.tree : undefined;
  return { tree, changes: diffTrees(npmsOwn, tree), requested: [], notes, gaps: ideal.root ? untoldIn(ideal.root).map(gapOf) : [] };
}

async function reading(options: ResolveOptions) {
  const documents = documentsFrom(options.fetchDocument ?? (await npmFetch(options.npm)), options.limits ?? {}, (name) =>
    addressOf(options.npm, name),
  );
  const before = earliest(options.before, options.npm['before']);
  return {
    documents,
    before,
    npm: { ...options.npm, packumentCache: documents.cache, picks: documents.picks, step: documents.step, ...(before && { before }) },
  };
}

async function resolve(wanted: readonly WantedSpec[], lockfile: ProjectLockfile | undefined, options: ResolveOptions): Promise<Resolution> {
  const { documents, before, npm } = await reading(options);
  const notes = repeatedNotes(wanted);
  if (lockfile === undefined && isEmpty(options.folder)) {
    const specs = wanted.map(({ text }) => text);
    const plain = await Promise.race([plainTree(specs, documents, npm), documents.stopped]);
    if (plain)
      return { ...plain, changes: diffTrees(undefined, plain.tree), notes: [...notes, ...(options.before ? undatedNote(documents) : [])], gaps: [] };
  }
  const home = homeOf(lockfile, options.folder, notes);
  let left = wanted;
  const gone: WantedSpec[] = [];
  const asAsked = (specs: readonly WantedSpec[]) => wanted.filter((spec) => specs.includes(spec));
  while (left.length > 0) {
    const ideal = await Promise.race([attempt(home, { add: left.map((spec) => spec.text) }, npm, notes), documents.stopped]);
    const absent = left.filter((spec) => isAbsent(spec, documents, ideal.refused));
    if (absent.length === 0) {
      if (ideal.refused !== undefined && !onlyMissing(ideal)) throw resolvingError(ideal.refused, before, left);
      if (ideal.root) allPlaced(left, ideal.root.edgesOut);
      if (options.before) notes.push(...undatedNote(documents));
      return resolution(ideal, asAsked(gone), lockfile, notes);
    }
    gone.push(...absent);
    left = left.filter((spec) => !absent.includes(spec));
  }
  return resolution(undefined, asAsked(gone), lockfile, notes);
}

/** True for a folder in which npm would find nothing to keep. */
function isEmpty(folder: string): boolean {
  return !existsSync(join(folder, 'package.json')) && !existsSync(join(folder, 'node_modules'));
}

/** Where to resolve: the project itself, unless another package manager keeps its lockfile. */
function homeOf(lockfile: ProjectLockfile | undefined, folder: string, notes: string[]): string {
  if (lockfile === undefined || lockfile.tree.format.startsWith('package-lock')) return folder;
  notes.push(
    `resolved by npm's rules, apart from this project: ${lockfile.file} is another package manager's, whose overrides, patches and catalogs do not count here`,
  );
  return emptyFolder();
}

/** A folder that exists and holds neither manifest, lockfile nor node_modules: the one this file lies in. */
export function emptyFolder(): string {
  return fileURLToPath(new URL('.', import.meta.url));
}

async function attempt(folder: string, asked: Asked, npm: NpmOptions, notes: string[]): Promise<IdealTree> {
  const first = await buildIdealTree(folder, asked, npm);
  if (codeOf(first.refused) === 'ERESOLVE') {
    notes.push('npm would refuse this for conflicting peer dependencies (ERESOLVE); judged as npm --force would install it');
    return buildIdealTree(folder, asked, { ...npm, force: true });
  }
  if (codeOf(first.refused) === 'EBADPLATFORM') {
    notes.push('npm would refuse this on this platform (EBADPLATFORM)');
    return first.root ? { root: first.root, requested: first.requested } : first;
  }
  return first;
}

/** True when everything that failed is a package that does not exist, or one from outside the registry: both are judged as what they are. */
function onlyMissing({ root }: IdealTree): boolean {
  if (!root) return false;
  const untold = new Set(untoldIn(root).map(({ error }) => error));
  const failures = packageNodes(root).flatMap((node) => node.errors);
  return failures.length > 0 && failures.every((error) => codeOf(error) === 'E404' || untold.has(error));
}

function gapOf({ name, error }: { readonly name: string; readonly error: unknown }): Gap {
  const why = gitTrouble(error) ?? 'the address it is to come from does not give it';
  const reason = tellable(`what this dependency from outside the registry brings in is not known: ${why}`);
  return { subject: { kind: 'package', name, version: '' }, missing: 'tree', why: 'failed', reason, ruleIds: [] };
}

function resolution(
  ideal: IdealTree | undefined,
  gone: readonly WantedSpec[],
  lockfile: ProjectLockfile | undefined,
  notes: readonly string[],
): Resolution {
  const missing = gone.map(missingPackage);
  const found = ideal?.root ? treeOf(ideal.root) : undefined;
  return {
    tree: withMissing(found, missing, gone),
    changes: [
      ...(ideal?.root && found ? changesOf(found, ideal.root, ideal.requested, lockfile) : []),
      ...missing.map((after): Change => ({ action: 'add', after })),
    ],
    requested: [...(ideal?.requested ?? []), ...missing.map((entry) => entry.key)],
    notes,
    gaps: ideal?.root ? untoldIn(ideal.root).map(gapOf) : [],
  };
}

/** Against npm's lockfile: every change. Against none or another manager's: what the specs themselves bring in. */
function changesOf(tree: ResolvedTree, root: Arborist.Node, requested: readonly string[], lockfile: ProjectLockfile | undefined): Change[] {
  if (lockfile?.tree.format.startsWith('package-lock')) return diffTrees(lockfile.tree, tree);
  const reached = reachableFrom(root, requested);
  const brought = { ...tree, packages: tree.packages.filter((entry) => reached.has(entry.key)) };
  return diffTrees(lockfile?.tree, brought).filter((change) => change.action !== 'remove');
}

function withMissing(found: ResolvedTree | undefined, missing: readonly ResolvedPackage[], gone: readonly WantedSpec[]): ResolvedTree {
  const tree = found ?? { format: 'ideal tree', root: {}, packages: [], dependentsOf: () => [] };
  const specs = new Map(missing.map((entry, index) => [entry.key, gone[index]?.text ?? '']));
  return {
    ...tree,
    packages: [...tree.packages, ...missing],
    dependentsOf: (key): readonly Edge[] => {
      const spec = specs.get(key);
      return spec === undefined ? tree.dependentsOf(key) : [{ from: '', spec, kind: 'prod' }];
    },
  };
}

function undatedNote(documents: Documents): string[] {
  if (documents.undated.size === 0) return [];
  const names = listText([...documents.undated].sort().map((name) => printable(name)));
  return [`the registry does not say when versions were published: could not look back in time for ${names}`];
}

function earliest(asOf: Date | undefined, own: unknown): Date | undefined {
  if (!(own instanceof Date)) return asOf;
  return asOf && asOf < own ? asOf : own;
}

/** Full packuments by npm's own client: its registries, credentials, proxies and certificates. */
async function npmFetch(npm: NpmOptions): Promise<FetchDocument> {
  const { default: fetch } = await import('npm-registry-fetch');
  return async (name, url) => slim(await fetch.json(url, { ...npm, cache: undefined, spec: name } as Parameters<typeof fetch.json>[1]));
}

/** Where npm asks for a package. */
function addressOf(npm: NpmOptions, name: string): string {
  const scope = name.startsWith('@') ? name.slice(0, name.indexOf('/')) : '';
  const registry = String(npm[`${scope}:registry`] ?? npm['registry']);
  return `${registry.replace(/\/*$/, '/')}${name.replace('/', '%2f')}`;
}
