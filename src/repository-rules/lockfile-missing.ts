/** Without a lockfile every install takes the newest versions there are: in the hours before their takedown, those of event-stream, ua-parser-js, chalk and axios were the newest. */
import type { RepositoryPaths } from '../model/repository-paths.ts';
import { baseName, defineRepositoryRule, type FileSeen, type FileTexts, folderOf } from '../model/repository-rule.ts';
import { isExample, lockfileManagers, parentOf } from './read/paths.ts';
import { lockfileFor, manifestAt, readManifest } from './read/project.ts';
import { settingsIn } from './read/settings.ts';
import { at, entriesOf, stringOf, type Value } from './read/value.ts';

const sections = ['dependencies', 'devDependencies', 'optionalDependencies'];

export default defineRepositoryRule({
  meta: {
    id: 'lockfile-missing',
    family: 'pipeline',
    severity: 'high',
    summary: 'A project has dependencies and no tracked lockfile.',
    why: 'Every install, in CI too, takes whatever is newest in that minute, transitive packages included. Nothing records what was built, and nothing can be judged before it runs.',
    remedy:
      'Take the lockfile out of .gitignore (and package-lock=false out of .npmrc), make one with your package manager (npm install --package-lock-only) and track it.',
    references: ['event-stream 2018', 'chalk and debug 2025', 'OpenSSF npm best practices guide: lockfiles'],
    falsePositives: 'Published libraries that test against the newest on purpose: they count only with the option libraries.',
    since: '0.1.0',
  },
  kind: 'state',
  options: { libraries: { type: 'boolean', default: false, about: 'judge packages that are published too' } },
  reads: (path) => ['package.json', '.npmrc', '.gitignore', 'rush.json'].includes(baseName(path)),
  check({ now, paths }, { options }) {
    return [...now].flatMap(([file, text]): readonly FileSeen[] => {
      if (baseName(file) === 'rush.json' && !isExample(file)) return hasRushLock(paths, folderOf(file)) ? [] : [missing(file, 1, undefined)];
      if (baseName(file) !== 'package.json' || isExample(file) || lockfileFor(paths, folderOf(file)) !== undefined) return [];
      const manifest = readManifest(file, text);
      if ('untold' in manifest) return [{ file, ...manifest }];
      const section = sections.map((name) => at(manifest, name)).find((value) => entriesOf(value).length > 0);
      if (!section || (!options.libraries && isLibrary(manifest)) || isMember(file, now, paths)) return [];
      return [missing(file, section.place.line, reasonFor(now, folderOf(file)))];
    });
  },
  examples: [
    {
      title: 'the lockfile is ignored',
      now: { 'package.json': '{"private": true, "dependencies": {"a": "^1.0.0"}}', '.gitignore': 'node_modules\npackage-lock.json\n' },
      flagged: true,
    },
    { title: 'a lockfile', now: { 'package.json': '{"private": true, "dependencies": {"a": "^1.0.0"}}', 'package-lock.json': '{}' }, flagged: false },
    {
      title: 'a project of Rush',
      now: {
        'rush.json': '{}',
        'common/config/rush/pnpm-lock.yaml': '',
        'apps/a/package.json': '{"private": true, "dependencies": {"b": "^1.0.0"}}',
      },
      flagged: false,
    },
    { title: 'a published library', now: { 'package.json': '{"name": "a", "files": ["lib"], "dependencies": {"b": "^1.0.0"}}' }, flagged: false },
  ],
});

const ofLibraries = ['files', 'exports', 'types', 'typings', 'module', 'publishConfig', 'peerDependencies', 'keywords', 'bin'];

// Not private, and with something that only matters to those who install it.
function isLibrary(manifest: Value): boolean {
  const own = at(manifest, 'private');
  const isPrivate = own?.kind === 'plain' && own.plain === true;
  return !isPrivate && stringOf(at(manifest, 'name')) !== undefined && ofLibraries.some((key) => at(manifest, key) !== undefined);
}

// A member of a workspace is installed with its root, which is judged itself.
function isMember(file: string, texts: FileTexts, paths: RepositoryPaths): boolean {
  for (let folder = folderOf(file); folder !== ''; ) {
    folder = parentOf(folder);
    if (['pnpm-workspace.yaml', 'lerna.json', 'rush.json'].some((name) => paths.has(folder + name))) return true;
    if (at(manifestAt(texts, `${folder}package.json`), 'workspaces') !== undefined) return true;
  }
  return false;
}

// Rush installs all its projects from lockfiles in a folder of its own.
function hasRushLock(paths: RepositoryPaths, folder: string): boolean {
  return [...paths.telling].some((path) => path.startsWith(`${folder}common/config/`) && lockfileManagers.has(baseName(path)));
}

interface Reason {
  readonly file: string;
  readonly line: number;
  readonly because: string;
}

function reasonFor(texts: ReadonlyMap<string, string>, folder: string): Reason | undefined {
  for (const at of new Set([folder, ''])) {
    const lines = (texts.get(`${at}.gitignore`) ?? '').split(/\r?\n/);
    const ignored = lines.findIndex((line) => lockfileManagers.has(line.trim().replace(/^\*?\*?\//, '')));
    if (ignored >= 0) return { file: `${at}.gitignore`, line: ignored + 1, because: 'git is told to ignore it' };
    const settings = settingsIn(`${at}.npmrc`, texts.get(`${at}.npmrc`) ?? '');
    const off =
      'untold' in settings
        ? undefined
        : settings.find(({ name, plain }) => ['packageLock', 'lockfile', 'shrinkwrap'].includes(name) && plain === false);
    if (off) return { file: off.file, line: off.line, because: `${off.path[0]} is off` };
  }
  return undefined;
}

function missing(file: string, line: number, reason: Reason | undefined): FileSeen {
  return {
    file,
    line,
    message: `has dependencies and no lockfile${reason ? `: ${reason.because}` : ''}`,
    confidence: 'high',
    facts: { ...(reason && { because: `${reason.file}:${reason.line}` }) },
  };
}
