/** Where the package itself lies: one level above src/ and above dist/ alike. */
import { readFileSync } from 'node:fs';

/** The folder of the embedded lists. */
export const dataFolder = new URL('../data/', import.meta.url);

/** The version in package.json. */
export function toolVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest && typeof manifest.version === 'string'
    ? manifest.version
    : '0.0.0';
}
