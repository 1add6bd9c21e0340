/** Submodules that a change moves. Each is a repository of its own, of which a gate sees nothing. */
import { DepwardError } from '../model/errors.ts';
import type { Repository } from './git.ts';

/** Their paths: added, removed, or at another commit; `head`: a commit, or undefined for the working folder. */
export async function movedSubmodules({ git }: Repository, base: string, head: string | undefined): Promise<readonly string[]> {
  const ends = head === undefined ? [base] : [base, head];
  const told = await git(['diff', '--raw', '-z', '--no-renames', '--no-ext-diff', '--no-textconv', '--ignore-submodules=dirty', ...ends, '--']);
  if (told === undefined) throw new DepwardError('input', 'git cannot say which submodules are moved', { hint: 'See what "git diff --raw" says.' });
  const fields = told.split('\0');
  return fields.flatMap((row, at) => (/^:(?:160000 |\d{6} 160000 )/.test(row) ? [fields[at + 1] ?? ''] : [])).sort();
}
