/**
 * Overrides, resolutions, package extensions and patches replace what every package of the tree asked for. One entry can swap a
 * library deep in the tree for another package or a repository, and no manifest of that library shows it.
 */
import { baseName, defineRepositoryRule, type FileObservation, type FileSeen, type RepositoryFiles } from '../model/repository-rule.ts';
import { remoteKind } from '../model/spec.ts';
import { printable } from '../model/text.ts';
import { isSettingsFile, readSettingsFile } from './read/settings.ts';
import { at, type Leaf, leavesOf, type Untold } from './read/value.ts';

/** Where such entries stand, by their keys from the root of the document. */
const places: readonly (readonly string[])[] = [
  ['overrides'],
  ['resolutions'],
  ['packageExtensions'],
  ['patchedDependencies'],
  ['pnpm', 'overrides'],
  ['pnpm', 'packageExtensions'],
  ['pnpm', 'patchedDependencies'],
];

export default defineRepositoryRule({
  meta: {
    id: 'resolution-overridden',
    family: 'pipeline',
    severity: 'medium',
    summary: 'The change replaces, extends or patches a package for the whole tree.',
    why: 'What is installed is then no longer what the packages themselves ask for, and in the lockfile it looks like any other entry. To another package, a repository or a patch, it is the quietest way to bring code in.',
    remedy: 'See what is replaced by what. A version is pinned for a reason somebody can name; another package or source needs a better one.',
    references: ['npm overrides', 'Yarn resolutions, patch: and packageExtensions', 'pnpm overrides and patchedDependencies'],
    falsePositives: 'Pinning a fixed version of a transitive package: seen with low confidence, so it warns and does not block.',
    since: '0.1.0',
  },
  kind: 'change',
  reads: isSettingsFile,
  check: (files) => changedDocuments(files).flatMap(observations),
  examples: [
    {
      title: 'a transitive package is swapped for a repository',
      before: { 'package.json': '{"overrides": {}}' },
      now: { 'package.json': '{"overrides": {"left-pad": "git+https://git.example/x/left-pad.git"}}' },
      flagged: true,
    },
    {
      title: 'a patch is applied',
      before: { 'pnpm-workspace.yaml': 'packages: []\n' },
      now: { 'pnpm-workspace.yaml': 'packages: []\npatchedDependencies:\n  left-pad@1.0.0: patches/left-pad.patch\n' },
      flagged: true,
    },
    {
      title: 'an override goes, another stays',
      before: { 'package.json': '{"overrides": {"a": "1.0.0", "b": "2.0.0"}}' },
      now: { 'package.json': '{"overrides": {"a": "1.0.0"}}' },
      flagged: false,
    },
  ],
});

interface ChangedDocument {
  readonly file: string;
  readonly now: readonly Leaf[] | Untold;
  readonly before: readonly Leaf[];
}

function changedDocuments({ now, before }: RepositoryFiles): readonly ChangedDocument[] {
  return [...now]
    .filter(([file, text]) => before?.get(file) !== text && mayHold(file))
    .map(([file, text]) => {
      const old = entriesIn(file, before?.get(file) ?? '{}');
      return { file, now: entriesIn(file, text), before: 'untold' in old ? [] : old };
    });
}

function mayHold(file: string): boolean {
  return ['package.json', 'pnpm-workspace.yaml', '.yarnrc.yml'].includes(baseName(file));
}

function entriesIn(file: string, text: string): readonly Leaf[] | Untold {
  const document = readSettingsFile(file, text);
  if ('untold' in document) return document;
  return places.flatMap((keys) => {
    const value = at(document, ...keys);
    return value ? leavesOf(value, keys) : [];
  });
}

function observations({ file, now, before }: ChangedDocument): readonly FileSeen[] {
  if ('untold' in now) return [{ file, untold: now.untold }];
  const held = new Map(before.map((leaf) => [keyOf(leaf), leaf]));
  return now.filter((leaf) => held.get(keyOf(leaf))?.plain !== leaf.plain).map((leaf) => observation(file, leaf, held.get(keyOf(leaf))));
}

function observation(file: string, leaf: Leaf, old: Leaf | undefined): FileObservation {
  const what = printable(leaf.path.at(-1) ?? '', 100);
  const spec = printable(String(leaf.plain), 120);
  const how = howOf(leaf);
  return {
    file,
    ...leaf.place,
    message: `${what} ${how.words} ${spec}`,
    confidence: how.sure ? 'high' : 'low',
    signal: how.sure ? 'resolution-overridden:source' : 'resolution-overridden',
    facts: { setting: printable(leaf.path.join('.'), 200), to: spec, ...(old && { from: printable(String(old.plain), 120) }) },
  };
}

function howOf({ path, plain }: Leaf): { readonly words: string; readonly sure: boolean } {
  const spec = String(plain);
  if (path.includes('patchedDependencies') || spec.startsWith('patch:')) return { words: 'is patched by', sure: true };
  if (remoteKind(spec) || /^(?:link|portal|exec|workspace):/.test(spec)) return { words: 'comes from', sure: true };
  if (/^npm:@?[^@]+@/.test(spec)) return { words: 'is replaced by', sure: true };
  return { words: path.includes('packageExtensions') ? 'is extended by' : 'is held at', sure: false };
}

function keyOf(leaf: Leaf): string {
  return leaf.path.join('\n');
}
