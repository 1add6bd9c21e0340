/** Developers behind a mirror and a CI past it (or the other way round) install different things under one name: the gap of dependency confusion (Birsan 2021). */
import { defineRepositoryRule, type FileSeen, type FileTexts } from '../model/repository-rule.ts';
import type { CiJob } from './read/ci-file.ts';
import { textOf } from './read/ci-file.ts';
import { clientCalls } from './read/client.ts';
import { isExpression } from './read/expression.ts';
import { ciSystemOf } from './read/paths.ts';
import { hostOf, isLoopback, stepAddresses } from './read/registry.ts';
import { inJobs } from './read/seen.ts';
import { isSettingsFile, settingsIn } from './read/settings.ts';
import { at } from './read/value.ts';

export default defineRepositoryRule({
  meta: {
    id: 'registry-differs-in-ci',
    family: 'pipeline',
    severity: 'medium',
    summary: 'CI installs from another registry than the project is set to.',
    why: 'What developers have reviewed is not what CI builds: a name that one registry keeps private may be anybody’s on the other.',
    remedy: 'Keep the registry in the tracked .npmrc or .yarnrc.yml alone, and let CI add only the credential.',
    references: ['A. Birsan, Dependency Confusion (2021)', 'npm docs: registry'],
    falsePositives: 'A mirror reachable from CI alone that holds the same packages. A registry set for publishing only does not count.',
    since: '0.1.0',
  },
  kind: 'state',
  reads: (path) => (isSettingsFile(path) && !path.includes('/')) || ciSystemOf(path) !== undefined,
  check({ now }) {
    const local = localRegistry(now);
    return local === undefined ? [] : inJobs(now, (job, { file }) => inJob(job, file, local));
  },
  examples: [
    {
      title: 'a mirror for developers only',
      now: {
        '.npmrc': 'registry=https://mirror.example/npm/\n',
        '.github/workflows/ci.yml': 'on: push\njobs:\n  a:\n    steps:\n      - run: npm ci --registry https://registry.example/\n',
      },
      flagged: true,
    },
    {
      title: 'one registry for all',
      now: {
        '.npmrc': 'registry=https://mirror.example/npm/\n',
        '.github/workflows/ci.yml': 'on: push\njobs:\n  a:\n    steps:\n      - run: npm ci\n',
      },
      flagged: false,
    },
  ],
});

function localRegistry(texts: FileTexts): string | undefined {
  for (const [file, text] of texts) {
    if (!['.npmrc', '.yarnrc.yml', 'bunfig.toml'].includes(file)) continue;
    const settings = settingsIn(file, text);
    const found =
      'untold' in settings
        ? undefined
        : settings.findLast(({ name }) => name === 'registry' || name === 'npmRegistryServer' || name === 'registry.url');
    if (typeof found?.plain === 'string' && hostOf(found.plain) !== '') return hostOf(found.plain);
  }
  return undefined;
}

function inJob(job: CiJob, file: string, local: string): readonly FileSeen[] {
  const installs = job.steps.some((step) => clientCalls(step.commands, '').some(({ verb }) => verb === 'install' || verb === 'add'));
  if (!installs) return [];
  const given = job.steps.flatMap((step) => {
    const input = at(step.inputs, 'registry-url');
    const publishes = clientCalls(step.commands, '').some(({ verb }) => verb === 'publish');
    const url = textOf(input);
    const named = input && url !== undefined && !isPublishing(job) ? [{ url, file, line: input.place.line, said: 'registry-url', count: 1 }] : [];
    return publishes ? named : [...named, ...stepAddresses(file, step)];
  });
  return given
    .filter(({ url }) => !isExpression(url) && !isLoopback(url) && hostOf(url) !== local)
    .map(({ url, line, said }) => ({
      file,
      line,
      message: `CI installs from ${hostOf(url)}, the project from ${local}`,
      confidence: 'medium',
      facts: { ci: hostOf(url), project: local, where: said },
    }));
}

function isPublishing(job: CiJob): boolean {
  return job.steps.some((step) => clientCalls(step.commands, '').some(({ verb }) => verb === 'publish'));
}
