/** `depward run -- CMD…`: judges the lockfile, then runs the package manager behind a proxy of its own. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { DepwardError } from '../model/errors.ts';
import type { ResolvedTree } from '../model/package.ts';
import type { Report, Verdict } from '../model/report.ts';
import { listText, printable } from '../model/text.ts';
import type { Prejudged } from '../proxy/answers.ts';
import type { AuditEvent } from '../proxy/audit.ts';
import { type ClientCommand, type ClientName, commandOf, environmentFor, lockfilesOf } from '../proxy/clients.ts';
import { withheldText } from '../proxy/explain.ts';
import { type RunningProxy, startProxy } from '../proxy/server.ts';
import { cacheFolder } from '../registry/cache-folder.ts';
import { loadNpmConfig, type NpmConfig } from '../registry/config.ts';
import { npmCredentials, npmDefaultHost } from '../registry/npm-own.ts';
import { mintedCredentials } from './credentials.ts';
import { askedRegistry, benchFor, upstreamWith } from './guard.ts';
import type { Io } from './io.ts';
import type { CommonOptions } from './options.ts';
import { exitCodeOf, writeReports } from './output.ts';
import { restoreLockfiles } from './restore-lockfiles.ts';
import { openSandbox } from './sandbox.ts';
import { openSession, type Session } from './session.ts';

/** The options as commander hands them over. */
export interface RunOptions extends CommonOptions {
  readonly sandbox?: boolean;
  readonly observe?: boolean;
}

/** Runs the command; the exit code is the client's own, 1 when the lockfile holds what the policy blocks, 2 when it could not be judged. */
export async function run(words: readonly string[], options: RunOptions, io: Io): Promise<number> {
  if (words.length === 0) throw new DepwardError('usage', 'there is no command to run', { hint: 'for example: depward run -- npm ci' });
  const command = commandOf(words);
  refuseBypass(words);
  const sandbox = options.sandbox ? openSandbox(command?.client, io) : undefined;
  const session = await openSession(io.cwd, options, io);
  try {
    const judged = command && judgesLockfile(command) ? await judgeLockfile(command.client, session, io) : undefined;
    session.progress.stop();
    if (judged && exitCodeOf(judged.report) !== 0 && !options.observe) {
      await writeReports(judged.report, options, io);
      io.stderr(`depward: ${printable(words.join(' '), 200)} was not started\n`);
      return exitCodeOf(judged.report);
    }
    return await behindProxy(words, command, judged, session, options, { ...io, env: { ...io.env, ...sandbox?.variables } });
  } finally {
    session.close();
    sandbox?.close();
  }
}

interface Judged {
  readonly report: Report;
  readonly tree: ResolvedTree;
}

function judgesLockfile({ intent }: ClientCommand): boolean {
  return intent === 'frozen' || intent === 'install' || intent === 'add';
}

/** The lockfile the client itself would install from. One that cannot be read is an error: with a warm cache the client would ask nobody. */
async function judgeLockfile(client: ClientName, session: Session, io: Io): Promise<Judged | undefined> {
  const found = lockfileFor(client, io.cwd);
  if (!found) {
    io.stderr('depward: there is no lockfile here that could be judged first; what the client asks the registry for is judged\n');
    return undefined;
  }
  const { readProjectLockfile } = await import('../resolve/project.ts');
  const lockfile = await readProjectLockfile(found.folder, found.file);
  if (!lockfile) throw new DepwardError('input', `${printable(found.file)} cannot be read`);
  const { diffTrees } = await import('../resolve/diff.ts');
  return { report: await session.judge('run', diffTrees(undefined, lockfile.tree), lockfile.tree), tree: lockfile.tree };
}

/** In a workspace the lockfile lies above, at most at the root of the repository. */
function lockfileFor(client: ClientName, start: string): { readonly folder: string; readonly file: string } | undefined {
  for (let folder = start; ; folder = dirname(folder)) {
    const file = lockfilesOf[client].find((name) => existsSync(join(folder, name)));
    if (file !== undefined) return { folder, file };
    if (dirname(folder) === folder || existsSync(join(folder, '.git'))) return undefined;
  }
}

/** A registry named on the client's own command line comes before every variable: the proxy would not be asked. */
function refuseBypass(words: readonly string[]): void {
  const found = words.find((word) => /^--(config\.)?((@[^:=]+:)?registry)(=|$)/.test(word));
  if (found !== undefined) {
    throw new DepwardError('usage', `${printable(found, 100)} would send the client past depward`, {
      hint: 'depward run --registry URL -- … names the registry behind it',
    });
  }
}

async function behindProxy(
  words: readonly string[],
  command: ClientCommand | undefined,
  judged: Judged | undefined,
  session: Session,
  options: RunOptions,
  io: Io,
): Promise<number> {
  const config = await loadNpmConfig({ cwd: io.cwd, env: io.env, ...(options.registry !== undefined && { registry: options.registry }) });
  const main = options.registry === undefined ? await askedRegistry(command?.client, words[0] as string, config, io) : config.registries.main;
  const events: AuditEvent[] = [];
  const originals = new Map<string, string>();
  const proxy = await openProxy(main, config, command, judged, session, options, events, originals, io);
  try {
    const upstreamHost = new URL(main).hostname;
    const variables = environmentFor(
      command?.client,
      {
        url: proxy.url,
        scopes: [...config.registries.scopes.keys()],
        ...(new URL(main).host !== (await npmDefaultHost()) && { replaceHost: upstreamHost }),
      },
      io.env,
    );
    const code = await runChild(words, { ...io.env, ...variables }, io);
    report(proxy, events, code, judged, main, command, io);
    return code;
  } finally {
    await proxy.close(2000);
    restoreLockfiles(io.cwd, proxy.url, originals, main);
  }
}

async function openProxy(
  main: string,
  config: NpmConfig,
  command: ClientCommand | undefined,
  judged: Judged | undefined,
  session: Session,
  options: RunOptions,
  events: AuditEvent[],
  originals: Map<string, string>,
  io: Io,
): Promise<RunningProxy> {
  const upstream = upstreamWith(await npmCredentials(config), mintedCredentials(io));
  return await startProxy({
    host: '127.0.0.1',
    port: 0,
    upstreams: {
      main: upstream(main),
      scopes: new Map([...config.registries.scopes].map(([scope, url]) => [scope, upstream(url)])),
      credentialsTo: 'main',
    },
    bench: benchFor(session.policy, 'run', cacheFolder(io.env, io.cwd)),
    observe: options.observe === true,
    rewrite: command === undefined || command.client === 'npm' ? 'auto' : 'always',
    npmReplaces: new Set([new URL(main).host]),
    shown: (shown, original) => void originals.set(shown, original),
    prejudged: judged ? prejudgedBy(judged) : new Map(),
    // Publishing, logging in and the like are the user's own business here: one client, one user.
    pass: new Set(['ping', 'search', 'audit', 'keys', 'attestations', 'account', 'publish', 'other']),
    freshFor: 3_600_000,
    cacheBytes: 256_000_000,
    audit: { write: (event) => void (events.length < 100_000 && events.push(event)), lost: 0, close: async () => {} },
    now: io.now,
  });
}

/** What the lockfile's own verdicts allow, bound to the bytes it names. */
function prejudgedBy({ report, tree }: Judged): ReadonlyMap<string, Prejudged> {
  const allowed = new Map<string, Verdict>(
    report.verdicts.flatMap((verdict) =>
      verdict.subject.kind === 'package' && verdict.action !== 'block'
        ? [[`${verdict.subject.name}@${verdict.subject.version}`, verdict] as const]
        : [],
    ),
  );
  const prejudged = new Map<string, Prejudged>();
  for (const entry of tree.packages) {
    const subject = `${entry.name}@${entry.version}`;
    const verdict = allowed.get(subject);
    if (!verdict || entry.source !== 'registry' || !entry.integrity?.includes('sha512-')) continue;
    const judgement = { version: entry.version, action: verdict.action, because: verdict.because, complete: true };
    prejudged.set(subject, { judgement, integrity: entry.integrity, tarball: undefined });
  }
  return prejudged;
}

/** Runs the client with our own terminal; its exit code, or 128 and the signal that ended it. */
async function runChild(words: readonly string[], env: Readonly<Record<string, string | undefined>>, io: Io): Promise<number> {
  const [program = '', ...rest] = words;
  const child = spawn(program, rest, { cwd: io.cwd, env: env as NodeJS.ProcessEnv, stdio: 'inherit', shell: process.platform === 'win32' });
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

const mostLines = 20;

/** Says what was withheld: clients leave out optional packages silently, and most show no more than a status. */
function report(
  proxy: RunningProxy,
  events: readonly AuditEvent[],
  code: number,
  judged: Judged | undefined,
  main: string,
  command: ClientCommand | undefined,
  io: Io,
): void {
  const refused = new Set(events.filter((event) => event.verdict === 'withheld').map((event) => event.subject));
  const withheld = proxy.withheld();
  const lines = withheld
    .filter(({ name, judgement }) => code !== 0 || refused.has(`${name}@${judgement.version}`) || refused.has(name))
    .map(({ name, judgement, instead }) => `  ${withheldText(name, judgement, instead)}`);
  for (const line of lines.slice(0, mostLines)) io.stderr(`depward:${line}\n`);
  if (lines.length > mostLines) io.stderr(`depward:  and ${lines.length - mostLines} more\n`);
  if (lines.length === 0 && withheld.length > 0) {
    io.stderr(
      `depward: ${withheld.length} version${withheld.length === 1 ? '' : 's'} of ${new Set(withheld.map((one) => one.name)).size} packages withheld while it ran (${listText(withheld.slice(-3).map(({ name, judgement }) => printable(`${name}@${judgement.version}`, 80)))})\n`,
    );
  }
  const failed = events.filter((event) => event.verdict === 'failed');
  for (const event of failed.slice(0, 3)) io.stderr(`depward: ${event.subject}: ${event.reason ?? 'failed'}\n`);
  for (const note of uncovered(judged?.tree, main, command)) io.stderr(`depward: ${note}\n`);
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
