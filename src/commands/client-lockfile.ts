/** The lockfile a client would install from. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DepwardError } from '../model/errors.ts';
import { printable } from '../model/text.ts';
import { type ClientName, lockfilesOf } from '../proxy/clients.ts';
import type { ProjectLockfile } from '../resolve/project.ts';

/** Reads it; undefined where there is none, an error where it cannot be read. */
export async function lockfileOf(client: ClientName, folder: string): Promise<ProjectLockfile | undefined> {
  const found = lockfileFor(client, folder);
  if (!found) return undefined;
  const { readProjectLockfile } = await import('../resolve/project.ts');
  const lockfile = await readProjectLockfile(found.folder, found.file);
  if (!lockfile) throw new DepwardError('input', `${printable(found.file)} cannot be read`);
  return lockfile;
}

/** Where it lies: in a workspace above, at most at the root of the repository. */
export function lockfileFor(client: ClientName, start: string): { readonly folder: string; readonly file: string } | undefined {
  for (let folder = start; ; folder = dirname(folder)) {
    const file = lockfilesOf[client].find((name) => existsSync(join(folder, name)));
    if (file !== undefined) return { folder, file };
    if (dirname(folder) === folder || existsSync(join(folder, '.git'))) return undefined;
  }
}
