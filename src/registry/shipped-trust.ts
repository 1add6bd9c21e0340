/** The trust roots that `@sigstore/tuf` ships: read from the installed package, never from the network. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fieldsOf } from './untrusted.ts';

/** One root: sigstore's own trusted root, and the keys of the registries it vouches for. */
export interface ShippedRoot {
  /** The trusted root as JSON. */
  readonly root: unknown;
  /** Keys of registries as JSON. */
  readonly keys: readonly unknown[];
}

let held: readonly ShippedRoot[] | undefined;

/** What the installed package holds; empty where it holds nothing that can be read. */
export function shippedRoots(): readonly ShippedRoot[] {
  held ??= readRoots();
  return held;
}

function readRoots(): readonly ShippedRoot[] {
  try {
    const seeds: unknown = JSON.parse(readFileSync(createRequire(import.meta.url).resolve('@sigstore/tuf/seeds.json'), 'utf8'));
    return Object.values(fieldsOf(seeds)).map((seed) => {
      const targets = Object.entries(fieldsOf(fieldsOf(seed).targets));
      const named = (end: string) => targets.filter(([name]) => name.endsWith(end)).map(([, text]) => decoded(text));
      return { root: named('trusted_root.json')[0], keys: named('keys.json').flatMap((document) => listIn(fieldsOf(document).keys)) };
    });
  } catch {
    return [];
  }
}

function decoded(text: unknown): unknown {
  return typeof text === 'string' ? JSON.parse(Buffer.from(text, 'base64').toString('utf8')) : undefined;
}

function listIn(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
