/** `--force` and `--legacy-peer-deps` in CI make npm take trees it would refuse, for good: what stands behind them is forgotten (npm docs: npm install). */
import { defineRepositoryRule, type FileSeen } from '../model/repository-rule.ts';
import { type ClientCall, clientCalls } from './read/client.ts';
import { ciSystemOf, isDockerfile, isExample } from './read/paths.ts';
import { commandText, inImages, inSteps } from './read/seen.ts';

const waiving = ['--force', '-f', '--legacy-peer-deps'];

export default defineRepositoryRule({
  meta: {
    id: 'install-checks-waived',
    family: 'pipeline',
    severity: 'low',
    summary: 'CI or an image installs with npm’s own objections switched off.',
    why: 'npm then takes combinations that the packages’ authors rule out, and with --force platforms and engines too. Whoever reads the lockfile later cannot tell which objection was meant.',
    remedy:
      'Settle the one conflict with overrides in package.json, and leave the flag out. Where it has to stay, write it into .npmrc with the reason beside it.',
    references: ['npm docs: npm install, force and legacy-peer-deps', 'npm docs: overrides'],
    falsePositives: 'A project in the middle of a large upgrade, where the conflict is known and passes.',
    since: '0.1.0',
  },
  kind: 'state',
  reads: (path) => ciSystemOf(path) !== undefined || isDockerfile(path),
  check: ({ now }) => [
    ...inSteps(now, (step, _job, { file }) => clientCalls(step.commands, step.folder).flatMap((call) => inCall(call, file))),
    ...inImages(now, (instruction, _stage, file) => clientCalls(instruction.commands, '').flatMap((call) => inCall(call, file))),
  ],
  examples: [
    {
      title: 'peers as they come',
      now: { '.github/workflows/ci.yml': 'on: push\njobs:\n  a:\n    steps:\n      - run: npm ci --legacy-peer-deps\n' },
      flagged: true,
    },
    { title: 'by force, in an image', now: { Dockerfile: 'FROM node:22\nCOPY . .\nRUN npm ci --force\n' }, flagged: true },
    {
      title: 'force of another command, and another client’s',
      now: { '.gitlab-ci.yml': 'a:\n  script:\n    - npm cache clean --force\n    - npm ci\n    - pnpm install --force\n' },
      flagged: false,
    },
  ],
});

function inCall(call: ClientCall, file: string): readonly FileSeen[] {
  if (call.manager !== 'npm' || !['install', 'add'].includes(call.verb) || call.flags.has('--dry-run') || isExample(file)) return [];
  return waiving
    .filter((flag) => call.flags.has(flag))
    .map((flag) => ({
      file,
      line: call.command.line,
      message: `"${commandText(call.command.text)}" switches npm's objections off (${flag})`,
      confidence: 'high' as const,
      facts: { flag, command: commandText(call.command.text) },
    }));
}
