/** Packages from git or plain addresses have no registry that keeps them as they were; npm 12 and pnpm 11 refuse them in dependencies of dependencies unless told otherwise. */
import { defineRepositoryRule, type FileSeen } from '../model/repository-rule.ts';
import { projectsIn, tellsOfProjects } from './read/installs.ts';
import type { Setting } from './read/settings.ts';

export default defineRepositoryRule({
  meta: {
    id: 'remote-sources-open',
    family: 'pipeline',
    severity: 'high',
    summary: 'Any package may bring others from git or plain addresses.',
    why: 'Such a source can hand out something else every day and to everybody, runs its own scripts when it is fetched from git, and is seen by no registry, mirror or waiting time.',
    remedy:
      'Write root instead of all: then only this project itself may name such sources. Drop the setting where the client refuses them by itself (npm 12, pnpm 11); in yarn name the repositories that are meant.',
    references: ['npm docs: allow-git, allow-remote', 'pnpm docs: blockExoticSubdeps', 'PhantomRaven 2025'],
    falsePositives: 'None known.',
    since: '0.1.0',
  },
  kind: 'state',
  reads: tellsOfProjects,
  check({ now, paths }) {
    const { projects, untold } = projectsIn(now, paths);
    const open = new Map(projects.flatMap(({ settings }) => settings.filter(isOpen).map((each) => [`${each.file}:${each.line}`, each])));
    return [...untold, ...[...open.values()].map(observed)];
  },
  examples: [
    { title: 'everything from everywhere', now: { 'package-lock.json': '{}', '.npmrc': 'allow-git=all\nallow-remote=all\n' }, flagged: true },
    { title: 'the project itself only', now: { 'package-lock.json': '{}', '.npmrc': 'allow-git=root\n' }, flagged: false },
  ],
});

function isOpen({ name, plain, inList }: Setting): boolean {
  if (/^allow(?:Git|Remote)$/.test(name)) return plain === 'all' || plain === true;
  if (name === 'blockExoticSubdeps') return plain === false;
  return name === 'approvedGitRepositories' && inList && (plain === '**' || plain === '*');
}

function observed({ file, line, path, plain }: Setting): FileSeen {
  return {
    file,
    line,
    message: `"${path.join('.')}" lets any package bring others from outside the registry`,
    confidence: 'high',
    ...(plain === 'all' && { fix: { kind: 'replace' as const, file, line, from: 'all', to: 'root' } }),
    facts: { setting: path.join('.'), value: String(plain) },
  };
}
