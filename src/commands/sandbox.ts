/** `--sandbox`: lifecycle scripts under bubblewrap, by the shell that npm and pnpm are told to use for them. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { DepwardError } from '../model/errors.ts';
import type { ClientName } from '../proxy/clients.ts';
import type { Io } from './io.ts';

export interface Sandbox {
  readonly variables: Readonly<Record<string, string>>;
  close(): void;
}

/** Prepares the sandbox, or says why there is none: never runs scripts outside it unasked. */
export function openSandbox(client: ClientName | undefined, io: Io): Sandbox {
  if (client !== 'npm' && client !== 'pnpm') {
    throw new DepwardError('usage', '--sandbox is possible with npm, npx and pnpm only', {
      hint: 'with others, turn lifecycle scripts off (--ignore-scripts, enableScripts: false)',
    });
  }
  const bwrap = programIn(io.env['PATH'] ?? '', 'bwrap');
  if (process.platform !== 'linux' || bwrap === undefined) {
    throw new DepwardError('config', '--sandbox needs bubblewrap (bwrap), which is not installed here', {
      hint: 'install the package bubblewrap, or run with --ignore-scripts',
    });
  }
  const tried = spawnSync(bwrap, [...isolation, '/bin/true'], { encoding: 'utf8', timeout: 10_000 });
  if (tried.status !== 0) {
    throw new DepwardError('config', '--sandbox: bubblewrap cannot make a sandbox here (user namespaces may be off)', {
      hint: 'run with --ignore-scripts instead',
    });
  }
  const folder = mkdtempSync(join(tmpdir(), 'depward-sandbox-'));
  const shell = join(folder, 'sh');
  writeFileSync(shell, sandboxShell(bwrap, realpathSync(io.cwd), dirname(dirname(realpathSync(process.execPath)))), { mode: 0o700 });
  return {
    variables: { npm_config_script_shell: shell, pnpm_config_script_shell: shell },
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}

const isolation = [
  ...['--unshare-all', '--die-with-parent', '--new-session'],
  ...[
    '--ro-bind',
    '/usr',
    '/usr',
    '--symlink',
    'usr/bin',
    '/bin',
    '--symlink',
    'usr/sbin',
    '/sbin',
    '--symlink',
    'usr/lib',
    '/lib',
    '--symlink',
    'usr/lib64',
    '/lib64',
  ],
  ...['--ro-bind-try', '/etc/ld.so.cache', '/etc/ld.so.cache', '--ro-bind-try', '/etc/alternatives', '/etc/alternatives'],
  ...['--proc', '/proc', '--dev', '/dev', '--tmpfs', '/tmp', '--dir', '/tmp/home'],
];

/** What lifecycle scripts may know of where they run. */
const passed = [
  'npm_lifecycle_event',
  'npm_lifecycle_script',
  'npm_package_name',
  'npm_package_version',
  'npm_package_json',
  'npm_node_execpath',
  'npm_command',
  'npm_config_user_agent',
  'npm_config_node_gyp',
  'INIT_CWD',
  'LANG',
  'PATH',
];

/** The shell: called as `sh -c "<script>"` with the package's folder as the current one. */
function sandboxShell(bwrap: string, project: string, node: string): string {
  const variables = passed.map((name) => `[ -n "\${${name}+x}" ] && set -- --setenv ${name} "$${name}" "$@"`);
  return [
    '#!/bin/sh',
    'here=$(pwd -P)',
    // The arguments after `--` are the shell and what it was called with.
    'set -- -- /bin/sh "$@"',
    ...variables,
    'set -- --setenv HOME /tmp/home --setenv TMPDIR /tmp --bind "$here" "$here" --chdir "$here" "$@"',
    `set -- --ro-bind-try ${quoted(join(project, 'node_modules'))} ${quoted(join(project, 'node_modules'))} --ro-bind-try ${quoted(node)} ${quoted(node)} "$@"`,
    `exec ${quoted(bwrap)} ${isolation.map(quoted).join(' ')} --clearenv "$@"`,
    '',
  ].join('\n');
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

function programIn(path: string, name: string): string | undefined {
  for (const folder of path.split(delimiter)) {
    const file = join(folder, name);
    if (folder.startsWith('/') && spawnSync(file, ['--version'], { stdio: 'ignore', timeout: 5000 }).status === 0) return file;
  }
  return undefined;
}
