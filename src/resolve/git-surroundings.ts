/**
 * The surroundings git is started in when a dependency lies in a repository. npm asks the repository's host by starting git
 * in the current folder, and git reads the configuration of the repository around it, which can name commands to run: so it
 * is started in an empty folder, runs no hook, asks nobody anything, and is ended when its host stays silent.
 */
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

/** Longest one git command may take. */
const longest = 60_000;

/** Options for npm's libraries, which hand them to every git process. */
export function gitSurroundings(folder: string, npmTimeout: unknown, env: Environment = process.env) {
  const timeout = typeof npmTimeout === 'number' && npmTimeout > 0 ? Math.min(npmTimeout, longest) : longest;
  return { cwd: folder, env: environmentOf(folder, env, timeout), timeout };
}

/** Variables that point git at a repository: git itself sets them for those it runs, hooks for example. */
const elsewhere = new Set([
  'GIT_DIR',
  'GIT_WORK_TREE',
  'GIT_INDEX_FILE',
  'GIT_COMMON_DIR',
  'GIT_OBJECT_DIRECTORY',
  'GIT_ALTERNATE_OBJECT_DIRECTORIES',
]);

function environmentOf(folder: string, env: Environment, timeout: number): Environment {
  const own = Object.fromEntries(Object.entries(env).filter(([name]) => !elsewhere.has(name)));
  const count = Number(env['GIT_CONFIG_COUNT'] ?? 0) || 0;
  const patience = Math.max(1, Math.floor(timeout / 2_000));
  return {
    ...asNpmDoes(env, patience),
    // Ending git itself would leave its helper waiting: the helper must give up.
    GIT_HTTP_LOW_SPEED_LIMIT: '100',
    GIT_HTTP_LOW_SPEED_TIME: String(patience),
    GIT_ALLOW_PROTOCOL: 'file:git:http:https:ssh',
    ...own,
    GIT_TERMINAL_PROMPT: '0',
    GIT_CEILING_DIRECTORIES: dirname(folder),
    GIT_TEMPLATE_DIR: '',
    GIT_CONFIG_COUNT: String(count + 1),
    [`GIT_CONFIG_KEY_${count}`]: 'core.hooksPath',
    [`GIT_CONFIG_VALUE_${count}`]: join(folder, 'no-hooks'),
  };
}

/** npm's own defaults, which giving an environment replaces: the user's configuration comes before them. */
function asNpmDoes(env: Environment, patience: number): Environment {
  const config = userConfig(env);
  return {
    ...(!/^\s*askpass\s*=/im.test(config) && { GIT_ASKPASS: 'echo' }),
    ...(!/^\s*sshcommand\s*=/im.test(config) && {
      GIT_SSH_COMMAND: `ssh -oStrictHostKeyChecking=accept-new -oBatchMode=yes -oConnectTimeout=${patience} -oServerAliveInterval=${patience}`,
    }),
  };
}

function userConfig(env: Environment): string {
  try {
    return readFileSync(join(env['HOME'] || homedir(), '.gitconfig'), 'utf8');
  } catch {
    return '';
  }
}

/** What git said or did, in a sentence; undefined when the error is not git's. */
export function gitTrouble(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('args' in error) || !Array.isArray(error.args)) return undefined;
  if (!error.args.includes('--no-replace-objects')) return undefined;
  if ('signal' in error && typeof error.signal === 'string') return 'its host did not answer in time';
  if ('stderr' in error && /too slow|timed out/i.test(String(error.stderr))) return 'its host did not answer in time';
  const said = 'stderr' in error && typeof error.stderr === 'string' ? /^(?:fatal|error): .*$/m.exec(error.stderr)?.[0] : undefined;
  return said === undefined ? 'git cannot get it' : `git says "${said.slice(0, 200)}"`;
}
