/** The packages Bun is about to install, with what its lockfile says of them. */
import { lockfileOf } from './client-lockfile.ts';
import type { ListedPackage } from './judge-list.ts';

/** A package as Bun hands it over. */
export interface BunPackage {
  readonly name: string;
  readonly version: string;
}

/** Lists them for the judge. */
export async function listedByBun(packages: readonly BunPackage[], folder: string): Promise<readonly ListedPackage[]> {
  const locked = await lockedEntries(folder);
  return packages.flatMap((one) => locked.get(`${one.name}@${one.version}`) ?? listedFrom(one));
}

/** What the lockfile says of where a version is fetched from, and of its bytes: Bun obeys it, whatever the registry says. */
async function lockedEntries(folder: string): Promise<ReadonlyMap<string, readonly ListedPackage[]>> {
  const lockfile = await lockfileOf('bun', folder);
  const entries = new Map<string, ListedPackage[]>();
  for (const { name, version, source, resolved, integrity } of lockfile?.tree.packages ?? []) {
    if (source !== 'registry') continue;
    const entry = { name, version, source, ...(resolved !== undefined && { resolved }), ...(integrity !== undefined && { integrity }) };
    const key = `${name}@${version}`;
    entries.set(key, [...(entries.get(key) ?? []), entry]);
  }
  return entries;
}

/** A package that is not locked yet: a version of the registry, or an address. */
function listedFrom({ name, version }: BunPackage): ListedPackage {
  if (/^v?\d+\.\d+\.\d+/.test(version)) return { name, version, source: 'registry' };
  if (/^https?:/.test(version)) return { name, version: '', source: 'remote', resolved: version };
  if (/^(file:|workspace:|link:|\.{0,2}\/)/.test(version)) return { name, version: '', source: 'file' };
  return { name, version: '', source: 'git', resolved: version };
}
