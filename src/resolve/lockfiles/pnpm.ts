/** pnpm-lock.yaml: lockfile versions 5.x, 6 and 9, of one or several documents. */
import type { ResolvedPackage, ResolvedTree } from '../../model/package.ts';
import { printable } from '../../model/text.ts';
import { type LockfileFormat, type LockfileInput, mostPackages, unreadable } from './format.ts';
import { type Graph, lazyGraph, lazyPackage } from './graph.ts';
import { rootOfManifest } from './npm-entry.ts';
import { linksOf } from './pnpm-links.ts';
import { type PnpmEntry, readEntry } from './pnpm-path.ts';
import { checkedText } from './text.ts';
import { mapAt, readYaml, textAt, type YamlMap } from './yaml.ts';
import { keyLocations } from './yaml-lines.ts';

export const pnpm: LockfileFormat = {
  id: 'pnpm-lock',
  names: ['pnpm-lock.yaml'],
  recognises: ({ text }) => /^(?:\uFEFF)?(?:#.*\r?\n|\s|---\r?\n)*(?:lockfileVersion|'lockfileVersion'|"lockfileVersion"):/.test(text),
  read,
};

async function read(input: LockfileInput): Promise<ResolvedTree> {
  const text = checkedText(input);
  const documents = await readYaml(input, text);
  const versions = documents.map((document) => versionOf(input, document));
  const entries = new Map<string, PnpmEntry>();
  for (const [index, document] of documents.entries()) {
    for (const [path, value] of mapAt(document, 'packages')) {
      if (!(value instanceof Map))
        throw unreadable(input, `the entry ${printable(path, 80)} is not a mapping`, 'Restore the file from version control.');
      if (!entries.has(path)) entries.set(path, readEntry(input, path, value, versions[index] as number));
      if (entries.size > mostPackages) throw unreadable(input, `more than ${mostPackages} packages`, 'This is more than any real project has.');
    }
  }
  const { merged, keyOf } = mergePeers(entries);
  const links = once(() => linksOf(documents, versions, keyOf));
  const graph = lazyGraph(() => links().links);
  const where = keyLocations(input.file, text, () => new Set(entries.keys()), 'packages');
  const patched = patchedIn(documents);
  const aliases = once(() => links().aliases);
  const packages = [...merged].map(([key, { path, entry }]) => packageOf(key, path, entry, graph, where, patched, aliases));
  return {
    format: `pnpm-lock v${textAt(documents.at(-1), 'lockfileVersion') ?? versions.at(-1)}`,
    root: rootOfManifest(input.manifest),
    packages: [...packages, ...links().workspaces.map((facts) => lazyPackage(facts, graph, () => undefined))],
    dependentsOf: graph.dependentsOf,
  };
}

function versionOf(input: LockfileInput, document: YamlMap): number {
  const written = textAt(document, 'lockfileVersion') ?? '';
  const major = Number(written.split('.', 1)[0]);
  if (major === 5 || major === 6 || major === 9) return major;
  throw unreadable(
    input,
    `unknown lockfileVersion ${printable(written, 20) || '(none)'}`,
    'depward reads pnpm lockfiles of versions 5, 6 and 9; look for a newer depward.',
  );
}

interface Merged {
  readonly path: string;
  readonly entry: PnpmEntry;
}

/** One package for all its peer contexts, unless they differ in what is fetched. */
function mergePeers(entries: ReadonlyMap<string, PnpmEntry>): { merged: ReadonlyMap<string, Merged>; keyOf: ReadonlyMap<string, string> } {
  const merged = new Map<string, Merged>();
  const keyOf = new Map<string, string>();
  for (const [path, entry] of entries) {
    const held = merged.get(entry.base);
    const same = !held || (held.entry.integrity === entry.integrity && held.entry.resolved === entry.resolved);
    const key = same ? entry.base : path;
    keyOf.set(path, key);
    if (!merged.has(key)) merged.set(key, { path, entry });
  }
  return { merged, keyOf };
}

function packageOf(
  key: string,
  path: string,
  entry: PnpmEntry,
  graph: Graph,
  where: ReturnType<typeof keyLocations>,
  patched: ReadonlySet<string>,
  aliases: () => ReadonlyMap<string, string>,
): ResolvedPackage {
  const { name, version, source, resolved, integrity, hasInstallScript } = entry;
  const alias = aliases().get(key);
  const facts = {
    key,
    name,
    version,
    source,
    bundled: false,
    ...(resolved !== undefined && { resolved }),
    ...(integrity !== undefined && { integrity }),
    ...(hasInstallScript !== undefined && { hasInstallScript }),
    ...(alias !== undefined && alias !== name && { alias }),
    ...((patched.has(name) || patched.has(`${name}@${version}`)) && { patched: true }),
  };
  return lazyPackage(facts, graph, () => where(path));
}

function patchedIn(documents: readonly YamlMap[]): ReadonlySet<string> {
  return new Set(documents.flatMap((document) => [...mapAt(document, 'patchedDependencies').keys()]));
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
