/**
 * A dependency asked for in package.json that the lockfile does not hold is resolved by the next install that may change the
 * lockfile: to whatever is newest at that moment, on the machine where it happens, unseen by any review.
 */
import { baseName, defineRepositoryRule, type FileObservation, type FileSeen, folderOf, type RepositoryFiles } from '../model/repository-rule.ts';
import { printable } from '../model/text.ts';
import { readManifest } from './read/project.ts';
import { at, entriesOf, stringOf, type Untold, type Value } from './read/value.ts';

const lockfiles = ['package-lock.json', 'npm-shrinkwrap.json', 'yarn.lock', 'pnpm-lock.yaml', 'bun.lock', 'bun.lockb'];
const sections = ['dependencies', 'devDependencies', 'optionalDependencies', 'overrides', 'resolutions'];

export default defineRepositoryRule({
  meta: {
    id: 'manifest-without-lockfile',
    family: 'pipeline',
    severity: 'medium',
    summary: 'The change asks for other dependencies, but the lockfile stays as it was.',
    why: 'What the new dependency resolves to is decided later, by whichever install comes first, and nobody reviews it. Frozen installs fail, and are then often unfrozen.',
    remedy: 'Run the install that updates the lockfile, and commit both together.',
    references: ['npm ci', 'OpenSSF npm best practices: use a lockfile'],
    falsePositives: 'A range rewritten without another meaning.',
    since: '0.1.0',
  },
  kind: 'change',
  reads: (path) => baseName(path) === 'package.json',
  check: (files) => [...files.now].flatMap(([file, text]) => observations(file, text, files)),
  examples: [
    {
      title: 'a dependency without its lockfile entry',
      before: { 'package.json': '{"dependencies": {"a": "^1.0.0"}}', 'package-lock.json': '{}' },
      now: { 'package.json': '{"dependencies": {"a": "^1.0.0", "b": "^1.0.0"}}', 'package-lock.json': '{}' },
      flagged: true,
    },
    {
      title: 'a script without the lockfile',
      before: { 'package.json': '{"dependencies": {"a": "^1.0.0"}}', 'package-lock.json': '{}' },
      now: { 'package.json': '{"dependencies": {"a": "^1.0.0"}, "scripts": {"test": "x"}}', 'package-lock.json': '{}' },
      flagged: false,
    },
  ],
});

function observations(file: string, text: string, files: RepositoryFiles): readonly FileSeen[] {
  const old = files.before?.get(file);
  if (old === undefined || old === text || !lockfileStays(file, files)) return [];
  const now = asked(file, text);
  if ('untold' in now) return [{ file, untold: now.untold }];
  const before = asked(file, old);
  if ('untold' in before) return [];
  return [...now].filter(([key, value]) => stringOf(before.get(key)) !== stringOf(value)).map(([key, value]) => observation(file, key, value));
}

/** True when the lockfile nearest to a manifest is not part of the change. */
function lockfileStays(file: string, { paths, changed }: RepositoryFiles): boolean {
  for (let folder: string | undefined = folderOf(file); folder !== undefined; folder = folder === '' ? undefined : folderOf(folder.slice(0, -1))) {
    const beside = lockfiles.map((name) => folder + name).filter((path) => paths.has(path));
    if (beside.length > 0) return !beside.some((path) => changed?.has(path));
  }
  return false;
}

function asked(file: string, text: string): ReadonlyMap<string, Value> | Untold {
  const manifest = readManifest(file, text);
  if ('untold' in manifest) return manifest;
  const entries = sections.flatMap((section) => entriesOf(at(manifest, section)).map(([name, value]) => [`${section}\n${name}`, value] as const));
  return new Map(entries);
}

function observation(file: string, key: string, value: Value): FileObservation {
  const [section = '', name = ''] = key.split('\n');
  const spec = printable(stringOf(value) ?? 'an object', 100);
  return {
    file,
    ...value.place,
    message: `asks for ${printable(name, 100)} ${spec}, which the lockfile does not know`,
    confidence: 'medium',
    facts: { section, name: printable(name), spec },
  };
}
