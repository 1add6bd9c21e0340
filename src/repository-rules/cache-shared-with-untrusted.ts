/** What an untrusted run leaves in a cache, a trusted one installs: the cacheract technique (2024), used in earnest against angular’s and other repositories’ release workflows. */
import { defineRepositoryRule, type FileSeen } from '../model/repository-rule.ts';
import { refusesForks } from './read/asks-who.ts';
import { type CiFile, type CiJob, type CiStep, textOf } from './read/ci-file.ts';
import { forkCheckout, openEvent, publishes, textsOf } from './read/job-secrets.ts';
import { ciSystemOf } from './read/paths.ts';
import { inJobs } from './read/seen.ts';
import { at, itemsOf, type Value } from './read/value.ts';

export default defineRepositoryRule({
  meta: {
    id: 'cache-shared-with-untrusted',
    family: 'pipeline',
    severity: 'high',
    summary: 'A cache of packages is shared between trusted and untrusted runs.',
    why: 'A run that strangers control can put other packages into the cache. A later run with secrets takes them from there, past lockfile and registry: node_modules is not checked against any hash again.',
    remedy:
      'No cache in jobs that run code of pull requests with pull_request_target, none of node_modules in jobs that publish, and no unprotect in GitLab.',
    references: ['A. Khan, The Monsters in Your Build Cache (2024)', 'zizmor: cache-poisoning', 'GitLab docs: cache, unprotect'],
    falsePositives: 'Caches whose writers are all trusted: a repository where nobody but maintainers can start runs.',
    since: '0.1.0',
  },
  kind: 'state',
  reads: (path) => ['github', 'gitlab'].includes(ciSystemOf(path) ?? ''),
  check: ({ now }) => inJobs(now, (job, ci) => (ci.system === 'github' ? onGithub(job, ci) : onGitlab(job, ci))),
  examples: [
    {
      title: 'a cache written by code of forks',
      now: {
        '.github/workflows/pr.yml':
          'on: pull_request_target\njobs:\n  a:\n    steps:\n      - uses: actions/checkout@v4\n        with:\n          ref: ${{ github.head_ref }}\n      - uses: actions/setup-node@v4\n        with:\n          cache: npm\n      - run: npm ci\n',
      },
      flagged: true,
    },
    {
      title: 'node_modules from a cache into a release',
      now: {
        '.github/workflows/release.yml':
          'on: push\njobs:\n  a:\n    steps:\n      - uses: actions/cache@v4\n        with:\n          path: node_modules\n          key: a\n      - run: npm publish\n',
      },
      flagged: true,
    },
    {
      title: 'the download cache of a test job',
      now: {
        '.github/workflows/ci.yml':
          'on: pull_request\njobs:\n  a:\n    steps:\n      - uses: actions/setup-node@v4\n        with:\n          cache: npm\n      - run: npm ci\n',
      },
      flagged: false,
    },
  ],
});

function onGithub(job: CiJob, ci: CiFile): readonly FileSeen[] {
  const event = openEvent(ci);
  const stranger = event !== undefined && forkCheckout(job) !== undefined && !refusesForks(job, forkCheckout(job));
  const releases = job.steps.some(publishes);
  return job.steps
    .filter((step) => (stranger && usesCache(step)) || (releases && cachesModules(step)))
    .map((step) => ({
      file: ci.file,
      line: step.line,
      message: stranger ? `code of pull requests (${event}) can fill this cache` : 'a job that publishes takes node_modules from a cache',
      confidence: stranger ? 'high' : 'medium',
      facts: { job: job.name, uses: step.uses ?? '' },
    }));
}

function usesCache({ uses = '', inputs }: CiStep): boolean {
  if (/^actions\/cache(?:\/save)?@/.test(uses)) return true;
  return /^(?:actions\/setup-node|pnpm\/action-setup)@/.test(uses) && !['', 'false'].includes(textOf(at(inputs, 'cache')) ?? '');
}

function cachesModules({ uses = '', inputs }: CiStep): boolean {
  return /^actions\/cache(?:\/restore)?@/.test(uses) && textsOf(at(inputs, 'path')).some((path) => /(?:^|\/)node_modules\/?$/.test(path.trim()));
}

function onGitlab(job: CiJob, { file }: CiFile): readonly FileSeen[] {
  const cache = at(job.definition, 'cache');
  const caches: readonly Value[] = cache?.kind === 'list' ? itemsOf(cache) : cache ? [cache] : [];
  return caches
    .filter((each) => textOf(at(each, 'unprotect')) === 'true')
    .map((each) => ({
      file,
      line: each.place.line,
      message: 'protected branches take this cache from unprotected ones',
      confidence: 'high',
      facts: { job: job.name },
    }));
}
