/** Which package manager, of which version, installs in a folder; what can be told from the files that stand there. */
import type { RepositoryPaths } from '../../model/repository-paths.ts';
import { type FileTexts, folderOf } from '../../model/repository-rule.ts';
import { readJson } from './json.ts';
import { lockfileManagers, type Manager, nearestFile } from './paths.ts';
import { remembered } from './remembered.ts';
import { at, stringOf, type Untold, type Value } from './value.ts';

/** A package manager, with its major and minor version where files tell it. */
export interface Client {
  readonly manager: Manager;
  readonly major?: number;
  readonly minor?: number;
  /** The lowest version a range without an upper end takes, where no file tells the one in use. */
  readonly least?: { readonly major: number; readonly minor: number };
  /** The file that told. */
  readonly told: string;
}

/** The lockfile an install in `folder` uses. */
export function lockfileFor(paths: RepositoryPaths, folder: string): string | undefined {
  return nearestFile(paths, folder, lockfileManagers.keys());
}

/** A manifest, parsed once for all rules. */
export const readManifest = remembered((_file: string, text: string): Value | Untold => readJson(text));

/** The manifest of a file among texts; undefined when it is not there or not readable. */
export function manifestAt(texts: FileTexts, path: string): Value | undefined {
  const text = texts.get(path);
  const manifest = text === undefined ? undefined : readManifest(path, text);
  return manifest === undefined || 'untold' in manifest ? undefined : manifest;
}

/** The client that installs in `folder`: `packageManager` first where its lockfile stands there, then the lockfile, then what `engines` asks for. */
export function clientOf(texts: FileTexts, paths: RepositoryPaths, folder: string): Client | undefined {
  const lockfile = lockfileFor(paths, folder);
  const path = nearestFile(paths, lockfile === undefined ? folder : folderOf(lockfile), ['package.json']);
  const manifest = path === undefined ? undefined : manifestAt(texts, path);
  const named = /^(npm|pnpm|yarn|bun)@v?(\d+)(?:\.(\d+))?/.exec(stringOf(at(manifest, 'packageManager')) ?? '');
  const own = lockfile === undefined || [...lockfileManagers].some(([name, each]) => each === named?.[1] && paths.has(folderOf(lockfile) + name));
  if (named && own && path !== undefined) return { manager: named[1] as Manager, major: Number(named[2]), minor: Number(named[3] ?? 0), told: path };
  const manager = lockfile === undefined ? undefined : lockfileManagers.get(lockfile.slice(folderOf(lockfile).length));
  if (lockfile === undefined || manager === undefined) return undefined;
  return { manager, ...versionFrom(manager, lockfile, texts.get(lockfile), manifest), told: lockfile };
}

function versionFrom(
  manager: Manager,
  lockfile: string,
  text: string | undefined,
  manifest: Value | undefined,
): Pick<Client, 'major' | 'minor' | 'least'> {
  const engine = /^\s*(>=?|\^|~|=)?\s*v?(\d+)(?:\.(\d+))?(.*)$/.exec(stringOf(at(manifest, 'engines', manager)) ?? '');
  const version = engine && { major: Number(engine[2]), minor: Number(engine[3] ?? 0) };
  const open = engine?.[1]?.startsWith('>') || /[|>]/.test(engine?.[4] ?? '');
  if (version && !open) return version;
  if (lockfile.endsWith('yarn.lock') && text !== undefined && !isBerry(text)) return { major: 1 };
  return version ? { least: version } : {};
}

/** True for yarn 2 and later, by its lockfile. */
export function isBerry(lockfileText: string | undefined): boolean {
  return lockfileText !== undefined && /^__metadata:/m.test(lockfileText.slice(0, 2000));
}
