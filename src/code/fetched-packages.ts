/** Packages that a command fetches from the registry to run them: `npx tool`, `npm exec --package=a b`, `yarn dlx a`, `npm install a`. */
import type { FetchedPackage } from '../model/contents.ts';
import type { Word } from './shell.ts';

/** A package of a registry with a version, a range or a tag, or none. */
const registrySpec = /^(@[a-z0-9~-][\w.~-]*\/)?[a-z0-9~-][\w.~-]*(@[^@/:\s]*)?$/i;

/** What `npx` and its kin fetch, from the words behind their own. */
export function fetchedToRun(rest: readonly Word[]): readonly FetchedPackage[] {
  const { packages, others, call } = parted(rest);
  const [first] = call === undefined ? others : [call.trim().split(/\s/, 1)[0] ?? ''];
  if (packages.length === 0) return call === undefined && first !== undefined ? inRegistry([first], commandIn(first)) : [];
  return inRegistry(packages, first ?? commandIn(packages[0] ?? ''));
}

/** What `npm install` and its kin bring in. */
export function fetchedToKeep(specs: readonly string[]): readonly FetchedPackage[] {
  return inRegistry(specs);
}

function inRegistry(specs: readonly string[], command?: string): readonly FetchedPackage[] {
  return specs.flatMap((spec) => (registrySpec.test(spec) ? [{ spec, ...(command !== undefined && { command: command.toLowerCase() }) }] : []));
}

/** The words by what they are for: packages named with `-p`, the words of the command, and a line given as a whole. */
function parted(rest: readonly Word[]): { readonly packages: readonly string[]; readonly others: readonly string[]; readonly call?: string } {
  const packages: string[] = [];
  for (let at = 0; at < rest.length; at++) {
    const { text } = rest[at] as Word;
    const [, given] = /^(?:--package|-p)=(.*)$/.exec(text) ?? [];
    if (given !== undefined) packages.push(given);
    else if (text === '-p' || text === '--package') packages.push(rest[++at]?.text ?? '');
    else if (text === '-c' || text === '--call') return { packages, others: [], call: rest[at + 1]?.text ?? '' };
    else if (!text.startsWith('-')) return { packages, others: rest.slice(at).map((word) => word.text) };
  }
  return { packages, others: [] };
}

/** The command that a package is expected to have: its name without scope and version. */
function commandIn(spec: string): string {
  return spec.replace(/(?<=.)@[^@/]*$/, '').replace(/^@[^/]*\//, '');
}
