/** Finds and reads the lockfile of a project on disk. */
import type { ResolvedTree } from '../model/package.ts';
import { readLockfile } from './lockfiles/index.ts';
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
  const manifest = parsed(found.manifest);
  return { file: found.file, tree: await readLockfile({ file: found.file, text: found.text, ...(manifest !== undefined && { manifest }) }) };
}

/** A package.json; undefined when there is none or it cannot be parsed. */
function parsed(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
  } catch {
    return undefined;
  }
}
