/** bun.lock: JSON with trailing commas, packages keyed by their place in node_modules. */
import type { ParseError } from 'jsonc-parser';
import type { EdgeKind, PackageSource, ResolvedTree } from '../../model/package.ts';
import { printable } from '../../model/text.ts';
import { type LockfileInput, mostPackages, unreadable } from './format.ts';
import { type Facts, type Link, lazyGraph, packagesOf } from './graph.ts';
import { type Json, objectOf, own, stringEntries, stringOf } from './json.ts';
import { rootOf, rootOfManifest } from './npm-entry.ts';
import { positionsIn } from './positions.ts';
import { checkedText, keysOnce, lineOf } from './text.ts';
import { splitDescriptor } from './yarn-locator.ts';

export async function read(input: LockfileInput): Promise<ResolvedTree> {
  const text = checkedText(input);
  const { document, plain } = await parse(input, text);
  const version = own(document, 'lockfileVersion');
  if (version !== 0 && version !== 1 && version !== 2)
    throw unreadable(
      input,
      `unknown lockfileVersion ${printable(String(version), 20)}`,
      'depward reads bun.lock versions 0 to 2; look for a newer depward.',
    );
  const section = objectOf(own(document, 'packages')) ?? {};
  const entries = new Map<string, Entry>();
  for (const [key, value] of Object.entries(section)) entries.set(key, readEntry(input, key, value));
  if (entries.size > mostPackages) throw unreadable(input, `more than ${mostPackages} packages`, 'This is more than any real project has.');
  const workspaces = objectOf(own(document, 'workspaces')) ?? {};
  const patched = new Set(Object.keys(objectOf(own(document, 'patchedDependencies')) ?? {}));
  const graph = lazyGraph(() => linksOf(entries, workspaces));
  const offsets = plain ? keysOnce(input, text, 2, (path, key) => (path.length === 1 && path[0] === 'packages' ? key : undefined)) : undefined;
  let position: ReturnType<typeof positionsIn> | undefined;
  const where = (key: string) => {
    const offset = offsets?.get(key);
    position ??= positionsIn(text);
    return offset === undefined ? undefined : { file: input.file, ...position(offset) };
  };
  const root = objectOf(own(workspaces, ''));
  const facts = [...entries].flatMap(([key, entry]) => (entry.kind === 'root' ? [] : [factsOf(key, entry, workspaces, patched)]));
  return {
    format: `bun-lock v${version}`,
    root: root ? rootOf(root) : rootOfManifest(input.manifest),
    packages: packagesOf(
      { only: graph.only, pins: true, where: (at) => where((facts[at] as Facts).key), facts: (at) => facts[at] as Facts },
      facts.length,
    ),
    dependentsOf: graph.dependentsOf,
  };
}

/** In bun's own layout a trailing comma stands before a line break, which no JSON string holds: it can be cut out safely. */
async function parse(input: LockfileInput, text: string): Promise<{ document: Json; plain: boolean }> {
  try {
    const document = objectOf(JSON.parse(text.replace(/,(?=\r?\n\s*[}\]])/g, ' ')));
    if (document) return { document, plain: true };
  } catch {
    // Comments or another layout: the real parser tells.
  }
  const { parse: parseJsonc } = await import('jsonc-parser');
  const errors: ParseError[] = [];
  let value: unknown;
  try {
    value = parseJsonc(text, errors, { allowTrailingComma: true, disallowComments: false });
  } catch {
    throw unreadable(input, 'nested too deep', 'bun never nests like this.');
  }
  const [error] = errors;
  if (error)
    throw unreadable(
      input,
      error.offset >= text.trimEnd().length ? 'the file ends too early' : 'this is not valid JSON',
      'Restore it from version control, or let bun write it anew.',
      lineOf(text, error.offset),
    );
  const document = objectOf(value);
  if (!document) throw unreadable(input, 'this is not a lockfile', 'A bun.lock holds an object.');
  return { document, plain: false };
}

interface Entry {
  readonly name: string;
  readonly kind: PackageSource | 'root';
  readonly version: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly info: Json;
}

/** `["name@1.0.0", "registry or empty", {…}, "sha512-…"]`, shorter for other sources. */
function readEntry(input: LockfileInput, key: string, value: unknown): Entry {
  const row: readonly unknown[] = Array.isArray(value) ? value : [];
  const [locator] = row;
  if (typeof locator !== 'string' || locator.indexOf('@', 1) < 0)
    throw unreadable(input, `the entry ${printable(JSON.stringify(key), 80)} is not a package`, 'Restore the file from version control.');
  const { name, range } = splitDescriptor(locator);
  const info = row.map(objectOf).find((item) => item !== undefined) ?? {};
  const texts = row.slice(1).filter((item): item is string => typeof item === 'string');
  const integrity = texts.find((item) => /^(?:sha\d+)-/.test(item));
  const { kind, version, resolved } = sourceOf(range);
  const tarball = kind === 'registry' && texts[0] !== undefined && /^https?:.*\.tgz/.test(texts[0]) ? texts[0] : resolved;
  return { name, kind, version, info, ...(tarball !== undefined && { resolved: tarball }), ...(integrity !== undefined && { integrity }) };
}

function sourceOf(range: string): { kind: Entry['kind']; version: string; resolved?: string } {
  if (range.startsWith('root:')) return { kind: 'root', version: '' };
  if (range.startsWith('workspace:')) return { kind: 'workspace', version: '', resolved: range };
  if (/^(?:git|github:|gitlab:|bitbucket:|ssh:)|\.git#/.test(range)) return { kind: 'git', version: '', resolved: range };
  if (/^https?:/.test(range)) return { kind: 'remote', version: '', resolved: range };
  return /^\d/.test(range) ? { kind: 'registry', version: range } : { kind: 'file', version: '', resolved: range };
}

function factsOf(key: string, entry: Entry, workspaces: Json, patched: ReadonlySet<string>): Facts {
  const installed = installedName(key);
  const { name, kind, version, resolved, integrity, info } = entry;
  const member = kind === 'workspace' ? objectOf(own(workspaces, resolved?.slice('workspace:'.length) ?? '')) : undefined;
  return {
    key,
    name,
    version: member ? (stringOf(own(member, 'version')) ?? '') : version,
    source: kind === 'root' ? 'workspace' : kind,
    bundled: own(info, 'bundled') === true,
    ...(resolved !== undefined && { resolved }),
    ...(integrity !== undefined && { integrity }),
    ...(installed !== name && kind !== 'workspace' && { alias: installed }),
    ...(patched.has(`${name}@${version}`) && { patched: true }),
  };
}

/** `@s/b` of `a/@s/b`. */
function installedName(key: string): string {
  return /(?:^|\/)((?:@[^/]+\/)?[^/@]+)$/.exec(key)?.[1] ?? key;
}

const kinds: readonly [string, EdgeKind][] = [
  ['dependencies', 'prod'],
  ['optionalDependencies', 'optional'],
  ['peerDependencies', 'peer'],
  ['devDependencies', 'dev'],
];

function linksOf(entries: ReadonlyMap<string, Entry>, workspaces: Json): Link[] {
  const links: Link[] = [];
  const follow = (from: string, place: string, owner: Json, most: readonly [string, EdgeKind][]) => {
    for (const [field, kind] of most) {
      for (const [name, spec] of stringEntries(own(owner, field))) {
        const to = locate(entries, place, name);
        if (to !== undefined) links.push({ from, to, spec, kind });
      }
    }
  };
  const memberKey = new Map(
    [...entries].flatMap(([key, entry]) => (entry.kind === 'workspace' ? [[entry.resolved?.slice('workspace:'.length) ?? '', key] as const] : [])),
  );
  for (const [path, value] of Object.entries(workspaces)) {
    const owner = objectOf(value) ?? {};
    const key = path === '' ? '' : memberKey.get(path);
    if (key === undefined) continue;
    follow(key, path === '' ? '' : (stringOf(own(owner, 'name')) ?? key), owner, kinds);
    if (key !== '') links.push({ from: '', to: key, spec: 'workspace:*', kind: 'prod' });
  }
  for (const [key, entry] of entries) follow(key, key, entry.info, kinds.slice(0, 3));
  return links;
}

/** The nearest place upwards that holds the name. */
function locate(entries: ReadonlyMap<string, Entry>, place: string, name: string): string | undefined {
  for (let at: string | undefined = place; at !== undefined; at = parentOf(at)) {
    const key = at === '' ? name : `${at}/${name}`;
    if (entries.has(key)) return key;
  }
  return undefined;
}

function parentOf(place: string): string | undefined {
  if (place === '') return undefined;
  const slash = place.lastIndexOf('/');
  const scope = slash > 0 ? place.lastIndexOf('/', slash - 1) : -1;
  const cut = slash > 0 && place[scope + 1] === '@' ? scope : slash;
  return cut < 0 ? '' : place.slice(0, cut);
}
