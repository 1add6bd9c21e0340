/** pull_request_target runs with secrets on the word of anybody with a fork; with the fork's code checked out, its scripts take them: nx 2025 lost its npm token so. */
import { defineRepositoryRule } from '../model/repository-rule.ts';
import { asksWho } from './read/asks-who.ts';
import { inReachOfForks } from './read/fork-reach.ts';
import { ciSystemOf } from './read/paths.ts';
import { inJobs } from './read/seen.ts';

export default defineRepositoryRule({
  meta: {
    id: 'token-in-reach-of-forks',
    family: 'pipeline',
    severity: 'critical',
    summary: 'A credential of a registry is within reach of code from forks.',
    why: 'Anybody can open a pull request. A workflow that runs on it with secrets, and runs its code, hands the token to whoever asks.',
    remedy:
      'Use pull_request for code of forks: it has no secrets. Publish from a workflow of its own that runs on pushes to protected branches only.',
    references: [
      'nx s1ngularity 2025',
      'GitHub docs: events that trigger workflows, pull_request_target',
      'zizmor: dangerous-triggers finds the trigger as such',
    ],
    falsePositives:
      'Jobs that only maintainers can start, by a label or an environment with reviewers. An environment that is asked for forks alone is taken for one: reviewers-not-visible says where.',
    since: '0.1.0',
  },
  kind: 'state',
  reads: (path) => ciSystemOf(path) === 'github',
  check: ({ now }) => inJobs(now, (job, ci) => inReachOfForks(job, ci, asksWho(job, ci))),
  examples: [
    {
      title: 'the code of the pull request, with the token',
      now: {
        '.github/workflows/pr.yml':
          'on: pull_request_target\njobs:\n  a:\n    steps:\n      - uses: actions/checkout@v4\n        with:\n          ref: ${{ github.event.pull_request.head.sha }}\n      - run: npm ci\n        env:\n          NPM_TOKEN: ${{ secrets.NPM_TOKEN }}\n',
      },
      flagged: true,
    },
    {
      title: 'pull_request has no secrets of forks',
      now: {
        '.github/workflows/pr.yml':
          'on: pull_request\njobs:\n  a:\n    steps:\n      - uses: actions/checkout@v4\n      - run: npm ci\n        env:\n          NPM_TOKEN: ${{ secrets.NPM_TOKEN }}\n',
      },
      flagged: false,
    },
  ],
});
