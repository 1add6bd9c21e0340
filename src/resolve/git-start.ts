/** How git is started. The repository is not trusted: no hooks, no file system monitor. */

export type Environment = Readonly<Record<string, string | undefined>>;

/** Options that stand before every command. */
export const safe = ['-c', 'core.hooksPath=/dev/null', '-c', 'core.fsmonitor=false', '-c', 'core.quotePath=false', '-c', 'gc.auto=0'];

/** The longest a run may take, in milliseconds. */
export const longestRun = 120_000;

/** The most that one run may say, in bytes. */
export const mostSaid = 64 * 1024 * 1024;

/** Nobody is asked anything, nothing is written, and messages are in one language. */
export function quietly(env: Environment): Record<string, string | undefined> {
  return { ...env, GIT_TERMINAL_PROMPT: '0', GIT_OPTIONAL_LOCKS: '0', LC_ALL: 'C' };
}
