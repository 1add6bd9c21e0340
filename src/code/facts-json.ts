/** Tarball facts as JSON text and back. What does not have their shape is no facts at all: they are learnt again. */
import type { PackedManifest, TarballFacts } from '../model/contents.ts';

const maps = ['scripts', 'dependencies', 'optionalDependencies', 'peerDependencies', 'bin'] as const;
const lists = ['anomalies', 'files', 'install', 'capabilities', 'hiding', 'imports', 'bundled', 'notParsed', 'notRead'] as const;

/** Encodes facts; maps become lists of pairs. */
export function encodeFacts(facts: TarballFacts): string {
  const { manifest } = facts;
  return JSON.stringify({ ...facts, manifest: { ...manifest, ...Object.fromEntries(maps.map((field) => [field, [...manifest[field]]])) } });
}

/** Decodes facts; undefined for anything else. */
export function decodeFacts(text: string): TarballFacts | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (!isRecord(value) || typeof value['integrity'] !== 'string' || !lists.every((list) => Array.isArray(value[list]))) return undefined;
    const manifest = manifestOf(value['manifest']);
    return manifest && ({ ...value, manifest } as unknown as TarballFacts);
  } catch {
    return undefined;
  }
}

function manifestOf(value: unknown): PackedManifest | undefined {
  if (!isRecord(value) || !maps.every((field) => isPairs(value[field]))) return undefined;
  return { ...value, ...Object.fromEntries(maps.map((field) => [field, new Map(value[field] as [string, string][])])) } as unknown as PackedManifest;
}

function isPairs(value: unknown): boolean {
  return Array.isArray(value) && value.every((pair) => Array.isArray(pair) && typeof pair[0] === 'string' && typeof pair[1] === 'string');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
