/** What an archive may cost, and which of its files are kept whole. */
import { landingPath } from './tar-path.ts';

/** What an archive may cost. */
export interface TarLimits {
  readonly files: number;
  readonly unpackedBytes: number;
  /** Bytes of one file that are kept; of a larger one only the head is. A quarter of them where the name is not one of code. */
  readonly fileBytes: number;
  /** Bytes of all files that are kept; a third of them may be of files that do not look like code. */
  readonly keptBytes: number;
  readonly metaBytes: number;
  /** Letters of all paths together. */
  readonly pathLetters: number;
}

export const tarLimits: TarLimits = {
  files: 100_000,
  unpackedBytes: 2 ** 30,
  fileBytes: 12 * 2 ** 20,
  keptBytes: 30 * 2 ** 20,
  metaBytes: 2 ** 20,
  pathLetters: 16 * 2 ** 20,
};

const namesCode = /(?<!\.d)\.([cm]?[jt]sx?|json|gypi?|sh|bash|ps1|py|bat|cmd)$/i;
/** Beyond this a JSON file is data: what npm, agents and editors obey is smaller. */
const largestOrders = 2 ** 20;
/** Read as a whole it takes some twenty times as much; no honest one comes near. */
const largestManifest = 2 ** 21;

/** Whether a file is kept whole where so many bytes are `kept` already. */
export function hasRoom(
  { size, path }: { readonly size: number; readonly path: string },
  kept: number,
  { fileBytes, keptBytes }: TarLimits,
): boolean {
  // What decides over everything else is not to be hidden behind megabytes of something else.
  if (decides(path)) return size <= Math.min(fileBytes, largestManifest);
  if (namesCode.test(path) && (size <= largestOrders || !/\.json$/i.test(path))) return size <= fileBytes && kept + size <= keptBytes;
  return size <= fileBytes / 4 && kept + size <= keptBytes / 3;
}

function decides(path: string): boolean {
  return /(?:package\.json|binding\.gyp)$/.test(path) && /^(?:package\.json|binding\.gyp)$/.test(landingPath(path).path ?? '');
}
