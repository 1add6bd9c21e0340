/** A private scope that nothing maps to its registry is looked up at the public one, where anybody may hold it (Birsan 2021, dependency confusion). */
import { matchesPattern } from '../model/patterns.ts';
import { baseName, defineRepositoryRule, type FileSeen, type FileTexts, folderOf } from '../model/repository-rule.ts';
import { printable } from '../model/text.ts';
import { isExample, isLockfile, parentOf } from './read/paths.ts';
import { manifestAt, readManifest } from './read/project.ts';
import { isLoopback, namesRegistry } from './read/registry.ts';
import { isSettingsFile, settingsIn } from './read/settings.ts';
import { at, entriesOf, stringOf, type Value } from './read/value.ts';

const sections = ['dependencies', 'devDependencies', 'optionalDependencies'];

export default defineRepositoryRule({
  meta: {
    id: 'scope-without-registry',
    family: 'pipeline',
    severity: 'high',
    summary: 'Packages of a private scope, or of your own names, are used where nothing says which registry holds them.',
    why: 'The client asks the public registry for them. Whoever holds the name there decides what is installed.',
    remedy:
      'Add @scope:registry=https://… to the .npmrc of this project (npmScopes in .yarnrc.yml), and hold the scope on the public registry too. Names without a scope follow the registry of all: set it, or move them into a scope.',
    references: ['A. Birsan, Dependency Confusion (2021)', 'npm docs: scope, associating a scope with a registry'],
    falsePositives:
      'A scope that is public as well: take it out of the option scopes. Scopes count as private when the option names them, another project of the repository maps them, or a lockfile has them from another host than the rest. Where a package really comes from, own-name-elsewhere judges in check and gate.',
    since: '0.1.0',
  },
  kind: 'state',
  options: {
    scopes: { type: 'strings', default: [], about: 'scopes that are private, like @acme' },
    names: { type: 'strings', default: [], about: 'your own names without a scope, e.g. "acme-*"' },
  },
  reads: (path) => isSettingsFile(path) || isLockfile(path),
  check({ now }, { options }) {
    const mapped = scopesByFolder(now);
    const scopes = new Set([
      ...options.scopes.map((scope) => scope.replace(/\/\*?$/, '')),
      ...[...mapped.values()].flatMap((inner) => [...inner]),
      ...scopesFromElsewhere(now),
    ]);
    if (scopes.size + options.names.length === 0) return [];
    const own = ownNames(now);
    const ofAll = options.names.length === 0 ? new Set<string>() : foldersWithRegistry(now);
    return [...now.keys()].flatMap((file): readonly FileSeen[] => {
      if (baseName(file) !== 'package.json' || isExample(file)) return [];
      const manifest = readManifest(file, now.get(file) ?? '');
      if ('untold' in manifest) return [{ file, ...manifest }];
      const used = usedIn(manifest, own);
      const folders = foldersAbove(file);
      const nameless = folders.some((folder) => ofAll.has(folder)) ? [] : withoutScope(file, used, options.names);
      return [...unmapped(file, used, scopes, new Set(folders.flatMap((folder) => [...(mapped.get(folder) ?? [])]))), ...nameless];
    });
  },
  examples: [
    {
      title: 'one project maps the scope, the other does not',
      now: {
        'web/.npmrc': '@acme:registry=https://registry.example/\n',
        'web/package.json': '{"dependencies": {"@acme/ui": "^1.0.0"}}',
        'api/package.json': '{"dependencies": {"@acme/log": "^1.0.0"}}',
      },
      flagged: true,
    },
    {
      title: 'the lockfile has it from elsewhere',
      now: {
        'package.json': '{"dependencies": {"@acme/ui": "^1.0.0", "b": "^1.0.0", "c": "^1.0.0"}}',
        'yarn.lock':
          '"@acme/ui@^1.0.0":\n  resolved "https://npm.acme.example/@acme/ui/-/ui-1.0.0.tgz"\nb@^1.0.0:\n  resolved "https://registry.example/b/-/b-1.0.0.tgz"\nc@^1.0.0:\n  resolved "https://registry.example/c/-/c-1.0.0.tgz"\n',
      },
      flagged: true,
    },
    {
      title: 'one of your own names, and no registry for all',
      now: { '.npmrc': '@acme:registry=https://registry.example/\n', 'package.json': '{"dependencies": {"acme-log": "^1.0.0"}}' },
      options: { names: ['acme-*'] },
      flagged: true,
    },
    {
      title: 'one of your own names, from the registry of all',
      now: { '.npmrc': 'registry=https://registry.example/\n', 'api/package.json': '{"dependencies": {"acme-log": "^1.0.0"}}' },
      options: { names: ['acme-*'] },
      flagged: false,
    },
    {
      title: 'mapped for all',
      now: { '.npmrc': '@acme:registry=https://registry.example/\n', 'api/package.json': '{"dependencies": {"@acme/log": "^1.0.0"}}' },
      flagged: false,
    },
  ],
});

/** Scopes that a lockfile has from another host than nearly all else: somebody's own settings say so, the repository's do not. */
function scopesFromElsewhere(texts: FileTexts): readonly string[] {
  return [...texts].flatMap(([file, text]) => {
    if (!isLockfile(file) || isExample(file) || hasOneHost(text)) return [];
    const hosts = new Map<string, number>();
    const bare = new Map<string, number>();
    const ofScope = new Map<string, Set<string>>();
    for (const [, host = '', rest = ''] of text.matchAll(/resolved"?\W{1,4}https?:\/\/([^/\s"']+)\/([^\s"',}]*)/g)) {
      hosts.set(host, (hosts.get(host) ?? 0) + 1);
      const scope = /(?:^|\/)(@[\w.-]+)(?:\/|%2f)[^/]+\/(?:-|\d[^/]*)\//i.exec(rest)?.[1];
      if (scope === undefined) bare.set(host, (bare.get(host) ?? 0) + 1);
      else ofScope.set(scope, (ofScope.get(scope) ?? new Set()).add(host));
    }
    const [usual = '', count = 0] = [...hosts].sort(([, a], [, b]) => b - a)[0] ?? [];
    // Who gives what has no scope, or what the usual host gives too, is a mirror, or another name of the same registry.
    const mirrors = new Set([
      ...[...bare].filter(([host, times]) => times * 10 > (hosts.get(host) ?? 0)).map(([host]) => siteOf(host)),
      ...[...ofScope.values()].flatMap((from) => (from.has(usual) ? [...from].map(siteOf) : [])),
    ]);
    const elsewhere = (from: ReadonlySet<string>) =>
      [...from].every((host) => !mirrors.has(siteOf(host)) && !isLoopback(`https://${host}`) && (hosts.get(host) ?? 0) < count / 1.5);
    return [...ofScope].filter(([, from]) => elsewhere(from)).map(([scope]) => scope);
  });
}

/** True where all that is fetched comes from one host: told in one look, as it is of most lockfiles. */
function hasOneHost(text: string): boolean {
  const host = /resolved"?\W{1,4}https?:\/\/([^/\s"']+)\//.exec(text)?.[1] ?? '';
  if (!/^[\w.:-]{0,300}$/.test(host)) return false;
  const exactly = host.replaceAll('.', '\\.');
  return !new RegExp(`resolved"?\\W{1,4}https?://(?!${exactly}/)[^/\\s"']+/`).test(text);
}

/** Hosts of one owner mostly share the end of their names. */
function siteOf(host: string): string {
  return /[^.]+\.[^.]+$/.exec(host)?.[0] ?? host;
}

function scopesByFolder(texts: FileTexts): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>();
  for (const [file, text] of texts) {
    if (!isSettingsFile(file) || baseName(file) === 'package.json' || isExample(file) || !/scope|@/i.test(text)) continue;
    const settings = settingsIn(file, text);
    if ('untold' in settings) continue;
    const scopes = settings.filter(namesRegistry).flatMap(({ path }) => scopeIn(path));
    if (scopes.length > 0) found.set(folderOf(file), new Set([...(found.get(folderOf(file)) ?? []), ...scopes]));
  }
  return found;
}

function scopeIn(path: readonly string[]): readonly string[] {
  const npm = /^(@[^:]+):registry$/.exec(path[0] ?? '')?.[1];
  const at = path.findIndex((key) => key === 'npmScopes' || key === 'scopes');
  const other = at < 0 ? undefined : path[at + 1];
  return [npm, other === undefined ? undefined : `@${other.replace(/^@/, '')}`].filter((scope) => scope !== undefined);
}

function ownNames(texts: FileTexts): ReadonlySet<string> {
  return new Set(
    [...texts.keys()].filter((file) => baseName(file) === 'package.json').map((file) => stringOf(at(manifestAt(texts, file), 'name')) ?? ''),
  );
}

/** Folders where a setting says which registry holds what no scope does. */
function foldersWithRegistry(texts: FileTexts): ReadonlySet<string> {
  const files = [...texts].filter(([file]) => isSettingsFile(file) && baseName(file) !== 'package.json' && !isExample(file));
  return new Set(files.filter(([file, text]) => namesOneForAll(file, text)).map(([file]) => folderOf(file)));
}

function namesOneForAll(file: string, text: string): boolean {
  const settings = settingsIn(file, text);
  if ('untold' in settings) return false;
  const forAll = settings.filter(
    ({ name, path }) => scopeIn(path).length === 0 && !/publish|audit/i.test(name) && !/^registries\.(?!default$)/.test(name),
  );
  return forAll.some(namesRegistry);
}

function foldersAbove(file: string): readonly string[] {
  const folders = [folderOf(file)];
  for (let folder = folderOf(file); folder !== ''; folder = parentOf(folder)) folders.push(parentOf(folder));
  return folders;
}

type Used = readonly (readonly [string, Value])[];

function usedIn(manifest: Value, own: ReadonlySet<string>): Used {
  return sections
    .flatMap((section) => entriesOf(at(manifest, section)))
    .filter(([name, spec]) => !own.has(name) && !/^(?:file|link|workspace|portal):/.test(stringOf(spec) ?? ''));
}

function unmapped(file: string, used: Used, scopes: ReadonlySet<string>, here: ReadonlySet<string>): readonly FileSeen[] {
  return [...scopes]
    .filter((scope) => !here.has(scope))
    .flatMap((scope) => {
      const [first] = used.filter(([name]) => name.startsWith(`${scope}/`));
      return first ? [observed(file, first, `uses packages of ${scope}, and no setting here says which registry holds them`, { scope })] : [];
    });
}

function withoutScope(file: string, used: Used, names: readonly string[]): readonly FileSeen[] {
  const found = used.filter(([name, spec]) => !name.startsWith('@') && matchesPattern(name, names) && fromRegistry.test(stringOf(spec) ?? ''));
  return found.map((each) =>
    observed(file, each, `uses ${printable(each[0])}, one of your own names, and no setting here says which registry holds it`),
  );
}

// Ranges and tags; addresses and aliases say themselves where the package comes from.
const fromRegistry = /^[^:/]*$/;

function observed(file: string, [name, spec]: Used[number], message: string, facts: Readonly<Record<string, string>> = {}): FileSeen {
  return { file, line: spec.place.line, message, confidence: 'medium', facts: { ...facts, example: name } };
}
