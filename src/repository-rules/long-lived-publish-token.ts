/** A token that may publish and lives for months is what worms collect; trusted publishing gives a workflow one of minutes instead (npm, 2025). */
import type { Facts } from '../model/finding.ts';
import { defineRepositoryRule, type FileSeen } from '../model/repository-rule.ts';
import { type CiFile, type CiStep, type CiVariable, textOf } from './read/ci-file.ts';
import { type ClientCall, clientCalls } from './read/client.ts';
import { isRegistryToken, secretIn } from './read/expression.ts';
import { registrySecrets } from './read/job-secrets.ts';
import { ciSystemOf } from './read/paths.ts';
import { commandText, inSteps } from './read/seen.ts';
import { at } from './read/value.ts';

export default defineRepositoryRule({
  meta: {
    id: 'long-lived-publish-token',
    family: 'pipeline',
    severity: 'low',
    summary: 'A workflow publishes with a stored token where trusted publishing would do.',
    why: 'A stored token works for whoever gets hold of it, from anywhere, until somebody revokes it. A trusted publisher has none: the registry trusts this workflow of this repository for minutes.',
    remedy: 'Set up the trusted publisher at the registry, give the job id-token: write, and remove the secret and the token.',
    references: ['npm docs: trusted publishing', 'shai-hulud 2025', 'zizmor: use-trusted-publishing'],
    falsePositives:
      'Registries that have no trusted publishing: company mirrors, GitHub Packages, servers of one’s own. A registry named in the command does not count.',
    since: '0.1.0',
  },
  kind: 'state',
  reads: (path) => ['github', 'gitlab'].includes(ciSystemOf(path) ?? ''),
  check: ({ now }) => inSteps(now, (step, _job, ci) => inStep(step, ci)),
  examples: [
    {
      title: 'npm publish with a secret',
      now: {
        '.github/workflows/release.yml':
          'on: push\njobs:\n  a:\n    steps:\n      - run: npm publish\n        env:\n          NODE_AUTH_TOKEN: ${{ secrets.NPM_TOKEN }}\n',
      },
      flagged: true,
    },
    {
      title: 'trusted publishing',
      now: {
        '.github/workflows/release.yml': 'on: push\njobs:\n  a:\n    permissions:\n      id-token: write\n    steps:\n      - run: npm publish\n',
      },
      flagged: false,
    },
  ],
});

function inStep(step: CiStep, { file }: CiFile): readonly FileSeen[] {
  const action = publishingAction(step);
  if (action) return [{ ...action, file }];
  const call = clientCalls(step.commands, '').find(isPublishing);
  const token = registrySecrets(step)[0] ?? writtenToken(step);
  if (!call || !token || step.variables.some(namesMirror)) return [];
  return [
    {
      file,
      line: call.command.line,
      message: `"${commandText(call.command.text)}" uses ${token.name}, a stored credential`,
      confidence: 'medium',
      facts: { variable: token.name, command: commandText(call.command.text) },
    },
  ];
}

// A registry below a path of its host is a server of one's own.
function namesMirror({ name, value }: CiVariable): boolean {
  return /registry/i.test(name) && /^https?:\/\/[^/\s]+\/[^/\s]/.test(value);
}

// GitLab keeps its secrets outside the file: a script only names them.
function writtenToken({ commands }: CiStep): { readonly name: string } | undefined {
  const writes = commands.filter(({ text }) => /_authToken|npmAuthToken|:_auth\b/.test(text));
  const name = writes.flatMap(({ words }) => words.flatMap((word) => word.variables)).find(isRegistryToken);
  return name === undefined ? undefined : { name };
}

function publishingAction({
  uses = '',
  inputs,
}: CiStep): { readonly line: number; readonly message: string; readonly confidence: 'medium'; readonly facts: Facts } | undefined {
  const token = /^JS-DevTools\/npm-publish@/i.test(uses) ? at(inputs, 'token') : undefined;
  const secret = secretIn(textOf(token) ?? '');
  if (!token || secret === undefined || secret === 'GITHUB_TOKEN' || at(inputs, 'registry') !== undefined) return undefined;
  return {
    line: token.place.line,
    message: `publishes with ${secret}, a stored credential`,
    confidence: 'medium',
    facts: { variable: secret, uses },
  };
}

function isPublishing({ verb, values, flags }: ClientCall): boolean {
  return verb === 'publish' && !values.has('--registry') && !flags.has('--dry-run');
}
