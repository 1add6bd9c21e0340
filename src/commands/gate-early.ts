/** The gate's beginning: git looks through the working folder while all else is being loaded. */
import { startState } from '../resolve/git-state.ts';
import type { GateOptions } from './gate-target.ts';
import type { Io } from './io.ts';

/** Runs the command. */
export async function run(options: GateOptions, io: Io): Promise<number> {
  const isOfFolder = (options.head ?? 'worktree') === 'worktree' && !options.all && options.affected === undefined;
  const state = isOfFolder ? startState(io.cwd, io.env) : undefined;
  return (await import('./gate.ts')).run(options, io, state);
}
