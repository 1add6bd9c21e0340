/** Finds and reads the lockfile of a project on disk. */
import type { ResolvedTree } from '../model/package.ts';
import { readLockfile } from './lockfiles/index.ts';
import { withManifest } from './lockfiles/manifest.ts';
import { projectTexts } from './project-texts.ts';

/** A project's lockfile, read. */
export interface ProjectLockfile {
  readonly file: string;
  readonly tree: ResolvedTree;
}

/** Reads the lockfile of the project in `folder`; undefined when it has none. */
export async function readProjectLockfile(folder: string, file?: string): Promise<ProjectLockfile | undefined> {
  const found = await projectTexts(folder, file);
  if (!found) return undefined;
  return { file: found.file, tree: await readLockfile(withManifest(found, found.manifest)) };
}
