/** Writes corrected files: each whole or not at all, and only where it still is what was read. */
import { randomBytes } from 'node:crypto';
import { lstatSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DepwardError } from '../model/errors.ts';
import { printable } from '../model/text.ts';
import type { FixedFile } from './fix.ts';

/** Writes a corrected file; throws where it may not be written or has changed meanwhile. */
export function writeFixed(folder: string, { file, before, after }: FixedFile): void {
  const path = join(folder, file);
  const now = bytesAt(path);
  const wanted = before === undefined ? undefined : Buffer.from(before);
  // A byte order mark is no part of the text; anything else that differs means that it is not the file that was read.
  const mark = now?.subarray(0, 3).toString('hex') === 'efbbbf' ? 3 : 0;
  if ((wanted === undefined) !== (now === undefined) || (wanted && now && !wanted.equals(now.subarray(mark)))) {
    throw new DepwardError('input', `${printable(file)} has changed meanwhile or is not plain UTF-8 text`, {
      hint: 'nothing was written to it; run doctor --fix again',
    });
  }
  const draft = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    const mode = now === undefined ? 0o644 : lstatSync(path).mode & 0o777;
    writeFileSync(draft, Buffer.concat([now?.subarray(0, mark) ?? Buffer.alloc(0), Buffer.from(after)]), { flag: 'wx', mode });
    renameSync(draft, path);
  } catch (cause) {
    rmSync(draft, { force: true });
    throw new DepwardError('input', `${printable(file)} could not be written`, { cause, hint: 'may the folder be written?' });
  }
}

function bytesAt(path: string): Buffer | undefined {
  try {
    return lstatSync(path).isFile() ? readFileSync(path) : Buffer.of(0);
  } catch {
    return undefined;
  }
}
