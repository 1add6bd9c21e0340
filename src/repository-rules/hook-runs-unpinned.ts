/** Git hooks and the project's own lifecycle scripts run on every developer's machine, unasked; what they fetch, nobody pinned. */
import type { RepositoryPaths } from '../model/repository-paths.ts';
import { baseName, defineRepositoryRule, type FileSeen, type FileTexts, folderOf } from '../model/repository-rule.ts';
import { type ClientCall, clientCalls, fetchesNothing } from './read/client.ts';
import { type Hook, hooksIn, isHookFile } from './read/hooks.ts';
import { isExample, isLockfile } from './read/paths.ts';
import { commandText } from './read/seen.ts';
import { isKnownTool } from './read/tools.ts';

export default defineRepositoryRule({
  meta: {
    id: 'hook-runs-unpinned',
    family: 'pipeline',
    severity: 'high',
    summary: 'A git hook or lifecycle script downloads and runs something that nothing pins.',
    why: 'It runs on every commit or install of everybody in the team, with their credentials. Whoever controls the address or publishes the package controls those machines.',
    remedy: 'Make the tool a dependency and call it by name, or name an exact version; keep scripts in the repository instead of fetching them.',
    references: ['nx s1ngularity 2025', 'Codecov bash uploader 2021', 'husky and lefthook docs'],
    falsePositives: 'Tools that a lockfile does hold under another name.',
    since: '0.1.0',
  },
  kind: 'state',
  reads: (path) => isHookFile(path) || isLockfile(path),
  check: ({ now, paths }) =>
    [...now].flatMap(([file, text]): readonly FileSeen[] => {
      if (!isHookFile(file) || isExample(file)) return [];
      const hooks = hooksIn(file, text);
      return 'untold' in hooks ? [{ file, ...hooks }] : hooks.flatMap((hook) => inHook(hook, file, now, paths));
    }),
  examples: [
    { title: 'a script from the net', now: { '.husky/pre-commit': 'curl -s https://tools.example/lint.sh | bash\n' }, flagged: true },
    { title: 'the newest of a tool', now: { 'package.json': '{"scripts": {"prepare": "npx some-hooks install"}}' }, flagged: true },
    {
      title: 'dependencies',
      now: {
        'package.json': '{"scripts": {"prepare": "husky"}, "devDependencies": {"husky": "^9.0.0", "lint-staged": "^16.0.0"}}',
        '.husky/pre-commit': 'npx lint-staged\n',
      },
      flagged: false,
    },
  ],
});

function inHook({ name, line, commands, downloads }: Hook, file: string, texts: FileTexts, paths: RepositoryPaths): readonly FileSeen[] {
  const folder = baseName(file) === 'package.json' ? folderOf(file) : '';
  const unpinned = clientCalls(commands, folder).filter(
    (call) => ['run', 'global', 'add'].includes(call.verb) && !fetchesNothing(call) && call.packages.some((spec) => isOpen(spec, call, texts, paths)),
  );
  return [
    ...downloads.map((what) => ({ file, line, message: `"${name}" ${what}`, confidence: 'high' as const, facts: { hook: name } })),
    ...unpinned.map((call) => ({
      file,
      line: call.command.line,
      message: `"${name}" runs "${commandText(call.command.text)}", in whatever version is newest`,
      confidence: 'medium' as const,
      facts: { hook: name, command: commandText(call.command.text) },
    })),
  ];
}

function isOpen(spec: string, call: ClientCall, texts: FileTexts, paths: RepositoryPaths): boolean {
  if (!/^(?:@[\w.-]+\/)?[A-Za-z][\w.-]*(?:@.*)?$/.test(spec) || /@\d+\.\d+\.\d+/.test(spec)) return false;
  const [name = '', version] = spec.split(/(?<=.)@/);
  return !isKnownTool(texts, paths, call, name, version);
}
