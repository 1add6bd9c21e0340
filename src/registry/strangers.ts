/** What no registry holds: without credentials, and a host that cannot be reached is left alone after the first who tried. */
import { DepwardError } from '../model/errors.ts';
import type { NpmOptions } from './config.ts';
import { isUnreached } from './reach.ts';
import { codeOf, safeUrl } from './redact.ts';
import type { RepositoryRequest } from './repository-bytes.ts';
import { isProxied } from './through-npm.ts';

type Limits = Pick<RepositoryRequest, 'limitBytes'>;
type CommitOf = Limits & Pick<RepositoryRequest, 'commit' | 'folder'>;

/** Where bytes come from that no registry vouches for. */
export interface Strangers {
  /** The bytes at an address that is no registry's: without credentials, and none from inside this network unless the registry is. */
  strangerBytes(url: string, request: Limits): AsyncIterable<Buffer>;
  /** The files of a commit in a repository, under the same conditions. */
  repositoryBytes(url: string, request: CommitOf): AsyncIterable<Buffer>;
}

/** Opens them for one run. `registry`: the one that says whether we are inside a network. */
export function openStrangers(npmOptions: () => Promise<NpmOptions>, whole: AbortSignal, registry: string): Strangers {
  const lost = new Set<string>();
  let inside: Promise<boolean> | undefined;

  async function shared() {
    const npm = await npmOptions();
    if (isProxied(npm)) throw new DepwardError('not-found', 'its tarball is not fetched: what a web address means is not known behind a proxy');
    // Loaded late: few lockfiles hold any.
    inside ??= import('./stranger-bytes.ts').then(({ liesInside }) => liesInside(registry));
    return { npm, whole, inside: await inside };
  }

  async function* tried(url: string, bytes: () => Promise<AsyncIterable<Buffer>>): AsyncGenerator<Buffer> {
    const host = URL.canParse(url) ? new URL(url).host : '';
    if (lost.has(host)) throw new DepwardError('network', `${safeUrl(url)} is not asked for: its host could not be reached`);
    try {
      yield* await bytes();
    } catch (error) {
      if (error instanceof DepwardError && isUnreached(codeOf(error.cause))) lost.add(host);
      throw error;
    }
  }

  return {
    strangerBytes: (url, request) =>
      tried(url, async () => (await import('./stranger-bytes.ts')).strangerBytes(url, { ...(await shared()), limitBytes: request.limitBytes })),
    repositoryBytes: (url, request) =>
      tried(url, async () => (await import('./repository-bytes.ts')).repositoryBytes(url, { ...(await shared()), ...request })),
  };
}
