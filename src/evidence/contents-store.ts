/** Keeps facts of tarballs between runs: one file for each, named by the hash of its bytes and the analyser's version. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { analyserVersion } from '../code/analyser-version.ts';
import type { Expected } from '../code/expected.ts';
import { decodeFacts, encodeFacts } from '../code/facts-json.ts';
import type { TarballFacts } from '../model/contents.ts';
import { makeFolder } from '../registry/make-folder.ts';

/** A store of facts; losing any of it costs reading a tarball again. */
export interface ContentsStore {
  /** Facts of the bytes with this sha512, looked at in this way. */
  get(integrity: string, view: View): TarballFacts | undefined;
  /** Whether there is something of them, whatever its state. */
  has(integrity: string): boolean;
  put(facts: TarballFacts, view: View): void;
}

/** What was taken to run: npm's own steps, those of a package from git, or one command. */
export interface View {
  readonly git?: boolean;
  readonly command?: string;
  /** What was looked for, where the rest was not read. */
  readonly expected?: Expected;
}

/** The folder's name in the cache; the number rises when its format changes. */
export const contentsFolder = 'contents-1';

const mostFiles = 3000;

/** Opens the store in a folder, which need not exist. */
export function openContents(folder: string): ContentsStore {
  let counted = false;
  return {
    get(integrity, view) {
      const facts = decodeFacts(read(fileOf(folder, integrity, view)));
      // A file under another name than its own is no fact.
      return facts?.integrity === integrity ? facts : undefined;
    },
    has: (integrity) => existsSync(fileOf(folder, integrity, {})),
    put(facts, view) {
      try {
        makeFolder(folder);
        if (!counted) prune(folder);
        counted = true;
        write(fileOf(folder, facts.integrity, view), encodeFacts(facts));
      } catch {
        // A store that cannot be written is only slower.
      }
    },
  };
}

function fileOf(folder: string, integrity: string, { git, command, expected }: View): string {
  const started = command === undefined ? '' : `c${hashed(command).slice(0, 16)}`;
  const sought = expected === undefined ? '' : `e${hashed(JSON.stringify(expected)).slice(0, 40)}`;
  return join(folder, `${hashed(integrity).slice(0, 40)}-${analyserVersion}${git ? 'g' : ''}${started}${sought}`);
}

function hashed(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** The checksum in front tells torn and damaged files apart. */
function read(path: string): string {
  try {
    const text = readFileSync(path, 'utf8');
    const body = text.slice(9);
    return text.slice(0, 8) === checksum(body) ? body : '';
  } catch {
    return '';
  }
}

function write(path: string, body: string): void {
  const draft = `${path}.${process.pid}.tmp`;
  try {
    writeFileSync(draft, `${checksum(body)}\n${body}`, { mode: 0o600 });
    renameSync(draft, path);
  } catch (error) {
    // On a full disk half a file would stay in the way of others.
    rmSync(draft, { force: true });
    throw error;
  }
}

function checksum(body: string): string {
  return crc32(body).toString(16).padStart(8, '0');
}

/** The oldest make room when there are too many. */
function prune(folder: string): void {
  const names = readdirSync(folder);
  if (names.length < mostFiles) return;
  const aged = names.map((name) => ({ name, at: statSync(join(folder, name)).mtimeMs })).sort((a, b) => a.at - b.at);
  for (const { name } of aged.slice(0, names.length - mostFiles / 2)) rmSync(join(folder, name), { force: true });
}
