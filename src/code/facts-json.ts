/** Tarball facts as JSON text and back. What does not have their shape is no facts at all: they are learnt again. */
import type { PackedManifest, TarballFacts } from '../model/contents.ts';

/** Encodes facts; maps become lists of pairs. */
export function encodeFacts(facts: TarballFacts): string {
  return JSON.stringify(facts, (_, value: unknown) => (value instanceof Map ? { $map: [...value] } : value));
}

/** Decodes facts of this analyser; undefined for anything else. */
export function decodeFacts(text: string): TarballFacts | undefined {
  try {
    const value: unknown = JSON.parse(text, (_, inner: unknown) => (isPairs(inner) ? new Map(inner.$map) : inner));
    return isFacts(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isPairs(value: unknown): value is { readonly $map: readonly (readonly [string, string])[] } {
  return value !== null && typeof value === 'object' && Object.keys(value).length === 1 && '$map' in value && Array.isArray(value.$map);
}

const lists = ['anomalies', 'files', 'install', 'capabilities', 'hiding', 'imports', 'bundled', 'notParsed', 'notRead'] as const;

function isFacts(value: unknown): value is TarballFacts {
  if (value === null || typeof value !== 'object' || !('integrity' in value) || !('manifest' in value)) return false;
  const fields = value as Record<string, unknown>;
  return lists.every((list) => Array.isArray(fields[list])) && isManifest(fields['manifest']);
}

function isManifest(value: unknown): value is PackedManifest {
  return (
    value !== null && typeof value === 'object' && 'scripts' in value && value.scripts instanceof Map && 'bin' in value && value.bin instanceof Map
  );
}
