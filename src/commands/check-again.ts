/** `depward check` of a lockfile it has judged before: the answer from memory, with next to nothing loaded. */
import { projectTexts } from '../resolve/project-texts.ts';
import { questionOf, recallAnswer } from './answers.ts';
import type { Io } from './io.ts';
import type { CommonOptions } from './options.ts';
import { exitCodeOf, targetsOf, writeReports } from './output.ts';
import type { PlainCall } from './plain-arguments.ts';

/** The exit code; undefined when it must be judged. */
export async function checkAgain({ args: [specs], options }: PlainCall, io: Io): Promise<number | undefined> {
  const common: CommonOptions = options;
  targetsOf(common.format);
  const texts = Array.isArray(specs) && specs.length === 0 ? await projectTexts(io.cwd) : undefined;
  const question = texts && questionOf('check', texts, common, io);
  const known = question && recallAnswer(question, io.now(), common.offline === true);
  if (!known) return undefined;
  await writeReports(known.report, common, io, new Map(known.pages.map((page) => [page.id, page])));
  return exitCodeOf(known.report);
}
