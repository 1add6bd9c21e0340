/** `depward gate --affected`: are these versions in any lockfile here, by which way, since which commit? For incident day. */
import { DepwardError } from '../model/errors.ts';
import { refText } from '../model/package.ts';
import { printable } from '../model/text.ts';
import { plural } from '../model/time.ts';
import { openRepository, type Repository } from '../resolve/git.ts';
import { readFrom } from '../resolve/lockfile-changes.ts';
import { isLockfile } from '../resolve/lockfiles/names.ts';
import { shortestPaths } from '../resolve/paths.ts';
import { commitSide, plainSide, type Side, worktreeSide } from '../resolve/sides.ts';
import { type Since, sinceOf } from './affected-history.ts';
import { isWanted, type Wanted, wantedOf, wantedText } from './affected-wanted.ts';
import { exit, type Io } from './io.ts';

export interface AffectedOptions {
  /** `name@version`, `name@range`, `name` for any version, or files with one of these a line. */
  readonly affected: readonly string[];
  readonly format?: readonly string[];
}

/** One place where a version was found. */
interface Hit {
  readonly package: string;
  readonly file: string;
  readonly line?: number;
  readonly path: readonly string[];
  /** Absent when it is not committed yet. */
  readonly since?: Since;
}

interface Answer {
  readonly wanted: readonly Wanted[];
  readonly files: readonly string[];
  readonly hits: readonly Hit[];
  /** Lockfiles that could not be read, and why. */
  readonly unread: readonly { readonly file: string; readonly reason: string }[];
}

/** Looks through every lockfile of the repository. Exit code 1 when something was found, 2 when nothing was but not all could be read. */
export async function run(options: AffectedOptions, io: Io): Promise<number> {
  const wanted = await wantedOf(options.affected, io.cwd);
  const repository = await openRepository(io.cwd, io.env);
  const side = repository ? sideOf(repository) : plainSide(io.cwd);
  const files = [...(await side.paths())].filter(isLockfile).sort();
  if (files.length === 0) throw noLockfile();
  const end = io.now() + searchTime;
  const hits: Hit[] = [];
  const unread: { file: string; reason: string }[] = [];
  for (const file of files) {
    try {
      hits.push(...(await hitsIn(side, file, wanted, repository, () => io.now() < end)));
    } catch (error) {
      // One that is broken must not hide what is in the others.
      unread.push({ file, reason: error instanceof Error ? error.message : 'it could not be read' });
    }
  }
  const answer = { wanted, files, hits, unread };
  io.stdout(options.format?.includes('json') ? jsonOf(answer) : textOf(answer));
  return hits.length > 0 ? exit.blocked : unread.length > 0 ? exit.incomplete : exit.allowed;
}

function noLockfile(): DepwardError {
  return new DepwardError('input', 'there is no lockfile here', { hint: 'Run it in the folder of the project.' });
}

/** How long histories are searched, all lockfiles together; what was not reached by then is said. */
const searchTime = 30_000;

function sideOf(repository: Repository): Side {
  return repository.bare && repository.head !== undefined ? commitSide(repository, repository.head) : worktreeSide(repository);
}

async function hitsIn(
  side: Side,
  file: string,
  wanted: readonly Wanted[],
  repository: Repository | undefined,
  hasTime: () => boolean,
): Promise<readonly Hit[]> {
  const tree = await readFrom(side, file);
  const found = tree?.packages.filter((entry) => isWanted(entry, wanted)) ?? [];
  const pathOf = tree && found.length > 0 ? shortestPaths(tree) : undefined;
  const hits: Hit[] = [];
  for (const entry of found) {
    const since = repository && (await sinceOf(repository, file, entry, hasTime));
    hits.push({
      package: refText(entry),
      file,
      ...(entry.where && { line: entry.where.line }),
      path: (pathOf?.(entry.key) ?? []).map(refText),
      ...(since && { since }),
    });
  }
  return hits;
}

function jsonOf({ wanted, files, hits, unread }: Answer): string {
  return `${JSON.stringify({ schema: 1, wanted: wanted.map(wantedText), lockfiles: files, hits, unread }, null, 2)}\n`;
}

const earlier = { shallow: ' or earlier: the clone is shallow', stopped: ' or earlier: the search took too long' } as const;

function textOf({ wanted, files, hits, unread }: Answer): string {
  const lines = hits.map(({ package: ref, file, line, path, since }) => {
    const via = path.length > 1 ? `  via ${path.slice(0, -1).join(' > ')}` : '';
    return `${printable(ref)}  ${printable(line === undefined ? file : `${file}:${line}`)}${printable(via, 1000)}  ${sinceText(since)}\n`;
  });
  const dark = unread.map(({ file, reason }) => `not read: ${printable(reason.startsWith(file) ? reason : `${file}: ${reason}`, 300)}\n`);
  const closing = hits.length === 0 ? 'none of them' : plural(new Set(hits.map((hit) => hit.package)).size, 'affected version');
  const read = `${plural(files.length - unread.length, 'lockfile')}${unread.length > 0 ? ' that could be read' : ''}`;
  return `${lines.join('')}${dark.join('')}${closing} in ${read} (${plural(wanted.length, 'version')} asked for)\n`;
}

function sinceText(since: Since | undefined): string {
  if (!since) return 'not committed yet';
  const { commit, at, file, orEarlier } = since;
  return `since ${commit.slice(0, 12)} (${at.slice(0, 10)}${file === undefined ? '' : `, in ${printable(file)}`}${orEarlier ? earlier[orEarlier] : ''})`;
}
