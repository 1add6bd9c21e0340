/**
 * What git knows of a repository, asked of git itself. The repository is not trusted: no hooks, no external diff, no
 * conversion filters, and no revision is ever taken for an option.
 */
import { execFile } from 'node:child_process';
import { DepwardError } from '../model/errors.ts';
import { printable } from '../model/text.ts';

/** Runs git; resolves to its output, or undefined when git says no. */
export type Git = (args: readonly string[], limits?: { readonly bytes?: number; readonly milliseconds?: number }) => Promise<string | undefined>;

/** A repository on disk. */
export interface Repository {
  readonly root: string;
  readonly shallow: boolean;
  readonly git: Git;
}

/** A file as a commit holds it. */
export interface TreeFile {
  readonly path: string;
  readonly id: string;
  /** A symbolic link: its content is where it leads. */
  readonly link: boolean;
}

const megabyte = 1024 * 1024;
const safe = ['-c', 'core.hooksPath=/dev/null', '-c', 'core.fsmonitor=false', '-c', 'core.quotePath=false', '-c', 'gc.auto=0'];

/** Git in a folder. */
export function gitIn(folder: string, env: Readonly<Record<string, string | undefined>>): Git {
  const quiet = {
    ...env,
    GIT_TERMINAL_PROMPT: '0',
    GIT_OPTIONAL_LOCKS: '0',
    LC_ALL: 'C',
  };
  return (args, { bytes = 64 * megabyte, milliseconds = 120_000 } = {}) =>
    new Promise((resolve, reject) => {
      execFile(
        'git',
        [...safe, ...args],
        { cwd: folder, env: quiet, maxBuffer: bytes, timeout: milliseconds, windowsHide: true },
        (error, stdout) => {
          if (!error) resolve(stdout);
          else if (error.code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER')
            reject(new DepwardError('limit', `git ${args[0]} answered with more than ${bytes / megabyte} MB`));
          else resolve(undefined);
        },
      );
    });
}

/** The repository a folder lies in; undefined without git or outside a repository. */
export async function openRepository(folder: string, env: Readonly<Record<string, string | undefined>>): Promise<Repository | undefined> {
  const [root, shallow] = (await gitIn(folder, env)(['rev-parse', '--show-toplevel', '--is-shallow-repository']))?.trimEnd().split('\n') ?? [];
  return root === undefined || root === '' ? undefined : { root, shallow: shallow === 'true', git: gitIn(root, env) };
}

/** The full id of a commit; undefined when there is none by that name here. */
export async function commitOf({ git }: Repository, revision: string): Promise<string | undefined> {
  const id = (await git(['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`]))?.trim();
  return id === undefined || !/^[0-9a-f]{40,64}$/.test(id) ? undefined : id;
}

/** The parents a commit names, also where a shallow clone does not hold them. */
export async function parentsOf({ git }: Repository, commit: string): Promise<readonly string[]> {
  const raw = (await git(['cat-file', 'commit', commit])) ?? '';
  const head = raw.slice(0, Math.max(raw.indexOf('\n\n'), 0));
  return [...head.matchAll(/^parent ([0-9a-f]{40,64})$/gm)].map((found) => found[1] ?? '');
}

/** All files of a commit that `wanted` names. */
export async function filesOf({ git }: Repository, commit: string, wanted: (path: string) => boolean): Promise<readonly TreeFile[]> {
  const listing = await git(['ls-tree', '-r', '-z', '--full-tree', commit]);
  if (listing === undefined)
    throw new DepwardError('input', `git does not hold the files of commit ${commit.slice(0, 12)}`, {
      hint: 'Fetch it first: git fetch origin, or check out with more depth.',
    });
  return listing.split('\0').flatMap((row) => {
    const found = /^(\d{6}) blob ([0-9a-f]+)\t(.+)$/s.exec(row);
    const [, mode, id, path] = found ?? [];
    return id !== undefined && path !== undefined && wanted(path) ? [{ path, id, link: mode === '120000' }] : [];
  });
}

/** The paths that differ between a commit and another one, or the working folder with its new files. */
export async function changedPaths({ git }: Repository, base: string, head: string | undefined): Promise<ReadonlySet<string>> {
  const ends = head === undefined ? [base] : [base, head];
  const [changed, fresh] = await Promise.all([
    git(['diff', '--name-only', '-z', '--no-renames', '--no-ext-diff', '--no-textconv', '--ignore-submodules', ...ends, '--']),
    head === undefined ? git(['ls-files', '-z', '--others', '--exclude-standard', '--full-name', ':/']) : '',
  ]);
  if (changed === undefined)
    throw new DepwardError('input', `git cannot compare commit ${base.slice(0, 12)} with this state`, {
      hint: 'Fetch it first: git fetch origin, or check out with more depth.',
    });
  return new Set(`${changed}${fresh ?? ''}`.split('\0').filter((path) => path !== ''));
}

/** The paths git knows in the working folder, new files included, ignored ones not. */
export async function filesInFolder({ git }: Repository, wanted: (path: string) => boolean): Promise<readonly string[]> {
  const listing = (await git(['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--full-name', ':/'])) ?? '';
  return [...new Set(listing.split('\0').filter((path) => path !== '' && wanted(path)))];
}

/** The text of a file; a link is followed once, inside the repository only. */
export async function textOf(repository: Repository, commit: string, file: TreeFile, limit: number): Promise<string> {
  const size = Number(await repository.git(['cat-file', '-s', file.id]));
  if (size > limit)
    throw new DepwardError('limit', `${printable(file.path)} is larger than ${Math.round(limit / megabyte)} MB`, {
      hint: 'No real file of this kind is.',
    });
  const text = await repository.git(['cat-file', 'blob', file.id], { bytes: limit + megabyte });
  if (text === undefined) throw new DepwardError('input', `git does not hold ${printable(file.path)} of commit ${commit.slice(0, 12)}`);
  if (!file.link) return text;
  const target = insideOf(file.path, text);
  const [found] = target === undefined ? [] : await filesOf(repository, commit, (path) => path === target);
  if (!found || found.link)
    throw new DepwardError('input', `${printable(file.path)} is a link that leads out of the repository`, {
      hint: 'depward reads only what belongs to the repository.',
    });
  return textOf(repository, commit, found, limit);
}

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
