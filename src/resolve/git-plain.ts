/**
 * A repository in plain order, told from its own files: each start of git takes as long as all else that a gate of no change does.
 * Whatever is not surely plain (linked worktrees, submodules, owners and settings that git has a word on) is left to git.
 */
import { accessSync, constants, lstatSync, readFileSync, realpathSync, type Stats } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

/** What git would say of a repository. */
export interface PlainRepository {
  readonly root: string;
  readonly shallow: boolean;
  /** The commit that is checked out; undefined where there is none yet. */
  readonly head: string | undefined;
  /** Those of the named references that exist, in their order. */
  readonly tips: ReadonlyMap<string, string>;
}

/** The repository a folder lies in; undefined where git must be asked. */
export function plainRepository(folder: string, env: Environment, names: readonly string[]): PlainRepository | undefined {
  const user = process.platform === 'win32' ? undefined : process.geteuid?.();
  if (user === undefined || Object.keys(env).some(decides) || !isOnPath('git', env)) return undefined;
  try {
    const root = rootOf(realpathSync(folder), user);
    return root === undefined ? undefined : read(root, names);
  } catch {
    return undefined;
  }
}

/** Variables by which git finds or reads another repository than the one that lies there. */
function decides(name: string): boolean {
  return /^GIT_(?:DIR|WORK_TREE|COMMON_DIR|CEILING_|DISCOVERY_|NAMESPACE|INDEX_|OBJECT_|ALTERNATE_|CONFIG$|CONFIG_(?:COUNT|KEY|VALUE|PARAMETERS)|REF|GRAFT|SHALLOW|REPLACE|NO_REPLACE|DEFAULT_)/.test(
    name,
  );
}

function isOnPath(program: string, { PATH = '' }: Environment): boolean {
  return PATH.split(delimiter).some((folder) => folder.startsWith('/') && isExecutable(join(folder, program)));
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The first folder upwards that holds `.git`, if that is a folder and all is the user's own. */
function rootOf(start: string, user: number): string | undefined {
  const { dev } = lstatSync(start);
  for (let at = start; ; at = dirname(at)) {
    const here = lstatSync(at);
    const git = statOf(join(at, '.git'));
    // A folder with a HEAD may be a repository itself, and git stops where another file system begins.
    if (here.dev !== dev || statOf(join(at, 'HEAD'))) return undefined;
    if (git) return git.isDirectory() && git.uid === user && here.uid === user ? at : undefined;
    if (dirname(at) === at) return undefined;
  }
}

function statOf(path: string): Stats | undefined {
  return lstatSync(path, { throwIfNoEntry: false });
}

const largest = 8 * 1024 * 1024;

function textOf(path: string): string | undefined {
  const stats = statOf(path);
  if (!stats) return undefined;
  if (!stats.isFile() || stats.size > largest) throw new Error('not plain');
  return readFileSync(path, 'latin1');
}

function read(root: string, names: readonly string[]): PlainRepository | undefined {
  const git = join(root, '.git');
  const config = textOf(join(git, 'config'));
  if (config === undefined || !isPlainConfig(config) || statOf(join(git, 'commondir'))) return undefined;
  if (!statOf(join(git, 'objects'))?.isDirectory() || !statOf(join(git, 'refs'))?.isDirectory()) return undefined;
  const shallow = statOf(join(git, 'shallow'));
  if (shallow && !(shallow.isFile() && shallow.size > 0)) return undefined;
  const refs = openRefs(git);
  const tips = names.flatMap((name): [string, string][] => {
    const id = refs(name);
    return id === undefined ? [] : [[name, id]];
  });
  return { root, shallow: shallow !== undefined, head: refs('HEAD'), tips: new Map(tips) };
}

function isPlainConfig(text: string): boolean {
  return !/worktree|include|extensions|\[\s*safe|bare\s*=(?!\s*false\s*$)|^\s*bare\s*$|repositoryformatversion\s*=(?!\s*0\s*$)|\\$/im.test(text);
}

const id = /^[0-9a-f]{40}$/;

/** The commits that references stand for; throws where one is written in a way that is not plain. */
function openRefs(git: string): (name: string) => string | undefined {
  let packed: string | undefined;
  return function commitOf(name: string, depth = 0): string | undefined {
    if (!/^(?:HEAD|refs(?:\/[\w+-][\w.+-]*)+)$/.test(name) || name.includes('..') || depth > 4) throw new Error('not plain');
    const text = looseText(join(git, name))?.trimEnd();
    const link = text === undefined ? undefined : /^ref: (\S+)$/.exec(text)?.[1];
    if (link !== undefined) return commitOf(link, depth + 1);
    if (text !== undefined && !id.test(text)) throw new Error('not plain');
    if (text !== undefined || name === 'HEAD') return text;
    packed ??= `\n${textOf(join(git, 'packed-refs')) ?? ''}`;
    const end = packed.indexOf(` ${name}\n`);
    const found = end < 0 ? undefined : packed.slice(end - 41, end);
    if (found !== undefined && !(found.startsWith('\n') && id.test(found.slice(1)))) throw new Error('not plain');
    return found?.slice(1);
  };
}

/** A folder of that name holds other references; this one may still be packed. */
function looseText(path: string): string | undefined {
  try {
    return statOf(path)?.isDirectory() ? undefined : textOf(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return undefined;
    throw error;
  }
}
