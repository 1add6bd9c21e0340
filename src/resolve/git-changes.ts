/** The paths in which states of a repository differ. */
import { DepwardError } from '../model/errors.ts';
import { isId, type Repository } from './git.ts';

/** The paths that differ between a commit and another one, or the working folder with its new files. */
export async function changedPaths(repository: Repository, base: string, head: string | undefined): Promise<ReadonlySet<string>> {
  if (head !== undefined) return new Set(await differing(repository, [base, head]));
  const here = await repository.state();
  if (here && base === repository.head) return new Set(here);
  // All is as it was checked out: what two commits differ in is told sooner than what a folder does.
  if (here?.length === 0 && repository.head !== undefined) return new Set(await between(repository, base, repository.head));
  return new Set([...(await differing(repository, [base])), ...(await addedPaths(repository))]);
}

/** The same of two commits. */
async function between(repository: Repository, base: string, head: string): Promise<readonly string[]> {
  const step = await stepOf(repository, head);
  if (step?.parents[0] === base) return step.changed;
  const told = await repository.settled(['diff-tree', '-r', '--name-only', '-z', '--no-renames', '--ignore-submodules', base, head, '--']);
  return told === undefined ? differing(repository, [base, head]) : rowsOf(told);
}

async function differing({ git }: Repository, ends: readonly string[]): Promise<readonly string[]> {
  const told = await git(['diff', '--name-only', '-z', '--no-renames', '--no-ext-diff', '--no-textconv', '--ignore-submodules', ...ends, '--']);
  if (told === undefined)
    throw new DepwardError('input', `git cannot compare commit ${(ends[0] ?? '').slice(0, 12)} with this state`, {
      hint: 'Fetch it first: git fetch origin, or check out with more depth.',
    });
  return rowsOf(told);
}

async function addedPaths({ git }: Repository): Promise<readonly string[]> {
  const told = await git(['ls-files', '-z', '--others', '--exclude-standard', '--full-name', ':/']);
  if (told === undefined) throw new DepwardError('input', 'git cannot say which files are new', { hint: 'See what "git status" says.' });
  return rowsOf(told);
}

function rowsOf(told: string): string[] {
  return told.split('\0').filter((row) => row !== '');
}

/** What a commit makes of its first parent. */
export interface Step {
  readonly parents: readonly string[];
  readonly changed: readonly string[];
}

/** In one run of git; undefined for commits without parents here, and where git is too old to say it. */
export async function stepOf({ settled }: Repository, commit: string): Promise<Step | undefined> {
  const asked = ['-r', '-z', '--name-only', '--no-renames', '--ignore-submodules', '--always', '--diff-merges=first-parent', '--pretty=tformat:%P'];
  const [head = '', first = '', ...rest] = (await settled(['diff-tree', ...asked, commit, '--']))?.split('\0') ?? [];
  const parents = head.split(' ');
  return parents.every(isId) ? { parents, changed: [first.replace(/^\n/, ''), ...rest].filter((path) => path !== '') } : undefined;
}
