/** pnpm-lock.yaml: lockfile versions 5.x, 6 and 9, of one or several documents. */
import type { ResolvedTree } from '../../model/package.ts';
import { printable } from '../../model/text.ts';
import { type LockfileFormat, type LockfileInput, mostPackages, unreadable } from './format.ts';
import { type Facts, type Graph, lazyGraph, packagesOf, type Told } from './graph.ts';
import { rootOfManifest } from './npm-entry.ts';
import type { PnpmDocument } from './pnpm-document.ts';
import { readOwnLayout } from './pnpm-layout.ts';
import { aliasesOf, type KeysOfPaths, linksOf, projectsOf, type VersionedDocument, workspacesOf } from './pnpm-links.ts';
import { readParsedLayout } from './pnpm-parsed.ts';
import { baseOf, type PnpmEntry, readEntry } from './pnpm-path.ts';
import { checkedText } from './text.ts';

export const pnpm: LockfileFormat = {
  id: 'pnpm-lock',
  names: ['pnpm-lock.yaml'],
  recognises: ({ text }) => /^(?:\uFEFF)?(?:#.*\r?\n|\s|---\r?\n)*(?:lockfileVersion|'lockfileVersion'|"lockfileVersion"):/.test(text),
  read,
};

async function read(input: LockfileInput): Promise<ResolvedTree> {
  const text = checkedText(input);
  const documents = readOwnLayout(input, text) ?? (await readParsedLayout(input, text));
  const told = documents.map((document): VersionedDocument => ({ document, version: versionOf(input, document) }));
  const merged = mergePeers(input, told);
  const graph = lazyGraph(() => linksOf(told, merged.keyOf));
  const projects = projectsOf(told);
  const format = `pnpm-lock v${documents.at(-1)?.lockfileVersion ?? told.at(-1)?.version}`;
  const packages = packagesOf(toldBy(input, documents, told, merged, projects, graph), merged.held.length + projects.length);
  return { format, root: rootOfManifest(input.manifest), packages, dependentsOf: graph.dependentsOf };
}

/** The packages in the order of the file, then the projects. */
function toldBy(
  input: LockfileInput,
  documents: readonly PnpmDocument[],
  versioned: readonly VersionedDocument[],
  { held, places, keyOf }: AllMerged,
  projects: readonly string[],
  graph: Graph,
): Told {
  const patched = new Set(documents.flatMap((document) => document.patched));
  let workspaces: readonly Facts[] | undefined;
  let aliases: ReadonlyMap<string, string> | undefined;
  const name = (at: number) => (held[at]?.isPlain ? held[at].key.slice(0, held[at].key.indexOf('@', 1)) : undefined);
  const facts = (at: number): Facts => {
    const one = held[at];
    if (one) return factsOf(one.key, entryOf(input, one), patched);
    workspaces ??= workspacesOf(versioned, projects);
    return workspaces[at - held.length] as Facts;
  };
  const [{ version } = { version: 0 }] = versioned;
  return {
    only: graph.only,
    facts,
    name,
    where(key) {
      const one = held[places.get(key) ?? -1];
      return one?.document.where(one.at);
    },
    aliasOf(key) {
      aliases ??= aliasesOf(versioned, keyOf);
      const alias = aliases.get(key);
      const one = held[places.get(key) ?? -1];
      return one && alias === entryOf(input, one).name ? undefined : alias;
    },
    lines: (at) => held[at]?.document.lines?.(held[at]?.at ?? 0),
    ...(versioned.every((one) => one.version === version) && { reading: `pnpm-lock v${version}` }),
  };
}

function versionOf(input: LockfileInput, document: PnpmDocument): number {
  const written = document.lockfileVersion ?? '';
  const major = Number(written.split('.', 1)[0]);
  if (major === 5 || major === 6 || major === 9) return major;
  throw unreadable(
    input,
    `unknown lockfileVersion ${printable(written, 20) || '(none)'}`,
    'depward reads pnpm lockfiles of versions 5, 6 and 9; look for a newer depward.',
  );
}

/** What stands for a package: one entry of the file. */
interface Held {
  readonly key: string;
  readonly document: PnpmDocument;
  readonly version: number;
  readonly at: number;
  /** True when the key is the name and the version. */
  readonly isPlain: boolean;
}

interface AllMerged {
  readonly held: readonly Held[];
  /** Where each key is among them. */
  readonly places: ReadonlyMap<string, number>;
  readonly keyOf: KeysOfPaths;
}

/** One package for all its peer contexts, unless they differ in what is fetched. */
function mergePeers(input: LockfileInput, documents: readonly VersionedDocument[]): AllMerged {
  const held: Held[] = [];
  const places = new Map<string, number>();
  /** The keys of those entries whose path is another. */
  const others = new Map<string, string>();
  let count = 0;
  documents.forEach(({ document, version }, index) => {
    const before = documents.slice(0, index);
    for (let at = 0; at < document.paths.length; at++) {
      const path = document.paths[at] as string;
      if (before.some((other) => other.document.hasPath(path))) continue;
      count++;
      const plain = document.isPlain(at) ? baseOf(path, version) : undefined;
      const one = { document, version, at };
      const base = plain ?? entryOf(input, one).base;
      const place = places.get(base);
      const same = place === undefined || sameBytes(entryOf(input, held[place] as Held), entryOf(input, one));
      const key = same ? base : path;
      if (key !== path) others.set(path, key);
      if (place === undefined || !(same || places.has(key))) {
        places.set(key, held.length);
        held.push({ key, document, version, at, isPlain: plain !== undefined && key === base });
      }
    }
    if (count > mostPackages) throw unreadable(input, `more than ${mostPackages} packages`, 'This is more than any real project has.');
  });
  const isPath = (path: string) => documents.some(({ document }) => document.hasPath(path));
  const get = (path: string) => others.get(path) ?? (isPath(path) ? path : undefined);
  return { held, places, keyOf: { get, has: isPath } };
}

function entryOf(input: LockfileInput, { document, version, at }: Pick<Held, 'document' | 'version' | 'at'>): PnpmEntry {
  return readEntry(input, document.row(at), version);
}

function sameBytes(a: PnpmEntry, b: PnpmEntry): boolean {
  return a.integrity === b.integrity && a.resolved === b.resolved;
}

function factsOf(key: string, entry: PnpmEntry, patched: ReadonlySet<string>): Facts {
  const { name, version, source, resolved, integrity, hasInstallScript } = entry;
  const isPatched = patched.size > 0 && (patched.has(name) || patched.has(`${name}@${version}`));
  return { key, name, version, source, bundled: false, resolved, integrity, hasInstallScript, patched: isPatched || undefined };
}
