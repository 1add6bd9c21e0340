/** npm 9 stopped reading credentials that name no host, because earlier versions and other clients send them to whatever registry is set (npm RFC 2022, "scoped auth"). */
import { baseName, defineRepositoryRule, type FileSeen } from '../model/repository-rule.ts';
import { isExample } from './read/paths.ts';
import { settingsIn } from './read/settings.ts';

export default defineRepositoryRule({
  meta: {
    id: 'credential-without-host',
    family: 'pipeline',
    severity: 'high',
    summary: 'A credential is not bound to a host, so it goes to whatever registry is set.',
    why: 'Old npm, yarn 1 and pnpm send such a credential to whatever registry is in force: one changed line, variable or option collects it.',
    remedy: 'Bind it to its host: //registry.example/:_authToken=${NPM_TOKEN}.',
    references: ['npm docs: .npmrc, auth related configuration', 'npm 9 changelog'],
    falsePositives: 'None known: npm 9 and later refuse to start with it.',
    since: '0.1.0',
  },
  kind: 'state',
  reads: (path) => ['.npmrc', '.yarnrc'].includes(baseName(path)),
  check: ({ now }) =>
    [...now].flatMap(([file, text]): readonly FileSeen[] => {
      if (isExample(file)) return [];
      const settings = settingsIn(file, text);
      if ('untold' in settings) return [{ file, ...settings }];
      return settings
        .filter(({ path }) => /^_(?:authToken|auth|password)$/i.test(path[0] ?? ''))
        .map(({ path, line }) => ({
          file,
          line,
          message: `"${path[0]}" names no host, so it may be sent to any`,
          confidence: 'high',
          facts: { setting: path[0] ?? '' },
        }));
    }),
  examples: [
    { title: 'a token for nobody in particular', now: { '.npmrc': '_authToken=${NPM_TOKEN}\n' }, flagged: true },
    { title: 'a token for one host', now: { '.npmrc': '//registry.example/:_authToken=${NPM_TOKEN}\nalways-auth=true\n' }, flagged: false },
  ],
});
