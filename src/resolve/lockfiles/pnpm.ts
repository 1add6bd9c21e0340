/** pnpm-lock.yaml: lockfile versions 5.x, 6 and 9, of one or several documents. */
import type { ResolvedTree } from '../../model/package.ts';
import { printable } from '../../model/text.ts';
import { type LockfileFormat, type LockfileInput, mostPackages, unreadable } from './format.ts';
import { type Facts, LazyPackage, lazyGraph } from './graph.ts';
import { rootOfManifest } from './npm-entry.ts';
import { aliasesOf, linksOf, type PnpmDocument, workspacesOf } from './pnpm-links.ts';
import { type PnpmEntry, readEntry } from './pnpm-path.ts';
import { SmallMap } from './small-map.ts';
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
      if (!(value instanceof SmallMap))
        throw unreadable(input, `the entry ${printable(path, 80)} is not a mapping`, 'Restore the file from version control.');
      if (!entries.has(path)) entries.set(path, readEntry(input, path, value, versions[index] as number));
      if (entries.size > mostPackages) throw unreadable(input, `more than ${mostPackages} packages`, 'This is more than any real project has.');
    }
  }
  const { merged, keyOf } = mergePeers(entries);
  const told = documents.map((map, index): PnpmDocument => ({ map, version: versions[index] as number }));
  const graph = lazyGraph(() => linksOf(told, keyOf));
  const where = keyLocations(input.file, text, () => new Set(entries.keys()), 'packages');
  const patched = patchedIn(documents);
  const aliases = aliasesOf(told, keyOf);
  const packages = [...merged].map(([key, { path, entry }]) => new LazyPackage(factsOf(key, entry, patched, aliases), graph, () => where(path)));
  return {
    format: `pnpm-lock v${textAt(documents.at(-1), 'lockfileVersion') ?? versions.at(-1)}`,
    root: rootOfManifest(input.manifest),
    packages: [...packages, ...workspacesOf(told).map((facts) => new LazyPackage(facts, graph, () => undefined))],
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

function factsOf(key: string, entry: PnpmEntry, patched: ReadonlySet<string>, aliases: ReadonlyMap<string, string>): Facts {
  const { name, version, source, resolved, integrity, hasInstallScript } = entry;
  const alias = aliases.get(key);
  return {
    key,
    name,
    version,
    source,
    bundled: false,
    ...(resolved !== undefined && { resolved }),
    ...(integrity !== undefined && { integrity }),
    ...(hasInstallScript !== undefined && { hasInstallScript }),
    ...(alias !== undefined && alias !== name && { alias }),
    ...(patched.size > 0 && (patched.has(name) || patched.has(`${name}@${version}`)) && { patched: true }),
  };
}

function patchedIn(documents: readonly YamlMap[]): ReadonlySet<string> {
  return new Set(documents.flatMap((document) => [...mapAt(document, 'patchedDependencies').keys()]));
}
