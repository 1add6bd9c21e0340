/** Where the package itself lies: one level above src/ and above dist/ alike. */
import { readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The folder of the package. */
export const packageFolder = fileURLToPath(new URL('..', import.meta.url)).replace(/[\\/]$/, '');

/** The folder of the embedded lists. */
export const dataFolder = new URL('../data/', import.meta.url);

/** Tells this very build with these very lists from every other; undefined when the sources run unbuilt. */
export function installationId(): string | undefined {
  try {
    const build = readFileSync(new URL('.built-from', import.meta.url), 'utf8').trim();
    const lists = ['popular-names.bin', 'weights.json', 'contents-weights.json'].map((file) => statSync(new URL(file, dataFolder)));
    return [build, ...lists.map(({ size, mtimeMs }) => `${size}-${mtimeMs}`)].join(' ');
  } catch {
    return undefined;
  }
}

/** The version in package.json. */
export function toolVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest && typeof manifest.version === 'string'
    ? manifest.version
    : '0.0.0';
}
