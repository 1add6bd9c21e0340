/**
 * The surroundings git is started in when a dependency lies in a repository. npm asks the repository's host by starting git
 * in the current folder, and git reads the configuration of the repository around it, which can name commands to run: so it
 * is started in an empty folder, runs no hook, asks nobody anything, and is ended when its host stays silent.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

/** Longest one git command may take. */
const longest = 60_000;

/** Longest until a connection is made: packets lost on the way are sent again within it, more than once. */
const longestConnecting = 10_000;

/** Options for npm's libraries, which hand them to every git process. `proxy`: the way out it is to take. */
export function gitSurroundings(folder: string, npmTimeout: unknown, proxy?: string, env: Environment = process.env) {
  const timeout = timeoutOf(npmTimeout);
  return { cwd: folder, env: environmentOf(folder, env, timeout, proxy), timeout };
}

/** How long git's connections may take to be made; undefined where a proxy makes them. */
export function connectingTime(npm: Readonly<Record<string, unknown>>, env: Environment = process.env): number | undefined {
  const named = Object.entries(env).some(([name, value]) => /^(?:https?|all)_proxy$/i.test(name) && value);
  return named || npm['proxy'] || npm['httpsProxy'] ? undefined : Math.min(longestConnecting, timeoutOf(npm['timeout']) / 2);
}

function timeoutOf(npmTimeout: unknown): number {
  return typeof npmTimeout === 'number' && npmTimeout > 0 ? Math.min(npmTimeout, longest) : longest;
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

function environmentOf(folder: string, env: Environment, timeout: number, proxy: string | undefined): Environment {
  const own = Object.fromEntries(Object.entries(env).filter(([name]) => !elsewhere.has(name)));
  const count = Number(env['GIT_CONFIG_COUNT'] ?? 0) || 0;
  const patience = Math.max(1, Math.floor(timeout / 2_000));
  let led: boolean | undefined;
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
    [`GIT_CONFIG_KEY_${count}`]: 'core.hooksPath',
    [`GIT_CONFIG_VALUE_${count}`]: join(folder, 'no-hooks'),
    [`GIT_CONFIG_KEY_${count + 1}`]: 'http.proxy',
    [`GIT_CONFIG_VALUE_${count + 1}`]: proxy ?? '',
    [`GIT_CONFIG_KEY_${count + 2}`]: 'http.proxyAuthMethod',
    [`GIT_CONFIG_VALUE_${count + 2}`]: 'basic',
    // Read when git is started, if it is at all: only then it is asked whether it knows of a proxy itself.
    get GIT_CONFIG_COUNT() {
      led ??= proxy !== undefined && !knowsProxy(folder, env);
      return String(count + (led ? 3 : 1));
    },
  };
}

/** Whether git's configuration names a proxy: then it makes the connections. Where git does not say, it is left alone too. */
function knowsProxy(cwd: string, env: Environment): boolean {
  const own = Object.fromEntries(Object.entries(env).filter(([name]) => !elsewhere.has(name)));
  const asked = ['config', '--get-regexp', String.raw`^(http\..*proxy|remote\..*\.proxy)$`];
  return spawnSync('git', asked, { cwd, env: { ...own, GIT_CEILING_DIRECTORIES: dirname(cwd) }, stdio: 'ignore', timeout: 5_000 }).status !== 1;
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
  if ('stderr' in error && /too slow|timed out|(?:response|error:) 504/i.test(String(error.stderr))) return 'its host did not answer in time';
  if ('stderr' in error && /CONNECT tunnel failed, response 502|returned error: 502/i.test(String(error.stderr))) return 'its host cannot be reached';
  const said = 'stderr' in error && typeof error.stderr === 'string' ? /^(?:fatal|error): .*$/m.exec(error.stderr)?.[0] : undefined;
  return said === undefined ? 'git cannot get it' : `git says "${said.slice(0, 200)}"`;
}
