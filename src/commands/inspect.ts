/** `depward inspect a@1`: what a release runs, can do and hides, with places. Nothing of it is executed. */
import { inspectText } from '../reporters/contents-text.ts';
import { type ContentsOptions, contentsOf, plainJson, type SignedFacts } from './contents.ts';
import { exit, type Io } from './io.ts';
import { wantsJson } from './options.ts';

/** Runs the command; it describes and judges nothing, so it ends with 0. */
export async function run(spec: string, options: ContentsOptions, io: Io): Promise<number> {
  const json = wantsJson(options);
  const [contents] = await contentsOf([spec], options, io);
  if (!contents) return exit.incomplete;
  io.stdout(
    json
      ? plainJson({ package: contents.title, ...contents.facts, signed: contents.signed })
      : inspectText(contents.title, contents.facts, options.verbose === true, signedLines(contents.signed)),
  );
  return exit.allowed;
}

function signedLines({ signature, attestations }: SignedFacts): readonly string[] {
  const { repository, workflow, ref } = ('provenance' in attestations && attestations.provenance) || {};
  const built = repository === undefined ? '' : `, built from ${[repository, workflow, ref].filter((part) => part !== undefined).join(' ')}`;
  return [`registry signature ${told(signature)}`, `attestations ${told(attestations)}${built}`];
}

function told({ status, detail }: { readonly status: string; readonly detail?: string }): string {
  return `${status.replace('-', ' ')}${detail === undefined ? '' : `: ${detail}`}`;
}
