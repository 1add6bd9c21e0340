/** `depward gate --affected`: are these versions in any lockfile here, by which way, since which commit? For incident day. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { DepwardError } from '../model/errors.ts';
import { type PackageRef, type ResolvedPackage, refText } from '../model/package.ts';
import { printable } from '../model/text.ts';
import { plural } from '../model/time.ts';
import { openRepository, type Repository } from '../resolve/git.ts';
import { readFrom } from '../resolve/lockfile-changes.ts';
import { isLockfile } from '../resolve/lockfiles/names.ts';
import { shortestPaths } from '../resolve/paths.ts';
import { commitSide, plainSide, worktreeSide } from '../resolve/sides.ts';
import { exit, type Io } from './io.ts';

export interface AffectedOptions {
  /** `name@version`, `name` for any version, or files with one of these a line. */
  readonly affected: readonly string[];
  readonly format?: readonly string[];
}

/** One place where a version was found. */
interface Hit {
  readonly package: string;
  readonly file: string;
  readonly line?: number;
  readonly path: readonly string[];
  /** The oldest commit of an unbroken run that holds it; absent when it is not committed yet. */
  readonly since?: { readonly commit: string; readonly at: string; readonly orEarlier?: boolean };
}

/** Looks through every lockfile of the repository. Exit code 1 when something was found. */
export async function run(options: AffectedOptions, io: Io): Promise<number> {
  const wanted = await wantedOf(options.affected, io.cwd);
  const repository = await openRepository(io.cwd, io.env);
  const side = repository ? worktreeSide(repository) : plainSide(io.cwd);
  const files = [...(await side.paths())].filter(isLockfile).sort();
  const hits: Hit[] = [];
  for (const file of files) {
    const tree = await readFrom(side, file);
    if (!tree) continue;
    const found = tree.packages.filter((entry) => matches(entry, wanted));
    const pathOf = found.length > 0 ? shortestPaths(tree) : undefined;
    for (const entry of found) {
      const since = repository && (await sinceOf(repository, file, entry));
      hits.push({
        package: refText(entry),
        file,
        ...(entry.where && { line: entry.where.line }),
        path: (pathOf?.(entry.key) ?? []).map(refText),
        ...(since && { since }),
      });
    }
  }
  io.stdout(
    options.format?.includes('json')
      ? `${JSON.stringify({ schema: 1, wanted: wanted.map(wantedText), lockfiles: files, hits }, null, 2)}\n`
      : textOf(wanted, files, hits),
  );
  return hits.length > 0 ? exit.blocked : exit.allowed;
}

type Wanted = PackageRef;

async function wantedOf(values: readonly string[], folder: string): Promise<readonly Wanted[]> {
  const lists = await Promise.all(values.map(async (value) => (await linesOf(value, folder)) ?? [value]));
  const wanted = lists.flat().flatMap((line) => {
    const text = line.replace(/#.*$/, '').trim();
    return text === '' ? [] : [refOf(text)];
  });
  if (wanted.length === 0) throw new DepwardError('usage', '--affected names no package', { hint: 'write name@version, or a file with one a line' });
  return wanted;
}

/** The lines of a list; undefined when there is no such file. */
async function linesOf(value: string, folder: string): Promise<string[] | undefined> {
  try {
    return (await readFile(resolve(folder, value), 'utf8')).split('\n');
  } catch {
    return undefined;
  }
}

function refOf(text: string): Wanted {
  const found = /^(@?[^@\s,/]+(?:\/[^@\s,/]+)?)(?:(?:@|\s*,\s*|\s+)v?([^\s,@]+))?$/.exec(text);
  if (!found?.[1])
    throw new DepwardError('usage', `not a package version: ${printable(text, 80)}`, { hint: 'write name@version, or a file with one a line' });
  return { name: found[1], version: found[2] ?? '*' };
}

function wantedText(wanted: Wanted): string {
  return wanted.version === '*' ? wanted.name : refText(wanted);
}

function matches(entry: ResolvedPackage, wanted: readonly Wanted[]): boolean {
  return wanted.some(({ name, version }) => entry.name === name && (version === '*' || version === entry.version));
}

const mostCommits = 200;

/** Walks the lockfile's history back to where the version came in. */
async function sinceOf(repository: Repository, file: string, entry: ResolvedPackage): Promise<Hit['since']> {
  const log =
    (await repository.git(['log', '--no-show-signature', `--max-count=${mostCommits}`, '--format=%H %cI', 'HEAD', '--', `:(top,literal)${file}`])) ??
    '';
  const commits = log.split('\n').filter((row) => row !== '');
  let since: Hit['since'];
  for (const row of commits) {
    const [commit = '', at = ''] = row.split(' ', 2);
    if (!(await holds(repository, commit, file, entry))) return since;
    since = { commit, at };
  }
  return since && (commits.length === mostCommits || repository.shallow) ? { ...since, orEarlier: true } : since;
}

async function holds(repository: Repository, commit: string, file: string, entry: ResolvedPackage): Promise<boolean> {
  try {
    const tree = await readFrom(commitSide(repository, commit), file);
    return tree?.packages.some((other) => other.name === entry.name && other.version === entry.version) ?? false;
  } catch {
    return false;
  }
}

function textOf(wanted: readonly Wanted[], files: readonly string[], hits: readonly Hit[]): string {
  const lines = hits.map(({ package: ref, file, line, path, since }) => {
    const via = path.length > 1 ? `  via ${path.slice(0, -1).join(' > ')}` : '';
    const when = since
      ? `  since ${since.commit.slice(0, 12)} (${since.at.slice(0, 10)}${since.orEarlier ? ' or earlier' : ''})`
      : '  not committed yet';
    return `${printable(ref)}  ${printable(line === undefined ? file : `${file}:${line}`)}${printable(via, 1000)}${when}\n`;
  });
  const closing = hits.length === 0 ? 'none of them' : plural(new Set(hits.map((hit) => hit.package)).size, 'affected version');
  return `${lines.join('')}${closing} in ${plural(files.length, 'lockfile')} (${plural(wanted.length, 'version')} asked for)\n`;
}
