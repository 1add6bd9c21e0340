/** Where the files of a git dependency are to be had without credentials: an archive of the commit, or the repository itself. */
import type { TarballRef } from './tarballs.ts';

/** What is to be read, or why nothing can be. */
export type GitAddress = Pick<TarballRef, 'url' | 'commit' | 'folder'> | { readonly why: string };

/** What a lockfile's address of a git dependency means. */
export function gitAddress(resolved: string): GitAddress {
  const at = resolved.indexOf('#');
  const address = (at < 0 ? resolved : resolved.slice(0, at)).replace(/^git\+/i, '');
  const { commit, folder, workspace } = fragmentOf(at < 0 ? '' : resolved.slice(at + 1));
  if (workspace) return { why: 'which part of a repository a workspace is, is not known here' };
  const archived = archiveParts(address);
  if (archived && folder === undefined) return { url: address };
  const place = archived ?? placeOf(address);
  if (!place) return { why: 'its repository can be had only with credentials, or by a protocol that is not spoken here' };
  const id = archived?.commit ?? commit;
  const { host, path } = place;
  const archive = host.protocol === 'https:' && folder === undefined ? archives.get(host.host) : undefined;
  if (id === undefined || (!archive && id.length < 40)) return { why: 'its lockfile names no commit of it' };
  // Yarn clones what it writes like this, and a clone holds what an archive leaves out.
  if (archive && !/^https:.*\.git$|^[^:/]+@/i.test(resolved.slice(0, at))) return { url: archive(path, id) };
  if (id.length < 40) return { why: 'its lockfile names no commit of it' };
  return { url: `${host.protocol}//${host.host}/${path}${host.suffix}`, commit: id, ...(folder !== undefined && { folder }) };
}

interface Place {
  readonly host: { readonly protocol: string; readonly host: string; readonly suffix: string };
  readonly path: string;
  readonly commit?: string;
}

/** `a1b2…`, `commit=a1b2…`, `a1b2…&path:/packages/x`, `a1b2…::path:packages/x`, `a1b2…&workspace=x`. */
function fragmentOf(text: string): { readonly commit?: string; readonly folder?: string; readonly workspace: boolean } {
  const parts = text.split(/&|::/);
  const commit = parts.map((part) => /^(?:commit[=:])?([0-9a-f]{7,64})$/.exec(part)?.[1]).find((id) => id !== undefined);
  const folder = parts.map((part) => /^path[=:]\/?(.*?)\/?$/.exec(part)?.[1]).find((path) => path !== undefined && path !== '');
  const workspace = parts.some((part) => /^workspace[=:]/.test(part));
  return { ...(commit !== undefined && { commit }), ...(folder !== undefined && { folder }), workspace };
}

/** Archives that big hosts make of a commit; npm, pnpm and Yarn 1 fetch these and clone nothing. */
const archives = new Map<string, (path: string, commit: string) => string>([
  ['github.com', (path, commit) => `https://codeload.github.com/${path}/tar.gz/${commit}`],
  ['gitlab.com', (path, commit) => `https://gitlab.com/api/v4/projects/${encodeURIComponent(path)}/repository/archive.tar.gz?sha=${commit}`],
  ['bitbucket.org', (path, commit) => `https://bitbucket.org/${path}/get/${commit}.tar.gz`],
]);

const archiveForms = [
  /^https:\/\/(?:codeload\.)?(github\.com)\/([\w.-]+\/[\w.-]+)\/(?:tar\.gz|legacy\.tar\.gz|tarball|archive)\/(?:.*\/)?([^/]+?)(?:\.tar\.gz|\.tgz)?$/,
  /^https:\/\/(gitlab\.com)\/api\/v4\/projects\/([^/]+)\/repository\/archive(?:\.tar\.gz)?\?(?:ref|sha)=([^&]+)$/,
  /^https:\/\/(gitlab\.com)\/([\w./-]+?)\/(?:-\/archive|repository\/archive(?:\.tar\.gz)?\?(?:ref|sha)=)\/?([^/&]+)/,
  /^https:\/\/(bitbucket\.org)\/([\w.-]+\/[\w.-]+)\/get\/([^/]+?)(?:\.tar\.gz|\.tgz)?$/,
];

function archiveParts(address: string): Place | undefined {
  const found = archiveForms.map((form) => form.exec(address)).find((one) => one !== null);
  const [, host, path, commit] = found ?? [];
  if (host === undefined || path === undefined) return undefined;
  const plain = path.replace(/%2f/gi, '/');
  const named = commit !== undefined && /^[0-9a-f]{40,64}$/.test(commit);
  return { host: { protocol: 'https:', host, suffix: '.git' }, path: plain, ...(named && { commit }) };
}

const shortcuts = new Map([
  ['github', 'github.com'],
  ['gitlab', 'gitlab.com'],
  ['bitbucket', 'bitbucket.org'],
  ['gist', 'gist.github.com'],
]);

/** The repository at a web address; of a big host, however it was asked for. */
function placeOf(address: string): Place | undefined {
  const [, service = '', short] = /^(github|gitlab|bitbucket|gist):(?!\/)([\w.~/-]+)$/.exec(address) ?? [];
  if (short !== undefined) return hosted(shortcuts.get(service) ?? '', short);
  const [, there, way] = /^(?:[^@/\s]+@)?([\w.-]+):(?!\/)([\w.~/-]+)$/.exec(address) ?? [];
  if (there !== undefined && way !== undefined) return isBig(there) ? hosted(there, way) : undefined;
  if (!URL.canParse(address)) return undefined;
  const { protocol, host, hostname, pathname, search } = new URL(address);
  // `ssh://git@github.com:acme/tool.git` names no port.
  if (isBig(hostname)) return hosted(hostname, pathname.slice(1));
  if (protocol !== 'https:' && protocol !== 'http:') return undefined;
  return { host: { protocol, host, suffix: search }, path: pathname.slice(1) };
}

function isBig(host: string): boolean {
  return [...shortcuts.values()].includes(host.toLowerCase().replace(/^www\./, ''));
}

function hosted(host: string, path: string): Place {
  return {
    host: { protocol: 'https:', host: host.toLowerCase().replace(/^www\./, ''), suffix: '.git' },
    path: path.replace(/\.git$|\/+$/g, ''),
  };
}
