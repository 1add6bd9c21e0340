/** `depward init`: shows a configuration and a CI job, and writes them where nothing stands yet. */
import { existsSync, lstatSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { DepwardError } from '../model/errors.ts';
import { printable } from '../model/text.ts';
import { toolVersion } from '../package-root.ts';
import { configName } from '../policy/load.ts';
import { firstConfig, githubWorkflow, gitlabJob } from './ci-templates.ts';
import { exit, type Io } from './io.ts';

export interface InitOptions {
  /** `github`, `gitlab` or `none`; guessed from the repository otherwise. */
  readonly ci?: string;
  /** Write without asking. */
  readonly yes?: boolean;
}

interface Draft {
  readonly file: string;
  readonly text: string;
}

const gitlabFile = '.gitlab/depward.yml';

export async function run(options: InitOptions, io: Io): Promise<number> {
  const ci = ciOf(options.ci, io.cwd);
  const all = [{ file: configName, text: firstConfig }, ...ciDrafts(ci)];
  const there = all.filter((draft) => isThere(join(io.cwd, draft.file)));
  const drafts = all.filter((draft) => !there.includes(draft));
  for (const { file } of there) io.stdout(`${file} is there already: left as it is\n`);
  for (const draft of drafts) io.stdout(`\n── ${draft.file} ──\n${draft.text}`);
  if (ci === 'none' && options.ci === undefined) io.stdout(`\n${withoutCi}\n`);
  if (drafts.length === 0) return exit.allowed;
  if (!(options.yes || (await isWanted(drafts, io)))) {
    io.stdout('\nNothing was written. depward init --yes writes these files.\n');
    return exit.allowed;
  }
  for (const draft of drafts) write(draft, io);
  if (drafts.some((draft) => draft.file === gitlabFile)) io.stdout(`To run it, add to .gitlab-ci.yml:\n\ninclude:\n  - local: ${gitlabFile}\n`);
  return exit.allowed;
}

const withoutCi = 'No CI job: this folder is not the root of a git repository, where CI looks for one. --ci github or --ci gitlab shows one anyway.';

function ciOf(asked: string | undefined, folder: string): 'github' | 'gitlab' | 'none' {
  if (asked === 'github' || asked === 'gitlab' || asked === 'none') return asked;
  if (asked !== undefined) throw new DepwardError('usage', `there is no CI "${printable(asked, 40)}"`, { hint: 'it is github, gitlab or none' });
  if (existsSync(join(folder, '.gitlab-ci.yml'))) return 'gitlab';
  return existsSync(join(folder, '.git')) ? 'github' : 'none';
}

function ciDrafts(ci: 'github' | 'gitlab' | 'none'): readonly Draft[] {
  if (ci === 'github') return [{ file: '.github/workflows/depward.yml', text: githubWorkflow(toolVersion()) }];
  return ci === 'gitlab' ? [{ file: gitlabFile, text: gitlabJob(toolVersion()) }] : [];
}

// A dangling link is there too: writing would go through it.
function isThere(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    // Something lies where a folder should be: writing says so.
    return false;
  }
}

async function isWanted(drafts: readonly Draft[], io: Io): Promise<boolean> {
  if (!io.stdoutIsTTY || !io.stderrIsTTY) return false;
  const questions = createInterface({ input: io.stdin, output: process.stderr });
  try {
    const answer = await questions.question(`\nWrite ${drafts.map((draft) => draft.file).join(' and ')}? [y/N] `, { signal: io.signal });
    return /^y(?:es)?$/i.test(answer.trim());
  } finally {
    questions.close();
  }
}

function write({ file, text }: Draft, io: Io): void {
  const path = join(io.cwd, file);
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text, { flag: 'wx' });
  } catch (cause) {
    throw new DepwardError('input', `${file} could not be written`, { cause, hint: 'may this folder be written, and is nothing else in its place?' });
  }
  io.stdout(`wrote ${file}\n`);
}
