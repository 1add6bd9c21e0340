/** From which folder an image is built, and where in the repository its commands run. */
import type { RepositoryPaths } from '../../model/repository-paths.ts';
import { folderOf } from '../../model/repository-rule.ts';
import { type ClientCall, clientCalls } from './client.ts';
import type { Instruction, Stage } from './docker.ts';
import { folderFrom } from './paths.ts';

/** The folder that is sent to the build: the one in which what the file copies exists, its own or the root; undefined where nothing tells. */
export function contextOf(file: string, stages: readonly Stage[], paths: RepositoryPaths): string | undefined {
  const own = folderOf(file);
  if (own === '') return '';
  const sources = stages.flatMap(({ instructions }) => instructions.flatMap(sourcesOf)).filter((source) => !/[*?$]|^\.?\/?$/.test(source));
  const found = (folder: string) => sources.filter((source) => exists(paths, folder + source.replace(/^\.?\//, '').replace(/\/$/, ''))).length;
  const [here, above] = [found(own), found('')];
  if (here !== above) return here > above ? own : '';
  if (paths.has(`${own}package.json`)) return own;
  // Who installs packages builds from where they are named.
  return here > 0 || stages.some((stage) => stage.instructions.some(({ commands }) => clientCalls(commands, '').length > 0)) ? '' : undefined;
}

/** What an instruction copies out of the context. */
export function sourcesOf({ name, words, options }: Instruction): readonly string[] {
  if (!['COPY', 'ADD'].includes(name) || options.some((option) => option.startsWith('--from='))) return [];
  return words.slice(0, -1);
}

function exists(paths: RepositoryPaths, path: string): boolean {
  return paths.has(path) || paths.hasFolder(`${path}/`);
}

/** The calls of package managers in an instruction. A folder of the image counts as the file's own where the project was copied there. */
export function callsInImage(instruction: Instruction, stage: Stage, file: string): readonly ClientCall[] {
  const own = folderOf(file);
  const calls = clientCalls(instruction.commands, own);
  const left = instruction.commands.flatMap(({ words }) => (words[0]?.text === 'cd' ? [words[1]?.text ?? '~'] : []));
  if (left.every((folder) => folderFrom('', folder) !== undefined) || !left.some((folder) => isProject(folder, stage))) return calls;
  return calls.map((call) => (call.folder === undefined && !call.values.has('--prefix') ? { ...call, folder: own } : call));
}

function isProject(folder: string, { instructions }: Stage): boolean {
  const bare = (text: string) => text.replace(/\/+$/, '');
  return instructions.some(
    ({ name, words }) => ['WORKDIR', 'COPY', 'ADD'].includes(name) && bare(words.at(-1) ?? '') === bare(folder) && folder.startsWith('/'),
  );
}
