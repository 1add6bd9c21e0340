/** Where package.json asks for what the lockfile does not hold, frozen installs fail and people unfreeze them; every other install resolves anew. */
import { baseName, defineRepositoryRule, type FileSeen, folderOf, type RepositoryFiles } from '../model/repository-rule.ts';
import { listText } from '../model/text.ts';
import { needsIn } from './read/locked-needs.ts';
import { isExample, isLockfile } from './read/paths.ts';
import { lockfileFor, manifestAt, readManifest } from './read/project.ts';
import { at, entriesOf, stringOf, type Value } from './read/value.ts';

const sections = ['dependencies', 'devDependencies', 'optionalDependencies'];
const rewriting = ['overrides', 'resolutions', 'pnpm', 'catalog', 'catalogs'];

export default defineRepositoryRule({
  meta: {
    id: 'lockfile-out-of-step',
    family: 'pipeline',
    severity: 'medium',
    summary: 'package.json asks for what the lockfile does not hold.',
    why: 'The next install that may change the lockfile decides what comes in, on whatever machine it happens. What was reviewed is not what is installed.',
    remedy: 'Run the install that updates the lockfile, read what it changes (depward gate), and commit it.',
    references: ['npm docs: npm ci', 'yarn docs: --immutable', 'pnpm docs: --frozen-lockfile'],
    falsePositives:
      'Managers that rewrite ranges by a hook. Names that overrides or resolutions speak of are left out, and so is everything beside a .pnpmfile.',
    since: '0.1.0',
  },
  kind: 'state',
  reads: (path) => isLockfile(path) || ['package.json', 'pnpm-workspace.yaml'].includes(baseName(path)),
  check: (files) =>
    [...files.now.keys()].flatMap((file): readonly FileSeen[] =>
      baseName(file) === 'package.json' && !isExample(file) ? inManifest(file, files) : [],
    ),
  examples: [
    {
      title: 'a dependency the lockfile has never heard of',
      now: {
        'package.json': '{"dependencies": {"a": "^1.0.0", "b": "^2.0.0"}}',
        'package-lock.json': '{"lockfileVersion": 3, "packages": {"": {"dependencies": {"a": "^1.0.0"}}}}',
      },
      flagged: true,
    },
    {
      title: 'another range in yarn.lock',
      now: { 'package.json': '{"dependencies": {"a": "^2.0.0"}}', 'yarn.lock': '# yarn lockfile v1\n\na@^1.0.0:\n  version "1.0.0"\n' },
      flagged: true,
    },
    {
      title: 'in step',
      now: {
        'package.json': '{"devDependencies": {"a": "^1.0.0"}}',
        'pnpm-lock.yaml':
          "lockfileVersion: '9.0'\n\nimporters:\n\n  .:\n    devDependencies:\n      a:\n        specifier: ^1.0.0\n        version: 1.0.0\n",
      },
      flagged: false,
    },
  ],
});

function inManifest(file: string, { now, paths }: RepositoryFiles): readonly FileSeen[] {
  const lockfile = lockfileFor(paths, folderOf(file));
  const text = lockfile === undefined ? undefined : now.get(lockfile);
  if (lockfile === undefined || text === undefined || paths.has(`${folderOf(lockfile)}.pnpmfile.cjs`)) return [];
  const manifest = readManifest(file, now.get(file) ?? '');
  if ('untold' in manifest) return [{ file, ...manifest }];
  const needs = sections.flatMap((section) => entriesOf(at(manifest, section)));
  const knows = needs.length === 0 || !isPart(file, lockfile, now) ? undefined : needsIn(lockfile, text, folderOf(file));
  if (!knows) return [];
  const own = ownNames(now);
  const root = manifestAt(now, `${folderOf(lockfile)}package.json`);
  const missing = needs.filter(
    ([name, spec]) =>
      !own.has(name) && isPlain(stringOf(spec)) && knows(name, stringOf(spec) ?? '') === false && !isRewritten(name, root, now, lockfile),
  );
  const names = [...new Set(missing.map(([name]) => name))];
  if (names.length === 0) return [];
  return [
    {
      file,
      line: missing[0]?.[1].place.line ?? 1,
      message: `asks for ${listText(names, 3)} in a way that ${lockfile} does not know`,
      confidence: 'high',
      facts: { lockfile, packages: names.slice(0, 20) },
    },
  ];
}

// A manifest below a lockfile belongs to it only as a member of its workspace.
function isPart(file: string, lockfile: string, texts: ReadonlyMap<string, string>): boolean {
  if (folderOf(file) === folderOf(lockfile)) return true;
  if (baseName(lockfile) !== 'package-lock.json' && baseName(lockfile) !== 'pnpm-lock.yaml') return false;
  return texts.has(`${folderOf(lockfile)}package.json`);
}

const names = new WeakMap<ReadonlyMap<string, string>, ReadonlySet<string>>();

/** The packages of the repository itself, which some lockfiles leave out. */
function ownNames(texts: ReadonlyMap<string, string>): ReadonlySet<string> {
  const held =
    names.get(texts) ??
    new Set([...texts.keys()].filter((file) => baseName(file) === 'package.json').map((file) => stringOf(at(manifestAt(texts, file), 'name')) ?? ''));
  names.set(texts, held);
  return held;
}

function isPlain(spec: string | undefined): boolean {
  return spec !== undefined && !/^(?:file|link|portal|workspace|catalog|patch):|^\.{0,2}\//.test(spec);
}

function isRewritten(name: string, root: Value | undefined, texts: ReadonlyMap<string, string>, lockfile: string): boolean {
  if (rewriting.some((key) => mentions(at(root, key), name))) return true;
  const workspace = texts.get(`${folderOf(lockfile)}pnpm-workspace.yaml`);
  if (workspace === undefined) return false;
  return new RegExp(`^\\s+['"]?(?:.*>)?${name.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?:@[^:'"]*)?['"]?:`, 'm').test(workspace);
}

function mentions(value: Value | undefined, name: string): boolean {
  return entriesOf(value).some(
    ([key, inner]) => key === name || key.includes(`${name}@`) || key.endsWith(`/${name}`) || key.endsWith(`>${name}`) || mentions(inner, name),
  );
}
