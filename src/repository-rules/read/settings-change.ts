/** The settings files that a change touches, before and after. */
import { baseName, type FileUntold, folderOf, type RepositoryFiles } from '../../model/repository-rule.ts';
import { type Setting, settingsIn } from './settings.ts';

/** One settings file; a file that comes in has no settings before, one that goes has none after. */
export interface SettingsChange {
  readonly file: string;
  readonly before: readonly Setting[];
  readonly now: readonly Setting[];
}

/** Every settings file whose text differs. A state before that cannot be read counts as empty: then all is new. */
export function settingsChanges(files: RepositoryFiles): readonly (SettingsChange | FileUntold)[] {
  const before = files.before ?? new Map<string, string>();
  const moved = movedFiles(files.now, before);
  const paths = [...new Set([...files.now.keys(), ...before.keys()])].filter((path) => files.now.get(path) !== before.get(path) && !moved.has(path));
  return paths.map((file): SettingsChange | FileUntold => {
    const now = settingsOf(file, files.now.get(file));
    if (!Array.isArray(now)) return { file, untold: 'untold' in now ? now.untold : '' };
    const old = settingsOf(file, before.get(file));
    return { file, now, before: Array.isArray(old) ? old : [] };
  });
}

type Texts = ReadonlyMap<string, string>;

/** Files that say the same in a project whose folder has another name now, by both paths: there they decide over what they did before. */
function movedFiles(now: Texts, before: Texts): ReadonlySet<string> {
  const gone = [...before.keys()].filter((path) => !now.has(path));
  const come = [...now.keys()].filter((path) => !before.has(path));
  const isProject = (path: string) => baseName(path) === 'package.json' && folderOf(path) !== '';
  const moved = new Set<string>();
  for (const from of gone.filter(isProject).slice(0, mostProjects)) {
    const to = come.find((path) => isProject(path) && !moved.has(path) && now.get(path) === before.get(from));
    if (to === undefined) continue;
    for (const old of gone.filter((path) => folderOf(path) === folderOf(from))) {
      const path = folderOf(to) + baseName(old);
      // What leads out of the folder leads elsewhere from another one.
      if (!before.has(path) && now.get(path) === before.get(old) && !now.get(path)?.includes('..')) moved.add(old).add(path);
    }
  }
  return moved;
}

/** Those beyond are told as new. */
const mostProjects = 100;

function settingsOf(file: string, text: string | undefined): readonly Setting[] | { readonly untold: string } {
  if (text === undefined) return [];
  return settingsIn(file, text, baseName(file) === 'package.json' ? isSettingOfManifest : undefined);
}

const manifestKeys = new Set(['pnpm', 'allowScripts', 'trustedDependencies', 'dependenciesMeta', 'packageManager', 'devEngines']);

// A manifest holds much else; a `registry` or `proxy` there is somebody's own.
function isSettingOfManifest(key: string): boolean {
  return manifestKeys.has(key);
}

/** The last value of a setting, as it counts; lists are not asked for here. */
export function lastOf(settings: readonly Setting[], name: string): Setting | undefined {
  return settings.findLast((setting) => setting.name === name && !setting.inList);
}
