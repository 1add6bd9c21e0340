/** What specs or a package.json resolve to by npm's own tree builder, in a folder of our own for what git and pacote unpack. */
import { randomBytes } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type Arborist from '@npmcli/arborist';
import type { Gap } from '../model/finding.ts';
import type { Change, Edge, ResolvedPackage, ResolvedTree } from '../model/package.ts';
import { diffTrees } from './diff.ts';
import { codeOf, endless, undatedNote } from './documents.ts';
import { emptyFolder } from './empty-folder.ts';
import { connectingTime, gitSurroundings, gitTrouble } from './git-surroundings.ts';
import { type Asked, buildIdealTree, type IdealTree, type NpmOptions, packageNodes, reachableFrom, treeOf, untoldIn } from './ideal-tree.ts';
import { resolvingError } from './npm-errors.ts';
import { impatient } from './npm-fetch.ts';
import { type ProjectLockfile, readProjectLockfile } from './project.ts';
import type { Reading, Resolution, ResolveOptions } from './spec.ts';
import { allPlaced, isAbsent, missingPackage, repeatedNotes, tellable, type WantedSpec } from './wanted-spec.ts';

/** What specs resolve to in a project. A package that does not exist is in the tree with an empty version; anything else that fails throws. */
export async function wantedByNpm(wanted: readonly WantedSpec[], reading: Reading, options: ResolveOptions): Promise<Resolution> {
  const lockfile = await readProjectLockfile(options.folder);
  return inScratch(reading, options, (npm) => resolveWanted(wanted, lockfile, { ...reading, npm }, options));
}

/** What a project's own package.json resolves to; `update` names what may move, or is true for all. */
export async function projectByNpm(update: true | readonly string[] | undefined, reading: Reading, options: ResolveOptions): Promise<Resolution> {
  const lockfile = await readProjectLockfile(options.folder);
  const asked: Asked = update === undefined ? { add: [] } : { add: [], update };
  return inScratch(reading, options, (npm) => resolveAsked(asked, lockfile, { ...reading, npm }, options));
}

/** What npm reads, and how it is set here. */
interface NpmReading extends Reading {
  readonly npm: NpmOptions;
}

/** pacote unpacks git repositories and tarballs to read their manifests: in a folder of our own, gone afterwards. */
async function inScratch<T>(reading: Reading, { npm: ask, openWayOut }: ResolveOptions, work: (npm: NpmOptions) => Promise<T>): Promise<T> {
  const npm = await ask();
  const scratch = join(tmpdir(), `depward-${randomBytes(8).toString('hex')}`);
  const patience = connectingTime(npm);
  const wayOut = patience === undefined ? undefined : await openWayOut?.(patience);
  try {
    await mkdir(scratch, { mode: 0o700 });
    const surroundings = gitSurroundings(scratch, npm['timeout'], wayOut?.address);
    return await work({ ...npm, ...impatient(npm), ...surroundings, cache: scratch, ...readFrom(reading) });
  } finally {
    wayOut?.close();
    await rm(scratch, { recursive: true, force: true }).catch(() => undefined);
  }
}

function readFrom({ documents, before }: Reading): NpmOptions {
  return { packumentCache: documents.cache, picks: documents.picks, step: documents.step, overrides: documents.overrides, ...(before && { before }) };
}

async function resolveAsked(
  asked: Asked,
  lockfile: ProjectLockfile | undefined,
  { documents, before, npm }: NpmReading,
  { folder, before: asOf }: ResolveOptions,
): Promise<Resolution> {
  const notes: string[] = [];
  const ideal = await Promise.race([attempt(folder, asked, npm, notes), documents.stopped]);
  if (ideal.refused !== undefined && !onlyMissing(ideal)) throw resolvingError(ideal.refused, { asOf, before });
  const tree = ideal.root && treeOf(ideal.root);
  if (!tree) throw resolvingError(ideal.refused, { asOf, before });
  const npmsOwn = lockfile?.tree.format.startsWith('package-lock') ? lockfile.tree : undefined;
  return { tree, changes: diffTrees(npmsOwn, tree), requested: [], notes, gaps: ideal.root ? untoldIn(ideal.root).map(gapOf) : [] };
}

async function resolveWanted(
  wanted: readonly WantedSpec[],
  lockfile: ProjectLockfile | undefined,
  { documents, before, npm }: NpmReading,
  options: ResolveOptions,
): Promise<Resolution> {
  const notes = repeatedNotes(wanted);
  const home = homeOf(lockfile, options.folder, notes);
  let left = wanted;
  const gone: WantedSpec[] = [];
  const asAsked = (specs: readonly WantedSpec[]) => wanted.filter((spec) => specs.includes(spec));
  while (left.length > 0) {
    const ideal = await Promise.race([attempt(home, { add: left.map((spec) => spec.text) }, npm, notes), documents.stopped]);
    const absent = left.filter((spec) => isAbsent(spec, documents, ideal.refused));
    if (absent.length === 0) {
      if (ideal.refused !== undefined && !onlyMissing(ideal)) throw resolvingError(ideal.refused, { asOf: options.before, before }, left);
      if (ideal.root) allPlaced(left, ideal.root.edgesOut);
      if (options.before) notes.push(...undatedNote(documents));
      return resolution(ideal, asAsked(gone), lockfile, notes);
    }
    gone.push(...absent);
    left = left.filter((spec) => !absent.includes(spec));
  }
  return resolution(undefined, asAsked(gone), lockfile, notes);
}

/** Where to resolve: the project itself, unless another package manager keeps its lockfile. */
function homeOf(lockfile: ProjectLockfile | undefined, folder: string, notes: string[]): string {
  if (lockfile === undefined || lockfile.tree.format.startsWith('package-lock')) return folder;
  notes.push(
    `resolved by npm's rules, apart from this project: ${lockfile.file} is another package manager's, whose overrides, patches and catalogs do not count here`,
  );
  return emptyFolder();
}

async function attempt(folder: string, asked: Asked, npm: NpmOptions, notes: string[]): Promise<IdealTree> {
  const first = await buildIdealTree(folder, asked, npm);
  if (codeOf(first.refused) === 'ERESOLVE') {
    const refuses = 'npm would refuse this for conflicting peer dependencies (ERESOLVE)';
    const forced = await buildIdealTree(folder, asked, { ...npm, force: true });
    const isEndless = codeOf(forced.refused) === endless;
    notes.push(`${refuses}; judged as npm ${isEndless ? '--legacy-peer-deps' : '--force'} would install it`);
    return isEndless ? buildIdealTree(folder, asked, { ...npm, legacyPeerDeps: true }) : forced;
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
