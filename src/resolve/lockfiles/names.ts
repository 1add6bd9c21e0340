/** The names lockfiles go by. */

/** In the order in which a project's own is looked for. */
export const lockfileNames: readonly string[] = ['npm-shrinkwrap.json', 'package-lock.json', 'pnpm-lock.yaml', 'yarn.lock', 'bun.lock', 'bun.lockb'];

/** True for paths that lockfiles go by, outside of installed packages. */
export function isLockfile(path: string): boolean {
  return lockfileNames.includes(path.slice(path.lastIndexOf('/') + 1)) && !path.includes('node_modules/');
}
