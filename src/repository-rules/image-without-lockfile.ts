/** An image built from package.json alone holds whatever was newest at its build; the next build of the same commit holds something else. */
import { defineRepositoryRule, type FileSeen, folderOf } from '../model/repository-rule.ts';
import { readDockerfile, type Stage } from './read/docker.ts';
import { installBeforeLockfile } from './read/image-lockfile.ts';
import { isDockerfile, isExample } from './read/paths.ts';
import { lockfileFor } from './read/project.ts';
import { commandText } from './read/seen.ts';

export default defineRepositoryRule({
  meta: {
    id: 'image-without-lockfile',
    family: 'pipeline',
    severity: 'medium',
    summary: 'An image installs dependencies without the lockfile that the repository has.',
    why: 'Nothing of what was reviewed and judged counts: every build takes the newest versions, and two images of one commit differ.',
    remedy: 'COPY package.json and the lockfile together, then install frozen (npm ci).',
    references: ['npm docs: npm ci', 'OpenSSF npm best practices guide', 'hadolint for images as such'],
    falsePositives: 'A base image that brings the lockfile along.',
    since: '0.1.0',
  },
  kind: 'state',
  reads: isDockerfile,
  check: ({ now, paths }) =>
    [...now].flatMap(([file, text]): readonly FileSeen[] => {
      if (isExample(file)) return [];
      const stages = readDockerfile(file, text);
      if ('untold' in stages) return [{ file, ...stages }];
      return lockfileFor(paths, folderOf(file)) === undefined ? [] : stages.flatMap((stage) => inStage(stage, file));
    }),
  examples: [
    {
      title: 'package.json alone',
      now: { Dockerfile: 'FROM node:22\nCOPY package.json ./\nRUN npm install\n', 'package-lock.json': '{}' },
      flagged: true,
    },
    { title: 'both', now: { Dockerfile: 'FROM node:22\nCOPY package*.json ./\nRUN npm ci\n', 'package-lock.json': '{}' }, flagged: false },
  ],
});

function inStage(stage: Stage, file: string): readonly FileSeen[] {
  const install = installBeforeLockfile(stage);
  if (!install) return [];
  return [
    {
      file,
      line: install.command.line,
      message: `"${commandText(install.command.text)}" runs before any lockfile is there`,
      confidence: 'high',
      facts: { command: commandText(install.command.text) },
    },
  ];
}
