/** Small files whose first line is the digest of the rest, written beside and renamed into place. */
import { hash, randomBytes } from 'node:crypto';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeFolder } from './make-folder.ts';

/** The text of such a file; undefined when absent or damaged. */
export function readChecked(path: string): string | undefined {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch {
    return undefined;
  }
  const rest = bytes.subarray(65);
  if (bytes.length < 66 || bytes[64] !== 0x0a || bytes.toString('latin1', 0, 64) !== digestOf(rest)) return undefined;
  return rest.toString('utf8');
}

/** Writes a file `readChecked` accepts, all of it or nothing. */
export function writeChecked(path: string, text: string): void {
  const bytes = Buffer.from(text);
  writeWhole(path, Buffer.concat([Buffer.from(`${digestOf(bytes)}\n`), bytes]));
}

/** Puts a file in place at once: readers see the old one or the new one. */
export function writeWhole(path: string, bytes: Buffer): void {
  const temporary = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`;
  try {
    makeFolder(dirname(path));
    writeFileSync(temporary, bytes, { mode: 0o600, flag: 'wx' });
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** SHA-256 in hex. */
export function digestOf(bytes: Buffer): string {
  return hash('sha256', bytes, 'hex');
}
