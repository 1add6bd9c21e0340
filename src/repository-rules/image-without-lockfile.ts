/** An image built from package.json alone holds whatever was newest at its build; the next build of the same commit holds something else. */
import { defineRepositoryRule, type FileSeen, folderOf } from '../model/repository-rule.ts';
import { clientCalls } from './read/client.ts';
import type { Instruction, Stage } from './read/docker.ts';
import { readDockerfile } from './read/docker.ts';
import { isDockerfile, isExample, lockfileManagers } from './read/paths.ts';
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

function inStage({ instructions }: Stage, file: string): readonly FileSeen[] {
  let manifest = false;
  for (const instruction of instructions) {
    if (instruction.name === 'COPY' || instruction.name === 'ADD') {
      if (bringsLockfile(instruction)) return [];
      manifest ||= instruction.words.slice(0, -1).some((source) => /(?:^|\/)package\.json$/.test(source));
    }
    if (instruction.name !== 'RUN' || !manifest) continue;
    if (instruction.options.some((option) => /^--mount=/.test(option) && lockfileIn(option))) return [];
    const install = clientCalls(instruction.commands, '').find(({ verb, flags }) => verb === 'install' && !flags.has('--package-lock-only'));
    if (install)
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
  return [];
}

/** A lockfile, a pattern that takes one, or a whole folder; what comes from another stage cannot be told. */
function bringsLockfile({ words, options }: Instruction): boolean {
  if (options.some((option) => option.startsWith('--from='))) return true;
  return words.slice(0, -1).some((source) => lockfileIn(source) || /[*?$]/.test(source) || !/\.\w+$/.test(source) || source === '.');
}

function lockfileIn(text: string): boolean {
  return [...lockfileManagers.keys()].some((name) => text.includes(name)) || /type=bind(?!.*source=)/.test(text);
}
