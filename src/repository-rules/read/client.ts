/** What a command asks of npm, npx, pnpm, yarn or bun. */
import type { Word } from '../../code/shell.ts';
import type { Manager } from './paths.ts';
import { folderFrom } from './paths.ts';
import { placed } from './placed.ts';
import type { ScriptCommand } from './script.ts';

/**
 * `install`: everything the project needs; `add`: packages named; `global`: packages named, for the whole machine;
 * `run`: a package's command, fetched when it is not there; `other`: anything else.
 */
export type ClientVerb = 'install' | 'add' | 'global' | 'run' | 'publish' | 'other';

/** One call of a package manager. */
export interface ClientCall {
  readonly manager: Manager;
  readonly verb: ClientVerb;
  /** The word used: `ci`, `i`, `dlx`. */
  readonly said: string;
  readonly packages: readonly string[];
  readonly flags: ReadonlySet<string>;
  /** Values of flags that take one. */
  readonly values: ReadonlyMap<string, string>;
  /** Words behind the program's name, options left out. */
  readonly words: readonly string[];
  /** Where it runs, from the repository root; undefined when that cannot be told. */
  readonly folder: string | undefined;
  readonly command: ScriptCommand;
}

/** True for a call that is told to take only what is there already. */
export function fetchesNothing({ flags }: ClientCall): boolean {
  return ['--offline', '--no-install', '--no'].some((flag) => flags.has(flag));
}

const valueFlags = new Set(
  '--prefix -C --dir --cwd --registry --workspace -w --omit --include --only --loglevel --cache --userconfig --globalconfig --filter -F --reporter --network-timeout --mutex --cache-folder --modules-folder --network-concurrency --tag --otp --access --store-dir --package -p --call -c --mode --concurrency --child-concurrency --use-yarnrc --config --location --script-shell --node-options --fetch-retries --fetch-timeout --maxsockets --cpu --os --before --min-release-age'.split(
    ' ',
  ),
);
const npmInstall = new Set('install i in ins inst insta instal isnt isnta isntal isntall install-test it add'.split(' '));
const npmCi = new Set('ci clean-install ic install-clean isntall-clean clean-install-test cit'.split(' '));

/** The calls of package managers in a script that starts in `folder`. `cd` is followed. */
export function clientCalls(commands: readonly ScriptCommand[], folder: string | undefined): readonly ClientCall[] {
  if (commands.length === 0) return [];
  const byFolder = known.get(commands) ?? new Map<string | undefined, readonly ClientCall[]>();
  const held = byFolder.get(folder) ?? callsIn(commands, folder);
  known.set(commands, byFolder.set(folder, held));
  return held;
}

// Every rule asks for the calls of every step.
const known = new WeakMap<readonly ScriptCommand[], Map<string | undefined, readonly ClientCall[]>>();

function callsIn(commands: readonly ScriptCommand[], folder: string | undefined): readonly ClientCall[] {
  return placed(commands, folder).flatMap(({ command, program, words, here }) => {
    const call = program === undefined ? undefined : callOf(program, words.slice(1), command, here);
    return call ? [call] : [];
  });
}

function callOf(program: string, rest: readonly Word[], command: ScriptCommand, here: string | undefined): ClientCall | undefined {
  const [name = '', pinned] = program.split('@');
  if (pinned !== undefined && name === '') return undefined;
  const parsed = argumentsOf(rest, name);
  const folder = folderOfCall(parsed.values, here);
  const call = (manager: Manager, verb: ClientVerb, said: string, packages: readonly string[]): ClientCall => ({
    manager,
    verb,
    said,
    packages,
    ...parsed,
    folder,
    command,
  });
  switch (name) {
    case 'npm':
      return npmCall(parsed, call);
    case 'pnpm':
      return pnpmCall(parsed, call);
    case 'yarn':
    case 'yarnpkg':
      return yarnCall(parsed, call);
    case 'bun':
      return bunCall(parsed, call);
    case 'npx':
    case 'pnpx':
    case 'bunx':
      return call(name === 'npx' ? 'npm' : name === 'pnpx' ? 'pnpm' : 'bun', 'run', name, runPackages(parsed, parsed.words));
    default:
      return undefined;
  }
}

interface Arguments {
  readonly words: readonly string[];
  readonly flags: ReadonlySet<string>;
  readonly values: ReadonlyMap<string, string>;
}

type Make = (manager: Manager, verb: ClientVerb, said: string, packages: readonly string[]) => ClientCall;

const runners = new Set(['npx', 'pnpx', 'bunx']);

function argumentsOf(rest: readonly Word[], program: string): Arguments {
  const words: string[] = [];
  const flags = new Set<string>();
  const values = new Map<string, string>();
  for (let at = 0; at < rest.length; at += 1) {
    const text = rest[at]?.text ?? '';
    // What follows the command of npx or dlx belongs to that command.
    if (words.length > 0 && (runners.has(program) || ['dlx', 'x', 'exec'].includes(words[0] ?? '')) && words.length > (runners.has(program) ? 0 : 1))
      break;
    if (text === '--') continue;
    if (!text.startsWith('-')) {
      words.push(text);
      continue;
    }
    const [flag = '', value] = text.split(/=(.*)/s);
    flags.add(flag);
    if (value !== undefined) values.set(flag, value);
    else if (valueFlags.has(flag) && !(program === 'pnpm' && (flag === '-w' || flag === '-C')) && rest[at + 1] !== undefined)
      values.set(flag, rest[++at]?.text ?? '');
  }
  return { words, flags, values };
}

function folderOfCall(values: ReadonlyMap<string, string>, here: string | undefined): string | undefined {
  const named = values.get('--prefix') ?? values.get('-C') ?? values.get('--dir') ?? values.get('--cwd');
  return named === undefined ? here : here === undefined ? undefined : folderFrom(here, named);
}

function npmCall(parsed: Arguments, call: Make): ClientCall {
  const [said = '', ...packages] = parsed.words;
  const global = parsed.flags.has('-g') || parsed.flags.has('--global') || parsed.values.get('--location') === 'global';
  if (npmInstall.has(said)) return call('npm', packages.length === 0 ? 'install' : global ? 'global' : 'add', said, packages);
  if (npmCi.has(said)) return call('npm', 'install', 'ci', []);
  if (said === 'exec' || said === 'x') return call('npm', 'run', said, runPackages(parsed, packages));
  if (said === 'init' || said === 'create') return call('npm', 'other', said, packages);
  return call('npm', said === 'publish' ? 'publish' : 'other', said, packages);
}

function pnpmCall(parsed: Arguments, call: Make): ClientCall {
  const words = ['recursive', 'multi', 'm'].includes(parsed.words[0] ?? '') ? parsed.words.slice(1) : parsed.words;
  const [said = '', ...packages] = words;
  const global = parsed.flags.has('-g') || parsed.flags.has('--global');
  if (said === 'add' || ((said === 'install' || said === 'i') && packages.length > 0)) return call('pnpm', global ? 'global' : 'add', said, packages);
  if (['install', 'i', 'ci', 'install-test', 'it'].includes(said)) return call('pnpm', 'install', said, []);
  if (said === 'dlx') return call('pnpm', 'run', said, runPackages(parsed, packages));
  return call('pnpm', said === 'publish' ? 'publish' : 'other', said, packages);
}

function yarnCall(parsed: Arguments, call: Make): ClientCall {
  const [said = '', ...packages] = parsed.words;
  const informs = ['--version', '-v', '--help', '-h'].some((flag) => parsed.flags.has(flag));
  if ((said === '' && !informs) || said === 'install') return call('yarn', 'install', said, []);
  if (said === 'global' && packages[0] === 'add') return call('yarn', 'global', 'global add', packages.slice(1));
  if (said === 'add') return call('yarn', 'add', said, packages);
  if (said === 'dlx') return call('yarn', 'run', said, runPackages(parsed, packages));
  return call('yarn', said === 'publish' || (said === 'npm' && packages[0] === 'publish') ? 'publish' : 'other', said, packages);
}

function bunCall(parsed: Arguments, call: Make): ClientCall {
  const [said = '', ...packages] = parsed.words;
  const global = parsed.flags.has('-g') || parsed.flags.has('--global');
  if (['add', 'a'].includes(said) || (['install', 'i'].includes(said) && packages.length > 0))
    return call('bun', global ? 'global' : 'add', said, packages);
  if (['install', 'i', 'ci'].includes(said)) return call('bun', 'install', said, []);
  if (said === 'x') return call('bun', 'run', said, runPackages(parsed, packages));
  return call('bun', said === 'publish' ? 'publish' : 'other', said, packages);
}

/** The packages a runner fetches: those named with `--package`, else the command itself. */
function runPackages({ values }: Arguments, words: readonly string[]): readonly string[] {
  const named = values.get('--package') ?? values.get('-p');
  return named !== undefined ? [named] : words.slice(0, 1);
}
