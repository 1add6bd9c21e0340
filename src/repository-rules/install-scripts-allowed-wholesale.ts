/** An allow-list of everything is none: the settings that npm, pnpm, yarn and bun offer for it carry "dangerously" in their names for a reason. */
import { defineRepositoryRule, type FileSeen } from '../model/repository-rule.ts';
import { clientCalls } from './read/client.ts';
import { isAtLeast, type Project, projectsIn, tellsOfProjects } from './read/installs.ts';
import { ciSystemOf } from './read/paths.ts';
import { commandText, inSteps } from './read/seen.ts';
import type { Setting } from './read/settings.ts';

export default defineRepositoryRule({
  meta: {
    id: 'install-scripts-allowed-wholesale',
    family: 'pipeline',
    severity: 'high',
    summary: 'Install scripts are allowed for every package.',
    why: 'The client would ask which packages may run scripts. Allowing all of them at once gives that to every package that ever comes in, however deep.',
    remedy:
      'Name the few packages that need it: allowScripts (npm), onlyBuiltDependencies or allowBuilds (pnpm), trustedDependencies (bun), dependenciesMeta with built (yarn).',
    references: ['npm docs: dangerously-allow-all-scripts', 'pnpm docs: dangerouslyAllowAllBuilds', 'yarn docs: enableScripts'],
    falsePositives: 'None known.',
    since: '0.1.0',
  },
  kind: 'state',
  reads: (path) => tellsOfProjects(path) || ciSystemOf(path) !== undefined,
  check({ now, paths }) {
    const { projects, untold } = projectsIn(now, paths);
    const settings = new Map(
      projects.flatMap((project) => project.settings.filter((each) => opensAll(each, project)).map((each) => [`${each.file}:${each.line}`, each])),
    );
    return [
      ...untold,
      ...[...settings.values()].map(({ path, file, line }) => seen(file, line, path.join('.'))),
      ...inSteps(now, (step, _job, { file }) =>
        clientCalls(step.commands, '')
          .filter(({ flags }) => flags.has('--dangerously-allow-all-scripts') || flags.has('--dangerously-allow-all-builds'))
          .map(({ command }) => seen(file, command.line, commandText(command.text))),
      ),
    ];
  },
  examples: [
    { title: 'pnpm, all builds', now: { 'pnpm-lock.yaml': '', 'pnpm-workspace.yaml': 'dangerouslyAllowAllBuilds: true\n' }, flagged: true },
    { title: 'a list of everything', now: { 'package-lock.json': '{}', 'package.json': '{"allowScripts": {"*": true}}' }, flagged: true },
    {
      title: 'two packages',
      now: { 'pnpm-lock.yaml': '', 'pnpm-workspace.yaml': 'onlyBuiltDependencies:\n  - esbuild\n  - sharp\n' },
      flagged: false,
    },
  ],
});

function opensAll({ name, plain, inList, path }: Setting, { client }: Project): boolean {
  if (name === 'dangerouslyAllowAllScripts' || name === 'dangerouslyAllowAllBuilds') return plain === true || plain === 'true';
  if (name === 'enableScripts') return plain === true && client.manager === 'yarn' && isAtLeast(client, 4, 14) !== false;
  if (inList && /^(?:onlyBuiltDependencies|trustedDependencies|allowScripts)$/.test(name)) return plain === '*';
  return /^(?:allowScripts|allowBuilds)\./.test(name) && path.at(-1) === '*' && plain === true;
}

function seen(file: string, line: number, said: string): FileSeen {
  return { file, line, message: `"${said}" lets every package run scripts`, confidence: 'high', facts: { setting: said } };
}
