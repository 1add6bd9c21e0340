/** `depward diff a@1 a@2`: what a release does that another did not, with places. */
import { DepwardError } from '../model/errors.ts';
import { diffText } from '../reporters/contents-text.ts';
import { type ContentsOptions, contentsOf, plainJson } from './contents.ts';
import { exit, type Io } from './io.ts';
import { wantsJson } from './options.ts';

/** Runs the command; it describes and judges nothing, so it ends with 0. */
export async function run(before: string, after: string, options: ContentsOptions, io: Io): Promise<number> {
  const json = wantsJson(options);
  const [old, now] = await contentsOf([before, after], options, io);
  if (!old || !now) throw new DepwardError('usage', 'diff compares two releases');
  io.stdout(
    json
      ? plainJson({ before: { package: old.title, ...old.facts }, after: { package: now.title, ...now.facts } })
      : diffText(old.title, now.title, old.facts, now.facts, options.verbose === true),
  );
  return exit.allowed;
}
