/** A tarball that lies on this machine: what `npm pack` wrote, or a vendored copy. Nobody vouches for it: its bytes speak for themselves. */
import { createReadStream, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { ReadTarball, TarballSource, Tarballs } from '../evidence/tarballs.ts';
import { openTarballs } from '../evidence/tarballs.ts';
import { DepwardError } from '../model/errors.ts';
import { printable } from '../model/text.ts';

/** The path that a spec means; undefined for names of a registry. */
export function localPath(spec: string): string | undefined {
  const path = spec.startsWith('file:') ? spec.slice('file:'.length) : spec;
  return path !== spec || /^(?:\.{1,2}(?:[\\/]|$)|[\\/]|[A-Za-z]:[\\/])/.test(path) || /^[^@].*\.t(?:gz|ar\.gz)$/.test(path) ? path : undefined;
}

/** What is in it. */
export function readLocal(path: string, cwd: string): Promise<ReadTarball> {
  const file = resolve(cwd, path);
  const stats = statSync(file, { throwIfNoEntry: false });
  if (!stats) throw new DepwardError('not-found', `there is no ${printable(path)}`);
  if (!stats.isFile())
    throw new DepwardError('usage', `${printable(path)} is not a tarball`, { hint: 'pack the folder first: npm pack --ignore-scripts' });
  return localTarballs().read({ url: file });
}

/** The reading of tarballs that lie on this machine, or of bytes made from what does; nothing of them is kept. */
export function localTarballs(bytesAt: (path: string) => AsyncIterable<Buffer> = createReadStream): Tarballs {
  const source: TarballSource = {
    async *tarballBytes(url, { limitBytes }) {
      let left = limitBytes;
      for await (const piece of bytesAt(url)) {
        left -= piece.length;
        if (left < 0) throw new DepwardError('limit', `the tarball is larger than ${Math.round(limitBytes / 2 ** 20)} MB`);
        yield piece;
      }
    },
  };
  return openTarballs(source, undefined);
}
