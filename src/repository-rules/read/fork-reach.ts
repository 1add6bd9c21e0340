/** Credentials that a job on the word of strangers hands to their code. */
import type { FileSeen } from '../../model/repository-rule.ts';
import { refusesForks } from './asks-who.ts';
import { type CiFile, type CiJob, type CiStep, textOf } from './ci-file.ts';
import { forkCheckout, installsWithScripts, openEvent, registrySecrets } from './job-secrets.ts';
import { at, entriesOf } from './value.ts';

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

/** What a job hands to strangers; `guarded`: it runs for some people alone, or waits for one of them. */
export function inReachOfForks(job: CiJob, ci: CiFile, guarded: boolean): readonly FileSeen[] {
  const event = openEvent(ci);
  if (event === undefined) return [];
  const checkout = forkCheckout(job);
  if (refusesForks(job, checkout)) return [];
  const inherits = textOf(at(job.definition, 'secrets')) === 'inherit' && checkout !== undefined;
  const secret = job.steps.flatMap(registrySecrets)[0];
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
