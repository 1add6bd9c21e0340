/** What the commands of a CI step run in turn: recipes, scripts of package.json, shell scripts. Where it is not sure, nothing. */

import type { RepositoryPaths } from '../../model/repository-paths.ts';
import type { FileSeen, FileTexts, Following } from '../../model/repository-rule.ts';
import { printable } from '../../model/text.ts';
import { ciFiles } from './ci.ts';
import type { CiStep } from './ci-file.ts';
import { type ClientCall, clientCalls } from './client.ts';
import { ciSystemOf, folderFrom } from './paths.ts';
import { type Placed, placed } from './placed.ts';
import { manifestAt } from './project.ts';
import { isRecipeFile, readRecipes, recipeFiles } from './recipes.ts';
import { remembered } from './remembered.ts';
import { commandsIn, type ScriptCommand, type ScriptLine, scriptLines } from './script.ts';
import { at, longestText, stringOf } from './value.ts';

/** Commands that stand in another file than the one that calls them. */
export interface Followed {
  readonly file: string;
  readonly commands: readonly ScriptCommand[];
  /** Where they run, from the repository root; undefined when that cannot be told. */
  readonly folder: string | undefined;
}

/** Files that CI calls. Scripts that count as CI files are judged as such. */
export const calledByCi: Following = { mayCall: (path) => isRecipeFile(path) || isScript(path), calledIn };

function isScript(path: string): boolean {
  return /\.(?:ba)?sh$/.test(path) && ciSystemOf(path) === undefined;
}

function calledIn(texts: FileTexts, paths: RepositoryPaths): ReadonlySet<string> {
  const missing = new Set<string>();
  for (const { jobs } of ciFiles(texts).read)
    for (const { steps } of jobs) for (const step of steps) followedFrom(step, { texts, paths, missing: (file) => missing.add(file) });
  return missing;
}

/** What a step runs beyond its own commands, everything once. */
export function followedIn(step: CiStep, texts: FileTexts, paths: RepositoryPaths): readonly Followed[] {
  return followedFrom(step, { texts, paths, missing: () => {} });
}

interface Around {
  readonly texts: FileTexts;
  readonly paths: RepositoryPaths;
  readonly missing: (file: string) => void;
}

const mostFollowed = 200;
const deepest = 30;

function followedFrom(step: CiStep, around: Around): readonly Followed[] {
  if (step.commands.length === 0 || step.folder === undefined) return [];
  const found: Followed[] = [];
  const seen = new Set<string>();
  const open: Called[] = calledBy(step.commands, step.folder, around);
  for (let next = open.shift(); next && found.length < mostFollowed; next = open.shift()) {
    if (seen.has(next.key)) continue;
    seen.add(next.key);
    for (const followed of next.runs) {
      found.push(followed);
      if (followed.folder !== undefined) open.push(...calledBy(followed.commands, followed.folder, around));
    }
  }
  return found;
}

interface Called {
  readonly key: string;
  readonly runs: readonly Followed[];
}

function calledBy(commands: readonly ScriptCommand[], folder: string, around: Around): Called[] {
  const scripts = clientCalls(commands, folder).flatMap((call) => packageScript(call, around));
  const others = placed(commands, folder).flatMap((each) => [...recipesOf(each, around), ...shellScript(each, around)]);
  return [...scripts, ...others];
}

const commandsOf = remembered((_place: string, text: string) => commandsIn(scriptLines(text, 1)));

/** `npm run build`, `yarn build`, `npm test`: a script of the package.json in the folder itself. */
function packageScript({ manager, verb, said, words, flags, folder }: ClientCall, { texts }: Around): readonly Called[] {
  if (verb !== 'other' || folder === undefined || ofSeveral.some((flag) => flags.has(flag)) || words.some((word) => word.includes('…'))) return [];
  const runs = said === 'run' || said === 'run-script';
  const name = runs ? words[1] : manager === 'npm' || manager === 'bun' ? (/^(?:test|start|stop)$/.test(said) ? said : undefined) : said;
  const file = `${folder}package.json`;
  const scripts = at(manifestAt(texts, file), 'scripts');
  if (name === undefined || stringOf(at(scripts, name)) === undefined) return [];
  const around = manager === 'pnpm' ? [name] : [`pre${name}`, name, `post${name}`];
  return [{ key: `${file} ${name}`, runs: around.flatMap((each) => scriptNamed(each, file, folder, at(scripts, each))) }];
}

const ofSeveral = ['-w', '--workspace', '--workspaces', '-ws', '--filter', '-F', '-r', '--recursive', '-C', '--scope'];

function scriptNamed(name: string, file: string, folder: string, script: ReturnType<typeof at>): readonly Followed[] {
  const text = stringOf(script);
  if (script === undefined || text === undefined) return [];
  const { line } = script.place;
  return [{ file, folder, commands: onLine(commandsOf(`${file} ${name}`, text), line) }];
}

const onLines = new WeakMap<readonly ScriptCommand[], readonly ScriptCommand[]>();

// The same commands each time, so that what was told of them is still known.
function onLine(commands: readonly ScriptCommand[], line: number): readonly ScriptCommand[] {
  const held = onLines.get(commands) ?? commands.map((command) => ({ ...command, line }));
  onLines.set(commands, held);
  return held;
}

/** `make -C web install`, `task build`, `just ci`. */
function recipesOf({ program, words, here }: Placed, around: Around): readonly Called[] {
  const files = recipeFiles.get(program === 'gmake' ? 'make' : (program ?? ''));
  if (files === undefined || here === undefined) return [];
  const said = wordsOf(words.slice(1).map(({ text }) => text));
  const folder = said?.folder === undefined ? here : folderFrom(here, said.folder);
  const file = folder === undefined ? undefined : files.map((name) => folder + name).find((path) => around.paths.has(path));
  if (said === undefined || file === undefined || folder === undefined) return [];
  const text = textOf(file, around);
  const recipes = text === undefined ? undefined : readRecipes(file, text);
  // What is included may have a first recipe of its own.
  const sure = text !== undefined && !/^\s*-?s?include\b|^\.DEFAULT_GOAL|^import\b/m.test(text);
  const first = program === 'task' ? 'default' : [...((sure && recipes?.keys()) || [])].find((name) => !name.startsWith('.'));
  const wanted = said.targets.length > 0 ? said.targets : [first ?? ''];
  return recipes === undefined ? [] : wanted.flatMap((target) => recipeNamed(target, file, folder, recipes, new Set(), deepest));
}

/** The targets and the folder; undefined where an option says something else, or a shell would have to tell. */
function wordsOf(texts: readonly string[]): { readonly targets: readonly string[]; readonly folder?: string } | undefined {
  const targets: string[] = [];
  let folder: string | undefined;
  for (let index = 0; index < texts.length; index += 1) {
    const text = texts[index] ?? '';
    const [, named] = /^(?:-C|--directory=|--dir=|-d=)(.+)$/.exec(text) ?? [];
    if (/^(?:-C|--directory|-d|--dir)$/.test(text)) folder = texts[++index];
    else if (named !== undefined) folder = named;
    else if (/^(?:-f|--file|--makefile|--justfile|--taskfile|-t|-n|--dry-run|--just-print|--dry|--list|-l|--help|--version)(?:=|$)/.test(text))
      return undefined;
    else if (text === '-j' && /^\d+$/.test(texts[index + 1] ?? '')) index += 1;
    else if (text.includes('…')) return undefined;
    else if (!text.startsWith('-') && !text.includes('=')) targets.push(text);
  }
  return { targets, ...(folder !== undefined && { folder }) };
}

function recipeNamed(
  target: string,
  file: string,
  folder: string,
  recipes: ReturnType<typeof readRecipes>,
  seen: Set<string>,
  depth: number,
): readonly Called[] {
  const recipe = recipes.get(target);
  if (recipe === undefined || seen.has(target) || depth === 0) return [];
  seen.add(target);
  const before = recipe.needs.flatMap((need) => recipeNamed(need, file, folder, recipes, seen, depth - 1));
  const here = recipe.folder === undefined ? folder : folderFrom(folder, recipe.folder);
  return [...before, { key: `${file} ${target}`, runs: recipe.scripts.map((script) => ({ file, folder: here, commands: commandsOfLines(script) })) }];
}

const parsed = new WeakMap<readonly ScriptLine[], readonly ScriptCommand[]>();

function commandsOfLines(script: readonly ScriptLine[]): readonly ScriptCommand[] {
  const held = parsed.get(script) ?? commandsIn(script);
  parsed.set(script, held);
  return held;
}

/** `sh scripts/ci.sh`, `./scripts/ci.sh`, `source scripts/env.sh`: it runs where it is called. */
function shellScript({ words, here }: Placed, around: Around): readonly Called[] {
  if (here === undefined) return [];
  const texts = words.map(({ text }) => text);
  const named = /^(?:.*\/)?(?:ba|da|z)?sh$|^(?:source|\.)$/.test(texts[0] ?? '') ? texts.slice(1).find((text) => !text.startsWith('-')) : texts[0];
  if (named === undefined || !/\.(?:ba)?sh$/.test(named)) return [];
  const path = folderFrom(here, named)?.slice(0, -1);
  if (path === undefined || !isScript(path) || !around.paths.has(path)) return [];
  const text = textOf(path, around);
  if (text === undefined || text.length > longestText) return [];
  return [{ key: `${path} in ${here}`, runs: [{ file: path, folder: here, commands: commandsOf(path, text) }] }];
}

function textOf(file: string, { texts, missing }: Around): string | undefined {
  const text = texts.get(file);
  if (text === undefined) missing(file);
  return text;
}

/** What was seen in a file that CI calls, with the file that calls it. */
export function calledFrom(seen: FileSeen, caller: string): FileSeen {
  if ('untold' in seen || seen.file === caller) return seen;
  const { fix: _fix, ...rest } = seen;
  return { ...rest, message: `${rest.message} (${printable(caller)} runs it)`, facts: { ...rest.facts, calledBy: caller } };
}

/** Many steps run the same file: each place of it is told once. */
export function oncePerPlace(all: readonly FileSeen[]): readonly FileSeen[] {
  const seen = new Set<string>();
  return all.filter((each) => {
    if ('untold' in each || each.facts.calledBy === undefined) return true;
    const key = `${each.file}:${each.line} ${String(each.facts.command)} ${String(each.facts.package ?? each.facts.lockfile)}`;
    return !seen.has(key) && seen.add(key);
  });
}
