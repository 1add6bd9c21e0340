/** Where everything is kept that only saves time. */
import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

/** `$DEPWARD_CACHE`, or the platform's folder for caches. */
export function cacheFolder(env: Environment, cwd: string, platform: string = process.platform): string {
  if (env.DEPWARD_CACHE) return resolve(cwd, env.DEPWARD_CACHE);
  if (env.XDG_CACHE_HOME && isAbsolute(env.XDG_CACHE_HOME)) return join(env.XDG_CACHE_HOME, 'depward');
  const home = env.HOME || env.USERPROFILE || homedir();
  if (platform === 'win32') return join(env.LOCALAPPDATA || join(home, 'AppData', 'Local'), 'depward', 'Cache');
  return platform === 'darwin' ? join(home, 'Library', 'Caches', 'depward') : join(home, '.cache', 'depward');
}
