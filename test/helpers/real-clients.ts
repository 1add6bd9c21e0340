/** Real package managers for end-to-end tests, fetched once from the registry npm is configured for, scripts off, into a folder of their own. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

/** A client, and how its lockfile is made and kept. */
export interface RealClient {
  /** `pnpm 10`, as tests call it. */
  readonly title: string;
  readonly program: 'npm' | 'pnpm' | 'yarn' | 'bun';
  /** What to install; undefined for the npm that is here anyway. */
  readonly spec?: string;
  /** The file to run, within what was installed. */
  readonly file?: string;
  /** True when the file is a program of its own, not a script for node. */
  readonly native?: boolean;
  /** True when it needs a newer Node than the oldest one supported. */
  readonly newNode?: boolean;
  readonly install: readonly string[];
  readonly frozen: readonly string[];
  readonly lockfile: string;
}

const npm = {
  program: 'npm',
  install: ['install', '--no-audit', '--no-fund'],
  frozen: ['ci', '--no-audit', '--no-fund'],
  lockfile: 'package-lock.json',
} as const;
const pnpm = {
  program: 'pnpm',
  install: ['install', '--no-frozen-lockfile'],
  frozen: ['install', '--frozen-lockfile'],
  lockfile: 'pnpm-lock.yaml',
} as const;

export const realClients: readonly RealClient[] = [
  { ...npm, title: 'npm of this machine' },
  { ...npm, title: 'npm 10', spec: 'npm@10.9.4', file: 'npm/bin/npm-cli.js' },
  { ...npm, title: 'npm 12', spec: 'npm@12.2.0', file: 'npm/bin/npm-cli.js', newNode: true },
  { ...pnpm, title: 'pnpm 9', spec: 'pnpm@9.15.9', file: 'pnpm/bin/pnpm.cjs' },
  { ...pnpm, title: 'pnpm 10', spec: 'pnpm@10.34.8', file: 'pnpm/bin/pnpm.cjs' },
  { ...pnpm, title: 'pnpm 11', spec: 'pnpm@11.28.11', file: 'pnpm/bin/pnpm.mjs', newNode: true },
  { ...pnpm, title: 'pnpm 12', spec: 'pnpm@12.20.0', file: '@pnpm/exe.linux-x64/pnpm', native: true },
  {
    title: 'yarn 1',
    program: 'yarn',
    spec: 'yarn@1.22.22',
    file: 'yarn/bin/yarn.js',
    install: ['install'],
    frozen: ['install', '--frozen-lockfile'],
    lockfile: 'yarn.lock',
  },
  {
    title: 'yarn berry',
    program: 'yarn',
    spec: '@yarnpkg/cli-dist@4.18.1',
    file: '@yarnpkg/cli-dist/bin/yarn.js',
    install: ['install', '--no-immutable'],
    frozen: ['install', '--immutable'],
    lockfile: 'yarn.lock',
  },
  {
    title: 'bun',
    program: 'bun',
    spec: 'bun@1.4.5',
    file: '@oven/bun-linux-x64/bin/bun',
    native: true,
    install: ['install'],
    frozen: ['install', '--frozen-lockfile'],
    lockfile: 'bun.lock',
  },
];

const home = join(tmpdir(), 'depward-test-clients');

/** A folder for PATH in which the client is found under its own name; undefined where it cannot be had. */
export function clientFolder(client: RealClient): string | undefined {
  if (client.spec === undefined) return '';
  const installed = installedFolder(client.spec);
  const node = client.newNode ? newNode() : process.execPath;
  const file = installed && join(installed, 'node_modules', client.file ?? '');
  if (file === undefined || node === undefined || !existsSync(file)) return undefined;
  const folder = join(installed as string, 'path');
  mkdirSync(folder, { recursive: true });
  const call = client.native ? `exec '${file}' "$@"` : `exec '${node}' '${file}' "$@"`;
  const path = client.newNode ? `PATH='${join(node, '..')}':"$PATH"; export PATH\n` : '';
  // Other shells drop variables whose names they cannot write, such as those of scopes.
  writeFileSync(join(folder, client.program), `#!/bin/bash\n${path}${call}\n`, { mode: 0o755 });
  return folder;
}

/** A Node new enough for clients that need one. */
export function newNode(): string | undefined {
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath;
  const folder = installedFolder(`node-${process.platform}-${process.arch}@22.23.3`);
  const file = folder && join(folder, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin', 'node');
  return file && existsSync(file) ? file : undefined;
}

function installedFolder(spec: string): string | undefined {
  const folder = join(home, spec.replaceAll(/[/@]/g, '_'));
  if (existsSync(join(folder, '.done'))) return folder;
  mkdirSync(folder, { recursive: true });
  const options = ['--prefix', folder, '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', '--no-save'];
  const { status } = spawnSync('npm', ['install', ...options, spec], { cwd: folder, stdio: 'ignore', timeout: 180_000 });
  if (status !== 0) return undefined;
  writeFileSync(join(folder, '.done'), '');
  return folder;
}

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** A project of its own with a home of its own: nothing cached, nothing configured but what the test says. */
export interface Sandbox {
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  run(words: readonly string[], more?: NodeJS.ProcessEnv): Promise<Ran>;
  remove(): void;
}

/** Makes such a project. */
export function aProject(path: string, files: Readonly<Record<string, string>>): Sandbox {
  const root = mkdtempSync(join(tmpdir(), 'depward-project-'));
  const folder = join(root, 'project');
  mkdirSync(folder);
  // The root of a repository: nothing looks further up.
  mkdirSync(join(folder, '.git'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const kept = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(npm_|pnpm_|yarn_|bun_|node_options|node_extra)/i.test(name)));
  const env = {
    ...kept,
    HOME: join(root, 'home'),
    XDG_CACHE_HOME: join(root, 'cache'),
    XDG_CONFIG_HOME: join(root, 'config'),
    XDG_DATA_HOME: join(root, 'data'),
    npm_config_userconfig: join(root, 'npmrc'),
    npm_config_globalconfig: join(root, 'global-npmrc'),
    npm_config_cache: join(root, 'npm-cache'),
    npm_config_update_notifier: 'false',
    YARN_CACHE_FOLDER: join(root, 'yarn-cache'),
    YARN_GLOBAL_FOLDER: join(root, 'yarn-global'),
    YARN_ENABLE_TELEMETRY: '0',
    BUN_INSTALL_CACHE_DIR: join(root, 'bun-cache'),
    CI: 'true',
    PATH: [path, process.env['PATH']].filter(Boolean).join(delimiter),
  };
  mkdirSync(env.HOME);
  return {
    folder,
    env,
    run: (words, more) => run(words, folder, { ...env, ...more }),
    remove: () => rmSync(root, { recursive: true, force: true, maxRetries: 3 }),
  };
}

function run(words: readonly string[], cwd: string, env: NodeJS.ProcessEnv): Promise<Ran> {
  const [program = '', ...rest] = words;
  return new Promise((resolve, reject) => {
    const child = spawn(program, rest, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const seen = { out: '', err: '' };
    child.stdout.on('data', (piece) => {
      seen.out += piece;
    });
    child.stderr.on('data', (piece) => {
      seen.err += piece;
    });
    const timer = setTimeout(() => child.kill('SIGKILL'), 90_000);
    child.on('error', reject);
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ code: code ?? 137, ...seen });
    });
  });
}
