/** Facts already learnt, kept between runs: without packuments, without the registry. */
import type { NameEvidence } from '../model/evidence.ts';
import type { Instant } from '../model/time.ts';
import { decodeSlices, encodeSlices } from './fact-format.ts';
import { type FactLines, openFactLines } from './fact-lines.ts';
import type { Slices } from './slices.ts';

/** The version a spec means. `unknown` says why it could not be told; `failed` that asking again may tell. */
export type Meant = { readonly version: string } | { readonly unknown: string; readonly failed?: true };

/** A fact and when the registry last confirmed it. */
export interface Kept<T> {
  readonly value: T;
  readonly confirmedAt: Instant;
}

/** A store of facts. The registry is part of every key; credentials are part of none. */
export interface FactsStore {
  slices(registry: string, name: string, version: string): Kept<Slices> | undefined;
  keepSlices(registry: string, name: string, version: string, kept: Kept<Slices>): void;
  meant(registry: string, name: string, spec: string): Kept<Meant> | undefined;
  keepMeant(registry: string, name: string, spec: string, kept: Kept<Meant>): void;
  /** What a name looks like, by whose lists and rules of thumb. */
  resembling(names: string, name: string): NameEvidence | undefined;
  keepResembling(names: string, name: string, found: NameEvidence, at: Instant): void;
  /** What else was verified and never changes, by a kind and key of the caller's own. */
  verified(kind: 'keys' | 'attested', registry: string, name: string, last: string): Kept<unknown> | undefined;
  keepVerified(kind: 'keys' | 'attested', registry: string, name: string, last: string, kept: Kept<unknown>): void;
  /** Writes what was kept since; never throws: a store that cannot be written is only slower. */
  save(): void;
}

/** The name of the store's file; the number rises when its format changes. */
export const factsFile = 'facts-3.log';

/** Opens the store of one user in a file of the cache folder. */
export function openFacts(path: string): FactsStore {
  return factsIn(openFactLines(path));
}

function factsIn(lines: FactLines): FactsStore {
  return {
    slices: (registry, name, version) => kept(lines, keyOf('at', registry, name, version), decodeSlices),
    keepSlices: (registry, name, version, { value, confirmedAt }) =>
      lines.put(keyOf('at', registry, name, version), encodeSlices(value), confirmedAt),
    meant: (registry, name, spec) => kept(lines, keyOf('for', registry, name, spec), decodeMeant),
    keepMeant: (registry, name, spec, { value, confirmedAt }) => lines.put(keyOf('for', registry, name, spec), JSON.stringify(value), confirmedAt),
    resembling: (names, name) => kept(lines, keyOf('near', names, name, ''), decodeNames)?.value,
    keepResembling: (names, name, found, at) => lines.put(keyOf('near', names, name, ''), JSON.stringify(found), at),
    verified: (kind, registry, name, last) => kept(lines, keyOf(kind, registry, name, last), parsed),
    keepVerified: (kind, registry, name, last, { value, confirmedAt }) =>
      lines.put(keyOf(kind, registry, name, last), JSON.stringify(value), confirmedAt),
    save: () => lines.save(),
  };
}

function kept<T>(lines: FactLines, key: string, decode: (body: string) => T | undefined): Kept<T> | undefined {
  const line = lines.get(key);
  const value = line && decode(line.body);
  return value === undefined ? undefined : { value, confirmedAt: line?.confirmedAt ?? 0 };
}

/** Keys have no spaces; whatever has some, or a bar, is escaped. */
function keyOf(kind: 'at' | 'for' | 'near' | 'keys' | 'attested', registry: string, name: string, last: string): string {
  return `${kind}|${safe(registry)}|${safe(name)}|${safe(last)}`;
}

function safe(text: string): string {
  if (/^[!-$&-{}~]*$/.test(text)) return text;
  return text.replace(/[^!-$&-{}~]/g, (sign) => `%${sign.charCodeAt(0).toString(16)};`);
}

function decodeMeant(body: string): Meant | undefined {
  const value = parsed(body);
  if (typeof value !== 'object' || value === null) return undefined;
  if ('version' in value && typeof value.version === 'string') return { version: value.version };
  return 'unknown' in value && typeof value.unknown === 'string' ? { unknown: value.unknown } : undefined;
}

function decodeNames(body: string): NameEvidence | undefined {
  const value = parsed(body);
  const isNames = typeof value === 'object' && value !== null && 'near' in value && Array.isArray(value.near);
  return isNames ? (value as NameEvidence) : undefined;
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
