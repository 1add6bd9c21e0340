/**
 * The files of one commit, out of a repository that a lockfile names: fetched by git without any credentials or configuration but ours,
 * through a way out that leads nowhere a tarball might not come from, and never checked out.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createGzip } from 'node:zlib';
import { DepwardError } from '../model/errors.ts';
import { Clock } from './deadline.ts';
import { openWayOut, type WayOut } from './git-way-out.ts';
import { unconnected } from './reach.ts';
import { safeUrl } from './redact.ts';
import type { StrangerRequest } from './stranger-bytes.ts';

export interface RepositoryRequest extends StrangerRequest {
  /** In full. */
  readonly commit: string;
  /** The folder that is the package; all of it when absent. */
  readonly folder?: string;
}

/** Longest until a connection is made, and for all of one repository. */
const connecting = 10_000;
const longest = 60_000;
const mostUnpacked = 256 * 2 ** 20;

/** Streams them as a gzipped archive. What cannot be had ends with the code `not-found` or `network`. */
export async function* repositoryBytes(url: string, request: RepositoryRequest): AsyncGenerator<Buffer> {
  demandPlain(url, request);
  const clock = new Clock([request.whole], request.milliseconds ?? longest);
  const place = await mkdtemp(join(tmpdir(), 'depward-'));
  const way = await openWayOut(connecting, { inside: request.inside, limitBytes: request.limitBytes });
  try {
    await makeRepository(place, request, way);
    await fetchCommit(url, place, request, way, clock);
    yield* archived(place, request, clock);
  } catch (error) {
    if (request.whole.aborted) throw new DepwardError('interrupted', 'interrupted');
    throw clock.stopped ? new DepwardError('network', `the repository ${safeUrl(url)} did not arrive in time`, { cause: unconnected }) : error;
  } finally {
    clock.done();
    way.close();
    await rm(place, { recursive: true, force: true }).catch(() => undefined);
  }
}

/** Words of a lockfile become arguments: nothing that is an option or another protocol. */
function demandPlain(url: string, { commit, folder = '' }: RepositoryRequest): void {
  const { protocol, username, password } = new URL(url);
  const isPlain = (protocol === 'https:' || protocol === 'http:') && username === '' && password === '';
  if (!isPlain || !/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(commit) || /^\/|(?:^|\/)\.\.(?:\/|$)|\p{Cc}/u.test(folder))
    throw new DepwardError('not-found', 'its repository is not fetched: that is no plain address of a commit');
}

/** An empty repository, of which git has only its configuration to read. */
async function makeRepository(place: string, { commit, npm }: RepositoryRequest, way: WayOut): Promise<void> {
  if (way.address === undefined) throw new DepwardError('network', 'no way out could be opened for git');
  const ca = Array.isArray(npm.ca) ? npm.ca.join('\n') : npm.ca;
  const hasAuthorities = typeof ca === 'string' && ca !== '';
  const isLong = commit.length === 64;
  const config = [
    '[core]',
    `repositoryformatversion = ${isLong ? 1 : 0}`,
    'bare = true',
    'hooksPath = /dev/null',
    'fsmonitor = false',
    'bigFileThreshold = 16m',
    ...(isLong ? ['[extensions]', 'objectFormat = sha256'] : []),
    '[http]',
    `proxy = ${way.address}`,
    'proxyAuthMethod = basic',
    ...(hasAuthorities ? [`sslCAInfo = ${JSON.stringify(join(place, 'authorities.pem'))}`] : []),
    ...(npm.strictSSL === false ? ['sslVerify = false'] : []),
    '[gc]\nauto = 0\n[maintenance]\nauto = false\n[credential]\nhelper =\n[fetch]\nunpackLimit = 1\n',
  ];
  for (const name of ['objects', 'refs', 'info']) await mkdir(join(place, name));
  await writeFile(join(place, 'HEAD'), 'ref: refs/heads/none\n');
  await writeFile(join(place, 'config'), config.join('\n'), { mode: 0o600 });
  if (hasAuthorities) await writeFile(join(place, 'authorities.pem'), ca);
  // A repository may name files that archives leave out, or what is written into them.
  await writeFile(join(place, 'info', 'attributes'), '* -export-ignore -export-subst -ident -filter -text -eol -working-tree-encoding\n');
}

async function fetchCommit(url: string, place: string, { commit }: RepositoryRequest, way: WayOut, clock: Clock): Promise<void> {
  const args = ['fetch', '--quiet', '--depth=1', '--no-tags', '--no-recurse-submodules', '--end-of-options', url, commit];
  const code = await endOf(start(place, args, clock, 'ignore'));
  if (way.trouble() === 'exceeded') throw new DepwardError('limit', `the repository ${safeUrl(url)} is larger than any package needs`);
  if (way.trouble() === 'unreached')
    throw new DepwardError('network', `the repository ${safeUrl(url)} cannot be had: its host cannot be reached`, { cause: unconnected });
  if (code !== 0 && !clock.stopped) throw new DepwardError('not-found', `the commit cannot be had from ${safeUrl(url)} without credentials`);
}

async function* archived(place: string, { commit, folder }: RepositoryRequest, clock: Clock): AsyncGenerator<Buffer> {
  const tree = folder === undefined ? commit : `${commit}:${folder}`;
  // Attributes of the tree are not asked for: to know them git would take all of it into memory.
  const child = start(place, ['archive', '--format=tar', '--worktree-attributes', '--prefix=package/', tree], clock, 'pipe');
  const ended = endOf(child);
  const packed = createGzip({ level: 1 });
  let left = mostUnpacked;
  child.stdout?.on('data', (piece: Buffer) => {
    left -= piece.length;
    if (left < 0) packed.destroy(new DepwardError('limit', 'the repository holds more than any package needs'));
  });
  child.stdout?.pipe(packed, { end: false });
  void ended.then((code) =>
    code === 0 ? packed.end() : packed.destroy(new DepwardError('input', 'the commit does not hold the files it should hold')),
  );
  try {
    yield* packed as AsyncIterable<Buffer>;
  } finally {
    child.kill();
  }
}

function start(place: string, args: readonly string[], clock: Clock, stdout: 'ignore' | 'pipe'): ChildProcess {
  if (clock.stopped) throw clock.reason;
  const child = spawn('git', [`--git-dir=${place}`, ...args], {
    cwd: place,
    env: surroundings(place),
    windowsHide: true,
    stdio: ['ignore', stdout, 'ignore'],
  });
  clock.onStop(() => child.kill());
  return child;
}

function endOf(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.once('error', () => reject(new DepwardError('not-found', 'its repository is not fetched: there is no git here')));
    child.once('close', resolve);
  });
}

/** What git and its libraries need to run at all; nothing that names a proxy, a credential, a command or another repository. */
const needed =
  /^(?:path|pathext|systemroot|windir|comspec|te?mp|tmpdir|git_exec_path|git_ssl_ca(?:info|path)|ssl_cert_(?:file|dir)|ld_library_path)$/i;

function surroundings(place: string): NodeJS.ProcessEnv {
  return {
    ...Object.fromEntries(Object.entries(process.env).filter(([name]) => needed.test(name))),
    HOME: place,
    USERPROFILE: place,
    XDG_CONFIG_HOME: place,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: process.platform === 'win32' ? 'NUL' : '/dev/null',
    GIT_ALLOW_PROTOCOL: 'http:https',
    GIT_TERMINAL_PROMPT: '0',
    GIT_ASKPASS: 'echo',
    GIT_HTTP_LOW_SPEED_LIMIT: '100',
    GIT_HTTP_LOW_SPEED_TIME: '15',
    // One object may not take all memory, whatever it unpacks to.
    GIT_ALLOC_LIMIT: '512m',
    LC_ALL: 'C',
  };
}
