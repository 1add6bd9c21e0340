/** Small helpers for what rules on files say. */
import type { FileSeen, FileTexts } from '../../model/repository-rule.ts';
import { printable } from '../../model/text.ts';
import { ciFiles } from './ci.ts';
import type { CiFile, CiJob, CiStep } from './ci-file.ts';
import { type Instruction, readDockerfile, type Stage } from './docker.ts';
import { isDockerfile, isExample } from './paths.ts';

/** What `see` sees in each step of every CI definition, and a gap for each that cannot be read. */
export function inSteps(texts: FileTexts, see: (step: CiStep, job: CiJob, ci: CiFile) => readonly FileSeen[]): readonly FileSeen[] {
  const { read, untold } = ciFiles(texts);
  return [...untold, ...read.flatMap((ci) => ci.jobs.flatMap((job) => job.steps.flatMap((step) => see(step, job, ci))))];
}

/** What `see` sees in each job of every CI definition, and a gap for each that cannot be read. */
export function inJobs(texts: FileTexts, see: (job: CiJob, ci: CiFile) => readonly FileSeen[]): readonly FileSeen[] {
  const { read, untold } = ciFiles(texts);
  return [...untold, ...read.flatMap((ci) => ci.jobs.flatMap((job) => see(job, ci)))];
}

/** What `see` sees in each instruction of every Dockerfile that is no example. */
export function inImages(
  texts: FileTexts,
  see: (instruction: Instruction, stage: Stage, file: string, stages: readonly Stage[]) => readonly FileSeen[],
): readonly FileSeen[] {
  return [...texts].flatMap(([file, text]): readonly FileSeen[] => {
    if (!isDockerfile(file) || isExample(file)) return [];
    const stages = readDockerfile(file, text);
    if ('untold' in stages) return [{ file, ...stages }];
    return stages.flatMap((stage) => stage.instructions.flatMap((instruction) => see(instruction, stage, file, stages)));
  });
}

/** A command for people: one line, of bounded length. */
export function commandText(text: string): string {
  return printable(text.trim(), 160);
}
