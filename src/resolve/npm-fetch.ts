/** Packuments by npm's own client, where nobody else fetches them. */
import { type FetchDocument, slim } from './documents.ts';
import type { NpmOptions } from './ideal-tree.ts';

/** Full packuments by npm's own client: its registries, credentials, proxies and certificates. */
export function npmFetch(npm: NpmOptions): FetchDocument {
  const asked = { ...npm, ...impatient(npm), cache: undefined };
  return async (name, url) => {
    const { default: fetch } = await import('npm-registry-fetch');
    return slim(await fetch.json(url, { ...asked, spec: name } as Parameters<typeof fetch.json>[1]));
  };
}

/** npm's own settings wait ten seconds and then sixty before an address that does not answer is given up. */
export function impatient(npm: NpmOptions): NpmOptions {
  const own = { retries: npm['fetchRetries'], ...Object(npm['retry']) };
  const atMost = (value: unknown, most: number) => Math.min(typeof value === 'number' ? value : most, most);
  return { retry: { retries: atMost(own.retries, 2), minTimeout: atMost(own.minTimeout, 500), maxTimeout: atMost(own.maxTimeout, 5_000) } };
}
