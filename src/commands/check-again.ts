/** `depward check` of a lockfile it has judged before: the answer from memory, with next to nothing loaded. */

import { configText } from '../policy/load.ts';
import { projectTexts } from '../resolve/project-texts.ts';
import { type Question, questionOf, recallAnswer } from './answers.ts';
import type { Io } from './io.ts';
import type { CommonOptions } from './options.ts';
import { exitCodeOf, targetsOf, writeReports } from './output.ts';
import type { PlainCall } from './plain-arguments.ts';

/** The exit code; undefined when it must be judged. */
export async function checkAgain({ args: [specs], options }: PlainCall, io: Io): Promise<number | undefined> {
  const common: CommonOptions = options;
  targetsOf(common.format);
  const question = Array.isArray(specs) && specs.length === 0 ? await checkQuestion(common, io) : undefined;
  const known = question && recallAnswer(question, io.now(), common.offline === true);
  if (!known) return undefined;
  await writeReports(known.report, common, io, new Map(known.pages.map((page) => [page.id, page])));
  return exitCodeOf(known.report);
}

/** The question that a check of this folder's lockfile is. */
export async function checkQuestion(options: CommonOptions, io: Io): Promise<Question | undefined> {
  const texts = await projectTexts(io.cwd);
  const policy = configText({ folder: io.cwd, config: options.config });
  return texts && questionOf({ mode: 'check', parts: [texts.file, texts.text, texts.manifest], policy }, options, io);
}
