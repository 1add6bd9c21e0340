/** Where the commands of a script run, and which program each starts: `cd` is followed, wrappers are looked through. */
import type { Word } from '../../code/shell.ts';
import { folderFrom } from './paths.ts';
import type { ScriptCommand } from './script.ts';

/** A command with its place. */
export interface Placed {
  readonly command: ScriptCommand;
  readonly program: string | undefined;
  /** The program and what follows it, wrappers left out. */
  readonly words: readonly Word[];
  /** Where it runs, from the repository root; undefined when that cannot be told. */
  readonly here: string | undefined;
}

const wrappers = new Set(['sudo', 'time', 'command', 'exec', 'nohup', 'corepack', 'cross-env', 'env', 'doas', 'retry', 'xvfb-run', 'call', 'nice']);

/** Programs that change the folder, those of PowerShell too. */
const moves: ReadonlyMap<string, 'cd' | 'pushd' | 'popd'> = new Map([
  ...['cd', 'chdir', 'set-location', 'sl'].map((name) => [name, 'cd'] as const),
  ...['pushd', 'push-location'].map((name) => [name, 'pushd'] as const),
  ...['popd', 'pop-location'].map((name) => [name, 'popd'] as const),
]);

/** The commands of a script that starts in `folder`. */
export function placed(commands: readonly ScriptCommand[], folder: string | undefined): readonly Placed[] {
  let here = folder;
  const left: (string | undefined)[] = [];
  return commands.map((command) => {
    const words = inContainer(unwrapped(command.words));
    const program = programOf(words[0]);
    const move = moves.get(program?.toLowerCase() ?? '');
    if (move === 'pushd') left.push(here);
    if (move === 'popd') here = left.pop();
    if (move === 'cd' || move === 'pushd')
      here = folderAfter(
        here,
        words.slice(1).find(({ text }) => !/^(?:-\w*|\/d)$/i.test(text)),
      );
    return { command, program, words, here };
  });
}

function unwrapped(words: readonly Word[]): readonly Word[] {
  // `command -v yarn` only asks where it is.
  if (words[0]?.text === 'command' && /^-[vV]+$/.test(words[1]?.text ?? '')) return words;
  let at = 0;
  while (at < words.length && (wrappers.has(words[at]?.text ?? '') || (at > 0 && /^(?:-[A-Za-z-]*|\w+=.*)$/s.test(words[at]?.text ?? '')))) at += 1;
  return words.slice(at);
}

const clients = new Set(['npm', 'npx', 'pnpm', 'pnpx', 'yarn', 'yarnpkg', 'bun', 'bunx']);

// `docker run image npm install`: the client and what follows it.
function inContainer(words: readonly Word[]): readonly Word[] {
  if (!/^(?:docker|podman|nerdctl|docker-compose)$/.test(words[0]?.text ?? '')) return words;
  const run = words.findIndex(({ text }) => text === 'run' || text === 'exec');
  const client = words.findIndex(
    ({ text }, index) => run > 0 && index > run + 1 && clients.has(text) && !/^--?(?:name|u|user|h)$/.test(words[index - 1]?.text ?? ''),
  );
  return client < 0 ? words : words.slice(client);
}

/** Variables in which CI systems keep the folder the repository was checked out to. */
const workspace =
  /^(?:GITHUB_WORKSPACE|CI_PROJECT_DIR|BUILD_SOURCESDIRECTORY|BUILD_REPOSITORY_LOCALPATH|SYSTEM_DEFAULTWORKINGDIRECTORY|CIRCLE_WORKING_DIRECTORY|WORKSPACE|TRAVIS_BUILD_DIR)$/i;

function folderAfter(here: string | undefined, target: Word | undefined): string | undefined {
  const text = target?.text ?? '~';
  const [variable] = target?.variables ?? [];
  if (text.startsWith('…') && target?.variables.length === 1 && !target.substituted && workspace.test(variable ?? ''))
    return folderFrom('', text.slice(1).replace(/^[\\/]/, '') || '.');
  return here === undefined ? undefined : folderFrom(here, text);
}

function programOf(word: Word | undefined): string | undefined {
  return word?.text.replace(/^.*[\\/]/, '').replace(/\.(?:cmd|exe|ps1)$/i, '');
}
