/** pull_request_target runs with secrets on the word of anybody with a fork; with the fork's code checked out, its scripts take them: nx 2025 lost its npm token so. */
import { defineRepositoryRule, type FileSeen } from '../model/repository-rule.ts';
import { asksWho, refusesForks } from './read/asks-who.ts';
import { type CiFile, type CiJob, type CiStep, textOf } from './read/ci-file.ts';
import { forkCheckout, installsWithScripts, openEvent, registrySecrets } from './read/job-secrets.ts';
import { ciSystemOf } from './read/paths.ts';
import { inJobs } from './read/seen.ts';
import { at, entriesOf } from './read/value.ts';

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
      'Jobs that only maintainers can start, by a label or an environment with reviewers. An environment that is asked for forks alone is taken for one.',
    since: '0.1.0',
  },
  kind: 'state',
  reads: (path) => ciSystemOf(path) === 'github',
  check: ({ now }) => inJobs(now, inJob),
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

// The scripts of the fork's dependencies are the fork's code.
function installs(job: CiJob, checkout: CiStep): boolean {
  return job.steps.slice(job.steps.indexOf(checkout)).some((step) => installsWithScripts(step).length > 0);
}

/** Whether the job's own token may do more than read, as it may where nothing says otherwise. */
function mayWrite(job: CiJob, ci: CiFile): boolean {
  const permissions = at(job.definition, 'permissions') ?? at(ci.definition, 'permissions');
  if (permissions === undefined) return true;
  const said = permissions.kind === 'plain' ? [String(permissions.plain)] : entriesOf(permissions).map(([, value]) => textOf(value) ?? '');
  return said.some((text) => text.startsWith('write'));
}

function withOwnToken(job: CiJob, ci: CiFile, checkout: CiStep, event: string): FileSeen {
  return {
    file: ci.file,
    line: checkout.line,
    message: `a pull request decides what is installed beside the token of the repository (${event})`,
    confidence: 'medium',
    facts: { event, job: job.name, checkout: `line ${checkout.line}` },
  };
}

function inJob(job: CiJob, ci: CiFile): readonly FileSeen[] {
  const event = openEvent(ci);
  if (event === undefined) return [];
  const checkout = forkCheckout(job);
  if (refusesForks(job, checkout)) return [];
  const inherits = textOf(at(job.definition, 'secrets')) === 'inherit' && checkout !== undefined;
  const secret = job.steps.flatMap(registrySecrets)[0];
  const guarded = asksWho(job, ci);
  if (!secret && !inherits) {
    const open = checkout && !guarded && installs(job, checkout) && mayWrite(job, ci);
    return open ? [withOwnToken(job, ci, checkout, event)] : [];
  }
  // Without the fork's code there is still what the pull request says: its title, its branch, its artefacts.
  if (!checkout && (guarded || event !== 'pull_request_target')) return [];
  return [
    {
      file: ci.file,
      line: secret?.line ?? job.line,
      message: checkout
        ? `${secret?.name ?? 'secrets'} is in a job that runs code of pull requests (${event})`
        : `${secret?.name ?? ''} is in a job that anybody can start (${event})`,
      confidence: checkout && !guarded ? 'high' : 'medium',
      facts: { event, job: job.name, ...(secret && { variable: secret.name }), ...(checkout && { checkout: `line ${checkout.line}` }) },
    },
  ];
}
