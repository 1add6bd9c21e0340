/** GitLab pipelines. */
import { type CiFile, type CiJob, commandsOf, textOf, variablesOf } from './ci-file.ts';
import { textsOf } from './job-secrets.ts';
import type { ScriptCommand } from './script.ts';
import { at, entriesOf, type Untold, type Value } from './value.ts';

const notJobs = new Set('default include stages variables workflow spec image services cache before_script after_script pages:deploy'.split(' '));

/** Jobs may extend others without end. */
const mostCommands = 200_000;

/** Reads `.gitlab-ci.yml` and the files it includes. */
export function readGitlab(document: Value, file: string, text: string): CiFile | Untold {
  const outer = variablesOf(at(document, 'variables'), 'file');
  const general = at(document, 'default') ?? document;
  const named = entriesOf(document).filter(([name, job]) => !notJobs.has(name) && job.kind === 'map');
  const byName = new Map(named);
  const read = new Map<Value, readonly ScriptCommand[]>();
  let left = mostCommands;
  const jobOf = (name: string, job: Value, chain: readonly Value[], around: Value | undefined): CiJob => {
    const variables = [...chain.flatMap((each) => variablesOf(at(each, 'variables'), 'job')), ...outer];
    const commands = ['before_script', 'script', 'after_script'].flatMap((key) => {
      const script = first(chain, key) ?? (key === 'script' ? undefined : at(around, key));
      if (script === undefined || left < 0) return [];
      const known = read.get(script) ?? commandsOf(script, text);
      read.set(script, known);
      left -= known.length;
      return known;
    });
    // One shell runs them all, so a `cd` lasts.
    const steps = commands.length === 0 ? [] : [{ line: job.place.line, commands, folder: '', variables }];
    return { name, line: job.place.line, steps, definition: job };
  };
  const jobs = named.map(([name, job]) =>
    jobOf(name, job, chainOf(job, byName), textOf(at(job, 'inherit', 'default')) === 'false' ? undefined : general),
  );
  const shared = jobOf('default', general, [general], undefined);
  if (left < 0) return { untold: `its jobs run more than ${mostCommands} commands` };
  return {
    file,
    system: 'gitlab',
    events: new Set(),
    jobs: shared.steps.length > 0 || at(general, 'cache') !== undefined ? [shared, ...jobs] : jobs,
    definition: document,
  };
}

/** The job and what it extends, nearest first; of several the last named is the nearest. Those of other files are not known here. */
function chainOf(job: Value, byName: ReadonlyMap<string, Value>): readonly Value[] {
  const chain = new Set([job]);
  for (const each of chain) {
    for (const name of textsOf(at(each, 'extends')).toReversed()) {
      const extended = byName.get(name.trim());
      if (extended && chain.size <= mostExtended) chain.add(extended);
    }
  }
  return [...chain];
}

/** GitLab itself allows eleven levels. */
const mostExtended = 40;

function first(chain: readonly Value[], key: string): Value | undefined {
  for (const each of chain) {
    const found = at(each, key);
    if (found) return found;
  }
  return undefined;
}
