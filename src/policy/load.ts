/** Finds and reads the configuration of a project. */
import { existsSync, lstatSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { DepwardError } from '../model/errors.ts';
import type { Policy } from '../model/policy.ts';
import { withSlashes } from '../model/repository-paths.ts';
import { printable } from '../model/text.ts';
import { defaultPolicy } from './build.ts';
import type { ConfigurableRule } from './shape.ts';

/** More than any honest configuration; the configuration of a checked repository is hostile input. */
const longestConfig = 1_000_000;

export const configName = 'depward.config.json';

/** Where to look and what the configuration may speak of. */
export interface PolicyRequest {
  /** The project's folder. */
  readonly folder: string;
  /** A file named with `--config`. */
  readonly config?: string | undefined;
  /** Asked only when there is a configuration: most projects have none. */
  readonly rules: () => Promise<readonly ConfigurableRule[]>;
}

/** The policy of a project: of the file named, else of the nearest one up to the repository root, else `recommended`. */
export async function loadPolicy({ rules, ...where }: PolicyRequest): Promise<Policy> {
  const found = configText(where);
  if (!found) return defaultPolicy();
  const { parsePolicy } = await import('./parse.ts');
  return parsePolicy(found.text, found.origin, await rules());
}

/** The configuration of a project as it is written, and how reports call it. */
export function configText({ folder, config }: Omit<PolicyRequest, 'rules'>): { readonly text: string; readonly origin: string } | undefined {
  const file = config === undefined ? findConfig(folder) : resolve(folder, config);
  if (file === undefined) return undefined;
  return { text: readConfig(file, config !== undefined), origin: printable(withSlashes(relative(folder, file), sep) || configName) };
}

/** The nearest configuration from `folder` up to the repository root; outside a repository only `folder` itself. */
export function findConfig(folder: string): string | undefined {
  const searched = foldersUpToRoot(resolve(folder));
  return searched.map((each) => join(each, configName)).find((file) => lstatSync(file, { throwIfNoEntry: false }) !== undefined);
}

function foldersUpToRoot(start: string): string[] {
  const folders: string[] = [];
  for (let at = start; ; at = dirname(at)) {
    folders.push(at);
    if (existsSync(join(at, '.git'))) return folders;
    if (dirname(at) === at) return [start];
  }
}

// A checked repository may hold a link to any file of this machine, or a device that never ends: only the user may name such.
function readConfig(file: string, named: boolean): string {
  const shown = printable(file);
  const stat = (named ? statSync : lstatSync)(file, { throwIfNoEntry: false });
  if (!stat)
    throw new DepwardError('config', `there is no configuration file ${shown}`, {
      hint: 'leave --config out to use the nearest depward.config.json',
    });
  if (!stat.isFile())
    throw new DepwardError('config', `${shown} is not a regular file`, { hint: 'name it with --config if it is a link on purpose' });
  if (stat.size > longestConfig) throw new DepwardError('config', `${shown}: larger than ${longestConfig} bytes`);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file));
  } catch (cause) {
    throw new DepwardError('config', `${shown} could not be read as UTF-8 text`, { cause });
  }
}
