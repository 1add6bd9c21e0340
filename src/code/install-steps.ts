/** What npm runs when a package is installed: lifecycle scripts, and the build it starts by itself for a binding.gyp. */
import type { InstallStep, PackedManifest } from '../model/contents.ts';
import { argvFacts, commandFacts } from './command.ts';
import type { CommandFacts } from './command-facts.ts';
import { type GypFacts, readGyp } from './gyp.ts';
import { recipesOf } from './makefile.ts';

/** A step with everything its command says. */
export interface FollowedStep {
  readonly step: InstallStep;
  readonly facts: readonly CommandFacts[];
  /** The file its command stands in. */
  readonly file: string;
}

const lifecycle = ['preinstall', 'install', 'postinstall'] as const;
/** What package managers run to make a package of a repository: npm all but the last, which pnpm and Yarn do. */
const making = ['prepublish', 'preprepare', 'prepare', 'postprepare', 'prepack'] as const;
const builds =
  /^(node-gyp|node-pre-gyp|prebuild|prebuild-install|prebuildify|node-gyp-build|node-gyp-build-optional-packages|pkg-prebuilds-verify|@mapbox\/node-pre-gyp|electron-rebuild)$/;

const fetchers = /^((@mapbox\/)?node-pre-gyp|prebuild-install)$/;

/** True for the tools that fetch what package.json names as `binary`. */
export function fetchesMachineCode({ step, facts }: FollowedStep): boolean {
  return step.declared && facts.some(({ tools }) => tools.some((tool) => fetchers.test(tool)));
}

/** The steps of an install, in npm's order. `git` adds what is run for packages fetched from git. */
export function installSteps(
  manifest: PackedManifest,
  gyp: string | undefined,
  readFile: (path: string) => string | undefined,
  git: boolean,
): readonly FollowedStep[] {
  const declared = [...lifecycle, ...(git ? making : [])].flatMap((name) => {
    const command = manifest.scripts.get(name);
    const trigger = making.some((one) => one === name) ? 'prepare' : (name as (typeof lifecycle)[number]);
    return command === undefined || command.trim() === '' ? [] : [withMade(stepOf(trigger, command, manifest), readFile)];
  });
  const elsewhere = declared.flatMap(({ step }) => builtFolders(step.command)).flatMap((folder) => gypStepsIn(`${folder}/binding.gyp`, readFile));
  if (gyp === undefined) return [...declared, ...elsewhere];
  const implicit = !manifest.scripts.has('install') && !manifest.scripts.has('preinstall');
  // `gypfile: false` is the package's own word and nothing the lockfile carries: what could run is read all the same.
  const start = implicit ? [stepOf('install', 'node-gyp rebuild', manifest, false)] : [];
  const built = implicit || declared.some(({ facts }) => facts.some(({ tools }) => tools.some((tool) => builds.test(tool))));
  return [...declared, ...start, ...(built ? gypSteps(gyp, readFile) : []), ...elsewhere];
}

/** Folders in which a command builds: `cd native && node-gyp rebuild`, `node-gyp rebuild -C native`. */
function builtFolders(command: string): readonly string[] {
  if (!/\b(node-gyp|node-pre-gyp|prebuild|npm|yarn|pnpm)/.test(command)) return [];
  const found = [...command.matchAll(/(?:^|[\s;&(])(?:cd|pushd)\s+["']?([\w@./-]+)|(?:\s-C|--directory|--prefix)[\s=]+["']?([\w@./-]+)/g)];
  return found
    .map(([, entered, named]) => (entered ?? named ?? '').replace(/^(\.\/)+|\/+$/g, ''))
    .filter((folder) => folder !== '' && !folder.startsWith('/') && !folder.includes('..'))
    .slice(0, 10);
}

function gypStepsIn(path: string, readFile: (path: string) => string | undefined): readonly FollowedStep[] {
  const source = readFile(path);
  return source === undefined ? [] : gypSteps(source, readFile, path);
}

/** A step with the recipes that `make` runs for it. */
function withMade(followed: FollowedStep, readFile: (path: string) => string | undefined): FollowedStep {
  const made = followed.facts
    .flatMap(({ makes = [] }) => makes)
    .slice(0, 5)
    .map((given) => commandFacts(recipesOf(given, readFile)));
  return made.length === 0 ? followed : { ...followed, facts: [...followed.facts, ...made] };
}

function stepOf(trigger: InstallStep['trigger'], command: string, manifest: PackedManifest, declared = true): FollowedStep {
  const facts = withScripts(commandFacts(command), manifest, 0);
  return {
    step: {
      trigger,
      command: command.slice(0, 1000),
      files: facts.flatMap((fact) => fact.files),
      tools: [...new Set(facts.flatMap((fact) => fact.tools))],
      ...fetchesOf(facts),
      declared,
    },
    facts,
    file: 'package.json',
  };
}

function fetchesOf(facts: readonly CommandFacts[]): Pick<InstallStep, 'fetches'> {
  const fetches = facts.flatMap((fact) => fact.fetches ?? []).slice(0, mostFetches);
  return fetches.length === 0 ? {} : { fetches };
}

/** Follows `npm run x` into the package's own scripts. */
function withScripts(facts: CommandFacts, manifest: PackedManifest, depth: number): readonly CommandFacts[] {
  if (depth > 4) return [facts];
  // npm runs what is named `pre…` and `post…` with it.
  const names = facts.scripts.slice(0, 10).flatMap((name) => [`pre${name}`, name, `post${name}`]);
  const inner = names.flatMap((name) => {
    const command = manifest.scripts.get(name);
    return command === undefined ? [] : withScripts(commandFacts(command), manifest, depth + 1);
  });
  return [facts, ...inner];
}

function gypSteps(gyp: string, readFile: (path: string) => string | undefined, path = 'binding.gyp'): readonly FollowedStep[] {
  const all = withIncluded(gyp, path, readFile);
  return all.flatMap(({ file, commands, actions, expressions }) => [
    ...commands.slice(0, 100).map((command) => gypStep(command, commandFacts(command), file)),
    ...actions.slice(0, 100).map((words) => gypStep(words.join(' '), argvFacts(words.filter((word) => !/^<[@(|]/.test(word))), file)),
    ...expressions.slice(0, 10).map((text) => gypStep(text, reachesIntoPython, file)),
  ]);
}

const reachesIntoPython: CommandFacts = {
  doings: [{ kind: 'dynamic-code', detail: 'a condition that reaches into Python' }],
  files: [],
  inline: [],
  tools: [],
  scripts: [],
  fetched: new Set(),
};

/** More than honest installs fetch past their dependencies. */
const mostFetches = 20;
const mostGypFiles = 20;

/** A gyp file, those it takes in and those it builds with it, each by the path its makers wrote: of its folder or of the package's. */
function withIncluded(gyp: string, path: string, readFile: (path: string) => string | undefined): readonly (GypFacts & { readonly file: string })[] {
  const found = new Map([[path, { ...readGyp(gyp), file: path }]]);
  for (const { file, includes, dependencies } of found.values()) {
    const folder = file.slice(0, file.lastIndexOf('/') + 1);
    for (const written of [...includes, ...dependencies]) {
      const near = [`${folder}${written}`, written].map(plainPath).find((one) => one !== undefined && !found.has(one) && readFile(one) !== undefined);
      if (near !== undefined && found.size < mostGypFiles) found.set(near, { ...readGyp(readFile(near) ?? ''), file: near });
    }
  }
  return [...found.values()];
}

/** Without `.` and `..`; undefined where it leaves the package. */
function plainPath(path: string): string | undefined {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..' && parts.pop() === undefined) return undefined;
    if (part !== '' && part !== '.' && part !== '..') parts.push(part);
  }
  return parts.join('/');
}

function gypStep(command: string, facts: CommandFacts, file: string): FollowedStep {
  return {
    step: { trigger: 'binding.gyp', command: command.slice(0, 1000), files: facts.files, tools: [...new Set(facts.tools)], declared: false },
    facts: [facts],
    file,
  };
}
