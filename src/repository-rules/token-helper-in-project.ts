/** A token helper is a program the client starts to get credentials; pnpm refuses one from a project since CVE-2025-69262 showed where that leads. */
import { baseName, defineRepositoryRule, type FileSeen } from '../model/repository-rule.ts';
import { isExample } from './read/paths.ts';
import { settingsIn } from './read/settings.ts';

export default defineRepositoryRule({
  meta: {
    id: 'token-helper-in-project',
    family: 'pipeline',
    severity: 'high',
    summary: 'A tracked setting names a program to be run for credentials.',
    why: 'Whoever checks the repository out and installs would start that program. It belongs to the settings of a user, not to a project.',
    remedy: 'Move the line to the .npmrc of the user.',
    references: ['CVE-2025-69262', 'pnpm docs: tokenHelper'],
    falsePositives: 'None known: current pnpm ignores or refuses it in a project.',
    since: '0.1.0',
  },
  kind: 'state',
  reads: (path) => ['.npmrc', 'pnpm-workspace.yaml'].includes(baseName(path)),
  check: ({ now }) =>
    [...now].flatMap(([file, text]): readonly FileSeen[] => {
      if (isExample(file) || !/tokenHelper/i.test(text)) return [];
      const settings = settingsIn(file, text);
      if ('untold' in settings) return [{ file, ...settings }];
      return settings
        .filter(({ path }) => /(?:^|:)tokenHelper$/i.test(path.at(-1) ?? ''))
        .map(({ line, plain }) => ({
          file,
          line,
          message: 'names a program that is run for credentials',
          confidence: 'high',
          facts: { program: String(plain) },
        }));
    }),
  examples: [
    { title: 'a helper in the project', now: { '.npmrc': '//registry.example/:tokenHelper=/usr/local/bin/token\n' }, flagged: true },
    { title: 'a variable', now: { '.npmrc': '//registry.example/:_authToken=${NPM_TOKEN}\n' }, flagged: false },
  ],
});
