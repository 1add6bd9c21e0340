/**
 * What git knows of a repository, asked of git itself. The repository is not trusted: no hooks, no external diff, no
 * conversion filters, and no revision is ever taken for an option.
 */
import { type ExecFileOptions, execFile, type SpawnSyncOptions, spawnSync } from 'node:child_process';
import { DepwardError } from '../model/errors.ts';
import { printable } from '../model/text.ts';
import { bareRepository } from './git-bare.ts';
import { type Blob, type BlobRequest, readBlobs } from './git-blobs.ts';
import { treeIfClean } from './git-index.ts';
import { type PlainRepository, plainRepository } from './git-plain.ts';
import { type Environment, longestRun, mostSaid, quietly, safe } from './git-start.ts';
import { rowsOfState, stateCommand } from './git-state.ts';

/** Runs git; resolves to its output, or undefined when git says no; `partly`: to what it said before it did. */
export type Git = (args: readonly string[], limits?: { readonly bytes?: number; readonly partly?: boolean }) => Promise<string | undefined>;

/** A repository on disk. */
export interface Repository {
  readonly root: string;
  readonly shallow: boolean;
  /** True where there is no working folder; the root is git's own folder then. */
  readonly bare?: boolean;
  /** The commit that is checked out; undefined where there is none yet. */
  readonly head: string | undefined;
  /** The commits that the default branch may be at, by their usual names. */
  readonly tips: ReadonlyMap<string, string>;
  readonly git: Git;
  /** The same of what never becomes another: commits, and what lies between them, all called by their full names. */
  readonly settled: (args: readonly string[]) => Promise<string | undefined>;
  /** What in the working folder is not as it was checked out; undefined where git cannot say it plainly. */
  state(): Promise<readonly string[] | undefined>;
  /** Objects, all in one run of git; undefined for what is not there. */
  blobs(asked: readonly BlobRequest[]): Promise<readonly (Blob | undefined)[]>;
}

/** A file as a commit holds it. */
export interface TreeFile {
  readonly path: string;
  readonly id: string;
  /** A symbolic link: its content is where it leads. */
  readonly link: boolean;
}

const megabyte = 1024 * 1024;

interface Limits {
  readonly bytes?: number;
  readonly partly?: boolean;
}

/** Commands that may take their time: they are waited for without stopping all else. */
const slow = new Set(['fetch', 'ls-remote', 'log']);

/** Git in a folder. */
function gitIn(folder: string, env: Environment): Git {
  const options = { cwd: folder, env: quietly(env), timeout: longestRun, windowsHide: true };
  return async (args, limits = {}) => (slow.has(args[0] ?? '') ? gitLater(args, limits, options) : gitAtOnce(args, limits, options));
}

/** What git tells at once is waited for at once: pipes and events cost more than most answers. */
function gitAtOnce(args: readonly string[], { bytes = mostSaid, partly = false }: Limits, options: SpawnSyncOptions): string | undefined {
  const { status, stdout, error } = spawnSync('git', [...safe, ...args], { ...options, maxBuffer: bytes, stdio: ['ignore', 'pipe', 'ignore'] });
  if ((error as NodeJS.ErrnoException | undefined)?.code === 'ENOBUFS') throw tooMuch(args, bytes);
  return error === undefined && (status === 0 || (partly && status !== null)) ? stdout.toString() : undefined;
}

function gitLater(args: readonly string[], { bytes = mostSaid, partly = false }: Limits, options: ExecFileOptions): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    execFile('git', [...safe, ...args], { ...options, maxBuffer: bytes, encoding: 'utf8' }, (error, stdout) => {
      if (!error || (partly && typeof error.code === 'number')) resolve(stdout);
      else if (error.code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER') reject(tooMuch(args, bytes));
      else resolve(undefined);
    });
  });
}

function tooMuch(args: readonly string[], bytes: number): DepwardError {
  return new DepwardError('limit', `git ${args[0]} answered with more than ${bytes / megabyte} MB`);
}

/** False where there is no git to ask. */
export function isGitFound(env: Environment): boolean {
  const { error } = spawnSync('git', ['--version'], { env: quietly(env), timeout: longestRun, windowsHide: true, stdio: 'ignore' });
  return (error as NodeJS.ErrnoException | undefined)?.code !== 'ENOENT';
}

/** Where the branch everything is merged into may be, the likeliest first. */
export const defaultTips = [
  'refs/remotes/origin/HEAD',
  'refs/remotes/origin/main',
  'refs/remotes/origin/master',
  'refs/heads/main',
  'refs/heads/master',
];

/** What is known before git is asked. */
export interface KnownOfGit {
  /** The state of the working folder. */
  readonly state?: Promise<string | undefined> | undefined;
  /** The memory of a repository, by its root. */
  readonly memory?: ((root: string) => GitMemory) | undefined;
}

/** Remembers what git said of what never becomes another. */
export interface GitMemory {
  recall(question: string): string | undefined;
  keep(question: string, answer: string): void;
}

/** The repository a folder lies in; undefined without git or outside a repository. */
export async function openRepository(folder: string, env: Environment, known: KnownOfGit = {}): Promise<Repository | undefined> {
  const plain = plainRepository(folder, env, defaultTips);
  const told = plain ?? (await toldByGit(folder, env)) ?? (await bareRepository(gitIn(folder, env), defaultTips));
  if (!told) return undefined;
  const { root } = told;
  const git = gitIn(root, env);
  const lasting = known.memory?.(root);
  // A shallow history may become deeper.
  const memory = told.shallow ? undefined : lasting;
  const settled = new Map<string, Promise<string | undefined>>();
  const ask = async (question: string, args: readonly string[]) => {
    const answer = memory?.recall(question) ?? (await git(args));
    if (answer !== undefined) memory?.keep(question, answer);
    return answer;
  };
  const look = async () => {
    const said = (await known.state) ?? (await git(stateCommand));
    return said === undefined ? undefined : rowsOfState(said);
  };
  let state: ReturnType<Repository['state']> | undefined;
  return {
    ...told,
    git,
    settled(args) {
      const question = args.join(' ');
      const answer = settled.get(question) ?? ask(question, args);
      settled.set(question, answer);
      return answer;
    },
    state() {
      state ??= plain && lasting && !known.state ? stateSeen(plain, lasting, look) : look();
      return state;
    },
    blobs: (asked) => readBlobs({ folder: root, env: quietly(env), options: safe, timeout: longestRun }, asked),
  };
}

/** The same as `look` says, which is not asked where the very tree lies there, and nothing else, that it found to be all of this commit. */
async function stateSeen({ root, head }: PlainRepository, memory: GitMemory, look: Repository['state']): ReturnType<Repository['state']> {
  const tree = head === undefined ? undefined : treeIfClean(root);
  if (tree === undefined) return look();
  const question = `tree of ${head}`;
  if (memory.recall(question) === tree) return [];
  const rows = await look();
  // Git may have looked at what was staged meanwhile.
  if (rows?.length === 0 && treeIfClean(root) === tree) memory.keep(question, tree);
  return rows;
}

/** The same of any repository, as git says it. */
export async function toldByGit(folder: string, env: Environment): Promise<PlainRepository | undefined> {
  // Each start of git costs as much as all that is asked of it: one run tells the folder, the tips and what is checked out. A
  // reference that may be missing is asked for as a pattern, which may match nothing; a word after each tells them apart.
  const asked = defaultTips.flatMap((name) => [`--glob=${name.slice(0, -1)}[${name.at(-1)}]`, '--is-bare-repository']);
  const answer = await gitIn(folder, env)(['rev-parse', '--show-toplevel', '--is-shallow-repository', ...asked, 'HEAD^{commit}'], { partly: true });
  const [root, shallow, ...rest] = answer?.trimEnd().split('\n') ?? [];
  if (root === undefined || root === '' || shallow === undefined) return undefined;
  const tips = new Map<string, string>();
  let at = 0;
  for (const line of rest) {
    const name = defaultTips[at];
    if (name === undefined) break;
    if (isId(line)) tips.set(name, line);
    else at += 1;
  }
  const head = rest.at(-1);
  return {
    root,
    shallow: shallow === 'true',
    head: at === defaultTips.length && isId(head) ? head : undefined,
    tips,
  };
}

export function isId(text: string | undefined): text is string {
  return text !== undefined && /^[0-9a-f]{40,64}$/.test(text);
}

/** The full id of a commit; undefined when there is none by that name here. */
export async function commitOf({ git }: Repository, revision: string): Promise<string | undefined> {
  const id = (await git(['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`]))?.trim();
  return isId(id) ? id : undefined;
}

/** The parents a commit names, also where a shallow clone does not hold them. */
export async function parentsOf({ git }: Repository, commit: string): Promise<readonly string[]> {
  const raw = (await git(['cat-file', 'commit', commit])) ?? '';
  const head = raw.slice(0, Math.max(raw.indexOf('\n\n'), 0));
  return [...head.matchAll(/^parent ([0-9a-f]{40,64})$/gm)].map((found) => found[1] ?? '');
}

/** All files of a commit that `wanted` names; `under`: only of these exact paths. */
export async function filesOf(
  repository: Repository,
  commit: string,
  wanted: (path: string) => boolean,
  under: readonly string[] = [],
): Promise<readonly TreeFile[]> {
  return filesIn(await listingOf(repository, commit, under)).filter(({ path }) => wanted(path));
}

/** The same as git writes it. */
export async function listingOf({ git }: Repository, commit: string, under: readonly string[] = []): Promise<string> {
  const listing = await git(['--literal-pathspecs', 'ls-tree', '-r', '-z', '--full-tree', commit, '--', ...under]);
  if (listing === undefined)
    throw new DepwardError('input', `git does not hold the files of commit ${commit.slice(0, 12)}`, {
      hint: 'Fetch it first: git fetch origin, or check out with more depth.',
    });
  return listing;
}

/** The files of such a list. */
export function filesIn(listing: string): readonly TreeFile[] {
  return listing.split('\0').flatMap((row) => {
    const found = /^(\d{6}) blob ([0-9a-f]+)\t(.+)$/s.exec(row);
    const [, mode, id, path] = found ?? [];
    return id !== undefined && path !== undefined ? [{ path, id, link: mode === '120000' }] : [];
  });
}

/** The paths git knows in the working folder, new files included, ignored ones not. */
export async function filesInFolder({ git }: Repository, wanted: (path: string) => boolean): Promise<readonly string[]> {
  const listing = (await git(['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--full-name', ':/'])) ?? '';
  return [...new Set(listing.split('\0').filter((path) => path !== '' && wanted(path)))];
}

/** A file to read and the most it may hold. */
export interface Wanted {
  readonly file: TreeFile;
  readonly limit: number;
}

/** The texts of files of a commit, in one run of git, each as a promise of its own; links are followed once, inside the repository only. */
export async function textsOf(repository: Repository, commit: string, wanted: readonly Wanted[]): Promise<readonly (() => Promise<string>)[]> {
  const blobs = await repository.blobs(wanted.map(({ file, limit }) => ({ id: file.id, limit })));
  return wanted.map((one, index) => () => textIn(repository, commit, one, blobs[index]));
}

async function textIn(repository: Repository, commit: string, { file, limit }: Wanted, blob: Blob | undefined): Promise<string> {
  if (!blob) throw new DepwardError('input', `git does not hold ${printable(file.path)} of commit ${commit.slice(0, 12)}`);
  if ('size' in blob)
    throw new DepwardError('limit', `${printable(file.path)} is larger than ${Math.round(limit / megabyte)} MB`, {
      hint: 'No real file of this kind is.',
    });
  if (!file.link) return blob.text;
  const target = insideOf(file.path, blob.text);
  const [found] = target === undefined ? [] : await filesOf(repository, commit, (path) => path === target);
  if (!found || found.link)
    throw new DepwardError('input', `${printable(file.path)} is a link that leads out of the repository`, {
      hint: 'depward reads only what belongs to the repository.',
    });
  const [content] = await repository.blobs([{ id: found.id, limit }]);
  return textIn(repository, commit, { file: found, limit }, content);
}

/** Where a link of a commit leads, as a path of the repository; undefined when it leads out of it. */
export async function linkTarget(repository: Repository, { path, id }: TreeFile): Promise<string | undefined> {
  const [blob] = await repository.blobs([{ id, limit: longestLink }]);
  return blob && 'text' in blob ? insideOf(path, blob.text) : undefined;
}

const longestLink = 4096;

/** Where a link leads, as a path of the repository; undefined when it leads out of it. */
function insideOf(path: string, target: string): string | undefined {
  if (target.startsWith('/')) return undefined;
  const parts = path.split('/').slice(0, -1);
  for (const part of target.split('/')) {
    if (part === '..' && parts.pop() === undefined) return undefined;
    if (part !== '..' && part !== '.' && part !== '') parts.push(part);
  }
  return parts.join('/');
}
