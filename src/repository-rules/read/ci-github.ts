/** GitHub workflows and composite actions. */

import { commandsOfAction } from './ci-actions.ts';
import { type CiFile, type CiJob, type CiStep, type CiVariable, commandsOf, textOf, variablesOf } from './ci-file.ts';
import { isExpression } from './expression.ts';
import { folderFrom } from './paths.ts';
import { at, entriesOf, itemsOf, type Value } from './value.ts';

// The first value of a matrix stands for all: they are alike more often than not.
function inWorkspace(folder: string, matrix: Value | undefined): string {
  const filled = folder.replace(/\$\{\{\s*matrix\.([\w-]+)\s*\}\}/g, (all, key: string) => textOf(itemsOf(at(matrix, key))[0]) ?? all);
  return filled.replace(/^\$\{\{\s*github\.workspace\s*\}\}\/?/, './');
}

/** Reads a workflow, or the action that a repository defines for itself. */
export function readGithub(document: Value, file: string, text: string): CiFile {
  const outer = variablesOf(at(document, 'env'), 'file');
  const folder = textOf(at(document, 'defaults', 'run', 'working-directory')) ?? '.';
  const jobs = entriesOf(at(document, 'jobs')).map(([name, job]) => jobOf(name, job, outer, folder, text));
  const action = at(document, 'runs');
  if (action) jobs.push(jobOf('runs', action, outer, folder, text));
  return { file, system: 'github', events: eventsOf(at(document, 'on')), jobs, definition: document };
}

function eventsOf(on: Value | undefined): ReadonlySet<string> {
  const named = [textOf(on), ...itemsOf(on).map(textOf), ...entriesOf(on).map(([event]) => event)];
  return new Set(named.filter((event) => event !== undefined));
}

function jobOf(name: string, job: Value, outer: readonly CiVariable[], folder: string, text: string): CiJob {
  const variables = [...variablesOf(at(job, 'env'), 'job'), ...outer];
  const here = textOf(at(job, 'defaults', 'run', 'working-directory')) ?? folder;
  const matrix = at(job, 'strategy', 'matrix');
  const steps = itemsOf(at(job, 'steps')).map((step) => stepOf(step, variables, { here, matrix }, text));
  return { name, line: job.place.line, steps, definition: job };
}

interface Around {
  readonly here: string;
  readonly matrix: Value | undefined;
}

function stepOf(step: Value, outer: readonly CiVariable[], { here, matrix }: Around, text: string): CiStep {
  const named = inWorkspace(textOf(at(step, 'working-directory')) ?? here, matrix);
  const uses = textOf(at(step, 'uses'));
  const inputs = at(step, 'with');
  const shell = textOf(at(step, 'shell'));
  return {
    line: step.place.line,
    ...(uses !== undefined && { uses }),
    ...(inputs && { inputs }),
    ...(shell !== undefined && { shell }),
    commands: [...commandsOf(at(step, 'run'), text), ...commandsOfAction(uses, inputs)],
    folder: isExpression(named) ? undefined : folderFrom('', named),
    variables: [...variablesOf(at(step, 'env'), 'step'), ...outer],
  };
}
