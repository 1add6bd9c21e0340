/** The projects of a repository: each folder with a lockfile, the client that installs there, and the settings it reads. */
import type { RepositoryPaths } from '../../model/repository-paths.ts';
import { baseName, type FileObservation, type FileSeen, type FileTexts, folderOf } from '../../model/repository-rule.ts';
import { isExample, isLockfile } from './paths.ts';
import { type Client, clientOf } from './project.ts';
import { isSettingsFile, type Setting, settingsIn } from './settings.ts';
import type { Untold } from './value.ts';

export interface Project {
  readonly folder: string;
  readonly lockfile: string;
  readonly client: Client;
  readonly settings: readonly Setting[];
}

/** Whether `projectsIn` needs the file. */
export function tellsOfProjects(path: string): boolean {
  return isLockfile(path) || isSettingsFile(path);
}

/** Every project that is no example, and the settings files that cannot be read. */
export function projectsIn(
  texts: FileTexts,
  paths: RepositoryPaths,
): { readonly projects: readonly Project[]; readonly untold: readonly (Untold & { file: string })[] } {
  const projects: Project[] = [];
  const untold: (Untold & { file: string })[] = [];
  const seen = new Set<string>();
  for (const lockfile of texts.keys()) {
    const folder = folderOf(lockfile);
    const client = isLockfile(lockfile) && !isExample(lockfile) && !seen.has(folder) ? clientOf(texts, paths, folder) : undefined;
    if (!client || baseName(client.told) === '') continue;
    seen.add(folder);
    const settings: Setting[] = [];
    // npm and pnpm read the folder's own .npmrc, yarn those above it too; the root's is a fair guess for all.
    for (const at of new Set(['', folder])) {
      for (const file of texts.keys()) {
        if (folderOf(file) !== at || !isSettingsFile(file)) continue;
        const read = settingsIn(file, texts.get(file) ?? '');
        if ('untold' in read) untold.push({ file, ...read });
        else settings.push(...read);
      }
    }
    projects.push({ folder, lockfile, client, settings });
  }
  return { projects, untold };
}

/** The setting in force: the last one written. */
export function settingOf(project: Project, ...names: readonly string[]): Setting | undefined {
  return project.settings.findLast(({ name, inList }) => names.includes(name) && !inList);
}

/** How the client is called in messages: `npm 11`, `yarn`. */
export function clientText({ manager, major }: Client): string {
  return major === undefined ? manager : `${manager} ${major}`;
}

/** True when the client is of at least this version; undefined when its version cannot be told. */
export function isAtLeast({ major, minor = 0, least }: Client, wanted: number, wantedMinor = 0): boolean | undefined {
  const reaches = (version: { readonly major: number; readonly minor: number }) =>
    version.major > wanted || (version.major === wanted && version.minor >= wantedMinor);
  if (major !== undefined) return reaches({ major, minor });
  return least && reaches(least) ? true : undefined;
}

/** A monorepo of many lockfiles is told the same thing once, at the uppermost of them. */
export function toldOnce(seen: readonly FileSeen[]): readonly FileSeen[] {
  const first = new Map<string, { readonly seen: FileObservation; readonly also: string[] }>();
  const depth = ({ file }: FileSeen) => file.split('/').length;
  for (const each of seen.toSorted((a, b) => depth(a) - depth(b))) {
    if ('untold' in each) continue;
    const key = each.line === undefined && !each.fix ? each.message : `${each.file}:${each.line} ${each.message}`;
    const held = first.get(key);
    if (held) held.also.push(each.file);
    else first.set(key, { seen: each, also: [] });
  }
  const once = [...first.values()].map(({ seen: each, also }) => (also.length === 0 ? each : { ...each, facts: { ...each.facts, also } }));
  return [...seen.filter((each) => 'untold' in each), ...once];
}
