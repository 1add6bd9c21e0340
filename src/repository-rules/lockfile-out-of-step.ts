/** Where package.json asks for what the lockfile does not hold, frozen installs fail and people unfreeze them; every other install resolves anew. */
import { baseName, defineRepositoryRule, type FileSeen, type RepositoryFiles } from '../model/repository-rule.ts';
import { listText } from '../model/text.ts';
import { outOfStep } from './read/out-of-step.ts';
import { isExample, isLockfile } from './read/paths.ts';

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

function inManifest(file: string, files: RepositoryFiles): readonly FileSeen[] {
  const found = outOfStep(file, files);
  if (!found) return [];
  if ('untold' in found) return [{ file, ...found }];
  const { lockfile, line, names } = found;
  return [
    {
      file,
      line,
      message: `asks for ${listText(names, 3)} in a way that ${lockfile} does not know`,
      confidence: 'high',
      facts: { lockfile, packages: names.slice(0, 20) },
    },
  ];
}
