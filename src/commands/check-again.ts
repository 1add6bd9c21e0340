/** `depward check` of what it has judged before: the answer from memory, with next to nothing loaded. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { configText } from '../policy/load.ts';
import { type ProjectTexts, projectTexts } from '../resolve/project-texts.ts';
import { readTextFile } from '../resolve/read-file.ts';
import { type Question, questionOf, recallAnswer } from './answers.ts';
import type { Io } from './io.ts';
import type { CommonOptions } from './options.ts';
import { exitCodeOf, targetsOf, writeReports } from './output.ts';
import type { PlainCall } from './plain-arguments.ts';

/** The exit code; undefined when it must be judged. */
export async function checkAgain({ args: [specs], options }: PlainCall, io: Io): Promise<number | undefined> {
  const common: CommonOptions = options;
  targetsOf(common.format);
  const question = Array.isArray(specs) ? await checkQuestion(specs, common, io) : undefined;
  const known = question && recallAnswer(question, io.now(), common.offline === true);
  if (!known) return undefined;
  for (const note of known.notes ?? []) io.stderr(note);
  await writeReports(known.report, common, io, { pages: new Map(known.pages.map((page) => [page.id, page])) });
  return exitCodeOf(known.report);
}

/** The question that a check of this folder's lockfile is, or of specs in this folder. */
export async function checkQuestion(specs: readonly string[], options: CommonOptions, io: Io): Promise<Question | undefined> {
  const policy = configText({ folder: io.cwd, config: options.config });
  if (specs.length > 0) return options.offline ? undefined : specsQuestion(specs, policy, options, io);
  const texts = await projectTexts(io.cwd);
  return texts && questionOf({ mode: 'check', parts: partsOf(texts), policy }, options, io);
}

/** Undefined where more has a say than the files asked about: folders beside, what is installed, addresses. */
async function specsQuestion(
  specs: readonly string[],
  policy: ReturnType<typeof configText>,
  options: CommonOptions,
  io: Io,
): Promise<Question | undefined> {
  if (!specs.every(isRegistrySpec)) return undefined;
  const locked = await projectTexts(io.cwd);
  const manifest = locked ? locked.manifest : await readTextFile(join(io.cwd, 'package.json'), io.cwd, largestManifest);
  const isTold = locked !== undefined || !existsSync(join(io.cwd, 'node_modules'));
  if (!isTold || /"link"|\\u/.test(locked?.text ?? '') || leadsElsewhere(manifest)) return undefined;
  return questionOf({ mode: 'check', specs, parts: locked ? partsOf(locked) : [manifest], policy }, options, io);
}

const largestManifest = 4 * 1024 * 1024;

function partsOf({ file, text, manifest }: ProjectTexts): (string | undefined)[] {
  return [file, text, manifest];
}

/** `name`, `@scope/name@range`, `name@tag`, `other@npm:name@1.2.3`; nothing that could be a file or an address. */
function isRegistrySpec(spec: string): boolean {
  return (
    /^(?:(?:@[\w-][\w.-]*\/)?[\w-][\w.-]*@npm:)?(?:@[\w-][\w.-]*\/)?[\w-][\w.-]*(?:@[\w^~<>=*|+ -][\w.^~<>=*|+ -]*)?$/.test(spec) &&
    !/\.(?:tgz|tar|tar\.gz)$/i.test(spec)
  );
}

/** True for a manifest by which other folders have a say. Too often is only slower. */
function leadsElsewhere(manifest: string | undefined): boolean {
  if (manifest === undefined) return false;
  try {
    const { workspaces, overrides, ...own } = Object(JSON.parse(manifest));
    const asked = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'].map((kind) => own[kind]);
    return workspaces !== undefined || /"\s*(?:[./~\\]|[a-z]:[/\\]|file:|link:|workspace:)/i.test(JSON.stringify([overrides, ...asked]));
  } catch {
    return true;
  }
}
