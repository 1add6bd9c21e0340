/** The file of a package that a command of it starts. Pure. */
import type { PackedManifest } from '../model/contents.ts';

/** The path as the manifest writes it; case does not matter where most people install. */
export function binFile({ bin }: Pick<PackedManifest, 'bin'>, command: string): string | undefined {
  const written = bin.get(command) ?? [...bin].find(([name]) => name.toLowerCase() === command.toLowerCase())?.[1];
  if (written !== undefined) return written;
  const folder = bin.get('*');
  return folder === undefined || command.includes('/') ? undefined : folder.replace('*', command);
}
