/** What in the working folder is not as it was checked out, as git tells it: asked while other things are loaded. */
import { spawn } from 'node:child_process';
import { type Environment, longestRun, mostSaid, quietly, safe } from './git-start.ts';

/** The command whose rows `rowsOfState` reads. */
export const stateCommand = [
  'status',
  '--porcelain=v1',
  '-z',
  '--no-renames',
  '--untracked-files=all',
  '--ignore-submodules=all',
  '--',
  ':/',
] as const;

/** Starts git in a folder; resolves to what it said, or undefined where it must be asked again to hear what is wrong. */
export function startState(folder: string, env: Environment): Promise<string | undefined> {
  return new Promise((resolve) => {
    const child = spawn('git', [...safe, ...stateCommand], {
      cwd: folder,
      env: quietly(env),
      windowsHide: true,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    // Not by an option of `spawn`, whose timer holds up the end of this process where there is no git at all.
    setTimeout(() => child.kill(), longestRun).unref();
    const pieces: Buffer[] = [];
    let size = 0;
    child.stdout.on('data', (piece: Buffer) => {
      pieces.push(piece);
      size += piece.length;
      if (size > mostSaid) child.kill();
    });
    child.on('error', () => resolve(undefined));
    child.on('close', (code) => resolve(code === 0 && size <= mostSaid ? Buffer.concat(pieces).toString() : undefined));
  });
}

/** The paths that are not as they were checked out; undefined where that alone does not tell. */
export function rowsOfState(told: string): readonly string[] | undefined {
  const rows = told.split('\0').filter((row) => row !== '');
  // What is staged and was changed again may be as it was before; what is in conflict is nothing of the kind.
  return rows.every((row) => /^(?:\?\?|[MTAD] | [MTD]) /.test(row)) ? rows.map((row) => row.slice(3)) : undefined;
}
