/** The entry of a lockfile that is as nearly all are. */
import type { ResolvedPackage } from './package.ts';

const sha512 = /^sha512-[A-Za-z0-9+/]{86}==$/;
/** Where a registry may be: what stands in front of a name is no scope, and no host that keeps repositories. */
const registry = /^https:\/\/(?![^/]*(?:github\.com|gitlab\.com|bitbucket\.org)(?:\/|$))[\w.:-]+(?:\/[\w.-]+)*$/;

/**
 * What nearly all entries are: the tarball a registry has for this name and version, held to its bytes. No rule here has a word on
 * them, and asking costs more than all else. `registries`: addresses that were found to be one.
 */
export function isOrdinary(
  entry: Pick<ResolvedPackage, 'name' | 'version' | 'integrity' | 'resolved' | 'source' | 'checksum'>,
  registries: Set<string> = new Set(),
): boolean {
  const { integrity, resolved } = entry;
  // Yarn berry keeps a hash of its own, and an address only where it is not the usual one.
  if (integrity === undefined) return resolved === undefined && entry.checksum !== undefined && entry.source === 'registry';
  if (!sha512.test(integrity)) return false;
  if (resolved === undefined) return entry.source === 'registry';
  const { name, version } = entry;
  const end = `/${name}/-/${name.slice(name.lastIndexOf('/') + 1)}-${version}.tgz`;
  const path = resolved.endsWith(end) ? resolved : resolved.slice(0, Math.max(0, resolved.lastIndexOf('#')));
  if (version === '' || !path.endsWith(end) || !/^[\w./@+-]+$/.test(end)) return false;
  const start = path.slice(0, -end.length);
  return registries.has(start) || (registry.test(start) && registries.add(start).size > 0);
}
