/** Small files whose first line is the digest of the rest, written beside and renamed into place. */
import { hash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
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

/** The same in a folder of such files, of which no more than `most` stay. Where it cannot be written it is not: the cache itself says so once. */
export function keepChecked(path: string, text: string, most: number): void {
  try {
    writeChecked(path, text);
    forgetOldest(dirname(path), most);
  } catch {
    // Only speed is lost.
  }
}

function forgetOldest(folder: string, most: number): void {
  const names = readdirSync(folder);
  if (names.length <= most) return;
  const aged = names.map((name) => ({ path: join(folder, name), at: statSync(join(folder, name)).mtimeMs }));
  for (const { path } of aged.sort((a, b) => b.at - a.at).slice(most)) rmSync(path, { force: true });
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
