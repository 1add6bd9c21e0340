/** GitLab pipelines. */
import { type CiFile, type CiJob, type CiVariable, commandsOf, variablesOf } from './ci-file.ts';
import { at, entriesOf, type Value } from './value.ts';

const notJobs = new Set('default include stages variables workflow spec image services cache before_script after_script pages:deploy'.split(' '));

/** Reads `.gitlab-ci.yml` and the files it includes. */
export function readGitlab(document: Value, file: string, text: string): CiFile {
  const outer = variablesOf(at(document, 'variables'), 'file');
  const general = at(document, 'default') ?? document;
  const jobs = entriesOf(document)
    .filter(([name, job]) => !notJobs.has(name) && job.kind === 'map')
    .map(([name, job]) => jobOf(name, job, outer, text));
  const shared = jobOf('default', general, outer, text);
  return {
    file,
    system: 'gitlab',
    events: new Set(),
    jobs: shared.steps.length > 0 || at(general, 'cache') !== undefined ? [shared, ...jobs] : jobs,
    definition: document,
  };
}

function jobOf(name: string, job: Value, outer: readonly CiVariable[], text: string): CiJob {
  const variables = [...variablesOf(at(job, 'variables'), 'job'), ...outer];
  const commands = ['before_script', 'script', 'after_script'].flatMap((key) => commandsOf(at(job, key), text));
  // One shell runs them all, so a `cd` lasts.
  const steps = commands.length === 0 ? [] : [{ line: job.place.line, commands, folder: '', variables }];
  return { name, line: job.place.line, steps, definition: job };
}
