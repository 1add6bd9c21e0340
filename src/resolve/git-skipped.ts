/** Files that belong to a working folder and are left out of it: a sparse checkout holds them in git's index alone. */
import { DepwardError } from '../model/errors.ts';
import { type Repository, type TreeFile, textsOf } from './git.ts';

/** The files that are not checked out on purpose, by path; one that was removed is none of them. */
export async function skippedFiles({ git }: Repository): Promise<ReadonlyMap<string, TreeFile>> {
  const listing = await git(['ls-files', '-z', '-t', '-s', '--full-name', ':/']);
  if (listing === undefined) throw new DepwardError('input', 'git cannot say what its index holds', { hint: 'See what "git ls-files" says.' });
  return new Map(
    listing.split('\0').flatMap((row): [string, TreeFile][] => {
      const found = /^S (\d{6}) ([0-9a-f]+) 0\t(.+)$/s.exec(row);
      const [, mode, id, path] = found ?? [];
      return id !== undefined && path !== undefined ? [[path, { path, id, link: mode === '120000' }]] : [];
    }),
  );
}

/** What the index holds of such a file. */
export async function skippedText(repository: Repository, file: TreeFile, limit: number): Promise<string> {
  const [text] = await textsOf(repository, repository.head ?? 'HEAD', [{ file, limit }]);
  return (text as () => Promise<string>)();
}
