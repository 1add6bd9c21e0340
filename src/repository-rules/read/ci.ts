/** CI definitions of five systems, read alike: jobs, steps, the lines they run and the variables they run with. */
import { readAzure } from './ci-azure.ts';
import { readCircle } from './ci-circleci.ts';
import type { CiFile } from './ci-file.ts';
import { readGithub } from './ci-github.ts';
import { readGitlab } from './ci-gitlab.ts';
import { readJenkins } from './ci-jenkins.ts';
import { type CiSystem, ciSystemOf } from './paths.ts';
import { remembered } from './remembered.ts';
import { longestText, type Untold, type Value } from './value.ts';
import { readYaml } from './yaml.ts';

const readers: Readonly<Record<Exclude<CiSystem, 'jenkins'>, (document: Value, file: string, text: string) => CiFile>> = {
  github: readGithub,
  gitlab: readGitlab,
  azure: readAzure,
  circleci: readCircle,
};

/** The CI definition at a path, or why it cannot be read. */
export const readCi = remembered((file: string, text: string): CiFile | Untold => {
  const system = ciSystemOf(file);
  if (text.length > longestText) return { untold: `it is longer than ${longestText} characters` };
  if (system === undefined) return { untold: 'it is no CI definition' };
  if (system === 'jenkins') return readJenkins(file, text);
  const document = readYaml(text);
  return 'untold' in document ? document : readers[system](document, file, text);
});

/** Every CI definition among files, and those that could not be read. */
export function ciFiles(texts: ReadonlyMap<string, string>): {
  readonly read: readonly CiFile[];
  readonly untold: readonly (Untold & { file: string })[];
} {
  const read: CiFile[] = [];
  const untold: (Untold & { file: string })[] = [];
  for (const [file, text] of texts) {
    if (ciSystemOf(file) === undefined) continue;
    const ci = readCi(file, text);
    if ('untold' in ci) untold.push({ file, ...ci });
    else read.push(ci);
  }
  return { read, untold };
}
