/** yarn.lock of Yarn 2 and later (all metadata versions). */
import type { ResolvedTree } from '../../model/package.ts';
import { printable } from '../../model/text.ts';
import { type LockfileFormat, type LockfileInput, mostPackages, unreadable } from './format.ts';
import { type Facts, LazyPackage, lazyGraph } from './graph.ts';
import { rootOfManifest } from './npm-entry.ts';
import { checkedText } from './text.ts';
import { type BerryEntry, readBerryFile } from './yarn-berry-entries.ts';
import { berryLinks, type Resolved } from './yarn-berry-links.ts';
import { descriptorsOf, isBuiltinPatch, type Locator, readLocator, splitDescriptor } from './yarn-locator.ts';

export const yarnBerry: LockfileFormat = {
  id: 'yarn-berry',
  names: [],
  recognises: ({ text }) => text.includes('__metadata') && /^["']?__metadata["']?:/m.test(text),
  read,
};

async function read(input: LockfileInput): Promise<ResolvedTree> {
  const file = await readBerryFile(input, checkedText(input));
  const { version } = file;
  // Versions 1 to 3 were release candidates' in 2019 and 2020.
  if (version === undefined || !/^(?:[1-9]|1\d)$/.test(version))
    throw unreadable(
      input,
      `unknown metadata version ${printable(version ?? '(none)', 20)}`,
      'depward reads Yarn lockfiles up to metadata version 19; look for a newer depward.',
    );
  const { entries } = file;
  if (entries.length > mostPackages) throw unreadable(input, `more than ${mostPackages} packages`, 'This is more than any real project has.');
  const byLocator = new Map<string, Resolved>();
  const patched = new Set<string>();
  for (let at = 0; at < entries.length; at++) {
    const found = resolve(input, entries[at] as BerryEntry, at);
    const { text, patches } = found.locator;
    if (byLocator.has(text))
      throw unreadable(input, `the resolution ${printable(text, 80)} is there twice`, 'Restore the file from version control.');
    byLocator.set(text, found);
    if (patches !== undefined && !isBuiltinPatch(text)) patched.add(patches);
  }
  const graph = lazyGraph(() => berryLinks(byLocator, input.manifest));
  const lookups = { only: graph.only, where: (key: string) => file.where(byLocator.get(key)?.at ?? 0) };
  const packages: LazyPackage[] = [];
  for (const { entry, locator } of byLocator.values()) {
    // A patched package is the package it patches; its own entry only says that it is patched.
    const stands = locator.kind !== 'root' && !(locator.patches !== undefined && byLocator.has(locator.patches));
    if (stands) packages.push(new LazyPackage(factsOf(entry, locator, patched), lookups));
  }
  return { format: `yarn-berry v${version}`, root: rootOfManifest(input.manifest), packages, dependentsOf: graph.dependentsOf };
}

function resolve(input: LockfileInput, entry: BerryEntry, at: number): Resolved {
  const locator = readLocator(entry.resolution);
  if (!locator) throw unreadable(input, `the entry ${printable(entry.written, 80)} has no resolution`, 'Restore the file from version control.');
  return { entry, at, locator };
}

function factsOf(entry: BerryEntry, locator: Locator, patched: ReadonlySet<string>): Facts {
  const { text, name, kind, version, resolved, patches } = locator;
  return {
    key: text,
    name,
    version: version ?? (kind === 'workspace' ? '' : (entry.version ?? '')),
    source: kind === 'root' ? 'workspace' : kind,
    bundled: false,
    resolved,
    checksum: entry.checksum,
    alias: aliasOf(entry.written, name),
    patched: patched.has(text) || (patches !== undefined && !isBuiltinPatch(text)) || undefined,
  };
}

/** The name a package is installed under where nobody installs it under its own. */
function aliasOf(written: string, name: string): string | undefined {
  if (written.startsWith(name) && written.charCodeAt(name.length) === 64) return undefined;
  const names = descriptorsOf(written).map((descriptor) => splitDescriptor(descriptor).name);
  return names.includes(name) ? undefined : names[0];
}
