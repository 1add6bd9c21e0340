/** Tokens without an end turn up years later in some backup; npm limits new ones since 2025, other registries do not. */
import { defineRepositoryRule, type FileSeen } from '../model/repository-rule.ts';
import { type ClientCall, clientCalls } from './read/client.ts';
import { ciSystemOf, isDockerfile } from './read/paths.ts';
import { commandText, inImages, inSteps } from './read/seen.ts';

export default defineRepositoryRule({
  meta: {
    id: 'token-without-end',
    family: 'pipeline',
    severity: 'medium',
    summary: 'A pipeline makes or stores a credential of a registry that has no end.',
    why: 'A token made by a pipeline and never revoked works for whoever finds it. A login with a password stores one on the machine for the next job to find.',
    remedy:
      'npm token create --expires 1 --cidr …, revoked at the end of the job; better, a token of the CI system that ends with the job, or trusted publishing.',
    references: ['npm docs: npm token', 'npm docs: trusted publishing'],
    falsePositives: 'A registry that limits the life of its tokens by itself.',
    since: '0.1.0',
  },
  kind: 'state',
  reads: (path) => ciSystemOf(path) !== undefined || isDockerfile(path),
  check: ({ now }) => [
    ...inSteps(now, (step, _job, { file }) =>
      clientCalls(step.commands, '')
        .filter(isEndless)
        .map((call) => observed(call, file)),
    ),
    ...inImages(now, ({ commands }, _stage, file) =>
      clientCalls(commands, '')
        .filter(isEndless)
        .map((call) => observed(call, file)),
    ),
  ],
  examples: [
    { title: 'a token for ever', now: { '.gitlab-ci.yml': 'a:\n  script:\n    - npm token create --read-only\n' }, flagged: true },
    { title: 'a day', now: { '.gitlab-ci.yml': 'a:\n  script:\n    - npm token create --read-only --expires 1\n' }, flagged: false },
  ],
});

function isEndless({ manager, said, words, flags }: ClientCall): boolean {
  if (manager !== 'npm' && manager !== 'pnpm') return false;
  if (said === 'token' && words[1] === 'create') return !flags.has('--expires') && !flags.has('--expiry');
  return said === 'adduser' || said === 'login' || said === 'add-user';
}

function observed({ command, said }: ClientCall, file: string): FileSeen {
  return {
    file,
    line: command.line,
    message: said === 'token' ? 'makes a token that has no end' : 'logs in with a password, which leaves a token behind',
    confidence: said === 'token' ? 'high' : 'medium',
    facts: { command: commandText(command.text) },
  };
}
