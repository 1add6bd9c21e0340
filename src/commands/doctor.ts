/** `depward doctor`: judges the files of a repository that decide how packages are installed. No network, nothing run but git. */
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { evaluate } from '../engine.ts';
import { judgeFiles, wantsFile } from '../judge-files.ts';
import { DepwardError } from '../model/errors.ts';
import type { Policy } from '../model/policy.ts';
import type { FileUntold, RepositoryFiles } from '../model/repository-rule.ts';
import { printable } from '../model/text.ts';
import { toolVersion } from '../package-root.ts';
import { listFiles } from '../repository/list.ts';
import { readFiles } from '../repository/read.ts';
import { repositoryRules } from '../repository-rules/index.ts';
import type { Io } from './io.ts';
import { momentOf } from './options.ts';
import { exitCodeOf, type OutputOptions, targetsOf, writeReports } from './output.ts';
import { projectPolicy } from './policy.ts';

export interface DoctorOptions extends OutputOptions {
  readonly config?: string;
  readonly asOf?: string;
}

/** Runs the command; exit code as the README says. */
export async function run(path: string | undefined, options: DoctorOptions, io: Io): Promise<number> {
  targetsOf(options.format);
  const folder = folderAt(resolve(io.cwd, path ?? '.'), path ?? '.');
  const now = momentOf(options.asOf, io.now());
  const policy = await projectPolicy(folder, options.config === undefined ? undefined : resolve(io.cwd, options.config));
  const { files, untold, notes } = await openRepository(folder, policy, io.signal);
  if (!options.quiet) for (const note of notes) io.stderr(`depward: ${printable(note)}\n`);
  const report = await evaluate({
    mode: 'doctor',
    toolVersion: toolVersion(),
    changes: [],
    tree: { format: 'none', root: {}, packages: [], dependentsOf: () => [] },
    sources: { gather: async () => new Map() },
    rules: [],
    weights: new Map(),
    policy,
    now,
    ...judgeFiles({ rules: repositoryRules, files, untold, policy, now }),
  });
  await writeReports(report, options, io);
  return exitCodeOf(report);
}

/** A repository as rules see it. */
export interface Repository {
  readonly files: RepositoryFiles;
  readonly untold: readonly FileUntold[];
  readonly notes: readonly string[];
}

/** Lists the files and reads those that a rule of the policy asks for. */
export async function openRepository(folder: string, policy: Policy, signal: AbortSignal): Promise<Repository> {
  const { paths, notes } = await listFiles(folder, signal);
  const { texts, untold, gone } = readFiles(
    folder,
    paths.filter((path) => wantsFile(repositoryRules, policy, path)),
  );
  return { files: { now: texts, paths: new Set(paths.filter((path) => !gone.has(path))) }, untold, notes };
}

function folderAt(folder: string, named: string): string {
  try {
    if (statSync(folder).isDirectory()) return folder;
  } catch {
    throw new DepwardError('usage', `there is no folder ${printable(named)}`);
  }
  throw new DepwardError('usage', `${printable(named)} is not a folder`, { hint: 'name the folder of a repository' });
}
