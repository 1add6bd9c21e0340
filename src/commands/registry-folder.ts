/**
 * Where npm's configuration is read from while a change is judged: the project, unless the change itself brings another
 * .npmrc. Then the one before it: a change must not choose the registry that vouches for it.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import type { GateTarget } from './gate-target.ts';

/** A folder to read npm's configuration in. */
export interface RegistryFolder {
  readonly path: string;
  remove(): Promise<void>;
}

/** The project's folder, or a copy with the .npmrc from before the change. */
export async function registryFolder(target: GateTarget, cwd: string): Promise<RegistryFolder> {
  const candidates = foldersUpwards(relative(target.root, cwd).split(sep).join('/')).map((folder) => `${folder}.npmrc`);
  if (!target.before || !candidates.some((path) => target.changed.has(path))) return { path: cwd, remove: async () => undefined };
  const path = await mkdtemp(join(tmpdir(), 'depward-npmrc-'));
  const old = await target.before.first(candidates);
  const text = old === undefined ? undefined : await target.before.text(old, 1_000_000);
  await writeFile(join(path, 'package.json'), '{}');
  if (text !== undefined) await writeFile(join(path, '.npmrc'), text, { mode: 0o600 });
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

/** `a/b/`, `a/`, and the root itself. */
export function foldersUpwards(folder: string): string[] {
  const parts = folder.split('/').filter((part) => part !== '' && part !== '.');
  return [...parts.map((_, index) => `${parts.slice(0, parts.length - index).join('/')}/`), ''];
}
