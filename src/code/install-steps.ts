/** What npm runs when a package is installed: lifecycle scripts, and the build it starts by itself for a binding.gyp. */
import type { InstallStep, PackedManifest } from '../model/contents.ts';
import { argvFacts, commandFacts } from './command.ts';
import type { CommandFacts } from './command-facts.ts';
import { readGyp } from './gyp.ts';

/** A step with everything its command says. */
export interface FollowedStep {
  readonly step: InstallStep;
  readonly facts: readonly CommandFacts[];
  /** The file its command stands in. */
  readonly file: 'package.json' | 'binding.gyp';
}

const lifecycle = ['preinstall', 'install', 'postinstall'] as const;
const builds =
  /^(node-gyp|node-pre-gyp|prebuild|prebuild-install|prebuildify|node-gyp-build|node-gyp-build-optional-packages|pkg-prebuilds-verify|@mapbox\/node-pre-gyp|electron-rebuild)$/;

const fetchers = /^((@mapbox\/)?node-pre-gyp|prebuild-install)$/;

/** True for the tools that fetch what package.json names as `binary`. */
export function fetchesMachineCode({ step, facts }: FollowedStep): boolean {
  return step.declared && facts.some(({ tools }) => tools.some((tool) => fetchers.test(tool)));
}

/** The steps of an install, in npm's order. `git` adds what npm runs for packages fetched from git. */
export function installSteps(
  manifest: PackedManifest,
  gyp: string | undefined,
  readFile: (path: string) => string | undefined,
  git: boolean,
): readonly FollowedStep[] {
  const declared = [...lifecycle, ...(git ? (['prepare'] as const) : [])].flatMap((trigger) => {
    const command = manifest.scripts.get(trigger);
    return command === undefined || command.trim() === '' ? [] : [stepOf(trigger, command, manifest)];
  });
  if (gyp === undefined) return declared;
  const implicit = !manifest.scripts.has('install') && !manifest.scripts.has('preinstall');
  // `gypfile: false` is the package's own word and nothing the lockfile carries: what could run is read all the same.
  const start = implicit ? [stepOf('install', 'node-gyp rebuild', manifest, false)] : [];
  const built = implicit || declared.some(({ facts }) => facts.some(({ tools }) => tools.some((tool) => builds.test(tool))));
  return [...declared, ...start, ...(built ? gypSteps(gyp, readFile) : [])];
}

function stepOf(trigger: InstallStep['trigger'], command: string, manifest: PackedManifest, declared = true): FollowedStep {
  const facts = withScripts(commandFacts(command), manifest, 0);
  return {
    step: {
      trigger,
      command: command.slice(0, 1000),
      files: facts.flatMap((fact) => fact.files),
      tools: [...new Set(facts.flatMap((fact) => fact.tools))],
      declared,
    },
    facts,
    file: 'package.json',
  };
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

function gypSteps(gyp: string, readFile: (path: string) => string | undefined): readonly FollowedStep[] {
  const top = readGyp(gyp);
  const included = top.includes.slice(0, 10).flatMap((path) => {
    const source = readFile(path);
    return source === undefined ? [] : [readGyp(source)];
  });
  const all = [top, ...included];
  const commands = all.flatMap((facts) => facts.commands).slice(0, 100);
  return [
    ...commands.map((command) => gypStep(command, commandFacts(command))),
    ...all
      .flatMap((facts) => facts.actions)
      .slice(0, 100)
      .map((words) => gypStep(words.join(' '), argvFacts(words.filter((word) => !/^<[@(|]/.test(word))))),
    ...all
      .flatMap((facts) => facts.expressions)
      .slice(0, 10)
      .map((text) =>
        gypStep(text, {
          doings: [{ kind: 'dynamic-code', detail: 'a condition that reaches into Python' }],
          files: [],
          inline: [],
          tools: [],
          scripts: [],
          fetched: new Set(),
        }),
      ),
  ];
}

function gypStep(command: string, facts: CommandFacts): FollowedStep {
  return {
    step: { trigger: 'binding.gyp', command: command.slice(0, 1000), files: facts.files, tools: [...new Set(facts.tools)], declared: false },
    facts: [facts],
    file: 'binding.gyp',
  };
}
