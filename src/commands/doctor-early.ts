/** The doctor's beginning: git lists the files while the rules are being loaded. */
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { listFiles } from '../repository/list.ts';
import type { DoctorOptions } from './doctor.ts';
import type { Io } from './io.ts';

/** Runs the command. */
export async function run(path: string | undefined, options: DoctorOptions, io: Io): Promise<number> {
  const folder = resolve(io.cwd, path ?? '.');
  const listing = statSync(folder, { throwIfNoEntry: false })?.isDirectory() ? listFiles(folder, io.signal) : undefined;
  // Whoever waits for it hears of its failure; where something else fails first, nobody does.
  listing?.catch(() => {});
  return (await import('./doctor.ts')).run(path, options, io, listing);
}
