/** Azure pipelines: steps stand in jobs, stages, strategies and templates alike. */
import { type CiFile, type CiJob, type CiStep, type CiVariable, commandsOf, textOf, variablesOf } from './ci-file.ts';
import { isExpression } from './expression.ts';
import { folderFrom } from './paths.ts';
import { commandsIn } from './script.ts';
import { at, entriesOf, itemsOf, type Value } from './value.ts';

/** Reads a pipeline or a template of one. */
export function readAzure(document: Value, file: string, text: string): CiFile {
  const jobs: CiJob[] = [];
  collect(document, variablesOf(at(document, 'variables'), 'file'), text, jobs);
  return { file, system: 'azure', events: new Set(at(document, 'pr') ? ['pull_request'] : []), jobs, definition: document };
}

function collect(value: Value, outer: readonly CiVariable[], text: string, jobs: CiJob[]): void {
  const variables = value.kind === 'map' && at(value, 'steps') ? [...variablesOf(at(value, 'variables'), 'job'), ...outer] : outer;
  const steps = at(value, 'steps');
  if (steps?.kind === 'list') {
    const name = textOf(at(value, 'job')) ?? textOf(at(value, 'deployment')) ?? 'steps';
    jobs.push({ name, line: value.place.line, steps: stepsOf(steps.items, variables, text), definition: value });
  }
  for (const inner of [...itemsOf(value), ...entriesOf(value).map(([, held]) => held)]) if (inner !== steps) collect(inner, variables, text, jobs);
}

// `- ${{ if … }}:` and `- ${{ each … }}:` hold steps of their own.
function stepsOf(steps: readonly Value[], outer: readonly CiVariable[], text: string): readonly CiStep[] {
  return steps.flatMap((step) => {
    const inner = entriesOf(step).flatMap(([key, held]) => (key.startsWith('${{') ? [itemsOf(held)] : []));
    return inner.length > 0 ? inner.flatMap((items) => stepsOf(items, outer, text)) : [stepOf(step, outer, text)];
  });
}

function stepOf(step: Value, outer: readonly CiVariable[], text: string): CiStep {
  const task = textOf(at(step, 'task'));
  const inputs = at(step, 'inputs');
  const named = textOf(at(step, 'workingDirectory')) ?? textOf(at(inputs, 'workingDirectory')) ?? textOf(at(inputs, 'workingDir')) ?? '.';
  const folder = named.replace(/^\$\((?:Build\.SourcesDirectory|System\.DefaultWorkingDirectory)\)\/?/, '') || '.';
  const script = ['script', 'bash', 'pwsh', 'powershell'].map((key) => at(step, key)).find((found) => found !== undefined);
  return {
    line: step.place.line,
    ...(task !== undefined && { uses: task }),
    ...(inputs && { inputs }),
    commands: [...commandsOf(script, text), ...commandsOf(at(inputs, 'script'), text), ...npmTask(task, inputs)],
    folder: isExpression(folder) ? undefined : folderFrom('', folder),
    variables: [...variablesOf(at(step, 'env'), 'step'), ...outer],
  };
}

/** The npm task is a command written in YAML; without `command` it installs. */
function npmTask(task: string | undefined, inputs: Value | undefined) {
  if (!/^npm@/i.test(task ?? '')) return [];
  const command = textOf(at(inputs, 'command')) ?? 'install';
  const words = command === 'custom' ? (textOf(at(inputs, 'customCommand')) ?? '') : command;
  const line = (at(inputs, 'customCommand') ?? at(inputs, 'command') ?? inputs)?.place.line ?? 1;
  return commandsIn([{ text: `npm ${words}`, line }]);
}
