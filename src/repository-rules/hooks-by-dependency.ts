/** husky 4 and its like write git hooks from their install script: hooks nobody in the project set up, changed by whoever publishes the package. husky 5 gave that up for an explicit `husky install`. */
import { baseName, defineRepositoryRule, type FileSeen } from '../model/repository-rule.ts';
import { isExample } from './read/paths.ts';
import { readManifest } from './read/project.ts';
import { at, stringOf, type Value } from './read/value.ts';

// Packages whose install script writes hooks, as their own documentation says.
const writers = new Set(['ghooks', 'git-hooks', 'pre-commit', 'pre-push', 'precommit-hook', 'yorkie', 'husky-init-hooks']);

export default defineRepositoryRule({
  meta: {
    id: 'hooks-by-dependency',
    family: 'pipeline',
    severity: 'low',
    summary: 'A dependency sets up git hooks from its install script.',
    why: 'What runs on every commit is decided by the install of a package, not by a file that was reviewed, and it keeps install scripts switched on for everybody.',
    remedy:
      'Use a tool that is set up by the project’s own prepare script, with hooks in tracked files: husky 9, lefthook or simple-git-hooks called by name.',
    references: ['husky 5 release notes', 'npm docs: ignore-scripts'],
    falsePositives: 'None known: these packages do nothing else.',
    since: '0.1.0',
  },
  kind: 'state',
  reads: (path) => baseName(path) === 'package.json',
  check: ({ now }) =>
    [...now].flatMap(([file, text]): readonly FileSeen[] => {
      if (isExample(file) || ![...writers, 'husky'].some((name) => text.includes(`"${name}"`))) return [];
      const manifest = readManifest(file, text);
      if ('untold' in manifest) return [{ file, ...manifest }];
      if (!mayHold(text)) return [];
      return ['dependencies', 'devDependencies', 'optionalDependencies']
        .flatMap((section) => writersIn(at(manifest, section)))
        .filter(([name, spec]) => writers.has(name) || /^[\^~>=v\s]*[0-4](?:\.|$)/.test(stringOf(spec) ?? ''))
        .map(([name, spec]) => ({
          file,
          line: spec.place.line,
          message: `${name} writes git hooks when it is installed`,
          about: name,
          confidence: 'high',
          facts: { package: name, range: stringOf(spec) ?? '' },
        }));
    }),
  examples: [
    { title: 'husky 4', now: { 'package.json': '{"devDependencies": {"husky": "^4.3.0"}}' }, flagged: true },
    { title: 'husky 9', now: { 'package.json': '{"devDependencies": {"husky": "^9.1.0"}}' }, flagged: false },
  ],
});

/** Those a list asks for, in its order. */
function writersIn(list: Value | undefined): (readonly [string, Value])[] {
  const found = [...writers, 'husky'].flatMap((name): (readonly [string, Value])[] => {
    const spec = at(list, name);
    return spec ? [[name, spec]] : [];
  });
  return found.sort(([, { place: a }], [, { place: b }]) => a.line - b.line || a.column - b.column);
}

/** Newer versions of husky are everywhere, among lists that are long: most are told before any list is looked into. */
function mayHold(text: string): boolean {
  return text.includes('\\') || [...writers].some((name) => text.includes(`"${name}"`)) || /"husky"\s*:\s*"[\^~>=v\s]*[0-4](?:\.|")/.test(text);
}
