/**
 * Answers of registries on disk, one file each. A file is written beside and renamed into place, and starts with the digest
 * of the rest: two processes, Ctrl-C, a full disk or a damaged file lead to a missing entry, never to a wrong one.
 */
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import type { Packument } from '../model/packument.ts';
import type { Instant } from '../model/time.ts';
import { decodePackument, encodePackument, recordVersion } from './record.ts';

/** What stands in the cache for one name at one registry for one identity. */
export interface CacheEntry {
  readonly confirmedAt: Instant;
  readonly etag?: string;
  /** Absent when the registry did not know the name. */
  readonly packument?: Packument;
}

/** Whose question it was: answers to one identity are never given to another. */
export interface CacheKey {
  readonly registry: string;
  readonly identity: string;
  readonly name: string;
}

export interface PackumentCache {
  read(key: CacheKey): CacheEntry | undefined;
  write(key: CacheKey, entry: CacheEntry): void;
  /** Notes that the registry confirmed an entry again, without encoding it anew. */
  confirm(key: CacheKey, confirmedAt: Instant): void;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** `$DEPWARD_CACHE`, or the platform's folder for caches. */
export function cacheFolder(env: Environment, cwd: string, platform: string = process.platform): string {
  if (env.DEPWARD_CACHE) return resolve(cwd, env.DEPWARD_CACHE);
  if (env.XDG_CACHE_HOME && isAbsolute(env.XDG_CACHE_HOME)) return join(env.XDG_CACHE_HOME, 'depward');
  const home = env.HOME || env.USERPROFILE || homedir();
  if (platform === 'win32') return join(env.LOCALAPPDATA || join(home, 'AppData', 'Local'), 'depward', 'Cache');
  return platform === 'darwin' ? join(home, 'Library', 'Caches', 'depward') : join(home, '.cache', 'depward');
}

/** The cache in that folder. Where it cannot be written it says so once and goes on without. */
export function openCache(folder: string, note: (line: string) => void): PackumentCache {
  const write = onceNoted(folder, note);
  return {
    read(key) {
      const found = readChecked(pathOf(folder, key));
      return found === undefined ? undefined : entryOf(found, key);
    },
    write: (key, entry) => write(pathOf(folder, key), () => `${headerOf(key, entry)}\n${entry.packument ? encodePackument(entry.packument) : ''}`),
    confirm(key, confirmedAt) {
      const path = pathOf(folder, key);
      const found = readChecked(path);
      const header = found === undefined ? undefined : parseHeader(found, key);
      if (found === undefined || header === undefined) return;
      write(path, () => `${JSON.stringify({ ...header, confirmedAt })}\n${found.slice(found.indexOf('\n') + 1)}`);
    },
  };
}

function pathOf(folder: string, { registry, identity, name }: CacheKey): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([registry, identity, name]))
    .digest('hex')
    .slice(0, 40);
  return join(folder, `packuments-${recordVersion}`, digest.slice(0, 2), digest.slice(2));
}

function headerOf({ registry, identity, name }: CacheKey, { confirmedAt, etag }: CacheEntry): string {
  return JSON.stringify({ registry, identity, name, confirmedAt, ...(etag !== undefined && { etag }) });
}

interface Header extends CacheKey {
  readonly confirmedAt: Instant;
  readonly etag?: string;
}

function parseHeader(text: string, key: CacheKey): Header | undefined {
  const header = JSON.parse(text.slice(0, text.indexOf('\n'))) as Header;
  return header.registry === key.registry && header.identity === key.identity && header.name === key.name ? header : undefined;
}

function entryOf(text: string, key: CacheKey): CacheEntry | undefined {
  try {
    const header = parseHeader(text, key);
    if (!header) return undefined;
    const body = text.slice(text.indexOf('\n') + 1);
    return {
      confirmedAt: header.confirmedAt,
      ...(header.etag !== undefined && { etag: header.etag }),
      ...(body !== '' && { packument: decodePackument(body) }),
    };
  } catch {
    // The digest held, so another program wrote this: not ours to read.
    return undefined;
  }
}

/** The text of a file whose first line is the digest of the rest; undefined when absent or damaged. */
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
  const temporary = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`;
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeFileSync(temporary, Buffer.concat([Buffer.from(`${digestOf(bytes)}\n`), bytes]), { mode: 0o600, flag: 'wx' });
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

function digestOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function onceNoted(folder: string, note: (line: string) => void): (path: string, text: () => string) => void {
  let broken = false;
  return (path, text) => {
    if (broken) return;
    try {
      writeChecked(path, text());
    } catch (error) {
      broken = true;
      const code = error instanceof Error || (typeof error === 'object' && error !== null) ? ('code' in error ? String(error.code) : '') : '';
      note(`the cache in ${folder} cannot be written${code ? ` (${code})` : ''}: going on without it`);
    }
  };
}
