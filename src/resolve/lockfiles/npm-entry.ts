/** What the entries of all npm lockfile versions have in common. */
import type { PackageSource, ResolvedTree } from '../../model/package.ts';
import { type Json, objectOf, own, stringOf } from './json.ts';

/** Name and version of the project itself. */
export function rootOf(root: Json): ResolvedTree['root'] {
  const name = stringOf(own(root, 'name'));
  const version = stringOf(own(root, 'version'));
  return { ...(name !== undefined && { name }), ...(version !== undefined && { version }) };
}

/** Where a tarball comes from: a registry unless somebody asked for exactly this URL, or it is git or a file. */
export function sourceOf(resolved: string | undefined, asked: ReadonlySet<string> | undefined): PackageSource {
  if (resolved === undefined || resolved === '') return 'registry';
  if (/^(?:git[+:@]|github:|gitlab:|bitbucket:|gist:|ssh:)/i.test(resolved) || /^[^:/]+@[^:/]+:/.test(resolved)) return 'git';
  if (!/^https?:/i.test(resolved)) return 'file';
  return asked?.has(withoutHash(resolved)) ? 'remote' : 'registry';
}

/** A URL without its fragment. */
export function withoutHash(url: string): string {
  const at = url.indexOf('#');
  return at < 0 ? url : url.slice(0, at);
}

/** Name and version of the project, for formats that leave them to package.json. */
export function rootOfManifest(manifest: unknown): ResolvedTree['root'] {
  return rootOf(objectOf(manifest) ?? {});
}
