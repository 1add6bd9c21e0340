/** Where to resolve apart from any project. */
import { fileURLToPath } from 'node:url';

/** A folder that exists and holds neither manifest, lockfile nor node_modules: the one this file lies in. */
export function emptyFolder(): string {
  return fileURLToPath(new URL('.', import.meta.url));
}
