/** pnpm-lock.yaml: lockfile versions 5.x, 6 and 9, of one or several documents. */
import type { ResolvedTree } from '../../model/package.ts';
import { printable } from '../../model/text.ts';
import { type LockfileFormat, type LockfileInput, mostPackages, unreadable } from './format.ts';
import { type Facts, LazyPackage, lazyGraph } from './graph.ts';
import { rootOfManifest } from './npm-entry.ts';
import type { PnpmDocument } from './pnpm-document.ts';
import { readOwnLayout } from './pnpm-layout.ts';
import { aliasesOf, linksOf, type VersionedDocument, workspacesOf } from './pnpm-links.ts';
import { readParsedLayout } from './pnpm-parsed.ts';
import { type PnpmEntry, readEntry } from './pnpm-path.ts';
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
  const { merged, keyOf } = mergePeers(input, told);
  const graph = lazyGraph(() => linksOf(told, keyOf));
  let aliases: ReadonlyMap<string, string> | undefined;
  const aliasOf = (key: string) => {
    aliases ??= aliasesOf(told, keyOf);
    const alias = aliases.get(key);
    return alias === merged.get(key)?.entry.name ? undefined : alias;
  };
  const patched = new Set(documents.flatMap((document) => document.patched));
  const where = (key: string) => {
    const { path, document } = merged.get(key) ?? {};
    return path === undefined ? undefined : document?.where(path);
  };
  const lookups = { only: graph.only, where, aliasOf };
  const packages = [...merged].map(([key, { entry }]) => new LazyPackage(factsOf(key, entry, patched), lookups));
  return {
    format: `pnpm-lock v${documents.at(-1)?.lockfileVersion ?? told.at(-1)?.version}`,
    root: rootOfManifest(input.manifest),
    packages: [...packages, ...workspacesOf(told).map((facts) => new LazyPackage(facts, { only: graph.only, where: () => undefined }))],
    dependentsOf: graph.dependentsOf,
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

interface Merged {
  readonly path: string;
  readonly entry: PnpmEntry;
  readonly document: PnpmDocument;
}

interface AllMerged {
  readonly merged: ReadonlyMap<string, Merged>;
  readonly keyOf: ReadonlyMap<string, string>;
}

/** One package for all its peer contexts, unless they differ in what is fetched. */
function mergePeers(input: LockfileInput, documents: readonly VersionedDocument[]): AllMerged {
  const merged = new Map<string, Merged>();
  const keyOf = new Map<string, string>();
  for (const { document, version } of documents) {
    for (const row of document.packages) {
      const { path } = row;
      if (keyOf.has(path)) continue;
      const entry = readEntry(input, row, version);
      const held = merged.get(entry.base);
      const same = !held || (held.entry.integrity === entry.integrity && held.entry.resolved === entry.resolved);
      const key = same ? entry.base : path;
      keyOf.set(path, key);
      if (!held || !(same || merged.has(key))) merged.set(key, { path, entry, document });
    }
    if (keyOf.size > mostPackages) throw unreadable(input, `more than ${mostPackages} packages`, 'This is more than any real project has.');
  }
  return { merged, keyOf };
}

function factsOf(key: string, entry: PnpmEntry, patched: ReadonlySet<string>): Facts {
  const { name, version, source, resolved, integrity, hasInstallScript } = entry;
  const isPatched = patched.size > 0 && (patched.has(name) || patched.has(`${name}@${version}`));
  return { key, name, version, source, bundled: false, resolved, integrity, hasInstallScript, patched: isPatched || undefined };
}
