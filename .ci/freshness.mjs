/** What the set-up scripts share: where the project is, and digests that tell whether an install or a build is stale. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url)).replace(/[/\\]$/, '');

/** Text of a file, or undefined where it does not exist. */
export function textOf(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** Digest of everything a build depends on. */
export function sourceDigest() {
  const hash = createHash('sha256');
  const files = readdirSync(`${root}/src`, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath}/${entry.name}`)
    .sort();
  const within = readdirSync(`${root}/.ci/within`).map((name) => `${root}/.ci/within/${name}`);
  for (const file of [
    ...files,
    ...within.sort(),
    `${root}/package.json`,
    `${root}/tsconfig.json`,
    `${root}/.ci/build.mjs`,
    `${root}/.ci/rule-parts.mjs`,
    `${root}/.ci/common-js.mjs`,
  ])
    hash.update(file).update(readFileSync(file));
  return hash.digest('hex');
}

/** Digest of what decides the installed tree. */
export function lockDigest() {
  return createHash('sha256')
    .update(process.version.split('.')[0])
    .update(readFileSync(`${root}/package-lock.json`))
    .digest('hex');
}
