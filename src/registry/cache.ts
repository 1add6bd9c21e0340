/** Answers of registries on disk, as our own record. */
import { hash } from 'node:crypto';
import { join } from 'node:path';
import type { Packument } from '../model/packument.ts';
import type { Instant } from '../model/time.ts';
import { decodePackument, packumentParts, recordVersion } from './record.ts';
import { openRecordLog } from './record-log.ts';
import { codeOf } from './redact.ts';

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
}

/** The cache in that folder. Where it cannot be written it says so once and goes on without. */
export function openCache(folder: string, note: (line: string) => void): PackumentCache {
  const log = openRecordLog(join(folder, `packuments-${recordVersion}`));
  let broken = false;
  return {
    read(key) {
      const text = log.read(digestOf(key));
      return text === undefined ? undefined : entryOf(text, key);
    },
    write(key, entry) {
      if (broken) return;
      try {
        log.append(digestOf(key), entry.confirmedAt, headOf(key, entry), ...(entry.packument ? packumentParts(entry.packument) : []));
      } catch (error) {
        broken = true;
        note(`the cache in ${folder} cannot be written (${codeOf(error) ?? 'unknown trouble'}): going on without it`);
      }
    },
  };
}

function digestOf(key: CacheKey): string {
  const { registry, identity, name } = key;
  const digest = digests.get(key) ?? hash('sha256', JSON.stringify([registry, identity, name]), 'hex').slice(0, 40);
  digests.set(key, digest);
  return digest;
}

/** Who looks for an entry writes it next. */
const digests = new WeakMap<CacheKey, string>();

function headOf({ registry, identity, name }: CacheKey, { confirmedAt, etag }: CacheEntry): string {
  return `${JSON.stringify({ registry, identity, name, confirmedAt, ...(etag !== undefined && { etag }) })}\n`;
}

function entryOf(text: string, key: CacheKey): CacheEntry | undefined {
  try {
    const header = JSON.parse(text.slice(0, text.indexOf('\n'))) as CacheKey & CacheEntry;
    if (header.registry !== key.registry || header.identity !== key.identity || header.name !== key.name) return undefined;
    const body = text.slice(text.indexOf('\n') + 1);
    return {
      confirmedAt: header.confirmedAt,
      ...(header.etag !== undefined && { etag: header.etag }),
      ...(body !== '' && { packument: decodePackument(body) }),
    };
  } catch {
    // Its digest held, so another program wrote this: not ours to read.
    return undefined;
  }
}
