/** What adding specs to a project would bring in, as npm itself would resolve it now or at a moment in the past. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Gap } from '../model/finding.ts';
import type { Change, ResolvedTree } from '../model/package.ts';
import type { Placing } from '../model/placing.ts';
import { diffTrees } from './diff.ts';
import { type DocumentLimits, type Documents, documentsFrom, type FetchDocument, undatedNote } from './documents.ts';
import type { NpmOptions } from './ideal-tree.ts';
import { plainTree } from './plain-tree.ts';
import { projectTexts } from './project-texts.ts';
import { parseSpecs, repeatedNotes, type WantedSpec } from './wanted-spec.ts';

/** What `resolveSpecs` needs besides the specs. */
export interface ResolveOptions {
  /** The project folder; specs with relative paths are relative to it. */
  readonly folder: string;
  /** npm's flat options for this project; asked for where they are needed. */
  readonly npm: () => Promise<NpmOptions>;
  /** Those of them that trees of a plain kind depend on, where they are known without the others; `fetchDocument` is then told no address. */
  readonly placing?: Placing | undefined;
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

/** What is read while resolving, whoever does it. */
export interface Reading {
  readonly documents: Documents;
  readonly placing: Placing;
  readonly before: Date | undefined;
}

/** Resolves specs in memory. A package that does not exist is in the tree with an empty version; anything else that fails throws. */
export async function resolveSpecs(specs: readonly string[], options: ResolveOptions): Promise<Resolution> {
  const wanted = await parseSpecs(specs, options.folder);
  const reading = await openReading(options);
  const plain = (await isEmpty(options.folder)) ? await plainly(wanted, reading, options) : undefined;
  return plain ?? (await import('./by-npm.ts')).wantedByNpm(wanted, reading, options);
}

/** What the project's own package.json resolves to, as an installation without further words would; `update` names what may move, or is true for all. */
export async function resolveProject(options: ResolveOptions, update?: true | readonly string[]): Promise<Resolution> {
  return (await import('./by-npm.ts')).projectByNpm(update, await openReading(options), options);
}

async function openReading({ npm, placing, fetchDocument, limits, before }: ResolveOptions): Promise<Reading> {
  const usual = placing ?? (await npm());
  const fetch = fetchDocument ?? (await import('./npm-fetch.ts')).npmFetch(await npm());
  const documents = documentsFrom(fetch, limits ?? {}, (name) => (placing ? '' : addressOf(usual, name)));
  return { documents, placing: usual, before: earliest(before, usual.before) };
}

/** The tree of specs that leave npm little to decide, in a project that has nothing yet. */
async function plainly(
  wanted: readonly WantedSpec[],
  { documents, placing, before }: Reading,
  options: ResolveOptions,
): Promise<Resolution | undefined> {
  const specs = wanted.map(({ text }) => text);
  const plain = await Promise.race([plainTree(specs, documents, { ...placing, ...(before && { before }) }), documents.stopped]);
  if (!plain) return undefined;
  const notes = [...repeatedNotes(wanted), ...(options.before ? undatedNote(documents) : [])];
  return { ...plain, changes: diffTrees(undefined, plain.tree), notes, gaps: [] };
}

/** True for a folder in which npm would find nothing to keep. */
async function isEmpty(folder: string): Promise<boolean> {
  return !existsSync(join(folder, 'package.json')) && !existsSync(join(folder, 'node_modules')) && (await projectTexts(folder)) === undefined;
}

function earliest(asOf: Date | undefined, own: unknown): Date | undefined {
  if (!(own instanceof Date)) return asOf;
  return asOf && asOf < own ? asOf : own;
}

/** Where npm asks for a package. */
function addressOf(npm: NpmOptions, name: string): string {
  const scope = name.startsWith('@') ? name.slice(0, name.indexOf('/')) : '';
  const registry = String(npm[`${scope}:registry`] ?? npm['registry']);
  return `${registry.replace(/\/*$/, '/')}${name.replace('/', '%2f')}`;
}
