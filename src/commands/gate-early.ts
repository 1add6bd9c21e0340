/** The gate's beginning: where git has to look through the working folder, it does while all else is being loaded. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { startState } from '../resolve/git-state.ts';
import type { GateOptions } from './gate-target.ts';
import type { Io } from './io.ts';

/** Runs the command. */
export async function run(options: GateOptions, io: Io): Promise<number> {
  const isOfFolder = (options.head ?? 'worktree') === 'worktree' && !options.all && options.affected === undefined;
  // Where more lies than was checked out, nobody but git can tell what of it is ignored.
  const state = isOfFolder && (options.cache === false || existsSync(join(io.cwd, 'node_modules'))) ? startState(io.cwd, io.env) : undefined;
  return (await import('./gate.ts')).run(options, io, state);
}
