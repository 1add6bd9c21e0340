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
import { largestLockfile } from '../resolve/read-file.ts';
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
  readonly since?: { readonly commit: string; readonly at: string; readonly orEarlier?: 'shallow' | 'stopped' };
}

/** Looks through every lockfile of the repository. Exit code 1 when something was found. */
export async function run(options: AffectedOptions, io: Io): Promise<number> {
  const wanted = await wantedOf(options.affected, io.cwd);
  const repository = await openRepository(io.cwd, io.env);
  const side = repository ? worktreeSide(repository) : plainSide(io.cwd);
  const files = [...(await side.paths())].filter(isLockfile).sort();
  const end = io.now() + searchTime;
  const hits: Hit[] = [];
  for (const file of files) {
    const tree = await readFrom(side, file);
    if (!tree) continue;
    const found = tree.packages.filter((entry) => matches(entry, wanted));
    const pathOf = found.length > 0 ? shortestPaths(tree) : undefined;
    for (const entry of found) {
      const since = repository && (await sinceOf(repository, file, entry, () => io.now() < end));
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

/** The lines of a list; undefined when there is no such file, and the value is none that can only be meant as one. */
async function linesOf(value: string, folder: string): Promise<string[] | undefined> {
  try {
    return (await readFile(resolve(folder, value), 'utf8')).split('\n');
  } catch {
    // A slip in the name of a list must not read like "not affected".
    if (!meantAsFile.test(value)) return undefined;
    throw new DepwardError('input', `there is no file ${printable(value, 200)} to read package versions from`, {
      hint: 'write name@version, or a file with one a line',
    });
  }
}

const meantAsFile = /^[./~\\]|^[^@][^@]*[/\\]|^[^@]+\.(?:txt|csv|tsv|json|jsonl|lst|list|md|ya?ml|log)$/i;

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

/** How long histories are searched, all lockfiles together; what was not reached by then is said. */
const searchTime = 30_000;

/** Walks the lockfile's history back to where the version came in, each content of the file once. */
async function sinceOf(repository: Repository, file: string, entry: ResolvedPackage, hasTime: () => boolean): Promise<Hit['since']> {
  const log = await repository.git(['log', '--no-show-signature', '--format=%H %cI', 'HEAD', '--', `:(top,literal)${file}`], { bytes: mostLog });
  const commits = (log ?? '').split('\n').filter((row) => row !== '');
  let since: Hit['since'];
  for (const row of commits) {
    const [commit = '', at = ''] = row.split(' ', 2);
    if (since && !hasTime()) return { ...since, orEarlier: 'stopped' };
    if (!(await holds(repository, commit, file, entry))) return since;
    since = { commit, at };
  }
  return since && repository.shallow ? { ...since, orEarlier: 'shallow' } : since;
}

const mostLog = 64 * 1024 * 1024;

async function holds(repository: Repository, commit: string, file: string, entry: ResolvedPackage): Promise<boolean> {
  try {
    const side = commitSide(repository, commit);
    const text = await side.text(file, largestLockfile);
    // Without an escape in it a file that holds a name and a version holds their letters; only then is it worth reading.
    const plain = text === undefined || text.includes('\\') || (text.includes(entry.version) && text.includes(entry.name));
    if (!plain) return false;
    const tree = await readFrom(side, file);
    return tree?.packages.some((other) => other.name === entry.name && other.version === entry.version) ?? false;
  } catch {
    return false;
  }
}

const earlier = { shallow: ' or earlier: the clone is shallow', stopped: ' or earlier: the search took too long' } as const;

function textOf(wanted: readonly Wanted[], files: readonly string[], hits: readonly Hit[]): string {
  const lines = hits.map(({ package: ref, file, line, path, since }) => {
    const via = path.length > 1 ? `  via ${path.slice(0, -1).join(' > ')}` : '';
    const when = since
      ? `  since ${since.commit.slice(0, 12)} (${since.at.slice(0, 10)}${since.orEarlier ? earlier[since.orEarlier] : ''})`
      : '  not committed yet';
    return `${printable(ref)}  ${printable(line === undefined ? file : `${file}:${line}`)}${printable(via, 1000)}${when}\n`;
  });
  const closing = hits.length === 0 ? 'none of them' : plural(new Set(hits.map((hit) => hit.package)).size, 'affected version');
  return `${lines.join('')}${closing} in ${plural(files.length, 'lockfile')} (${plural(wanted.length, 'version')} asked for)\n`;
}
