/** CI definitions of five systems, read alike: jobs, steps, the lines they run and the variables they run with. */
import { readAzure } from './ci-azure.ts';
import { readCircle } from './ci-circleci.ts';
import type { CiFile } from './ci-file.ts';
import { readGithub } from './ci-github.ts';
import { readGitlab } from './ci-gitlab.ts';
import { readJenkins } from './ci-jenkins.ts';
import { type CiSystem, ciSystemOf } from './paths.ts';
import { remembered } from './remembered.ts';
import { commandsIn, scriptLines } from './script.ts';
import { longestText, type Untold, type Value } from './value.ts';
import { readYaml } from './yaml.ts';

const readers: Readonly<Record<Exclude<CiSystem, 'jenkins' | 'included'>, (document: Value, file: string, text: string) => CiFile | Untold>> = {
  github: readGithub,
  gitlab: readGitlab,
  azure: readAzure,
  circleci: readCircle,
};

/** The CI definition at a path, or why it cannot be read. */
const readCi = remembered((file: string, text: string): CiFile | Untold => {
  const read = definitionIn(file, text);
  return 'untold' in read || isBounded(read) ? read : { untold: 'it has more steps or variables than any honest file' };
});

const mostSteps = 5000;
const mostVariables = 200_000;

// Every rule asks every step for its variables.
function isBounded({ jobs }: CiFile): boolean {
  const steps = jobs.flatMap((job) => job.steps);
  return steps.length <= mostSteps && steps.reduce((sum, { variables }) => sum + variables.length, 0) <= mostVariables;
}

function definitionIn(file: string, text: string): CiFile | Untold {
  const named = ciSystemOf(file);
  const system = named === 'included' ? includedSystem(file, text) : named;
  if (system === undefined) return named === undefined ? { untold: 'it is no CI definition' } : noJobs(file);
  if (text.length > longestText) return { untold: `it is longer than ${longestText} characters` };
  if (system === 'script') return readScript(file, text);
  if (system === 'jenkins') return readJenkins(file, text);
  const document = readYaml(text);
  return 'untold' in document ? document : readers[system](document, file, text);
}

// What definitions include stands anywhere; templates of charts and the like look alike by name only.
function includedSystem(file: string, text: string): 'azure' | 'gitlab' | 'script' | undefined {
  if (/sh$/.test(file)) return 'script';
  const start = text.slice(0, 100_000);
  if (/\{\{-|\{\{ ?\.|^apiVersion:/m.test(start)) return undefined;
  if (/^(?:steps|jobs|stages):/m.test(start) && /^\s*-\s*(?:script|bash|pwsh|powershell|task|job|template|checkout):/m.test(start)) return 'azure';
  const jobs = /^[\w.'"][^\n#]*:[ \t]*(?:&\S+[ \t]*)?$/m.test(start) && /^[ \t]+(?:before_|after_)?script:/m.test(start);
  return jobs ? 'gitlab' : undefined;
}

function noJobs(file: string): CiFile {
  return { file, system: 'included', events: new Set(), jobs: [] };
}

/** A script that jobs call: it runs from the root, where nothing says otherwise. */
function readScript(file: string, text: string): CiFile {
  const steps = [{ line: 1, commands: commandsIn(scriptLines(text, 1)), folder: '', variables: [] }];
  return { file, system: 'included', events: new Set(), jobs: [{ name: 'script', line: 1, steps }] };
}

/** Every CI definition among files, and those that could not be read. */
export function ciFiles(texts: ReadonlyMap<string, string>): {
  readonly read: readonly CiFile[];
  readonly untold: readonly (Untold & { file: string })[];
} {
  const read: CiFile[] = [];
  const untold: (Untold & { file: string })[] = [];
  for (const [file, text] of texts) {
    if (ciSystemOf(file) === undefined) continue;
    const ci = readCi(file, text);
    if ('untold' in ci) untold.push({ file, ...ci });
    else read.push(ci);
  }
  return { read, untold };
}
