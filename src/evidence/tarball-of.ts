/** Where the bytes of a release are and what the registry says of them. */
import type { Release } from '../model/packument.ts';
import type { TarballRef } from './tarballs.ts';

/** The release's tarball, with the lockfile's word on it where there is one. */
export function tarballOf({ tarball, integrity, shasum }: Release, lockfile?: string): TarballRef {
  const registry = integrity ?? (shasum === undefined ? undefined : `sha1-${Buffer.from(shasum, 'hex').toString('base64')}`);
  return { url: tarball ?? '', ...(lockfile !== undefined && { lockfile }), ...(registry !== undefined && { registry }) };
}
