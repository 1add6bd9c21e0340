/** Since when a lockfile holds a version: its history is walked back, also through lockfiles that it took the place of. */
import type { ResolvedPackage } from '../model/package.ts';
import type { Repository } from '../resolve/git.ts';
import { readFrom } from '../resolve/lockfile-changes.ts';
import { isLockfile } from '../resolve/lockfiles/names.ts';
import { largestLockfile } from '../resolve/read-file.ts';
import { commitSide } from '../resolve/sides.ts';

/** The oldest commit of an unbroken run that holds a version. */
export interface Since {
  readonly commit: string;
  readonly at: string;
  /** The lockfile that held it then, where that is another than now. */
  readonly file?: string;
  readonly orEarlier?: 'shallow' | 'stopped';
}

/** Where in the history to look. */
interface Place {
  readonly file: string;
  /** The newest commit that is looked at. */
  readonly from: string;
}

/** The history back from a place to where the version came in, each content of the file once; undefined where no commit holds it. */
export async function sinceOf(repository: Repository, file: string, entry: ResolvedPackage, hasTime: () => boolean): Promise<Since | undefined> {
  let since: Since | undefined;
  for (let place: Place | undefined = { file, from: 'HEAD' }; place; ) {
    const run = await runOf(repository, place, entry, hasTime);
    if (run.since) since = { ...run.since, ...(place.file !== file && { file: place.file }) };
    if (!run.whole || !since || since.orEarlier) return since;
    const next = await formerPlace(repository, since.commit, entry);
    if (!next) break;
    place = next;
  }
  return since && repository.shallow ? { ...since, orEarlier: 'shallow' } : since;
}

interface Run {
  readonly since: Since | undefined;
  /** True when the file's history ends while it holds the version. */
  readonly whole: boolean;
}

async function runOf(repository: Repository, { file, from }: Place, entry: ResolvedPackage, hasTime: () => boolean): Promise<Run> {
  const log = await repository.git(['log', '--no-show-signature', '--format=%H %cI', from, '--', `:(top,literal)${file}`], { bytes: mostLog });
  let since: Since | undefined;
  for (const row of (log ?? '').split('\n').filter((line) => line !== '')) {
    const [commit = '', at = ''] = row.split(' ', 2);
    if (since && !hasTime()) return { since: { ...since, orEarlier: 'stopped' }, whole: false };
    const held = await holds(repository, commit, file, entry);
    if (held === false) return { since, whole: false };
    // A state that cannot be read tells nothing: what is before it may.
    if (held) since = { commit, at };
  }
  return { since, whole: true };
}

const mostLog = 64 * 1024 * 1024;

/** The lockfile that held the version before this commit, among those that it took away: it was renamed, or another manager's. */
async function formerPlace(repository: Repository, commit: string, entry: ResolvedPackage): Promise<Place | undefined> {
  const from = `${commit}^`;
  const told = await repository.git([
    'diff',
    '--name-only',
    '-z',
    '--no-renames',
    '--no-ext-diff',
    '--no-textconv',
    '--diff-filter=D',
    from,
    commit,
    '--',
  ]);
  for (const file of (told ?? '').split('\0').filter(isLockfile)) if (await holds(repository, from, file, entry)) return { file, from };
  return undefined;
}

/** Undefined where the file cannot be read. */
async function holds(repository: Repository, commit: string, file: string, entry: ResolvedPackage): Promise<boolean | undefined> {
  try {
    const side = commitSide(repository, commit);
    const text = await side.text(file, largestLockfile);
    // Without an escape in it a file that holds a name and a version holds their letters; only then is it worth reading.
    const plain = text === undefined || text.includes('\\') || (text.includes(entry.version) && text.includes(entry.name));
    if (!plain) return false;
    const tree = await readFrom(side, file);
    return tree?.packages.some((other) => other.name === entry.name && other.version === entry.version) ?? false;
  } catch {
    return undefined;
  }
}
