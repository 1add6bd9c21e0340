/** nx lost its npm token in 2025 to a job that a pull request could start; an environment keeps such a job back only where somebody set reviewers for it. */
import { defineRepositoryRule } from '../model/repository-rule.ts';
import { printable } from '../model/text.ts';
import { approvalOf, namesWho } from './read/asks-who.ts';
import { inReachOfForks } from './read/fork-reach.ts';
import { ciSystemOf } from './read/paths.ts';
import { inJobs } from './read/seen.ts';

export default defineRepositoryRule({
  meta: {
    id: 'reviewers-not-visible',
    family: 'pipeline',
    severity: 'medium',
    summary: 'Only an environment stands between forks and a credential; whether it asks anybody cannot be seen in files.',
    why: 'The environment is asked for where code comes from a fork, so it is taken for one that waits for a reviewer. Reviewers are set in the settings of the repository: without them the job runs at once, with everything it has.',
    remedy: 'Look whether the environment has required reviewers (Settings, Environments), and waive this for as long as that is looked at again.',
    references: [
      'GitHub docs: managing environments for deployment, required reviewers',
      'depward rule token-in-reach-of-forks: the same without an environment',
    ],
    falsePositives: 'It says what cannot be told here, not that anything is wrong.',
    since: '0.1.0',
  },
  kind: 'state',
  reads: (path) => ciSystemOf(path) === 'github',
  check: ({ now }) =>
    inJobs(now, (job, ci) => {
      const approval = namesWho(job, ci) ? undefined : approvalOf(job, ci);
      if (!approval || inReachOfForks(job, ci, false).length === 0) return [];
      return [
        {
          file: ci.file,
          line: approval.line,
          message: 'whether this environment waits for a reviewer before code of forks comes near a credential cannot be seen in files',
          confidence: 'low',
          about: `reviewers of ${job.name}`,
          facts: { environment: printable(approval.name, 120), job: printable(job.name) },
        },
      ];
    }),
  examples: [
    {
      title: 'an environment for forks',
      now: {
        '.github/workflows/pr.yml':
          "on: pull_request_target\njobs:\n  a:\n    environment: ${{ github.event.pull_request.head.repo.fork && 'external' || 'internal' }}\n    steps:\n      - uses: actions/checkout@v4\n        with:\n          ref: ${{ github.event.pull_request.head.sha }}\n      - run: npm ci\n        env:\n          NPM_TOKEN: ${{ secrets.NPM_TOKEN }}\n",
      },
      flagged: true,
    },
    {
      title: 'the file says who',
      now: {
        '.github/workflows/pr.yml':
          "on: pull_request_target\njobs:\n  a:\n    if: github.event.pull_request.head.repo.full_name == github.repository\n    environment: ${{ github.event.pull_request.head.repo.fork && 'external' || 'internal' }}\n    steps:\n      - uses: actions/checkout@v4\n        with:\n          ref: ${{ github.event.pull_request.head.sha }}\n      - run: npm ci\n",
      },
      flagged: false,
    },
    {
      title: 'nothing to take',
      now: {
        '.github/workflows/pr.yml':
          "on: pull_request_target\njobs:\n  a:\n    environment: ${{ github.event.pull_request.head.repo.fork && 'external' || 'internal' }}\n    steps:\n      - run: echo hello\n",
      },
      flagged: false,
    },
  ],
});
