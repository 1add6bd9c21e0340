/** Which files of a repository are what, by path. */
import type { RepositoryPaths } from '../../model/repository-paths.ts';
import { baseName, folderOf } from '../../model/repository-rule.ts';

const exampleFolders = new Set(
  'test tests __tests__ spec specs e2e fixture fixtures __fixtures__ testdata test-data mock mocks __mocks__ example examples sample samples template templates playground playgrounds benchmark benchmarks node_modules vendor third_party'.split(
    ' ',
  ),
);

const exampleName = /^[._]*(?:[\w.]+-)*(?:tests|fixtures|examples|samples|templates|tutorials)_*$/;
const ciFolder = /^\.?(?:ci|pipelines?|build|azure[\w-]*|gitlab[\w-]*|github|circleci|eng|devops|azdo|vsts)$/;

/** True for files below a folder of tests, examples or templates: nobody installs from them in earnest. */
export function isExample(path: string): boolean {
  if (!path.includes('/')) return false;
  const folders = path.toLowerCase().split('/').slice(0, -1);
  return folders.some((folder, index) => {
    if (!exampleFolders.has(folder) && !exampleName.test(folder)) return false;
    // Templates of a pipeline are parts of it.
    return folder !== 'templates' || !folders.slice(0, index).some((above) => ciFolder.test(above));
  });
}

/** Lockfiles by name, with the manager that writes them. */
export const lockfileManagers: ReadonlyMap<string, Manager> = new Map([
  ['package-lock.json', 'npm'],
  ['npm-shrinkwrap.json', 'npm'],
  ['yarn.lock', 'yarn'],
  ['pnpm-lock.yaml', 'pnpm'],
  ['bun.lock', 'bun'],
  ['bun.lockb', 'bun'],
]);

export type Manager = 'npm' | 'yarn' | 'pnpm' | 'bun';

/** True for lockfiles that are text. */
export function isLockfile(path: string): boolean {
  return lockfileManagers.has(baseName(path)) && !path.endsWith('.lockb');
}

/** True for Dockerfiles under their usual names. */
export function isDockerfile(path: string): boolean {
  return /^(?:(?:docker|container)file(?:\.[\w.-]+)?|[\w.-]+\.dockerfile)$/i.test(baseName(path)) && !path.endsWith('.dockerignore');
}

/** `included`: a file in a folder where definitions keep what they include; its content tells whether it is that. */
export type CiSystem = 'github' | 'gitlab' | 'azure' | 'circleci' | 'jenkins' | 'included';

const includes =
  /(?:^|\/)(?:\.?ci|\.?pipelines?|\.?build|templates|\.?azure|\.azuredevops|\.?gitlab(?:-ci)?|eng|\.?devops|jobs|stages|steps)\/(?:[\w.-]+\/)*[^/]+\.ya?ml$/i;
const ciScripts = /(?:^|\/)(?:\.github|\.gitlab|\.circleci|\.?ci|\.azure[\w-]*|\.buildkite|\.?jenkins)\/(?:[\w.-]+\/)*[^/]+\.(?:sh|bash)$/i;

/** The CI system that runs the file at this path, if one does. Every rule asks of every file. */
export function ciSystemOf(path: string): CiSystem | undefined {
  if (systems.has(path)) return systems.get(path);
  const system = systemByName(path);
  if (systems.size < mostKept) systems.set(path, system);
  return system;
}

const mostKept = 20_000;
const systems = new Map<string, CiSystem | undefined>();

function systemByName(path: string): CiSystem | undefined {
  if (!/(?:\.ya?ml|\.(?:ba)?sh|jenkinsfile[^/]*)$/i.test(path)) return undefined;
  if (/^\.github\/workflows\/[^/]+\.ya?ml$/.test(path) || /^(?:\.github\/(?:[^/]+\/)+)?action\.ya?ml$/.test(path)) return 'github';
  if (/^\.gitlab-ci\.ya?ml$|^\.gitlab\/.*\.ya?ml$|\.gitlab-ci\.ya?ml$/.test(path)) return 'gitlab';
  if (/(?:^|\/)(?:\.?azure-pipelines?[^/]*\.ya?ml|\.?azure-pipelines\/.*\.ya?ml|\.(?:azdo|vsts)[^/]*(?:\/.*)?\.ya?ml)$/i.test(path)) return 'azure';
  if (/^\.circleci\/[^/]+\.ya?ml$/.test(path)) return 'circleci';
  if (/^Jenkinsfile(?:\.[\w-]+)?$|\.jenkinsfile$/i.test(baseName(path))) return 'jenkins';
  return includes.test(path) || ciScripts.test(path) ? 'included' : undefined;
}

/** The nearest of `names` in the folder of `path` or above it, up to the root. */
export function nearestFile(paths: RepositoryPaths, folder: string, names: Iterable<string>): string | undefined {
  const wanted = [...names];
  for (let at = folder; ; at = parentOf(at)) {
    const found = wanted.find((name) => paths.has(at + name));
    if (found !== undefined) return at + found;
    if (at === '') return undefined;
  }
}

/** The folder above one, both with their closing `/`. */
export function parentOf(folder: string): string {
  return folderOf(folder.slice(0, -1));
}

/** A folder named from another, `./` and `../` resolved; undefined when it lies outside, or cannot be told. */
export function folderFrom(start: string, name: string): string | undefined {
  if (/[…$`*?]/.test(name) || name.startsWith('/') || name.startsWith('~') || /^[A-Za-z]:/.test(name)) return undefined;
  const parts = start.split('/').filter(Boolean);
  for (const part of name.split(/[\\/]/)) {
    if (part === '..' && parts.pop() === undefined) return undefined;
    if (part !== '..' && part !== '.' && part !== '') parts.push(part);
  }
  return parts.length === 0 ? '' : `${parts.join('/')}/`;
}
