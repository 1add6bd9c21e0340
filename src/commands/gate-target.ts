/** What a gate is about: its options, and the two states they name. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { DepwardError } from '../model/errors.ts';
import { printable } from '../model/text.ts';
import { cacheFolder } from '../registry/cache-folder.ts';
import { baseOf, commitBefore } from '../resolve/base.ts';
import { commitOf, isGitFound, openRepository, type Repository } from '../resolve/git.ts';
import { changedPaths } from '../resolve/git-changes.ts';
import { movedSubmodules } from '../resolve/git-submodules.ts';
import { isLockfile } from '../resolve/lockfiles/names.ts';
import { changedSide, commitSide, plainSide, type Side, worktreeSide } from '../resolve/sides.ts';
import { openCommitMemory } from './commit-memory.ts';
import { openGitMemory } from './git-memory.ts';
import type { Io } from './io.ts';
import type { CommonOptions } from './options.ts';

export interface GateOptions extends CommonOptions {
  readonly base?: string;
  /** A revision, or `worktree` (default). */
  readonly head?: string;
  readonly lockfile?: readonly string[];
  readonly all?: boolean;
  readonly baseline?: string;
  readonly affected?: readonly string[];
}

/** The two states to compare and where they come from. */
export interface GateTarget {
  readonly root: string;
  /** The commit compared with; undefined where everything is judged. */
  readonly base?: string;
  /** The commit judged, unless it is the working folder. */
  readonly head?: string;
  readonly before: Side | undefined;
  readonly after: Side;
  readonly changed: ReadonlySet<string>;
  /** True where somebody asked for all lockfiles: finding none is no answer then. */
  readonly wantsLockfile?: true;
  /** Whether the base holds symbolic links, which may lead where nothing can be read. */
  readonly holdsLinks?: () => Promise<boolean>;
  /** The submodules that the change moves. */
  readonly submodules?: () => Promise<readonly string[]>;
  /** Keeps what was read of the base, for the next change from there. */
  readonly remember?: () => Promise<void>;
}

/** The states that the options name. `state`: what git says of the working folder, where it was asked before. */
export async function targetOf(options: GateOptions, io: Io, state?: Promise<string | undefined>): Promise<GateTarget> {
  const note = (line: string) => io.stderr(`depward: ${line}\n`);
  const repository = await openRepository(io.cwd, io.env, {
    state,
    memory: options.cache === false ? undefined : (root) => openGitMemory(cacheFolder(io.env, io.cwd), root),
  });
  if (!repository) {
    const found = isGitFound(io.env);
    if (options.base !== undefined || (options.head ?? 'worktree') !== 'worktree') {
      throw new DepwardError('usage', `${found ? 'this is not a git repository' : 'git was not found (PATH)'}: there is no base and no head`, {
        hint: `${found ? '' : 'install git, or '}leave --base and --head out to judge every lockfile here`,
      });
    }
    note(`${found ? 'no git repository here' : 'git was not found (PATH)'}: every lockfile is judged as a whole`);
    return { root: io.cwd, before: undefined, after: plainSide(io.cwd), changed: new Set(), wantsLockfile: true };
  }
  if (repository.bare && (options.head ?? 'worktree') === 'worktree')
    throw new DepwardError('usage', 'this repository is bare: there is no working folder to judge', { hint: 'Name what to judge: --head REV.' });
  const head = await headOf(repository, options.head);
  if (options.all) return { ...whole(repository, head.commit), wantsLockfile: true };
  if (head.id === undefined) return whole(repository, head.commit);
  const left = await baseOf(repository, { base: options.base, head: head.id, env: io.env, event: await eventOf(io), note });
  const nothing = options.base === undefined && left === head.id;
  const since = await sinceBase(repository, left, head.commit, nothing ? note : undefined);
  if (!since) return whole(repository, head.commit);
  const { base, changed } = since;
  const before = commitSide(repository, base, options.cache === false ? undefined : openCommitMemory(cacheFolder(io.env, io.cwd), repository.root));
  const after = head.commit === undefined ? changedSide(repository, before, changed) : commitSide(repository, head.commit);
  return {
    root: repository.root,
    base,
    ...(head.commit !== undefined && { head: head.commit }),
    before,
    after,
    changed,
    holdsLinks: before.holdsLinks,
    submodules: async () =>
      (await namesSubmodules(repository.root, after, head.commit, changed)) ? movedSubmodules(repository, base, head.commit) : [],
    remember: before.remember,
  };
}

/** Git checks out no submodule that this file does not name. */
async function namesSubmodules(root: string, after: Side, head: string | undefined, changed: ReadonlySet<string>): Promise<boolean> {
  if (changed.has('.gitmodules')) return true;
  return head === undefined ? existsSync(join(root, '.gitmodules')) : (await after.first(['.gitmodules'])) !== undefined;
}

/** Everything there is, compared with nothing. */
function whole(repository: Repository, commit: string | undefined): GateTarget {
  const after = commit === undefined ? worktreeSide(repository) : commitSide(repository, commit);
  return { root: repository.root, before: undefined, after, changed: new Set() };
}

/**
 * What is different since the base. Where that is the tip of the default branch itself and nothing lies beside it, the last
 * commit is what there is to judge: compared with itself everything passes. Undefined where that is the first one of all.
 */
async function sinceBase(repository: Repository, base: string, head: string | undefined, noteIfNothing?: (line: string) => void) {
  const changed = await changedPaths(repository, base, head);
  if (!noteIfNothing || changed.size > 0) return { base, changed };
  const before = await commitBefore(repository, base);
  if (before === undefined) {
    noteIfNothing('this is the first commit, with nothing uncommitted: every lockfile is judged as a whole');
    return undefined;
  }
  noteIfNothing(
    `this is the default branch, with nothing uncommitted: compared with the commit before, ${before.slice(0, 12)} (--base says otherwise)`,
  );
  return { base: before, changed: await changedPaths(repository, before, head) };
}

/** `commit` is set when the head is not the working folder; `id` is missing in a repository without commits. */
async function headOf(repository: Repository, head = 'worktree'): Promise<{ readonly id: string | undefined; readonly commit?: string }> {
  if (head === 'worktree') return { id: repository.head };
  const commit = await commitOf(repository, head);
  if (commit === undefined)
    throw new DepwardError('input', `there is no commit ${printable(head, 100)} here`, { hint: 'Fetch it first: git fetch origin.' });
  return { id: commit, commit };
}

async function eventOf(io: Io): Promise<unknown> {
  const path = io.env['GITHUB_EVENT_PATH'];
  if (path === undefined || path === '') return undefined;
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch {
    return undefined;
  }
}

/** `--lockfile` paths as paths of the repository; one that is in neither state is a slip. */
export async function namedLockfiles(names: readonly string[], { root, before, after }: GateTarget, cwd: string): Promise<string[]> {
  const [now, earlier] = await Promise.all([after.paths(), before?.paths()]);
  return names.map((name) => {
    const path = relative(root, resolve(cwd, name)).split(sep).join('/');
    if (!now.has(path) && !earlier?.has(path)) {
      const known = [...now].filter(isLockfile).slice(0, 5);
      throw new DepwardError('input', `there is no lockfile ${printable(name)}`, {
        hint: known.length > 0 ? `lockfiles here: ${printable(known.join(', '))}` : 'no lockfile is tracked here',
      });
    }
    return path;
  });
}
