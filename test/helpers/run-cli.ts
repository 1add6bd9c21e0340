/** Runs the built command line as a user would: its own process, home and cache; nothing of this machine's npm configuration. */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const cliPath = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Workplace {
  /** The project folder. */
  readonly folder: string;
  readonly home: string;
  readonly env: Readonly<Record<string, string>>;
  write(file: string, content: string | object): void;
  run(...args: readonly string[]): Promise<Ran>;
  runWith(options: { readonly env?: Readonly<Record<string, string>>; readonly interruptAfter?: number }, ...args: readonly string[]): Promise<Ran>;
  remove(): void;
}

/** An empty project whose npm asks `registry`. */
export function aWorkplace(registry: string): Workplace {
  const base = mkdtempSync(join(tmpdir(), 'depward-e2e-'));
  const folder = join(base, 'project');
  const home = join(base, 'home');
  mkdirSync(folder);
  mkdirSync(home);
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: home,
    USERPROFILE: home,
    DEPWARD_CACHE: join(home, 'cache'),
    npm_config_registry: registry,
    npm_config_globalconfig: join(home, 'no-global-npmrc'),
    NO_COLOR: '1',
  };
  const runWith: Workplace['runWith'] = (options, ...args) => spawnCli(args, folder, { ...env, ...options.env }, options.interruptAfter);
  return {
    folder,
    home,
    env,
    write(file, content) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), typeof content === 'string' ? content : `${JSON.stringify(content, null, 2)}\n`);
    },
    run: (...args) => runWith({}, ...args),
    runWith,
    remove: () => rmSync(base, { recursive: true, force: true }),
  };
}

function spawnCli(args: readonly string[], cwd: string, env: Readonly<Record<string, string>>, interruptAfter?: number): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [cliPath, ...args], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    const timer = interruptAfter === undefined ? undefined : setTimeout(() => child.kill('SIGINT'), interruptAfter);
    child.on('error', reject);
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ code, stdout, stderr });
    });
  });
}
