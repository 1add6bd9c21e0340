/** The gate: what was asked before is answered at once; all that judging needs is loaded for the rest. */
import { recallAnswer } from './answers.ts';
import { gateQuestion } from './gate-question.ts';
import { type GateOptions, targetOf } from './gate-target.ts';
import { type Io, withEnvOfNow } from './io.ts';
import { exitCodeOf, targetsOf, writeReports } from './output.ts';

/** Runs the command. `state`: what git says of the working folder, where it was asked before. */
export async function run(options: GateOptions, io: Io, state?: Promise<string | undefined>): Promise<number> {
  targetsOf(options.format);
  if (options.affected !== undefined) return (await import('./affected.ts')).run({ ...options, affected: options.affected }, io);
  // npm's reader of configuration writes into the environment: the question is asked in the one of the start.
  const asked = withEnvOfNow(io);
  const target = await targetOf(options, io, state);
  const question = gateQuestion(target, options, asked);
  const known = question && recallAnswer(question, io.now(), options.offline === true);
  if (known) {
    await writeReports(known.report, options, io, { pages: new Map(known.pages.map((page) => [page.id, page])) });
    return exitCodeOf(known.report);
  }
  const { judgeChange } = await import('./gate-judging.ts');
  return judgeChange(target, options, io, question && { question, again: () => gateQuestion(target, options, asked) });
}
