/** pnpm-lock.yaml: lockfile versions 5.x, 6 and 9, of one or several documents. */
import type { ResolvedTree } from '../../model/package.ts';
import { printable } from '../../model/text.ts';
import { type LockfileInput, unreadable } from './format.ts';
import { type Facts, type Graph, lazyGraph, packagesOf, type Told } from './graph.ts';
import { rootOfManifest } from './npm-entry.ts';
import type { PnpmDocument } from './pnpm-document.ts';
import { readOwnLayout } from './pnpm-layout.ts';
import { aliasesOf, linksOf, projectsOf, type VersionedDocument, workspacesOf } from './pnpm-links.ts';
import { type AllMerged, eachForItself, entryOf, mergePeers } from './pnpm-merged.ts';
import { readParsedLayout } from './pnpm-parsed.ts';
import type { PnpmEntry } from './pnpm-path.ts';
import { bareText, checkedText } from './text.ts';

export async function read(input: LockfileInput): Promise<ResolvedTree> {
  const documents = readOwnLayout(input, bareText(input)) ?? (await readParsedLayout(input, checkedText(input)));
  const told = documents.map((document): VersionedDocument => ({ document, version: versionOf(input, document) }));
  const merged = eachForItself(input, told) ?? mergePeers(input, told);
  const graph = lazyGraph(() => linksOf(told, merged.keyOf));
  const projects = projectsOf(told);
  const format = `pnpm-lock v${documents.at(-1)?.lockfileVersion ?? told.at(-1)?.version}`;
  const packages = packagesOf(toldBy(input, documents, told, merged, projects, graph), merged.size + projects.length);
  return {
    format,
    get root() {
      return rootOfManifest(input.manifest);
    },
    packages,
    dependentsOf: graph.dependentsOf,
  };
}

/** The packages in the order of the file, then the projects. */
function toldBy(
  input: LockfileInput,
  documents: readonly PnpmDocument[],
  versioned: readonly VersionedDocument[],
  { size, held, keyOf }: AllMerged,
  projects: readonly string[],
  graph: Graph,
): Told {
  const patched = new Set(documents.flatMap((document) => document.patched));
  let workspaces: readonly Facts[] | undefined;
  let aliases: ReadonlyMap<string, string> | undefined;
  const name = (at: number) => {
    const { key, isPlain } = at < size ? held(at) : nobody;
    return isPlain ? key.slice(0, key.indexOf('@', 1)) : undefined;
  };
  const facts = (at: number): Facts => {
    const one = at < size ? held(at) : undefined;
    if (one) return factsOf(one.key, entryOf(input, one), patched);
    workspaces ??= workspacesOf(versioned, projects);
    return workspaces[at - size] as Facts;
  };
  const [{ version } = { version: 0 }] = versioned;
  return {
    only: graph.only,
    pins: true,
    facts,
    name,
    where(at) {
      const one = at < size ? held(at) : undefined;
      return one?.document.where(one.at);
    },
    aliasOf(at) {
      aliases ??= aliasesOf(versioned, keyOf);
      const one = at < size ? held(at) : undefined;
      const alias = one && aliases.get(one.key);
      return one && alias === entryOf(input, one).name ? undefined : alias;
    },
    lines(at) {
      const one = at < size ? held(at) : undefined;
      return one?.document.lines?.(one.at);
    },
    ...(versioned.every((one) => one.version === version) && { reading: `pnpm-lock v${version}` }),
  };
}

const nobody = { key: '', isPlain: false };

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

function factsOf(key: string, entry: PnpmEntry, patched: ReadonlySet<string>): Facts {
  const { name, version, source, resolved, integrity, hasInstallScript } = entry;
  const isPatched = patched.size > 0 && (patched.has(name) || patched.has(`${name}@${version}`));
  return { key, name, version, source, bundled: false, resolved, integrity, hasInstallScript, patched: isPatched || undefined };
}
