/** The package.json beside a lockfile. */
import type { LockfileInput } from './format.ts';

/** Most formats say all themselves: the manifest is parsed for those that ask. */
export function withManifest(input: Omit<LockfileInput, 'manifest'>, text: string | undefined): LockfileInput {
  if (text === undefined) return input;
  let held: { readonly manifest: unknown } | undefined;
  return {
    ...input,
    get manifest() {
      held ??= { manifest: parsed(text) };
      return held.manifest;
    },
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
  } catch {
    return undefined;
  }
}
