/** Packument documents from a folder of JSON files, plain or gzipped, named by package. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Packument } from '../../src/model/packument.ts';
import { parsePackument } from '../../src/registry/packument.ts';

/** A packument file: its package's name and how to read its bytes. */
export interface PackumentFile {
  readonly name: string;
  bytes(): Buffer;
}

/** The packuments of a folder, by name; `%2f` and `@scope/` folders both stand for scopes. */
export function packumentFiles(folder: string): PackumentFile[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.json(\.gz)?$/.test(entry.name))
    .map((entry) => {
      const path = join(entry.parentPath, entry.name);
      const bare = relative(folder, path)
        .replaceAll('\\', '/')
        .replace(/\.json(\.gz)?$/, '')
        .replace(/\/packument$/, '');
      return { name: decodeURIComponent(bare), bytes: () => bytesOf(path) };
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** A file's bytes, unpacked where its name says so. */
export function bytesOf(path: string): Buffer {
  const raw = readFileSync(path);
  return path.endsWith('.gz') ? gunzipSync(raw) : raw;
}

/** The packument of a file, or why it is none. */
export function packumentOf(file: PackumentFile): Packument | string {
  try {
    const parsed = parsePackument(file.name, file.bytes());
    return parsed.ok ? parsed.packument : parsed.reason;
  } catch (error) {
    return error instanceof Error ? error.message : 'unreadable';
  }
}
