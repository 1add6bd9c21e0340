/** yarn.lock of Yarn 1: its own format, not YAML. Whatever Yarn itself would not have written is an error. */
import type { EdgeKind, PackageSource, ResolvedTree } from '../../model/package.ts';
import { type LockfileInput, mostPackages, unreadable } from './format.ts';
import { type Facts, type Link, lazyGraph, packagesOf, type Told } from './graph.ts';
import { objectOf, own, stringEntries } from './json.ts';
import { rootOfManifest, withoutHash } from './npm-entry.ts';
import { isGitArchive } from './pnpm-path.ts';
import { checkedText } from './text.ts';
import { readOwnLayout } from './yarn-classic-layout.ts';
import { type ClassicEntry, patternsOf, readClassicFile } from './yarn-classic-lines.ts';
import { splitDescriptor } from './yarn-locator.ts';

export function read(input: LockfileInput): ResolvedTree {
  const text = checkedText(input);
  const version = /^# yarn lockfile v(\d+)\s*$/m.exec(text.slice(0, 2000))?.[1];
  if (version !== undefined && version !== '1')
    throw unreadable(input, `unknown yarn lockfile v${version}`, 'depward reads v1 and the lockfiles of Yarn 2 and later; look for a newer depward.');
  const file = readOwnLayout(text) ?? readClassicFile(input, text);
  const { keys } = file;
  if (keys.length === 0 && version === undefined) throw unreadable(input, 'this is not a lockfile', 'Restore it from version control.');
  if (keys.length > mostPackages) throw unreadable(input, `more than ${mostPackages} packages`, 'This is more than any real project has.');
  const graph = lazyGraph(() =>
    linksOf(
      keys.map((_, at) => file.entry(at)),
      input.manifest,
    ),
  );
  const nameOf = namesIn(text);
  const told: Told = {
    only: graph.only,
    where: (at) => ({ file: input.file, line: file.entry(at).line, column: 1 }),
    facts: (at) => factsOf(file.entry(at), nameOf),
    name: (at) => nameOf(keys[at] as string),
    pins: true,
    reading: 'yarn-classic v1',
    ...(file.lines && { lines: file.lines }),
  };
  return {
    format: 'yarn-classic v1',
    get root() {
      return rootOfManifest(input.manifest);
    },
    packages: packagesOf(told, keys.length),
    dependentsOf: graph.dependentsOf,
  };
}

/** The name of what the first pattern of an entry means, which it or another pattern of the entry may call otherwise. */
function namesIn(text: string): (pattern: string) => string {
  const renamed = renamedIn(text);
  return (pattern) => {
    const { name, range } = splitDescriptor(pattern);
    return realName(range) ?? renamed.get(pattern) ?? name;
  };
}

/** Yarn writes what resolves to the same into one entry: `a@^1.0.0, "a@npm:@b/a@1.0.0":` holds @b/a, for both. */
function renamedIn(text: string): ReadonlyMap<string, string> {
  const renamed = new Map<string, string>();
  for (let end = 0, at = text.indexOf('@npm:'); at >= 0; at = text.indexOf('@npm:', end)) {
    const start = text.lastIndexOf('\n', at) + 1;
    end = text.indexOf('\n', at);
    if (end < 0) end = text.length;
    const [first, ...others] = text[start] === ' ' || text[start] === '#' ? [] : (patternsOf(text.slice(start, end).trimEnd()) ?? []);
    const other = others.map((pattern) => realName(splitDescriptor(pattern).range)).find((name) => name !== undefined);
    if (first !== undefined && other !== undefined) renamed.set(first, other);
  }
  return renamed;
}

function factsOf({ patterns, version, resolved, integrity }: ClassicEntry, nameOf: (pattern: string) => string): Facts {
  const [first = ''] = patterns;
  const asked = splitDescriptor(first);
  const name = nameOf(first);
  const isAlias = name !== asked.name && !patterns.some((pattern) => splitDescriptor(pattern).name === name);
  return {
    key: first,
    name,
    version,
    source: sourceOf(resolved, patterns),
    bundled: false,
    resolved,
    integrity,
    alias: isAlias ? asked.name : undefined,
  };
}

/** `real` of `npm:real@^1`. */
function realName(range: string): string | undefined {
  return range.startsWith('npm:') ? splitDescriptor(range.slice('npm:'.length)).name : undefined;
}

function sourceOf(resolved: string | undefined, patterns: readonly string[]): PackageSource {
  const ranges = () => patterns.map((pattern) => splitDescriptor(pattern).range);
  if (resolved === undefined) return ranges().some((range) => /^(?:file|link|portal):|^\.{0,2}\//.test(range)) ? 'file' : 'registry';
  if (/^(?:git[+:@]|ssh:)/.test(resolved) || /\.git(?:#|$)/.test(resolved) || isGitArchive(resolved)) return 'git';
  if (!/^https?:/.test(resolved)) return 'file';
  // Nobody asked for an address: there is nothing to compare.
  if (!patterns.some((pattern) => pattern.includes('/', pattern.indexOf('@', 1)) && pattern.includes(':'))) return 'registry';
  const addresses = ranges().filter((range) => /^https?:/.test(range));
  const isAsked = addresses.some((range) => withoutHash(range) === withoutHash(resolved));
  // Where nobody asks for a version, no registry is asked either, whatever the address became.
  return isAsked || addresses.length === patterns.length ? 'remote' : 'registry';
}

const kinds: readonly [string, EdgeKind][] = [
  ['dependencies', 'prod'],
  ['optionalDependencies', 'optional'],
  ['devDependencies', 'dev'],
];

function linksOf(entries: readonly ClassicEntry[], manifest: unknown): Link[] {
  const keyOf = new Map<string, string>();
  const byName = new Map<string, string | undefined>();
  for (const { patterns } of entries) {
    for (const pattern of patterns) {
      const { name } = splitDescriptor(pattern);
      keyOf.set(pattern, patterns[0] ?? '');
      byName.set(name, byName.has(name) && byName.get(name) !== patterns[0] ? undefined : patterns[0]);
    }
  }
  const asked = new Set<string>();
  const links: Link[] = [];
  const follow = (from: string, name: string, spec: string, kind: EdgeKind) => {
    // `resolutions` leave only one version of a package, under another range than the one asked for.
    const to = keyOf.get(`${name}@${spec}`) ?? byName.get(name);
    if (to === undefined) return;
    asked.add(keyOf.has(`${name}@${spec}`) ? `${name}@${spec}` : to);
    links.push({ from, to, spec, kind });
  };
  for (const entry of entries) {
    for (const [name, spec] of entry.dependencies) follow(entry.patterns[0] ?? '', name, spec, 'prod');
    for (const [name, spec] of entry.optionalDependencies) follow(entry.patterns[0] ?? '', name, spec, 'optional');
  }
  const root = objectOf(manifest) ?? {};
  for (const [field, kind] of kinds) for (const [name, spec] of stringEntries(own(root, field))) follow('', name, spec, kind);
  // Members of a workspace are not in the file: what nobody in it asks for, they do.
  for (const [pattern, to] of keyOf) if (!asked.has(pattern)) links.push({ from: '', to, spec: splitDescriptor(pattern).range, kind: 'prod' });
  return links;
}
