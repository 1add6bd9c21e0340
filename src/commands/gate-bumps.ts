/** Whether a change does nothing but move packages of npm's lockfiles to other versions: then no rule on files is asked, or even loaded. */
import { baseName, folderOf } from '../model/repository-rule.ts';
import { type VersionBump, versionBumpsIn } from '../model/version-bumps.ts';
import { ciSystemOf, isDockerfile } from '../repository-rules/read/paths.ts';
import { isLockfile, lockfileNames } from '../resolve/lockfiles/names.ts';
import { largestLockfile, largestManifest } from '../resolve/read-file.ts';
import type { Side } from '../resolve/sides.ts';
import type { GateTarget } from './gate-target.ts';

/** Members of a workspace that are looked into. */
const mostMembers = 50;
/** With more, the change is no everyday one. */
const mostProjects = 20;

/** True where that is certain. `compared`: lockfiles in npm's own layout, before and now. */
export async function onlyMovesVersions({ before, after, changed, holdsLinks }: GateTarget, compared: ReadonlySet<string>): Promise<boolean> {
  const lockfiles = [...changed].filter(isLockfile);
  if (!before || lockfiles.length === 0 || lockfiles.length > mostProjects) return false;
  // What cannot be read is told with every change.
  if (!lockfiles.every((path) => compared.has(path)) || ((await holdsLinks?.()) ?? true)) return false;
  const [paths, earlier] = await Promise.all([after.paths(), before.paths()]);
  const folders = new Set(lockfiles.map(folderOf));
  const isExpected = (path: string) => paths.has(path) && earlier.has(path) && (isLockfile(path) || isBeside(path, folders));
  if (folders.size < lockfiles.length || ![...changed].every(isExpected)) return false;
  for (const lockfile of lockfiles) {
    const bumps = await bumpsOf(lockfile, before, after, paths);
    if (!bumps || (bumps.some(isFarther) && [...paths].some(mayCallTools))) return false;
    if (!(await areApartFrom(bumps, lockfile, after, paths))) return false;
  }
  return true;
}

function isBeside(path: string, folders: ReadonlySet<string>): boolean {
  return baseName(path) === 'package.json' && folders.has(folderOf(path));
}

async function bumpsOf(file: string, before: Side, after: Side, paths: ReadonlySet<string>): Promise<readonly VersionBump[] | undefined> {
  const folder = folderOf(file);
  // Of several lockfiles another may be the one that counts.
  if (lockfileNames.some((name) => paths.has(folder + name) && folder + name !== file)) return undefined;
  const [lockfile, manifest] = await Promise.all([
    bothStates(file, before, after, largestLockfile),
    bothStates(`${folder}package.json`, before, after, largestManifest),
  ]);
  if (!manifest && paths.has(`${folder}package.json`)) return undefined;
  const bumps = lockfile && versionBumpsIn({ lockfile, manifest });
  // A tool that the manifest's own scripts call by its version.
  return bumps?.some((bump) => isFarther(bump) && manifest?.now.includes(`${nameOf(bump)}@`)) ? undefined : bumps;
}

async function bothStates(path: string, before: Side, after: Side, limit: number) {
  const [old, now] = await Promise.all([before.text(path, limit).catch(() => undefined), after.text(path, limit).catch(() => undefined)]);
  return old === undefined || now === undefined ? undefined : { before: old, now };
}

/** `npx tool@7` takes the project's own as long as it is of that version. */
function isFarther({ before, now }: VersionBump): boolean {
  return twoParts(before) !== twoParts(now);
}

function twoParts(version: string): string {
  return version.split('.', 2).join('.');
}

function nameOf({ name }: VersionBump): string {
  return name.slice(name.lastIndexOf('node_modules/') + (name.includes('node_modules/') ? 'node_modules/'.length : 0));
}

/** Files whose commands may name a tool with its version. */
function mayCallTools(path: string): boolean {
  return ciSystemOf(path) !== undefined || isDockerfile(path) || /husky|lefthook|pre-commit|lintstaged/.test(path);
}

/** A member of the workspace that asks for the very version that comes or goes is in step with the lockfile by it. */
async function areApartFrom(bumps: readonly VersionBump[], lockfile: string, after: Side, paths: ReadonlySet<string>): Promise<boolean> {
  const folder = folderOf(lockfile);
  const members = [...paths].filter((path) => path.startsWith(folder) && path !== `${folder}package.json` && baseName(path) === 'package.json');
  if (members.length > mostMembers) return false;
  const texts = await Promise.all(members.map((path) => after.text(path, largestManifest).catch(() => undefined)));
  return texts.every((text) => text !== undefined && !/\\[u/]/.test(text) && bumps.every((bump) => !asksFor(text, bump)));
}

function asksFor(text: string, bump: VersionBump): boolean {
  return text.includes(`"${nameOf(bump)}"`) && (text.includes(`"${bump.before}"`) || text.includes(`"${bump.now}"`));
}
