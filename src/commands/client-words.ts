/** What a command of a package manager is about to add: the specs it names, and the folder it works in. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type ClientCommand, createdBy, namedWords, updating } from '../proxy/clients.ts';
import { type NpmOptions, npmWords } from '../registry/config.ts';
import type { Io } from './io.ts';

export interface Intended {
  /** Where the client works; the lockfile lies there or above. */
  readonly folder: string;
  /** Specs to be added or run; names, where `update` is set. */
  readonly specs: readonly string[];
  /** What is there is to be moved to newer versions. */
  readonly update: boolean;
  /** Into a place of its own, where no lockfile counts. */
  readonly apart: boolean;
  /** Options of npm's command line that change what is resolved. */
  readonly npm: NpmOptions;
}

/** Reads the words of a command. */
export async function intendedBy(command: ClientCommand, words: readonly string[], io: Io): Promise<Intended> {
  const { verb, named, packages, folder, global, npm } = command.client === 'npm' ? await npmCommand(words, io) : otherCommand(command.client, words);
  const exec = command.intent === 'exec';
  const at = resolve(io.cwd, folder ?? '.');
  return {
    folder: at,
    specs: exec ? executed(verb, named, packages, at) : command.intent === 'add' && (command.client === 'npm' || !updating.has(verb)) ? named : [],
    update: updating.has(verb),
    apart: exec || global,
    npm,
  };
}

interface CommandWords {
  readonly verb: string;
  readonly named: readonly string[];
  readonly packages: readonly string[];
  readonly folder: string | undefined;
  readonly global: boolean;
  readonly npm: NpmOptions;
}

async function npmCommand([program = '', ...rest]: readonly string[], io: Io): Promise<CommandWords> {
  const npx = isProgram(program, 'npx');
  const read = await npmWords({ cwd: io.cwd, env: io.env }, npx ? untilProgram(rest) : rest);
  const [verb = '', ...named] = npx ? ['exec', ...read.words] : read.words;
  return { verb, named, packages: read.packages, folder: read.folder, global: read.global, npm: read.tree };
}

/** What follows the program to be run belongs to it. */
function untilProgram(words: readonly string[]): readonly string[] {
  const short = words.map((word) => (word === '-p' ? '--package' : word));
  const at = short.findIndex((word, index) => !word.startsWith('-') && !/^--(package|call|workspace)$|^-[cw]$/.test(short[index - 1] ?? ''));
  return at < 0 ? short : short.slice(0, at + 1);
}

function otherCommand(client: 'pnpm' | 'yarn' | 'bun', [program = '', ...rest]: readonly string[]): CommandWords {
  const base = program.split(/[/\\]/).at(-1) ?? '';
  const words = base === 'corepack' ? rest.slice(1) : rest;
  const read = namedWords(client, words, base);
  return { ...read, verb: words.find((word) => !word.startsWith('-')) ?? '', npm: {} };
}

/** Packages that are fetched to be run; a program that is installed here is not fetched. */
function executed(verb: string, named: readonly string[], packages: readonly string[], folder: string): readonly string[] {
  if (packages.length > 0) return packages;
  const [first] = named;
  if (first === undefined) return [];
  if (['init', 'create', 'innit', 'c'].includes(verb)) return [createdBy(first)];
  return existsSync(join(folder, 'node_modules', '.bin', first)) ? [] : [first];
}

function isProgram(program: string, name: string): boolean {
  return (program.split(/[/\\]/).at(-1) ?? '').replace(/(-cli)?\.(cmd|exe|ps1|js|cjs)$/i, '') === name;
}
