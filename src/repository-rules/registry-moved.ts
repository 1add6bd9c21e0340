/**
 * Dependency confusion (Alex Birsan, 2021) as a lockfile shows it: a package that came from a company's own registry comes from another
 * one now, under the same name, and from there anybody may have put it.
 */
import { differingLines } from '../model/differing-lines.ts';
import { defineRepositoryRule, type FileObservation } from '../model/repository-rule.ts';
import { listText, printable } from '../model/text.ts';
import { plural } from '../model/time.ts';
import { type LockedName, registriesByName } from './read/locked-registries.ts';
import { isLockfile } from './read/paths.ts';
import { isAllowedHost } from './read/registry.ts';

export default defineRepositoryRule({
  meta: {
    id: 'registry-moved',
    family: 'source',
    severity: 'high',
    summary: 'The change takes a package from another registry than before, or than the others of its scope.',
    why: 'A name means nothing without its registry: whoever publishes the name of a private package on a public one is installed instead of it as soon as the lockfile says so.',
    remedy:
      'Ask who publishes the package at the new registry. Where nobody wanted that, bind the scope to its registry in .npmrc (@acme:registry=…), restore the entry and resolve anew. For a wanted move, list the host of the new registry with the option "hosts".',
    references: ['Dependency Confusion (Alex Birsan, 2021)', 'lockfile injection (Liran Tal, 2019)'],
    falsePositives:
      'Lockfiles written with a company’s proxy by some and without it by others; a package that its owners made public. The first is told with low confidence. A host that is new altogether is told by lockfile-host-added.',
    since: '0.1.0',
  },
  kind: 'change',
  options: { hosts: { type: 'strings', default: [], about: 'hosts that packages may move to: exact, or *.domain' } },
  reads: isLockfile,
  check({ now, before = new Map() }, { options }) {
    return [...now].flatMap(([file, text]): readonly FileObservation[] => {
      const earlier = before.get(file);
      if (earlier === undefined || earlier === text) return [];
      return movesIn(earlier, text)
        .filter(({ to }) => !isAllowedHost(hostOf(to), options.hosts))
        .map((move) => observed(file, text, move));
    });
  },
  examples: [
    {
      title: 'a package of a private scope from the registry of everybody',
      before: { 'yarn.lock': aLock('https://npm.acme.example/@acme/tool/-/tool-1.0.0.tgz') },
      now: { 'yarn.lock': aLock('https://registry.example/@acme/tool/-/tool-9.0.0.tgz') },
      flagged: true,
    },
    {
      title: 'an update from where it came from',
      before: { 'yarn.lock': aLock('https://npm.acme.example/@acme/tool/-/tool-1.0.0.tgz') },
      now: { 'yarn.lock': aLock('https://npm.acme.example/@acme/tool/-/tool-1.1.0.tgz') },
      flagged: false,
    },
  ],
});

function aLock(tool: string): string {
  return `left@^1:\n  version "1.0.0"\n  resolved "https://registry.example/left/-/left-1.0.0.tgz"\n\n"@acme/tool@*":\n  resolved "${tool}"\n`;
}

interface Move {
  readonly from: string;
  readonly to: string;
  /** In the order of the file. */
  readonly names: readonly string[];
  readonly at: number;
  /** Where they came from serves nothing but whole scopes. */
  readonly own: boolean;
  /** They are new; the others of their scope come from there. */
  readonly fresh: boolean;
  /** Nothing comes from there any more. */
  readonly left: boolean;
}

type Names = ReadonlyMap<string, LockedName>;

function movesIn(earlier: string, text: string): readonly Move[] {
  const changed = registriesByName(differingLines(earlier, text)?.[1] ?? text);
  if (changed.size === 0) return [];
  const old = registriesByName(earlier);
  const homes = homesOf(old);
  if (homes.known.size < 2) return [];
  const now = registriesByName(text);
  const served = homesOf(now).known;
  const moves = new Map<string, Move & { names: string[] }>();
  for (const name of changed.keys()) {
    for (const [to, at] of now.get(name)?.registries ?? []) {
      const from = homes.known.has(to) ? formerOf(name, to, old, homes) : undefined;
      if (from === undefined) continue;
      const fresh = !old.has(name);
      const key = `${fresh} ${from} ${to}`;
      const held = moves.get(key) ?? { from, to, names: [], at, own: homes.ofScopes.has(from), fresh, left: !served.has(from) };
      held.names.push(name);
      moves.set(key, held);
    }
  }
  return [...moves.values()];
}

/** Which registries serve what. */
interface Homes {
  readonly known: ReadonlySet<string>;
  readonly byScope: ReadonlyMap<string, ReadonlySet<string>>;
  /** Those from which come whole scopes and nothing else. */
  readonly ofScopes: ReadonlySet<string>;
}

function homesOf(names: Names): Homes {
  const known = new Set<string>();
  const byScope = new Map<string, Set<string>>();
  const mixed = new Set<string>();
  for (const [name, { registries }] of names) {
    const scope = scopeOf(name);
    const held = scope === undefined ? mixed : (byScope.get(scope) ?? new Set<string>());
    if (scope !== undefined) byScope.set(scope, held);
    for (const registry of registries.keys()) {
      known.add(registry);
      held.add(registry);
    }
  }
  for (const held of byScope.values()) if (held.size > 1) for (const registry of held) mixed.add(registry);
  return { known, byScope, ofScopes: new Set([...known].filter((registry) => !mixed.has(registry))) };
}

/** Where a package came from, if not from there; of a new one, where all of its scope comes from, if that serves nothing else. */
function formerOf(name: string, to: string, old: Names, { byScope, ofScopes }: Homes): string | undefined {
  const known = old.get(name);
  if (known) return known.registries.has(to) ? undefined : [...known.registries.keys()][0];
  const [home, ...more] = byScope.get(scopeOf(name) ?? '') ?? [];
  return home === undefined || home === to || more.length > 0 || !ofScopes.has(home) ? undefined : home;
}

function scopeOf(name: string): string | undefined {
  return name.startsWith('@') ? name.slice(0, name.indexOf('/')) : undefined;
}

/** More at once, with nothing left behind, is a migration. */
const fewest = 10;

function observed(file: string, text: string, { from, to, names, at, own, fresh, left }: Move): FileObservation {
  const shown = names.slice(0, 5).map((name) => printable(name, 100));
  const what = names.length > 3 ? plural(names.length, 'package') : listText(shown);
  const [source, target] = [printable(from, 120), printable(to, 120)];
  const migrated = left && names.length >= fewest;
  return {
    file,
    line: text.slice(0, at).split('\n').length,
    message: fresh
      ? `${what} ${names.length === 1 ? 'comes' : 'come'} from ${target}, all others of the scope from ${source}`
      : `${what} moved from ${source} to ${target}${migrated ? ', as all there was' : ''}`,
    about: `${fresh ? 'fresh' : 'moved'} ${source} ${target}`,
    confidence: own && !migrated ? 'high' : 'low',
    facts: { packages: shown, count: names.length, from: source, to: target },
  };
}

function hostOf(registry: string): string {
  return registry.split('/', 1)[0] ?? registry;
}
