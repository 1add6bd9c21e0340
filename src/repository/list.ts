/** Which files a repository has: what git tracks, else what a bounded walk meets. */
import { join } from 'node:path';
import { DepwardError } from '../model/errors.ts';
import { pathsOf, type RepositoryPaths } from '../model/repository-paths.ts';
import { plural } from '../model/time.ts';
import { readGitList } from './git-list.ts';

export interface Listing {
  /** From the folder, with `/`. */
  readonly paths: RepositoryPaths;
  /** Every path, as texts. */
  all(): readonly string[];
  /** Things the user should know of: submodules, limits. */
  readonly notes: readonly string[];
}

const mostFiles = 1_000_000;
const mostWalked = 100_000;
const deepest = 32;
const notWalked = new Set(['.git', 'node_modules', '.hg', '.svn']);

/** Lists the files of a folder. */
export async function listFiles(folder: string, signal: AbortSignal): Promise<Listing> {
  const tracked = await trackedFiles(folder, signal);
  if (typeof tracked === 'object') return tracked;
  return walkedFiles(folder, tracked === 'no git' ? 'git was not found (PATH)' : 'git names no tracked file here');
}

// The repository's own configuration must not make git start a program: a file system monitor is one.
const quietGit = ['-c', 'core.fsmonitor=false', '-c', 'core.untrackedCache=false', '-c', 'core.hooksPath=/dev/null'];

async function trackedFiles(folder: string, signal: AbortSignal): Promise<Listing | 'no git' | undefined> {
  // Loaded here: the bin carries this file for the doctor alone.
  const { execFile } = await import('node:child_process');
  return new Promise((done, fail) => {
    const options = {
      cwd: folder,
      encoding: 'buffer' as const,
      maxBuffer: 256 * 1024 * 1024,
      timeout: 60_000,
      signal,
      env: { ...process.env, GIT_OPTIONAL_LOCKS: '0', GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C' },
    };
    execFile('git', [...quietGit, 'ls-files', '-s', '-z', '--', '.'], options, (error, stdout) => {
      if (!error) return done(listingOf(stdout));
      if (signal.aborted) return fail(signal.reason);
      // No git, or no repository: those are told by what is done instead. Anything else must not pass for them.
      if (error.code === 'ENOENT') return done('no git');
      if (error.code === 128) return done(undefined);
      fail(new DepwardError('input', 'git could not list the files of the repository', { cause: error, hint: 'does git ls-files end here?' }));
    });
  });
}

function listingOf(stdout: Buffer): Listing | undefined {
  const paths = readGitList(stdout, mostFiles);
  const { submodules, left } = paths;
  // A folder of which git tracks nothing is not the repository it lies in.
  if (stdout.length === 0) return undefined;
  const notes: string[] = [];
  if (submodules > 0) notes.push(`${plural(submodules, 'submodule')} not looked into: each is a repository of its own`);
  if (left > 0) notes.push(`only the first ${mostFiles} files are looked at, ${left} are not`);
  return { paths, all: paths.all, notes };
}

async function walkedFiles(folder: string, why: string): Promise<Listing> {
  const paths: string[] = [];
  const notes = new Set<string>();
  const open: { readonly path: string; readonly depth: number }[] = [{ path: '', depth: 0 }];
  for (let next = open.pop(); next; next = open.pop()) {
    const entries = await entriesIn(join(folder, next.path));
    if (!entries) notes.add(`the folder ${next.path || '.'} cannot be listed`);
    for (const entry of entries ?? []) {
      const path = next.path === '' ? entry.name : `${next.path}/${entry.name}`;
      if (entry.isDirectory() && !notWalked.has(entry.name)) {
        if (next.depth < deepest) open.push({ path, depth: next.depth + 1 });
        else notes.add(`folders deeper than ${deepest} levels are not looked into`);
      } else if (!entry.isDirectory()) paths.push(path);
    }
    if (paths.length > mostWalked) {
      notes.add(`only the first ${mostWalked} files are looked at`);
      break;
    }
  }
  return { paths: pathsOf(paths), all: () => paths, notes: [`${why}: every file of the folder counts`, ...notes] };
}

async function entriesIn(folder: string) {
  try {
    const { opendir } = await import('node:fs/promises');
    const entries = [];
    for await (const entry of await opendir(folder)) {
      entries.push(entry);
      if (entries.length > mostWalked) break;
    }
    return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch {
    return undefined;
  }
}
