/** yarn.lock of Yarn 2 and later (all metadata versions). */
import type { EdgeKind, ResolvedTree } from '../../model/package.ts';
import { printable } from '../../model/text.ts';
import { type LockfileFormat, type LockfileInput, mostPackages, unreadable } from './format.ts';
import { type Facts, LazyPackage, type Link, lazyGraph } from './graph.ts';
import { objectOf, own } from './json.ts';
import { rootOfManifest } from './npm-entry.ts';
import { SmallMap } from './small-map.ts';
import { checkedText } from './text.ts';
import { mapAt, readYaml, textAt, textEntries, type YamlMap } from './yaml.ts';
import { keyLocations } from './yaml-lines.ts';
import { isBuiltinPatch, type Locator, readLocator, splitDescriptor } from './yarn-locator.ts';

export const yarnBerry: LockfileFormat = {
  id: 'yarn-berry',
  names: [],
  recognises: ({ text }) => /^["']?__metadata["']?:/m.test(text),
  read,
};

interface Entry {
  /** The line's own key: all descriptors it answers. */
  readonly written: string;
  readonly descriptors: readonly string[];
  readonly locator: Locator;
  readonly value: YamlMap;
}

async function read(input: LockfileInput): Promise<ResolvedTree> {
  const text = checkedText(input);
  const [document, second] = await readYaml(input, text);
  if (!document || second) throw unreadable(input, 'this is not a lockfile of one document', 'Restore it from version control.');
  const version = textAt(mapAt(document, '__metadata'), 'version');
  // Versions 1 to 3 were release candidates' in 2019 and 2020.
  if (version === undefined || !/^(?:[1-9]|1\d)$/.test(version))
    throw unreadable(
      input,
      `unknown metadata version ${printable(version ?? '(none)', 20)}`,
      'depward reads Yarn lockfiles up to metadata version 19; look for a newer depward.',
    );
  const entries = [...document].flatMap(([key, value]) => (key === '__metadata' ? [] : [readEntry(input, key, value)]));
  if (entries.length > mostPackages) throw unreadable(input, `more than ${mostPackages} packages`, 'This is more than any real project has.');
  const byLocator = new Map<string, Entry>();
  for (const entry of entries) {
    if (byLocator.has(entry.locator.text))
      throw unreadable(input, `the resolution ${printable(entry.locator.text, 80)} is there twice`, 'Restore the file from version control.');
    byLocator.set(entry.locator.text, entry);
  }
  // A patched package is the package it patches; its own entry only says that it is patched.
  const patched = new Set(entries.flatMap(({ locator }) => (locator.patches !== undefined && !isBuiltinPatch(locator) ? [locator.patches] : [])));
  const kept = entries.filter(({ locator }) => locator.kind !== 'root' && !(locator.patches !== undefined && byLocator.has(locator.patches)));
  const graph = lazyGraph(() => linksOf(entries, byLocator, input.manifest));
  const where = keyLocations(input.file, text, () => new Set(entries.map((entry) => entry.written)));
  return {
    format: `yarn-berry v${version}`,
    root: rootOfManifest(input.manifest),
    packages: kept.map((entry) => new LazyPackage(factsOf(entry, patched), graph, () => where(entry.written))),
    dependentsOf: graph.dependentsOf,
  };
}

function readEntry(input: LockfileInput, written: string, value: unknown): Entry {
  const map = value instanceof SmallMap ? (value as YamlMap) : undefined;
  const locator = map && readLocator(textAt(map, 'resolution') ?? '');
  if (!map || !locator) throw unreadable(input, `the entry ${printable(written, 80)} has no resolution`, 'Restore the file from version control.');
  return { written, descriptors: written.split(/\s*,\s*(?=@?[^,@]+@)/), locator, value: map };
}

function factsOf(entry: Entry, patched: ReadonlySet<string>): Facts {
  const { locator, value, descriptors } = entry;
  const checksum = textAt(value, 'checksum');
  const names = new Set(descriptors.map((descriptor) => splitDescriptor(descriptor).name));
  const alias = names.has(locator.name) ? undefined : [...names][0];
  const ownPatch = locator.patches !== undefined && !isBuiltinPatch(locator);
  return {
    key: locator.text,
    name: locator.name,
    version: locator.version ?? (locator.kind === 'workspace' ? '' : (textAt(value, 'version') ?? '')),
    source: locator.kind === 'root' ? 'workspace' : locator.kind,
    bundled: false,
    ...(locator.resolved !== undefined && { resolved: locator.resolved }),
    ...(checksum !== undefined && { checksum }),
    ...(alias !== undefined && { alias }),
    ...((patched.has(locator.text) || ownPatch) && { patched: true }),
  };
}

function linksOf(entries: readonly Entry[], byLocator: ReadonlyMap<string, Entry>, manifest: unknown): Link[] {
  const keyOf = new Map<string, string>();
  const patchedRange = new Map<string, string>();
  const byName = new Map<string, string | undefined>();
  for (const { descriptors, locator } of entries) {
    const key = locator.patches !== undefined && byLocator.has(locator.patches) ? locator.patches : locator.text;
    for (const descriptor of descriptors) {
      const { name, range: written } = splitDescriptor(descriptor);
      keyOf.set(descriptor, key);
      byName.set(name, byName.has(name) && byName.get(name) !== key ? undefined : key);
      // `file:./x::locator=…`: the range as the dependent wrote it, with who it was.
      const [bare = ''] = descriptor.split('::', 1);
      if (bare !== descriptor && !keyOf.has(bare)) keyOf.set(bare, key);
      const range = /^patch:(.*?)#/.exec(written)?.[1];
      if (range !== undefined) patchedRange.set(decode(range), key);
    }
  }
  const devNames = new Set(Object.keys(objectOf(own(objectOf(manifest) ?? {}, 'devDependencies')) ?? {}));
  const links: Link[] = [];
  for (const { locator, value } of entries) {
    const from = locator.kind === 'root' ? '' : locator.patches !== undefined && byLocator.has(locator.patches) ? locator.patches : locator.text;
    const optional = mapAt(value, 'dependenciesMeta');
    for (const [name, range] of textEntries(mapAt(value, 'dependencies'))) {
      const plain = range.includes(':') ? range : `npm:${range}`;
      const asked = [`${name}@${range}`, `${name}@${plain}`];
      // `resolutions` leave only one version of a package, under another range than the one asked for.
      const to = firstIn(keyOf, asked) ?? firstIn(patchedRange, asked) ?? byName.get(name);
      if (to === undefined) continue;
      links.push({ from, to, spec: range, kind: kindOf(from === '' && devNames.has(name), textAt(mapAt(optional, name), 'optional') === 'true') });
    }
    if (locator.kind === 'workspace') links.push({ from: '', to: locator.text, spec: 'workspace:*', kind: 'prod' });
  }
  return links;
}

function firstIn(map: ReadonlyMap<string, string>, keys: readonly string[]): string | undefined {
  const key = keys.find((candidate) => map.has(candidate));
  return key === undefined ? undefined : map.get(key);
}

function kindOf(dev: boolean, optional: boolean): EdgeKind {
  if (dev) return 'dev';
  return optional ? 'optional' : 'prod';
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
