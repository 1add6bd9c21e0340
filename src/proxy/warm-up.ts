/** What the first question would have to wait for: lists that are read with the first verdict, and code that is slow the first times. */
import { openPackages } from './packages.ts';
import { openTarballs } from './tarballs.ts';
import type { UpstreamClient } from './upstream.ts';
import { defaultLimits } from './upstream-limits.ts';
import type { Bench } from './verdict.ts';

const rounds = 40;

/** Answers questions that nobody asked, between those that somebody did, and forgets the answers. */
export async function warmUp(bench: Bench, now: number, isStopped: () => boolean): Promise<void> {
  const url = 'http://warm-up.invalid/';
  const client: UpstreamClient = {
    document: async (_upstream, path) => ({ kind: 'document', bytes: madeUp(path.slice(1), now), etag: undefined, type: 'application/json' }),
    open: () => Promise.reject(new Error('nothing is fetched to warm up')),
    close: () => {},
  };
  const upstreams = { main: { url }, scopes: new Map(), credentialsTo: 'none' };
  const shared = { client, upstreams, cacheBytes: 4_000_000 };
  const tarballs = openTarballs({ ...shared, limits: defaultLimits });
  const packages = openPackages({ ...shared, tarballs, bench, observe: false, freshFor: 60_000, staleFor: 0, now: () => now });
  for (let round = 0; round < rounds && !isStopped(); round++) {
    const style = round % 2 === 0 ? undefined : { name: 'all', rewrite: (address: string) => address.replace('warm-up', 'proxy') };
    await packages.served(`made-up-${round}`, 'full', style, { key: '', authorization: undefined }).catch(() => undefined);
    await new Promise((next) => setImmediate(next));
  }
}

/** An ordinary package: some dozens of releases, the newest two of them young. */
function madeUp(name: string, now: number): Buffer {
  const releases = Array.from({ length: 30 }, (_, i) => ({ version: `1.${i}.0`, at: new Date(now - (29 - i) ** 2 * 40_000_000).toISOString() }));
  const people = [{ name: 'somebody', email: 'somebody@mail.invalid' }];
  const versions = releases.map(({ version }): [string, object] => [
    version,
    {
      name,
      version,
      description: 'An ordinary package, described in an ordinary sentence of the usual length. '.repeat(4),
      repository: { type: 'git', url: `git+https://code.invalid/somebody/${name}.git` },
      scripts: { test: 'node test.js' },
      dependencies: { [`${name}-core`]: '^1.0.0' },
      maintainers: people,
      _npmUser: people[0],
      dist: { integrity: `sha512-${'A'.repeat(86)}==`, tarball: `http://warm-up.invalid/${name}/-/${name}-${version}.tgz` },
    },
  ]);
  const time = Object.fromEntries(releases.map(({ version, at }) => [version, at]));
  const document = { _id: name, name, 'dist-tags': { latest: '1.29.0' }, versions: Object.fromEntries(versions), time, maintainers: people };
  return Buffer.from(JSON.stringify(document));
}
