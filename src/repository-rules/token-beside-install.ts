/** Install scripts read the environment: shai-hulud and s1ngularity 2025 collected the npm tokens of CI jobs in just this way, and published with them. */
import { defineRepositoryRule, type FileSeen, type FileTexts } from '../model/repository-rule.ts';
import type { CiFile, CiJob, CiStep, CiVariable } from './read/ci-file.ts';
import { installsWithScripts, publishes, registrySecrets, runsPublisher } from './read/job-secrets.ts';
import { ciSystemOf } from './read/paths.ts';
import { commandText, inJobs } from './read/seen.ts';
import { isSettingsFile } from './read/settings.ts';
import { at } from './read/value.ts';

export default defineRepositoryRule({
  meta: {
    id: 'token-beside-install',
    family: 'pipeline',
    severity: 'high',
    summary: 'A credential of a registry is in the environment while packages are installed.',
    why: 'Every install script of every package, and every tool that is fetched, can read it. With a token that may publish, one bad dependency becomes bad releases of your packages.',
    remedy:
      'Set the token at the step that needs it alone: publishing. Where installs need one for private packages, give them a token that can only read, and install with --ignore-scripts.',
    references: ['shai-hulud 2025', 's1ngularity 2025', 'npm docs: trusted publishing'],
    falsePositives:
      'A token that can only read private packages. It counts only where the job publishes as well, or where no setting of the project asks for a credential.',
    since: '0.1.0',
  },
  kind: 'state',
  reads: (path) => ciSystemOf(path) !== undefined || (isSettingsFile(path) && !path.endsWith('package.json')),
  check({ now }) {
    const asks = asksForCredential(now);
    const seen = new Set<string>();
    return inJobs(now, (job, ci) => job.steps.flatMap((step) => inStep(step, job, ci, asks))).filter((each) => {
      const place = 'untold' in each ? each.file : `${each.file}:${each.line}`;
      return !seen.has(place) && seen.add(place);
    });
  },
  examples: [
    {
      title: 'the publishing token for the whole job',
      now: {
        '.github/workflows/release.yml':
          'on: push\njobs:\n  a:\n    env:\n      NODE_AUTH_TOKEN: ${{ secrets.NPM_TOKEN }}\n    steps:\n      - run: npm ci\n      - run: npm publish\n',
      },
      flagged: true,
    },
    {
      title: 'at the publishing step alone',
      now: {
        '.github/workflows/release.yml':
          'on: push\njobs:\n  a:\n    steps:\n      - run: npm ci\n      - run: npm publish\n        env:\n          NODE_AUTH_TOKEN: ${{ secrets.NPM_TOKEN }}\n',
      },
      flagged: false,
    },
    {
      title: 'scripts off',
      now: {
        '.github/workflows/release.yml':
          'on: push\njobs:\n  a:\n    env:\n      NODE_AUTH_TOKEN: ${{ secrets.NPM_TOKEN }}\n    steps:\n      - run: npm ci --ignore-scripts\n      - run: npm publish\n',
      },
      flagged: false,
    },
  ],
});

/** A setting that reads a variable says that installs need a credential. */
function asksForCredential(texts: FileTexts): boolean {
  return [...texts].some(
    ([file, text]) => isSettingsFile(file) && /(?:_authToken|_auth|_password|npmAuthToken|npmAuthIdent|token)\s*["']?\s*[:=].*\$/i.test(text),
  );
}

function inStep(step: CiStep, job: CiJob, ci: CiFile, asks: boolean): readonly FileSeen[] {
  const [install] = installsWithScripts(step).filter((call) => !runsPublisher(call));
  if (!install) return [];
  const { asksItself, alsoPublishes } = factsOf(job);
  const needed = asks || asksItself;
  return registrySecrets(step)
    .filter(({ scope }) => (scope === 'step' ? publishes(step) || !needed : alsoPublishes || !needed))
    .map((variable) => observed(ci.file, variable, commandText(install.command.text)));
}

interface JobFacts {
  readonly asksItself: boolean;
  readonly alsoPublishes: boolean;
}

// Told once for each job: a file may hold thousands of steps.
const known = new WeakMap<CiJob, JobFacts>();

function factsOf(job: CiJob): JobFacts {
  const held = known.get(job);
  if (held) return held;
  const facts = {
    asksItself: job.steps.some(({ inputs }) => at(inputs, 'registry-url')) || writesCredential(job),
    alsoPublishes: job.steps.some(publishes),
  };
  known.set(job, facts);
  return facts;
}

function writesCredential(job: CiJob): boolean {
  return job.steps.some(({ commands }) => commands.some(({ text }) => /_authToken|npmAuthToken/.test(text)));
}

function observed(file: string, { name, line, scope }: CiVariable, install: string): FileSeen {
  const where = scope === 'step' ? 'of the step' : scope === 'job' ? 'of the job' : 'of the whole file';
  return {
    file,
    line,
    message: `${name} is in the environment ${where} while "${install}" runs code of packages`,
    confidence: 'high',
    facts: { variable: name, scope, install },
  };
}
