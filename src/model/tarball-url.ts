/** What the URL of a registry tarball says: `https://host/@scope/name/-/name-1.0.0.tgz`. */

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

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
