/** What every lockfile format is handed and how it says what it cannot read. */
import { DepwardError } from '../../model/errors.ts';
import type { ResolvedPackage, ResolvedTree } from '../../model/package.ts';
import { printable } from '../../model/text.ts';

/** A lockfile as read, with what lies beside it. */
export interface LockfileInput {
  /** Path as shown to people and in reports, relative to the project. */
  readonly file: string;
  readonly text: string;
  /** The package.json beside it, where there is one: some formats do not say what the project itself asks for. */
  readonly manifest?: unknown;
  /** Another state of the same file: what both hold alike need be understood once. */
  readonly like?: ResolvedTree | undefined;
  readonly fitting?: Fitting | undefined;
  /** What git calls the text by. */
  readonly id?: string | undefined;
}

/** A memory of texts that were found to be in their manager's own layout, told by all of their bytes. */
export interface Fitting {
  /** What was kept of a text; `id`: the name by which git knows it. */
  readonly odd: (text: string, id?: string) => readonly number[] | undefined;
  readonly keep: (text: string, odd: readonly number[], id?: string) => void;
}

/** One lockfile format: recognised by content, read into a tree. */
export interface LockfileFormat {
  readonly id: string;
  readonly names: readonly string[];
  recognises(input: LockfileInput): boolean;
  /** A promise where the file needs a parser that is loaded only then. */
  read(input: LockfileInput): ResolvedTree | Promise<ResolvedTree>;
}

/** Most packages a tree may hold; real lockfiles have reached 20,000. */
export const mostPackages = 200_000;

/** An unreadable lockfile: names the file, the place where it is known, and what to do. */
export function unreadable(input: { readonly file: string }, what: string, hint: string, line?: number): DepwardError {
  const place = line === undefined ? input.file : `${input.file}:${line}`;
  return new DepwardError('input', `${printable(place)}: ${what}`, { hint });
}

type Pinning = Pick<ResolvedPackage, 'key' | 'version' | 'source' | 'bundled'> & {
  readonly [Field in 'resolved' | 'integrity' | 'checksum']?: string | undefined;
};

/** Of formats that have a hash of whatever a registry gave: true for an entry with no word on what is to be fetched. */
export function isUnpinned({ key, version, source, bundled, resolved, integrity, checksum }: Pinning): boolean {
  if (integrity !== undefined || resolved !== undefined || checksum !== undefined || bundled || source !== 'registry') return false;
  // npm leaves alone what lies outside the project, and refuses what has no version.
  return version !== '' && !key.startsWith('../');
}
