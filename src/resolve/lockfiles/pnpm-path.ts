/** What the keys and entries of pnpm's `packages` say: name, version, source. */
import type { PackageSource } from '../../model/package.ts';
import { printable } from '../../model/text.ts';
import { type LockfileInput, unreadable } from './format.ts';
import type { PnpmRow } from './pnpm-document.ts';
import { textAt } from './yaml.ts';
import type { YamlMap } from './yaml-value.ts';

/** An entry of `packages`, without its peer context. */
export interface PnpmEntry {
  /** `name@version`, or the path without its peers for what does not come from a registry. */
  readonly base: string;
  readonly name: string;
  readonly version: string;
  readonly source: PackageSource;
  readonly resolved: string | undefined;
  readonly integrity: string | undefined;
  readonly hasInstallScript: boolean | undefined;
}

/** Reads one entry. */
export function readEntry(input: LockfileInput, row: PnpmRow, lockfileVersion: number): PnpmEntry {
  const { path, integrity, resolution } = row;
  const plain = withoutPeers(path, lockfileVersion);
  const split = splitPath(plain, lockfileVersion);
  const name = row.name ?? split?.name;
  if (name === undefined) throw unreadable(input, `the key ${printable(path, 80)} names no package`, 'Restore the file from version control.');
  const fromRegistry = split !== undefined && !/[:/]/.test(split.version);
  const version = fromRegistry ? split.version : (row.version ?? '');
  const { source, resolved } = sourceOf(resolution, fromRegistry, split?.version ?? plain);
  return {
    base: source === 'registry' ? `${name}@${version}` : plain,
    name,
    version,
    source,
    resolved,
    integrity,
    // Versions 5 and 6 note it only where it is true; version 9 does not say.
    hasInstallScript: lockfileVersion < 9 ? row.requiresBuild === 'true' : undefined,
  };
}

const plainPath = /^@?[^@:(/]+(?:\/[^@:(/]+)?@[^:(/]+$/;

/** The base of an entry that says nothing but a hash, told by its path; undefined where the path names no release of a registry. */
export function baseOf(path: string, lockfileVersion: number): string | undefined {
  if (lockfileVersion >= 9 && plainPath.test(path)) return path;
  const split = splitPath(withoutPeers(path, lockfileVersion), lockfileVersion);
  return split && !/[:/]/.test(split.version) ? `${split.name}@${split.version}` : undefined;
}

/** A path without the peers it was resolved with: `(react@18.0.0)`, `_react@18.0.0`, `_hash`. */
function withoutPeers(path: string, lockfileVersion: number): string {
  if (lockfileVersion >= 6) {
    const at = path.indexOf('(');
    return at < 0 ? path : path.slice(0, at);
  }
  const version = path.lastIndexOf('/') + 1;
  const peers = path.startsWith('file:') ? path.indexOf('_') : afterVersion(path, version);
  return peers < 0 ? path : path.slice(0, peers);
}

/** In version 5 peers may hold slashes (`/a/1.0.0_@babel+core@7.0.0` has them replaced, older ones not). */
function afterVersion(path: string, lastSegment: number): number {
  const found = /\/\d[^/_]*(_)/.exec(path);
  return found ? found.index + found[0].length - 1 : path.indexOf('_', lastSegment);
}

function splitPath(path: string, lockfileVersion: number): { name: string; version: string } | undefined {
  if (lockfileVersion >= 6) {
    const bare = path.startsWith('/') ? path.slice(1) : path;
    const at = bare.indexOf('@', 1);
    return at < 0 || bare.startsWith('file:') || (lockfileVersion < 9 && !path.startsWith('/') && !bare.slice(at + 1).match(/^\d/))
      ? undefined
      : { name: bare.slice(0, at), version: bare.slice(at + 1) };
  }
  const parts = path.split('/');
  // `/name/1.0.0`, `/@scope/name/1.0.0`, or the same behind the host of another registry.
  const [, first, second, third] = parts;
  const scoped = first?.startsWith('@');
  const name = scoped ? `${first}/${second}` : first;
  const version = scoped ? third : second;
  const whole = parts.length === (scoped ? 4 : 3);
  return whole && name && version && /^\d/.test(version) ? { name, version } : undefined;
}

function sourceOf(resolution: YamlMap | undefined, fromRegistry: boolean, where: string): { source: PackageSource; resolved?: string } {
  const repository = textAt(resolution, 'repo');
  const tarball = textAt(resolution, 'tarball');
  // The folder of a repository that is the package.
  const folder = textAt(resolution, 'path');
  if (repository !== undefined)
    return { source: 'git', resolved: `${repository}#${textAt(resolution, 'commit') ?? ''}${folder === undefined ? '' : `&path:${folder}`}` };
  if (textAt(resolution, 'directory') !== undefined) return { source: 'file', resolved: `file:${textAt(resolution, 'directory')}` };
  if (tarball?.startsWith('file:') || where.startsWith('file:')) return { source: 'file', resolved: tarball ?? where };
  if (fromRegistry) return { source: 'registry', ...(tarball !== undefined && { resolved: tarball }) };
  const resolved = tarball ?? where;
  const isGit = textAt(resolution, 'gitHosted') === 'true' || isGitArchive(resolved);
  return { source: isGit ? 'git' : 'remote', resolved: isGit && folder !== undefined ? `${resolved.replace(/#.*/, '')}#path:${folder}` : resolved };
}

/** Archives of a commit, which pnpm takes for git dependencies on the big hosts, and commits as Yarn 1 names them there. */
export function isGitArchive(url: string): boolean {
  return (
    /^https:\/\/(?:codeload\.github\.com\/[^/]+\/[^/]+\/tar\.gz\/|gitlab\.com\/(?:api\/v4\/projects\/[^/]+\/repository\/|[^/]+\/[^/]+\/-\/archive\/|[^/]+\/[^/]+\/repository\/archive)|bitbucket\.org\/[^/]+\/[^/]+\/get\/)/.test(
      url,
    ) || /^git[+:]|\.git#|^https:\/\/(?:github\.com|gitlab\.com|bitbucket\.org)\/[^/]+\/[^/#]+#[0-9a-f]{40}$/.test(url)
  );
}
