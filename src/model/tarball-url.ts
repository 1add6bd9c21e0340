/** What the URL of a registry tarball says: `https://host/@scope/name/-/name-1.0.0.tgz`. */

import type { ResolvedPackage } from './package.ts';

/** The parts of a tarball URL that can be told. */
export interface TarballUrl {
  readonly host: string;
  readonly path: string;
  readonly secure: boolean;
  /** The package it names, in the layout of npm's registry. */
  readonly name?: string;
  /** The version in its file name. */
  readonly version?: string;
}

/** Reads an http(s) URL; undefined for anything else. Credentials, query and fragment are left out. */
export function readTarballUrl(text: string | undefined): TarballUrl | undefined {
  const found = /^(https?):\/\/(?:[^/@?#]*@)?([^/?#]+)([^?#]*)/i.exec(text ?? '');
  if (!found) return undefined;
  const [, scheme = '', host = '', written = ''] = found;
  const path = decoded(written);
  const named = /\/((?:@[^/]+\/)?[^/@]+)\/-\/(?:@[^/]+\/)?([^/]+)\.(?:tgz|tar\.gz)$/.exec(path);
  const [, name, file] = named ?? [];
  const base = name?.slice(name.lastIndexOf('/') + 1);
  const version = base !== undefined && file?.startsWith(`${base}-`) ? file.slice(base.length + 1) : undefined;
  return {
    host: host.toLowerCase(),
    path,
    secure: scheme.toLowerCase() === 'https',
    ...(name !== undefined && { name }),
    ...(version !== undefined && { version }),
  };
}

/** Whether the address of an entry names another package or version than the entry itself; undefined where it does not, or does not tell. */
export function fetchesAnother(entry: Pick<ResolvedPackage, 'name' | 'version' | 'resolved'>): 'package' | 'version' | undefined {
  const { name, version, resolved } = entry;
  const url = readTarballUrl(resolved);
  if (!url || url.name === undefined || version === '') return undefined;
  if (url.name !== name && url.name.toLowerCase() !== name.toLowerCase()) return 'package';
  const otherVersion = url.version !== undefined && /^v?\d+\.\d+\.\d+/.test(url.version) && plain(url.version) !== plain(version);
  return otherVersion ? 'version' : undefined;
}

/** Build metadata is not part of a tarball's name everywhere. */
function plain(version: string): string {
  return version.replace(/^v/, '').replace(/\+.*$/, '');
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
