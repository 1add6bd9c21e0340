/** yarn.lock of Yarn 2 and later (all metadata versions). */
import type { ResolvedTree } from '../../model/package.ts';
import { printable } from '../../model/text.ts';
import { placesWithout } from './entries.ts';
import { type LockfileInput, mostPackages, unreadable } from './format.ts';
import { type Facts, lazyGraph, packagesOf, type Told } from './graph.ts';
import { rootOfManifest } from './npm-entry.ts';
import { bareText, checkedText } from './text.ts';
import { type BerryEntry, type BerryFile, readParsedLayout } from './yarn-berry-entries.ts';
import { readOwnLayout } from './yarn-berry-layout.ts';
import { berryLinks, type Resolved } from './yarn-berry-links.ts';
import { descriptorsOf, isBuiltinPatch, plainName, readLocator, splitDescriptor } from './yarn-locator.ts';

export async function read(input: LockfileInput): Promise<ResolvedTree> {
  const file = readOwnLayout(input.file, bareText(input)) ?? (await readParsedLayout(input, checkedText(input)));
  const { version } = file;
  // Versions 1 to 3 were release candidates' in 2019 and 2020.
  if (version === undefined || !/^(?:[1-9]|1\d)$/.test(version))
    throw unreadable(
      input,
      `unknown metadata version ${printable(version ?? '(none)', 20)}`,
      'depward reads Yarn lockfiles up to metadata version 19; look for a newer depward.',
    );
  const { resolutions, size } = file;
  if (size > mostPackages) throw unreadable(input, `more than ${mostPackages} packages`, 'This is more than any real project has.');
  const twice = resolutions.twice();
  if (twice !== undefined) throw unreadable(input, `the resolution ${printable(twice, 80)} is there twice`, 'Restore the file from version control.');
  const { patched, apart } = oddOnes(input, file);
  const graph = lazyGraph(() => berryLinks(allResolved(input, file), input.manifest));
  const place = placesWithout([...apart], size);
  const told: Told = {
    only: graph.only,
    where: (at) => file.where(place(at)),
    facts: (at) => plainFacts(file, place(at), patched) ?? factsOf(file, resolve(input, file, place(at)), patched),
    name: (at) => plainName(resolutions.of(place(at))),
    // None of packages for other platforms; what it has none of it does not install before it is told to write one down.
    pins: false,
    reading: `yarn-berry v${version}`,
    ...(file.lines && { lines: (at: number) => file.lines?.(place(at)) ?? '' }),
  };
  const packages = packagesOf(told, size - apart.size);
  return {
    format: `yarn-berry v${version}`,
    get root() {
      return rootOfManifest(input.manifest);
    },
    packages,
    dependentsOf: graph.dependentsOf,
  };
}

/** What is more than a release of a registry is looked into at once: what it patches, and whether it stands for a package of its own. */
function oddOnes(input: LockfileInput, file: BerryFile) {
  const { odd, resolutions } = file;
  const patched = new Set<string>();
  const apart = new Set<number>();
  for (const at of odd) {
    if (isOnItsOwn(resolutions.of(at))) continue;
    const { text, patches, kind } = readLocator(resolutions.of(at)) ?? resolve(input, file, at).locator;
    if (patches !== undefined && !isBuiltinPatch(text)) patched.add(patches);
    // A patched package is the package it patches; its own entry only says that it is patched.
    if (kind === 'root' || (patches !== undefined && resolutions.find(patches) !== undefined)) apart.add(at);
  }
  return { patched, apart };
}

/** True for all but patches and the project itself. */
function isOnItsOwn(resolution: string): boolean {
  const at = resolution.indexOf('@', 1) + 1;
  return at > 0 && at < resolution.length && !resolution.startsWith('patch:', at) && !resolution.startsWith('workspace:.', at);
}

function allResolved(input: LockfileInput, file: BerryFile): ReadonlyMap<string, Resolved> {
  return new Map(Array.from({ length: file.size }, (_, at) => [file.resolutions.of(at), resolve(input, file, at)]));
}

function resolve(input: LockfileInput, file: BerryFile, at: number): Resolved {
  const entry = file.entry(at);
  const locator = readLocator(entry.resolution);
  if (!locator) throw unreadable(input, `the entry ${printable(entry.written, 80)} has no resolution`, 'Restore the file from version control.');
  return { entry, locator };
}

/** A release of a registry and nothing else, as nearly all are. */
function plainFacts(file: BerryFile, at: number, patched: ReadonlySet<string>): Facts | undefined {
  const key = file.resolutions.of(at);
  const name = plainName(key);
  if (name === undefined) return undefined;
  const entry = file.entry(at);
  const { written } = entry;
  const checksum = checksumOf(file, entry);
  const isPatched = patched.has(key) || undefined;
  const version = key.slice(name.length + '@npm:'.length);
  return { key, name, version, source: 'registry', bundled: false, resolved: undefined, checksum, alias: aliasOf(written, name), patched: isPatched };
}

function factsOf(file: BerryFile, { entry, locator }: Resolved, patched: ReadonlySet<string>): Facts {
  const { text, name, kind, version, resolved, patches } = locator;
  return {
    key: text,
    name,
    version: version ?? (kind === 'workspace' ? '' : (entry.version ?? '')),
    source: kind === 'root' ? 'workspace' : kind,
    bundled: false,
    resolved,
    checksum: checksumOf(file, entry),
    alias: aliasOf(entry.written, name),
    patched: patched.has(text) || (patches !== undefined && !isBuiltinPatch(text)) || undefined,
  };
}

/** Yarn 4 writes the version of its cache before each checksum; before, it stands at the head of the file alone. */
function checksumOf({ cacheKey }: BerryFile, { checksum }: BerryEntry): string | undefined {
  return checksum === undefined || cacheKey === undefined || checksum.includes('/') ? checksum : `${cacheKey}/${checksum}`;
}

/** The name a package is installed under where nobody installs it under its own. */
function aliasOf(written: string, name: string): string | undefined {
  if (written.startsWith(name) && written.charCodeAt(name.length) === 64) return undefined;
  const names = descriptorsOf(written).map((descriptor) => splitDescriptor(descriptor).name);
  return names.includes(name) ? undefined : names[0];
}
