/** A state of the repository to read files from: a commit, or the working folder. */
import { type Dirent, lstatSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { filesIn, filesInFolder, filesOf, linkTarget, listingOf, type Repository, type TreeFile, textsOf, type Wanted } from './git.ts';
import { skippedFiles, skippedText } from './git-skipped.ts';
import { isLockfile } from './lockfiles/names.ts';
import { isLinkOut, readTextFile } from './read-file.ts';

/** The files of one state. */
export interface Side {
  /** All of them; asked of git when first needed. */
  paths(): Promise<ReadonlySet<string>>;
  /** The first of these that is there. */
  first(paths: readonly string[]): Promise<string | undefined>;
  /** The text of a file; undefined when there is none. Rejects when it is too large or leads out of the repository. */
  text(path: string, limit: number): Promise<string | undefined>;
  /** True for a link that leads out of the repository, or nowhere that is known. */
  leadsOut(path: string): Promise<boolean>;
  /** The name by which git knows the text of a file, where that is certain. */
  idOf?(path: string): Promise<string | undefined>;
}

/** What was read of a commit: git's own list of its files, and texts of them. */
export interface KnownCommit {
  readonly listing: string;
  readonly texts: ReadonlyMap<string, string>;
}

/** Remembers what was read of commits, none of which ever becomes another. */
export interface CommitMemory {
  recall(commit: string): KnownCommit | undefined;
  keep(commit: string, known: KnownCommit): void;
}

/** A commit. */
export interface CommitSide extends Side {
  /** Whether any of its files is a symbolic link. */
  holdsLinks(): Promise<boolean>;
  /** Hands over to the memory what was not there. */
  remember(): Promise<void>;
}

/** A commit. Texts asked for at the same time are read in one run of git. */
export function commitSide(repository: Repository, commit: string, memory?: CommitMemory): CommitSide {
  let recalled: KnownCommit | undefined;
  const listing = once(async () => {
    recalled = memory?.recall(commit);
    return recalled?.listing ?? listingOf(repository, commit);
  });
  const all = once(async () => byPath(filesIn(await listing())));
  const known = new Map<string, TreeFile>();
  const texts = new Map<string, Promise<string>>();
  let waiting: (Wanted & { readonly take: (text: Promise<string>) => void })[] = [];

  async function flush(): Promise<void> {
    const asked = waiting;
    waiting = [];
    const read = await textsOf(repository, commit, asked);
    for (const [index, { take }] of asked.entries()) take((read[index] as () => Promise<string>)());
  }

  function read(file: TreeFile, limit: number): Promise<string> {
    return new Promise((take) => {
      if (waiting.length === 0) setImmediate(flush);
      waiting.push({ file, limit, take });
    });
  }

  return {
    paths: once(async () => new Set((await all()).keys())),
    async first(paths) {
      if (memory || listing.isMade()) {
        const held = await all();
        return paths.find((path) => held.has(path));
      }
      for (const file of await filesOf(repository, commit, (path) => paths.includes(path), paths)) known.set(file.path, file);
      return paths.find((path) => known.has(path));
    },
    async text(path, limit) {
      const file = known.get(path) ?? (await all()).get(path);
      if (!file) return undefined;
      const told = recalled?.texts.get(path);
      if (told !== undefined && !file.link && told.length <= limit) return told;
      const text = texts.get(path) ?? read(file, limit);
      texts.set(path, text);
      return text;
    },
    async idOf(path) {
      const file = known.get(path) ?? (await all()).get(path);
      return file?.link ? undefined : file?.id;
    },
    async leadsOut(path) {
      const held = await all();
      const file = held.get(path);
      if (!file?.link) return false;
      const target = await linkTarget(repository, file);
      return target === undefined || !isHeld(target, held);
    },
    holdsLinks: async () => [...(await all()).values()].some(({ link }) => link),
    async remember() {
      if (!memory || !listing.isMade() || (recalled && texts.size === 0)) return;
      const read = await Promise.all([...texts].map(async ([path, text]) => [path, await text.catch(() => undefined)] as const));
      const plain = read.flatMap(([path, text]): [string, string][] => (text === undefined ? [] : [[path, text]]));
      memory.keep(commit, { listing: await listing(), texts: new Map([...(recalled?.texts ?? []), ...plain]) });
    },
  };
}

/** The working folder of a repository. */
export function worktreeSide(repository: Repository): Side {
  return withSkipped(
    folderSide(repository.root, async () => new Set(await filesInFolder(repository, () => true))),
    once(() => skippedFiles(repository)),
    repository,
  );
}

/** The working folder, known by what in it differs from a commit. */
export function changedSide(repository: Repository, before: Side, changed: ReadonlySet<string>): Side {
  const { root } = repository;
  const isThere = (path: string) => lstatSync(join(root, path), { throwIfNoEntry: false })?.isDirectory() === false;
  const skipped = once(() => skippedFiles(repository));
  const side = folderSide(root, async () => {
    const now = [...changed].filter(isThere);
    const left = now.length === changed.size ? [] : [...(await skipped()).keys()].filter((path) => changed.has(path));
    return new Set([...[...(await before.paths())].filter((path) => !changed.has(path)), ...now, ...left]);
  });
  // Much that is asked of a lockfile is asked of all its text.
  const texts = new Map<string, ReturnType<Side['text']>>();
  const text: Side['text'] = (path, limit) => {
    if (!isLockfile(path)) return side.text(path, limit);
    const held = texts.get(`${limit} ${path}`) ?? side.text(path, limit);
    texts.set(`${limit} ${path}`, held);
    return held;
  };
  // What git does not call changed is as it was, checked out or not.
  return withSkipped({ ...side, text }, skipped, repository, async (path, limit) => (changed.has(path) ? undefined : before.text(path, limit)));
}

/** The same, with the files that a sparse checkout leaves out; `other` is asked first. */
function withSkipped(
  side: Side,
  skipped: () => Promise<ReadonlyMap<string, TreeFile>>,
  repository: Repository,
  other: Side['text'] = async () => undefined,
): Side {
  return {
    ...side,
    async text(path, limit) {
      const known = (await side.text(path, limit)) ?? (await other(path, limit));
      if (known !== undefined || !(await side.paths()).has(path)) return known;
      const file = (await skipped()).get(path);
      return file && skippedText(repository, file, limit);
    },
  };
}

/** A folder without git. */
export function plainSide(root: string): Side {
  return folderSide(root, async () => new Set(await walk(root)));
}

function folderSide(root: string, list: () => Promise<ReadonlySet<string>>): Side {
  const paths = once(list);
  return {
    paths,
    async first(wanted) {
      const all = await paths();
      return wanted.find((path) => all.has(path));
    },
    text: (path, limit) => readTextFile(join(root, path), root, limit),
    leadsOut: async (path) => isLinkOut(join(root, path), root),
  };
}

function once<T>(make: () => Promise<T>): { (): Promise<T>; isMade(): boolean } {
  let made: Promise<T> | undefined;
  const get = () => {
    made ??= make();
    return made;
  };
  return Object.assign(get, { isMade: () => made !== undefined });
}

/** True for a file and for a folder that holds some, with no link on the way. */
function isHeld(path: string, files: ReadonlyMap<string, TreeFile>): boolean {
  const parts = path.split('/');
  const isOnWay = parts.every((_, at) => files.get(parts.slice(0, at + 1).join('/'))?.link !== true);
  return isOnWay && (files.has(path) || [...files.keys()].some((other) => other.startsWith(`${path}/`)));
}

function byPath(files: readonly TreeFile[]): ReadonlyMap<string, TreeFile> {
  return new Map(files.map((file) => [file.path, file]));
}

const mostFiles = 100_000;
const deepest = 12;

async function walk(root: string): Promise<string[]> {
  const found: string[] = [];
  const queue: { readonly folder: string; readonly depth: number }[] = [{ folder: '', depth: 0 }];
  for (let next = queue.shift(); next && found.length < mostFiles; next = queue.shift()) {
    const { folder, depth } = next;
    const entries: Dirent[] = await readdir(join(root, folder), { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isFile() || entry.isSymbolicLink()) found.push(path);
      else if (entry.isDirectory() && depth < deepest && entry.name !== 'node_modules' && entry.name !== '.git')
        queue.push({ folder: path, depth: depth + 1 });
    }
  }
  return found.sort();
}
