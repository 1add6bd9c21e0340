/** The package manager as a child that has our terminal, and what is said when it has ended. */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { DepwardError } from '../model/errors.ts';
import type { ResolvedTree } from '../model/package.ts';
import { listText, printable } from '../model/text.ts';
import type { AuditEvent } from '../proxy/audit.ts';
import type { ClientCommand } from '../proxy/clients.ts';
import { withheldText } from '../proxy/explain.ts';
import type { RunningProxy } from '../proxy/proxy-options.ts';
import type { Io } from './io.ts';

/** Runs the client with our own terminal; its exit code, or 128 and the signal that ended it. */
export async function runChild(words: readonly string[], env: Readonly<Record<string, string | undefined>>, io: Io): Promise<number> {
  const [program = '', ...rest] = words;
  const started = { cwd: io.cwd, env: env as NodeJS.ProcessEnv, stdio: 'inherit' } as const;
  // Clients are .cmd files on Windows, which only its shell starts; it takes one line.
  const child =
    process.platform === 'win32' ? spawn(words.map(forWindowsShell).join(' '), { ...started, shell: true }) : spawn(program, rest, started);
  const pass = (signal: NodeJS.Signals) => () => void child.kill(signal);
  const listeners = (['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const).map((signal) => [signal, pass(signal)] as const);
  // A terminal sends Ctrl-C to the client by itself; we only have to outlive it.
  for (const [signal, listener] of listeners) process.on(signal, signal === 'SIGINT' && process.stdin.isTTY ? ignore : listener);
  try {
    return await new Promise<number>((resolve, reject) => {
      child.on('error', (cause: NodeJS.ErrnoException) => {
        const hint = cause.code === 'ENOENT' ? 'is it installed, and in PATH?' : undefined;
        reject(
          new DepwardError('usage', `${printable(program, 100)} could not be started (${cause.code ?? 'unknown error'})`, {
            cause,
            ...(hint && { hint }),
          }),
        );
      });
      child.on('exit', (code, signal) => resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)));
    });
  } finally {
    for (const [signal, listener] of listeners) process.off(signal, listener).off(signal, ignore);
  }
}

function ignore(): void {}

/** One word as the shell of Windows takes it: blanks split it, and `^` in `lodash@^4` would be eaten. */
export function forWindowsShell(word: string): string {
  return /^[\w@./:=,+~-]+$/.test(word) ? word : `"${word.replaceAll('"', '\\"')}"`;
}

const mostLines = 20;

/** What is known when the client has ended. */
export interface Ended {
  readonly code: number;
  readonly events: readonly AuditEvent[];
  /** What its lockfile said before. */
  readonly tree: ResolvedTree | undefined;
  /** The registry behind the proxy. */
  readonly main: string;
  readonly command: ClientCommand | undefined;
}

/** Says what was withheld: clients leave out optional packages silently, and most show no more than a status. */
export function sayWhatHappened(proxy: RunningProxy, { code, events, tree, main, command }: Ended, io: Io): void {
  const refused = new Set(events.filter((event) => event.verdict === 'withheld').map((event) => event.subject));
  const withheld = proxy.withheld();
  const lines = withheld
    .filter(({ name, judgement }) => code !== 0 || refused.has(`${name}@${judgement.version}`) || refused.has(name))
    .map(({ name, judgement, instead }) => `  ${withheldText(name, judgement, instead)}`);
  for (const line of lines.slice(0, mostLines)) io.stderr(`depward:${line}\n`);
  if (lines.length > mostLines) io.stderr(`depward:  and ${lines.length - mostLines} more\n`);
  if (lines.length === 0 && withheld.length > 0) {
    const subjects = withheld.map(({ name, judgement }) => printable(`${name}@${judgement.version}`, 80));
    io.stderr(`depward: ${subjects.length} version${subjects.length === 1 ? '' : 's'} withheld while it ran (${listText(subjects, 4)})\n`);
  }
  const failed = events.filter((event) => event.verdict === 'failed');
  for (const event of failed.slice(0, 3)) io.stderr(`depward: ${event.subject}: ${event.reason ?? 'failed'}\n`);
  for (const note of uncovered(tree, main, command)) io.stderr(`depward: ${note}\n`);
}

/** What went past the proxy, as far as the lockfile tells. */
function uncovered(tree: ResolvedTree | undefined, main: string, command: ClientCommand | undefined): string[] {
  const { host } = new URL(main);
  const outside = tree?.packages.filter((entry) => entry.source === 'git' || entry.source === 'remote').length ?? 0;
  const foreign = new Set(
    tree?.packages.flatMap((entry) => {
      const at = entry.source === 'registry' && entry.resolved && URL.canParse(entry.resolved) ? new URL(entry.resolved).host : host;
      return at === host ? [] : [printable(at, 80)];
    }),
  );
  const direct =
    (command?.client === 'yarn' || command?.client === 'bun') &&
    tree?.packages.some((entry) => entry.source === 'registry' && entry.resolved?.startsWith('http'));
  return [
    ...(direct
      ? [
          `${command?.client} fetches what its lockfile names by address from there directly: judged before, but the bytes are checked by ${command?.client} alone`,
        ]
      : []),
    ...(outside > 0 ? [`${outside} packages come from git or a URL: the proxy does not see them`] : []),
    ...(foreign.size > 0 ? [`the lockfile names other hosts (${listText([...foreign])}): some clients fetch from there directly`] : []),
  ];
}
