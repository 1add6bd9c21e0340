/** CircleCI: steps stand in jobs and in commands. */
import { type CiFile, type CiJob, type CiStep, type CiVariable, commandsOf, textOf, variablesOf } from './ci-file.ts';
import { isExpression } from './expression.ts';
import { folderFrom } from './paths.ts';
import { at, entriesOf, itemsOf, type Value } from './value.ts';

/** Reads `.circleci/config.yml`. */
export function readCircle(document: Value, file: string, text: string): CiFile {
  const jobs = ['jobs', 'commands'].flatMap((key) => entriesOf(at(document, key)).map(([name, job]) => jobOf(name, job, text)));
  return { file, system: 'circleci', events: new Set(), jobs, definition: document };
}

function jobOf(name: string, job: Value, text: string): CiJob {
  const variables = [
    ...variablesOf(at(job, 'environment'), 'job'),
    ...itemsOf(at(job, 'docker')).flatMap((image) => variablesOf(at(image, 'environment'), 'job')),
  ];
  const folder = textOf(at(job, 'working_directory')) ?? '.';
  const steps = itemsOf(at(job, 'steps')).flatMap((step) => stepsOf(step, variables, folder, text));
  return { name, line: job.place.line, steps, definition: job };
}

function stepsOf(step: Value, outer: readonly CiVariable[], folder: string, text: string): readonly CiStep[] {
  if (step.kind === 'plain') return [{ line: step.place.line, uses: String(step.plain), commands: [], folder: '', variables: outer }];
  return entriesOf(step).flatMap(([kind, inner]) => {
    const nested = itemsOf(at(inner, 'steps'));
    if (nested.length > 0) return nested.flatMap((each) => stepsOf(each, outer, folder, text));
    // An orb takes commands of one's own by names like `override-ci-command`.
    const given = entriesOf(inner).flatMap(([key, held]) => (/(?:^|-)commands?$/.test(key) ? commandsOf(held, text) : []));
    if (kind !== 'run') {
      const named = textOf(entriesOf(inner).find(([key]) => /^(?:app-dir|working[-_]directory)$/.test(key))?.[1]) ?? '.';
      return [
        {
          line: step.place.line,
          uses: kind,
          inputs: inner,
          commands: given,
          folder: isExpression(named) ? undefined : folderFrom('', named),
          variables: outer,
        },
      ];
    }
    const named = textOf(at(inner, 'working_directory')) ?? folder;
    const script = inner.kind === 'plain' ? inner : at(inner, 'command');
    return [
      {
        line: step.place.line,
        commands: commandsOf(script, text),
        // `~/project` is where CircleCI checks the repository out.
        folder: isExpression(named) ? undefined : folderFrom('', named.replace(/^~\/(?:project|repo|[\w.-]+$)\/?/, './')),
        variables: [...variablesOf(at(inner, 'environment'), 'step'), ...outer],
      },
    ];
  });
}
