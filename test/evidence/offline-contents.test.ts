import { describe, expect, it } from '@jest/globals';
import { analyse } from '../../src/code/analyse.ts';
import type { Tarballs } from '../../src/evidence/tarballs.ts';
import { DepwardError } from '../../src/model/errors.ts';
import { readTarball } from '../../src/registry/tarball.ts';
import { changed } from '../../src/rules/example.ts';
import { aPackage } from '../helpers/a-tarball.ts';
import { contentsFrom, type Packed } from '../helpers/a-tarball-registry.ts';

const release = (version: string, at: string): Packed => ({
  manifest: { name: 'lib', version },
  files: { 'index.js': 'fetch("https://a.example/")' },
  at,
});

/** What the cache holds, by the version in the address; nobody else is asked. */
function cached(...versions: readonly string[]): Tarballs {
  return {
    async read({ url }) {
      const version = versions.find((one) => url.includes(`-${one}.tgz`));
      if (version === undefined) throw new DepwardError('not-found', 'its contents are not in the cache, and --offline fetches nothing');
      return { facts: analyse(await readTarball(aPackage({ name: 'lib', version }, { 'index.js': 'fetch("https://a.example/")' }))) };
    },
  };
}

async function offline(at: string, tarballs: Tarballs, more: { wellKnown?: string; settledDays?: number } = {}) {
  const { contents } = await contentsFrom({
    packages: [release('1.0.0', '2020-01-01'), release('1.0.1', at)],
    change: changed('lib', '1.0.0', '1.0.1'),
    reading: { offline: true, tarballs, settledDays: more.settledDays ?? 0 },
    ...(more.wellKnown !== undefined && { wellKnown: more.wellKnown }),
  });
  return contents;
}

describe('contents that are not in the cache, offline', () => {
  it('could not be told where the release is young', async () => {
    expect(await offline('2024-12-30', cached())).toMatchObject({ ok: false, why: 'failed', reason: expect.stringMatching(/not in the cache/) });
  });

  it('are a line in the coverage where it is old', async () => {
    expect(await offline('2024-01-01', cached())).toMatchObject({ ok: false, why: 'not-offered', reason: expect.stringMatching(/not in the cache/) });
  });

  it('are not looked for where a well-known release has settled', async () => {
    const contents = await offline('2024-01-01', cached(), { wellKnown: 'lib', settledDays: 30 });
    expect(contents).toMatchObject({ ok: false, why: 'not-offered', reason: expect.stringMatching(/not unpacked again/) });
  });

  it('of the release before leave the comparison open: nothing is called new for want of it', async () => {
    expect(await offline('2024-12-30', cached('1.0.1'))).toMatchObject({ ok: false, why: 'failed' });
    expect(await offline('2024-12-30', cached('1.0.0', '1.0.1'))).toMatchObject({ ok: true, value: { against: '1.0.0', capabilities: [] } });
  });
});
