/** Most attacks of the last years ran from an install script (ua-parser-js 2021, shai-hulud 2025); pnpm 10, bun, yarn 4.14 and npm 12 stopped running those of dependencies unasked. */
import { defineRepositoryRule, type FileSeen } from '../model/repository-rule.ts';
import { clientText, isAtLeast, type Project, projectsIn, settingOf, tellsOfProjects, toldOnce } from './read/installs.ts';

export default defineRepositoryRule({
  meta: {
    id: 'install-scripts-unguarded',
    family: 'pipeline',
    severity: 'medium',
    summary: 'The client of this project runs the install scripts of every dependency.',
    why: 'A script of any package in the tree, however deep, runs on every developer’s machine and in CI, before a line of the project does. Few packages need one.',
    remedy:
      'npm 11: strict-allow-scripts=true with allowScripts in package.json, or ignore-scripts=true. yarn 1: ignore-scripts true. yarn 2+: enableScripts: false. Or move to a client that asks first: npm 12, pnpm 10, yarn 4.14, bun.',
    references: ['ua-parser-js 2021', 'shai-hulud 2025', 'npm docs: allow-scripts', 'pnpm docs: onlyBuiltDependencies', 'yarn docs: enableScripts'],
    falsePositives: 'A newer client than the files tell of, or one guarded by settings outside of the repository.',
    since: '0.1.0',
  },
  kind: 'state',
  reads: tellsOfProjects,
  check({ now, paths }) {
    const { projects, untold } = projectsIn(now, paths);
    return [...untold, ...toldOnce(projects.flatMap(inProject))];
  },
  examples: [
    { title: 'yarn 1', now: { 'package.json': '{}', 'yarn.lock': '# yarn lockfile v1\n' }, flagged: true },
    { title: 'npm 11', now: { 'package.json': '{"packageManager": "npm@11.4.0"}', 'package-lock.json': '{}' }, flagged: true },
    { title: 'npm 12 asks first', now: { 'package.json': '{"packageManager": "npm@12.0.1"}', 'package-lock.json': '{}' }, flagged: false },
    { title: 'pnpm 10 asks first', now: { 'package.json': '{"packageManager": "pnpm@10.1.0"}', 'pnpm-lock.yaml': '' }, flagged: false },
    { title: 'scripts off', now: { 'package.json': '{}', 'package-lock.json': '{}', '.npmrc': 'ignore-scripts=true\n' }, flagged: false },
  ],
});

function inProject(project: Project): readonly FileSeen[] {
  const { client, lockfile } = project;
  const guarded = settingOf(project, 'ignoreScripts', 'strictAllowScripts', '--install.ignore-scripts')?.plain;
  if (guarded === true || guarded === 'true' || settingOf(project, 'enableScripts')?.plain === false || asksFirst(project)) return [];
  return [
    {
      file: lockfile,
      message: `${clientText(client)} runs the install scripts of every dependency`,
      confidence: client.major === undefined ? 'low' : 'high',
      about: 'install scripts',
      facts: { client: clientText(client), told: client.told, ...(client.major === undefined && { version: 'not told by any file' }) },
    },
  ];
}

/** Versions that run no script unasked; where the version is not told, the newest of pnpm and yarn 2+ are assumed. */
function asksFirst({ client }: Project): boolean {
  switch (client.manager) {
    case 'npm':
      return isAtLeast(client, 12) ?? false;
    case 'pnpm':
      return isAtLeast(client, 10) ?? true;
    case 'yarn':
      return isAtLeast(client, 4, 14) ?? true;
    case 'bun':
      return true;
  }
}
