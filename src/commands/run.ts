/** `depward run -- CMD…`: judges what the package manager is about to install, then runs it behind a proxy of its own. */
import { DepwardError } from '../model/errors.ts';
import type { Report } from '../model/report.ts';
import { printable } from '../model/text.ts';
import type { Prejudged } from '../proxy/answers.ts';
import type { AuditEvent } from '../proxy/audit.ts';
import { type ClientCommand, type ClientName, clientNames, commandOf, environmentFor, pointedWords, runsScripts } from '../proxy/clients.ts';
import type { RunningProxy } from '../proxy/proxy-options.ts';
import { startProxy } from '../proxy/server.ts';
import { cacheFolder } from '../registry/cache-folder.ts';
import { loadNpmConfig, type NpmConfig } from '../registry/config.ts';
import { npmDefaultHost } from '../registry/npm-own.ts';
import { environmentWith } from './child-environment.ts';
import { lockfileFor } from './client-lockfile.ts';
import { type ClientRegistries, npmVariablesFor, registriesOf } from './client-scopes.ts';
import { type Intended, intendedBy } from './client-words.ts';
import { mintedCredentials } from './credentials.ts';
import { askedRegistry, benchFor, upstreamsBy } from './guard.ts';
import { exit, type Io } from './io.ts';
import type { CommonOptions } from './options.ts';
import { exitCodeOf, targetsOf, writeReports } from './output.ts';
import { restoreLockfiles } from './restore-lockfiles.ts';
import { runChild, sayWhatHappened } from './run-child.ts';
import { type Judged, judgeIntended, judgeLockfile, judgeWritten, prejudgedBy } from './run-judging.ts';
import { together } from './run-report.ts';
import { openSandbox } from './sandbox.ts';
import { openSession, type Session } from './session.ts';

/** The options as commander hands them over. */
export interface RunOptions extends CommonOptions {
  readonly sandbox?: boolean;
  readonly observe?: boolean;
}

/** One run: what is to be run, and what it needs. */
interface Run {
  readonly words: readonly string[];
  readonly command: ClientCommand | undefined;
  readonly intended: Intended | undefined;
  /** What the client itself is told of, outside npm's files. */
  readonly registries: ClientRegistries;
  readonly session: Session;
  /** What was judged so far, stage after stage. */
  readonly judged: Judged[];
  readonly options: RunOptions;
  readonly io: Io;
}

/** Runs the command; the exit code is the client's own, 1 when what it would install (or did install) is blocked, 2 when it could not be judged. */
export async function run(words: readonly string[], given: RunOptions, io: Io): Promise<number> {
  if (words.length === 0) throw new DepwardError('usage', 'there is no command to run', { hint: 'for example: depward run -- npm ci' });
  const command = commandOf(words);
  refuseBypass(words);
  const intended = command && command.intent !== 'other' ? await intendedBy(command, words, io) : undefined;
  const sandbox = given.sandbox ? openSandbox(command?.client, io) : undefined;
  const folder = intended?.folder ?? io.cwd;
  const registries = command ? await registriesOf(command.client, folder, io) : { main: undefined, scopes: [] };
  // What is judged is what the client's own registry says, not npm's.
  const registry = given.registry ?? (await askedRegistry(command?.client, words[0] as string, registries.main?.url, { ...io, cwd: folder }));
  const options = { ...given, ...(registry !== undefined && { registry }) };
  const session = await openSession(folder, options, withRegistries(registries, io));
  try {
    return await guarded({
      words,
      command,
      intended,
      registries,
      session,
      judged: [],
      options,
      io: { ...io, env: { ...io.env, ...sandbox?.variables } },
    });
  } finally {
    session.close();
    sandbox?.close();
  }
}

async function guarded(run: Run): Promise<number> {
  const { words, command, intended, session, io } = run;
  const { judged } = run;
  for (const client of installers(run)) {
    const lockfile = await judgeLockfile(client, intended?.folder ?? io.cwd, session, io);
    if (lockfile) judged.push(lockfile);
    if (await refused(lockfile, run)) return exitCodeOf((lockfile as Judged).report);
  }
  const guard = await openGuard(run, judged);
  try {
    if (command && intended && command.intent !== 'frozen') {
      const added = await judgeIntended(command, intended, judged[0], guard.proxy, session, io, isDirect(run));
      if (added) judged.push(added);
      if (await refused(added, run)) return exitCodeOf((added as Judged).report);
      if (added) for (const [subject, verdict] of prejudgedBy(added)) guard.prejudged.set(subject, verdict);
    }
    session.progress.stop();
    const code = await runChild(pointedWords(command, words, guard.scopes, guard.proxy.url), environmentWith(io.env, guard.variables), io);
    for (const { scope, url, direct } of intended ? run.registries.scopes : []) {
      if (direct)
        io.stderr(
          `depward: ${command?.client} fetches packages of ${scope} from ${printable(url, 200)} directly: what its lockfile names of them was judged, the proxy did not see them\n`,
        );
    }
    sayWhatHappened(guard.proxy, { code, events: guard.events, tree: judged[0]?.tree, main: guard.main, command }, io);
    await guard.close();
    return await afterwards(code, run);
  } finally {
    await guard.close();
  }
}

/** The package managers that may install from a lockfile here: the one that is started, or any whose lockfile lies here where that cannot be told. */
function installers({ words, command, intended, io }: Run): readonly ClientName[] {
  if (!command) return clientNames.filter((client) => lockfileFor(client, io.cwd) !== undefined);
  if (runsScripts(command, words) && lockfileFor(command.client, io.cwd))
    io.stderr(
      'depward: what a script of the project installs from a lockfile is not judged first; put "depward run --" before the installation itself\n',
    );
  return intended && !intended.apart ? [command.client] : [];
}

/** Reports what was judged before the client starts; true when it is therefore not started. */
async function refused(stage: Judged | undefined, run: Run): Promise<boolean> {
  const { options, words, session, io } = run;
  session.progress.stop();
  if (!stage) return false;
  const isRefused = exitCodeOf(stage.report) !== exit.allowed && !options.observe;
  if (isRefused) await writeReports(stage.report, options, io, wholeOf(run));
  else await reportAside(stage.report, run);
  if (isRefused) io.stderr(`depward: ${printable(words.join(' '), 200)} was not started\n`);
  return isRefused;
}

/** Beside a client that runs: standard output is its own, and a clean report is one line. */
async function reportAside(report: Report, run: Run): Promise<void> {
  const { options, io } = run;
  const isPlain = options.verbose !== true && targetsOf(options.format).every(({ format, file }) => format === 'text' && file === undefined);
  const isClean = report.complete && report.verdicts.every((verdict) => verdict.action === 'allow');
  if (!isPlain || !isClean || report.notes.length > 0)
    return writeReports(report, options, { ...io, stdout: io.stderr, stdoutIsTTY: io.stderrIsTTY }, wholeOf(run));
  const { judged } = report.coverage;
  if (!options.quiet) io.stderr(`depward: ${judged} package${judged === 1 ? '' : 's'} judged, nothing to object to\n`);
}

/** For files, which are written anew after each stage: what was judged before as well. */
function wholeOf({ judged }: Run): { readonly whole?: Report } {
  const [first, ...rest] = judged.map(({ report }) => report);
  return first ? { whole: together([first, ...rest]) } : {};
}

/** What the client wrote beyond what was judged: too late to withhold it, not too late to say so. */
async function afterwards(code: number, run: Run): Promise<number> {
  const { command, intended, registries, judged, options, io } = run;
  if (!command || !intended || intended.apart || (command.intent !== 'install' && command.intent !== 'add')) return code;
  const written = await judgeWritten(command, intended.folder, judged, () => openSession(intended.folder, options, withRegistries(registries, io)));
  if (!written || exitCodeOf(written.report) === 0) return code;
  judged.push(written);
  await reportAside(written.report, run);
  io.stderr('depward: the lockfile now names packages that the policy does not let pass; undo it before they are used\n');
  return options.observe || code !== 0 ? code : Math.max(exit.blocked, exitCodeOf(written.report));
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

/** The same with what the client is told of registries in npm's configuration. */
function withRegistries(registries: ClientRegistries, io: Io): Io {
  return { ...io, env: { ...io.env, ...npmVariablesFor(registries) } };
}

/** Tells packages of which the proxy sees nothing: their scope is fetched directly. */
function isDirect({ registries }: Run): (name: string) => boolean {
  const scopes = registries.scopes.filter(({ direct }) => direct);
  return (name) => scopes.some(({ scope }) => name.startsWith(`${scope}/`));
}

interface Guard {
  readonly proxy: RunningProxy;
  readonly main: string;
  readonly events: readonly AuditEvent[];
  readonly prejudged: Map<string, Prejudged>;
  /** What sends the client to the proxy. */
  readonly variables: Readonly<Record<string, string>>;
  /** Those with a registry of their own. */
  readonly scopes: readonly string[];
  /** Stops the proxy and puts lockfiles right; again does nothing. */
  close(): Promise<void>;
}

async function openGuard(run: Run, judged: readonly Judged[]): Promise<Guard> {
  const { command, options, io } = run;
  const cwd = run.intended?.folder ?? io.cwd;
  const { env } = withRegistries(run.registries, io);
  const config = await loadNpmConfig({ cwd, env, ...(options.registry !== undefined && { registry: options.registry }) });
  const { main } = config.registries;
  const events: AuditEvent[] = [];
  const originals = new Map<string, string>();
  const prejudged = new Map<string, Prejudged>(judged.flatMap((one) => [...prejudgedBy(one)]));
  const proxy = await openProxy(main, config, prejudged, events, originals, run);
  const replaceHost = new URL(main).host === (await npmDefaultHost()) ? {} : { replaceHost: new URL(main).hostname };
  const scopes = [...config.registries.scopes.keys()];
  const variables = environmentFor(command?.client, { url: proxy.url, scopes, ...replaceHost }, io.env);
  let open = true;
  const close = async () => {
    if (!open) return;
    open = false;
    await proxy.close(2000);
    restoreLockfiles(cwd, proxy.url, originals, main);
  };
  return { proxy, main, events, prejudged, variables, scopes, close };
}

async function openProxy(
  main: string,
  config: NpmConfig,
  prejudged: ReadonlyMap<string, Prejudged>,
  events: AuditEvent[],
  originals: Map<string, string>,
  { command, session, options, io }: Run,
): Promise<RunningProxy> {
  const upstream = await upstreamsBy(config, mintedCredentials(io));
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
    prejudged,
    // Publishing, logging in and the like are the user's own business here: one client, one user.
    pass: new Set(['ping', 'search', 'audit', 'keys', 'attestations', 'account', 'publish', 'other']),
    freshFor: 3_600_000,
    cacheBytes: 256_000_000,
    audit: { write: (event) => void (events.length < 100_000 && events.push(event)), lost: 0, close: async () => {} },
    now: io.now,
  });
}
