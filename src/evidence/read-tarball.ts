/** One tarball from its bytes to its facts: in this thread or, the same way, in another. */
import { type Analysed, analyseUntil } from '../code/analyse.ts';
import type { Expected } from '../code/expected.ts';
import { tarLimits } from '../registry/tar-limits.ts';
import { readTarballFrom } from '../registry/tarball.ts';
import { compileLater } from './compile-later.ts';

/** What is asked about a tarball. Plain data: it crosses threads. */
export interface ReadRequest {
  readonly git: boolean;
  /** The command of it that another package's install starts. */
  readonly command?: string;
  /** Words on its integrity to be held against the bytes. */
  readonly words: readonly string[];
  /** Files not to be parsed, or `all`, and why. */
  readonly asTokens?: { readonly files: readonly string[] | 'all'; readonly why: string };
  /** Code is read only until all of this was found. */
  readonly expected?: Expected;
  /** Where to look for it first. */
  readonly ways?: readonly string[];
  /** Unpacked bytes from which on it is not read here. */
  readonly unpackedBytes?: number;
}

export interface ReadAnswer extends Analysed {
  /** For each word whether it holds; undefined when it says nothing usable. */
  readonly holds: readonly (boolean | undefined)[];
}

/** Unpacks, checks and analyses. `onFile` is told before each script is parsed. */
export async function readFacts(
  chunks: AsyncIterable<Buffer> | Iterable<Buffer>,
  { git, command, words, asTokens, expected, ways, unpackedBytes = tarLimits.unpackedBytes }: ReadRequest,
  onFile?: (path: string | undefined) => void,
): Promise<ReadAnswer> {
  compileLater();
  const { archive, holds } = await readTarballFrom(chunks, words, { ...tarLimits, unpackedBytes });
  const tokens = asTokens && { why: asTokens.why, files: asTokens.files === 'all' ? asTokens.files : new Set(asTokens.files) };
  const manner = { git, ...(command !== undefined && { command }), ...(tokens && { asTokens: tokens }), ...(onFile && { onFile }) };
  return { ...analyseUntil(archive, manner, expected, ways), holds };
}
