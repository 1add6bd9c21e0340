/** Credentials of registries in the environment of CI jobs, and what a job does. */
import type { CiFile, CiJob, CiStep, CiVariable } from './ci-file.ts';
import { textOf } from './ci-file.ts';
import { type ClientCall, clientCalls } from './client.ts';
import { isRegistryToken, secretIn } from './expression.ts';
import { at, itemsOf, type Value } from './value.ts';

/** The variables of a step that hold a credential of a registry. GitHub's own short-lived token is none. */
export function registrySecrets(step: CiStep): readonly CiVariable[] {
  const seen = new Set<string>();
  return step.variables.filter(({ name, value }) => {
    if (seen.has(name)) return false;
    seen.add(name);
    return isSecret(name, value);
  });
}

function isSecret(name: string, value: string): boolean {
  const secret = secretIn(value);
  if (secret !== undefined) return secret.toUpperCase() !== 'GITHUB_TOKEN' && (isRegistryToken(name) || isRegistryToken(secret));
  return isRegistryToken(name) && /\$\(?\{?\w/.test(value) && !/github\.token|GITHUB_TOKEN|CI_JOB_TOKEN|System\.AccessToken/i.test(value);
}

/** Calls that run code of packages: installs with their scripts, and tools that are fetched. */
export function installsWithScripts(step: CiStep): readonly ClientCall[] {
  return clientCalls(step.commands, step.folder).filter(
    ({ verb, flags, values }) =>
      (verb === 'install' || verb === 'add' || verb === 'global' || verb === 'run') &&
      !(flags.has('--ignore-scripts') && values.get('--ignore-scripts') !== 'false') &&
      !['--package-lock-only', '--lockfile-only', '--dry-run'].some((flag) => flags.has(flag)) &&
      !(flags.has('--mode') && values.get('--mode') === 'skip-build'),
  );
}

/** True when the step publishes, by a client or a tool known for it. */
export function publishes(step: CiStep): boolean {
  if (/^(?:changesets\/action|JS-DevTools\/npm-publish|cycjimmy\/semantic-release-action)/i.test(step.uses ?? '')) return true;
  return clientCalls(step.commands, '').some(({ verb }) => verb === 'publish') || step.commands.some(callsPublisher);
}

function callsPublisher({ words }: ClientCall['command']): boolean {
  return /(?:^| )(?:changeset publish|lerna publish|semantic-release|nx release publish|release-it|np)(?: |$)/.test(
    words.map((word) => word.text).join(' '),
  );
}

/** `npx semantic-release`: what is run is what the token is for. */
export function runsPublisher({ verb, command }: ClientCall): boolean {
  return verb === 'run' && callsPublisher(command);
}

/** Events that run with the secrets of the repository on the word of anybody. */
const openEvents = ['pull_request_target', 'issue_comment', 'workflow_run'] as const;

/** The event by which strangers start a workflow that has secrets. */
export function openEvent(ci: CiFile): string | undefined {
  return openEvents.find((event) => ci.events.has(event));
}

/** The step that fetches the code of a pull request, which may come from a fork. */
export function forkCheckout(job: CiJob): CiStep | undefined {
  return job.steps.find((step) => {
    const ref = [textOf(at(step.inputs, 'ref')), textOf(at(step.inputs, 'repository'))].join(' ');
    if (/actions\/checkout/i.test(step.uses ?? '') && /head[._]|head_ref|refs\/pull|pull_request\.head|workflow_run\.head/i.test(ref)) return true;
    return step.commands.some(({ words }) =>
      /^(?:gh pr checkout|git fetch .*\bpull\/|hub pr checkout)/.test(words.map((word) => word.text).join(' ')),
    );
  });
}

/** Texts of a list or a single value, for inputs that take both. */
export function textsOf(value: Value | undefined): readonly string[] {
  const items = itemsOf(value);
  return items.length > 0 ? items.map((item) => textOf(item) ?? '') : (textOf(value) ?? '').split(/\n/);
}
