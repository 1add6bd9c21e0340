/** The registries that a lockfile fetches packages from, by the names of the packages. */
import { readTarballUrl } from '../../model/tarball-url.ts';
import { isPublicRegistry } from './public-registries.ts';

/** Where packages of one name are fetched from. */
export interface LockedName {
  /** `host/path` of each registry, and where in the text its first address stands. */
  readonly registries: ReadonlyMap<string, number>;
}

const address = /https?(?::\/\/|%3A%2F%2F)[^\s"',}]+/gi;

/** Every name with an address in the layout of a registry, in all formats; links to home pages have none. */
export function registriesByName(text: string): ReadonlyMap<string, LockedName> {
  const names = new Map<string, { readonly registries: Map<string, number> }>();
  for (const { 0: written, index } of text.matchAll(address)) {
    const found = placeOf(written);
    if (!found) continue;
    const held = names.get(found.name) ?? { registries: new Map<string, number>() };
    names.set(found.name, held);
    if (!held.registries.has(found.registry)) held.registries.set(found.registry, index);
  }
  return names;
}

/** The public registry by any of its names is one. */
const publicRegistry = 'the public registry';

function placeOf(written: string): { readonly name: string; readonly registry: string } | undefined {
  const url = readTarballUrl(written.includes('://') ? written : decoded(written));
  if (!url) return undefined;
  // GitHub's packages: /download/@scope/name/version/hash.
  const name = url.name ?? /\/download\/(@[^/]+\/[^/]+)\/[^/]+\//.exec(url.path)?.[1];
  if (name === undefined) return undefined;
  if (isPublicRegistry(url.host)) return { name, registry: publicRegistry };
  const folder = url.path.slice(0, url.path.lastIndexOf(`/${name}/`)).replace(/\/download$/, '');
  return { name, registry: url.host + folder };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
