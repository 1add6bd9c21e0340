/** package-lock v1 and older shrinkwraps: packages nested as they lie in node_modules; brought into the shape of v2's flat map. */
import type { Location, ResolvedPackage, ResolvedTree } from '../../model/package.ts';
import { printable } from '../../model/text.ts';
import { isUnpinned, type LockfileInput, mostPackages, unreadable } from './format.ts';
import { type Json, objectOf, own, stringOf } from './json.ts';
import { lockfileNames } from './names.ts';
import { npmEdges } from './npm-edges.ts';
import { rootOf, sourceOf } from './npm-entry.ts';
import { positionsIn } from './positions.ts';
import { keysOnce } from './text.ts';

const deepest = 200;

/** Reads a v1 document; the project's own dependencies come from the package.json beside it. */
export function readNested(input: LockfileInput, text: string, document: Json): ResolvedTree {
  const nested = own(document, 'dependencies');
  if (nested !== undefined && !objectOf(nested)) throw unreadable(input, '"dependencies" is not an object', 'Restore the file from version control.');
  if (nested === undefined && own(document, 'lockfileVersion') === undefined)
    throw unreadable(input, 'this is not a lockfile', 'It holds neither "lockfileVersion" nor "dependencies".');
  if (isManifest(input.file, document))
    throw unreadable(input, 'this is a package.json, not a lockfile', `depward reads ${lockfileNames.join(', ')}.`);
  const entries = new Map<string, Json>();
  const queue: { at: string; section: Json; depth: number }[] = [{ at: '', section: objectOf(nested) ?? {}, depth: 1 }];
  for (let next = queue.shift(); next; next = queue.shift()) {
    if (next.depth > deepest) throw unreadable(input, `packages nested more than ${deepest} deep`, 'This is deeper than npm ever nests.');
    for (const [name, value] of Object.entries(next.section)) {
      const entry = objectOf(value);
      if (!entry)
        throw unreadable(input, `the entry ${printable(JSON.stringify(name), 80)} is not an object`, 'Restore the file from version control.');
      const key = `${next.at === '' ? '' : `${next.at}/`}node_modules/${name}`;
      entries.set(key, entry);
      if (entries.size > mostPackages) throw unreadable(input, `more than ${mostPackages} packages`, 'This is more than any real project has.');
      const inner = objectOf(own(entry, 'dependencies'));
      if (inner) queue.push({ at: key, section: inner, depth: next.depth + 1 });
    }
  }
  const where = nestedLocations(input, text);
  let edges: ReturnType<typeof npmEdges> | undefined;
  return {
    format: 'package-lock v1',
    root: rootOf(document),
    packages: [...entries].map(([key, entry]) => packageOf(key, entry, where)),
    dependentsOf: (key) => {
      edges ??= npmEdges(withRequires(entries, objectOf(input.manifest)));
      // Shrinkwraps of npm 4 and older do not say who asks: whoever holds it in its folder does.
      return edges.get(key) ?? [{ from: parentOf(key), spec: '*', kind: 'prod' }];
    },
  };
}

// The shrinkwraps of old have no version of their own either, but never a range where an entry belongs.
function isManifest(file: string, document: Json): boolean {
  if (own(document, 'lockfileVersion') !== undefined) return false;
  const asked = Object.values(objectOf(own(document, 'dependencies')) ?? {});
  return asked.length === 0 ? /(?:^|[\\/])package\.json$/.test(file) : asked.every((value) => typeof value === 'string');
}

function parentOf(key: string): string {
  return key.slice(0, Math.max(key.lastIndexOf('/node_modules/'), 0));
}

function packageOf(key: string, entry: Json, where: (key: string) => Location | undefined): ResolvedPackage {
  const installed = key.slice(key.lastIndexOf('node_modules/') + 'node_modules/'.length);
  const written = stringOf(own(entry, 'version')) ?? '';
  const alias = /^npm:(.+)@([^@]+)$/.exec(written);
  const plain = alias !== null || !/[:/]/.test(written);
  const resolved = plain ? stringOf(own(entry, 'resolved')) : written;
  const integrity = stringOf(own(entry, 'integrity'));
  const name = alias?.[1] ?? installed;
  return {
    key,
    name,
    // For git and tarball URLs v1 does not say which version lies behind them.
    version: alias?.[2] ?? (plain ? written : ''),
    ...(resolved !== undefined && { resolved }),
    ...(integrity !== undefined && { integrity }),
    source: plain ? sourceOf(resolved, undefined) : sourceOf(written, new Set([written.split('#', 1)[0] ?? ''])),
    dev: own(entry, 'dev') === true,
    optional: own(entry, 'optional') === true,
    peer: false,
    bundled: own(entry, 'bundled') === true,
    ...(name !== installed && { alias: installed }),
    get unpinned() {
      return isUnpinned(this);
    },
    get where() {
      return where(key);
    },
  } as ResolvedPackage;
}

function nestedLocations(input: LockfileInput, text: string): (key: string) => Location | undefined {
  const offsets = keysOnce(input, text, 2 * deepest, (path, name) => {
    if (path.length % 2 === 0 || path.some((part, index) => index % 2 === 0 && part !== 'dependencies')) return undefined;
    return `${path.map((part, index) => (index % 2 === 0 ? '' : `node_modules/${part}/`)).join('')}node_modules/${name}`;
  });
  let position: ReturnType<typeof positionsIn> | undefined;
  return (key) => {
    const offset = offsets.get(key);
    if (offset === undefined) return undefined;
    position ??= positionsIn(text);
    return { file: input.file, ...position(offset) };
  };
}

/** v1's `requires` as v2's `dependencies`, and the project itself from its manifest; without one, whatever nobody asks for. */
function withRequires(entries: ReadonlyMap<string, Json>, manifest: Json | undefined): ReadonlyMap<string, Json> {
  const flat = new Map<string, Json>();
  const required = new Set<string>();
  for (const [key, entry] of entries) {
    const requires = objectOf(own(entry, 'requires')) ?? {};
    for (const name of Object.keys(requires)) required.add(name);
    flat.set(key, { dependencies: requires });
  }
  const top = [...entries.keys()].filter((key) => !key.includes('/node_modules/')).map((key) => key.slice('node_modules/'.length));
  const unasked = Object.fromEntries(top.filter((name) => !required.has(name)).map((name) => [name, '*']));
  return new Map([['', manifest ?? { dependencies: unasked }], ...flat]);
}
