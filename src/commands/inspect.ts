/** `depward inspect a@1`: what a release runs, can do and hides, with places. Nothing of it is executed. */
import { inspectText } from '../reporters/contents-text.ts';
import { type ContentsOptions, contentsOf, plainJson, wantsJson } from './contents.ts';
import { exit, type Io } from './io.ts';

/** Runs the command; it describes and judges nothing, so it ends with 0. */
export async function run(spec: string, options: ContentsOptions, io: Io): Promise<number> {
  const json = wantsJson(options);
  const [contents] = await contentsOf([spec], options, io);
  if (!contents) return exit.incomplete;
  io.stdout(json ? plainJson({ package: contents.title, ...contents.facts }) : inspectText(contents.title, contents.facts, options.verbose === true));
  return exit.allowed;
}
