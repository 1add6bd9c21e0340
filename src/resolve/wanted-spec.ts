/** The specs somebody asks for, told apart before npm is asked anything. */
import { resolve } from 'node:path';
import { DepwardError } from '../model/errors.ts';
import type { ResolvedPackage } from '../model/package.ts';
import { withoutSecrets } from '../model/secrets.ts';
import { printable, quoted } from '../model/text.ts';
import { codeOf, type Documents } from './documents.ts';
import { objectOf, own } from './lockfiles/json.ts';
import { usualSpec } from './usual-spec.ts';

/** One spec as it was asked for. */
export interface WantedSpec {
  /** As arborist takes it. */
  readonly text: string;
  /** The name it would be installed under, where the spec tells. */
  readonly as: string | undefined;
  /** The real package name, where the spec tells. */
  readonly name: string | undefined;
  /** The exact version asked for, where it is one. */
  readonly exact?: string;
}

/** Reads specs; relative paths are relative to `folder`. */
export async function parseSpecs(specs: readonly string[], folder: string): Promise<WantedSpec[]> {
  const usual = specs.map((text) => usualSpec(text));
  if (usual.every((spec) => spec !== undefined)) {
    return usual.map(({ name, kind, wanted }, at) => ({ text: specs[at] ?? '', as: name, name, ...(kind === 'version' && { exact: wanted }) }));
  }
  const { default: parse } = await import('npm-package-arg');
  return specs.map((text) => {
    const { spec, cause } = attempt(() => parse(text, folder));
    // Of `<2` or `-` npm's reader makes a range of no name, and npm a package called "undefined".
    const real = spec && 'subSpec' in spec ? (spec.subSpec as typeof spec) : spec;
    if (!spec || !real || (real.registry && !real.name)) {
      throw new DepwardError('usage', `not a package spec: ${/^\S+$/.test(text) ? tellable(text) : quoted(tellable(text))}`, {
        hint: specHint,
        cause,
      });
    }
    if (isFolderItself(text, folder)) {
      throw new DepwardError('usage', `${tellable(text)} is this project itself`, { hint: 'Without a spec its lockfile is judged.' });
    }
    // Arborist takes relative paths from the process's folder, not from the project's.
    const local = spec.type === 'file' || spec.type === 'directory' ? `file:${spec.fetchSpec}` : text;
    const exact = real.type === 'version' && typeof real.fetchSpec === 'string' ? real.fetchSpec : undefined;
    return { text: local, as: spec.name ?? undefined, name: real.name ?? undefined, ...(exact !== undefined && { exact }) };
  });
}

function attempt<T>(read: () => T): { readonly spec?: T; readonly cause?: unknown } {
  try {
    return { spec: read() };
  } catch (cause) {
    return { cause };
  }
}

/** The forms a spec can take. */
export const specHint = 'Write name, name@1.2.3, name@^1, @scope/name, alias@npm:name@1, a git or tarball URL, or a path.';

/** Words of strangers and of npm for a message: no credentials, whatever stands before an @ in an address among them. */
export function tellable(text: string): string {
  return printable(withoutSecrets(text.replace(/\/\/[^/@\s]*@/g, '//')));
}

/** True for `.` and every other way to say it. */
export function isFolderItself(spec: string, folder: string): boolean {
  const path = spec.replace(/^file:/, '');
  return /^(?:\.|\/|[a-z]:[\\/])/i.test(path) && resolve(folder, path) === resolve(folder);
}

/** Of two specs for one name npm keeps the last: said, for both were asked about. */
export function repeatedNotes(wanted: readonly WantedSpec[]): string[] {
  const last = new Map(wanted.map((spec) => [spec.as, spec]));
  return wanted.flatMap((spec) => {
    const kept = last.get(spec.as);
    if (spec.as === undefined || kept === undefined || kept === spec || kept.text === spec.text) return [];
    return [`not judged: ${tellable(spec.text)}, for npm would install ${tellable(kept.text)} under that name; ask for each alone`];
  });
}

/** Throws where npm would add nothing for a name: it takes names that every object of JavaScript has for ones it has seen. */
export function allPlaced(wanted: readonly WantedSpec[], placed: ReadonlyMap<string, unknown>): void {
  const lost = wanted.find((spec) => spec.as !== undefined && !placed.has(spec.as));
  if (lost) {
    throw new DepwardError('input', `npm adds nothing here for ${tellable(lost.text)}: it takes the name for one it has`, {
      hint: 'It can be judged from an empty folder.',
    });
  }
}

/** What was asked for by name and is not there: the package, or the one exact version. That is a finding, not an error. */
export function isAbsent(spec: WantedSpec, documents: Documents, refused: unknown): boolean {
  if (spec.name === undefined) return false;
  if (documents.unknown.has(spec.name)) return true;
  const untargeted = codeOf(refused) === 'ETARGET' ? objectOf(refused) : undefined;
  return untargeted !== undefined && spec.exact !== undefined && own(untargeted, 'name') === spec.name && own(untargeted, 'wanted') === spec.exact;
}

/** What stands in the tree for a package that is not there. */
export function missingPackage(spec: WantedSpec): ResolvedPackage {
  const name = spec.name ?? spec.text;
  return { key: `missing:${name}`, name, version: spec.exact ?? '', source: 'registry', dev: false, optional: false, peer: false, bundled: false };
}
