/** Payloads behind more bytes than are read of a tarball. */
import { describe, expect, it } from '@jest/globals';
import { analyse } from '../../src/code/analyse.ts';
import { hiddenByBulk } from '../../src/code/compare.ts';
import type { TarballFacts } from '../../src/model/contents.ts';
import { tarLimits } from '../../src/registry/tar-limits.ts';
import { readTarball } from '../../src/registry/tarball.ts';
import { tarball } from '../helpers/a-tarball.ts';

async function factsOf(manifest: object, filler: number): Promise<TarballFacts> {
  const packed = tarball(
    ...Array.from({ length: filler }, (_, at) => ({ path: `package/part-${at}.js`, body: '0;'.padEnd(1000) })),
    { path: 'package/index.js', body: 'module.exports = 1;'.padEnd(1000) },
    { path: 'package/package.json', body: JSON.stringify(manifest) },
  );
  return analyse(await readTarball(packed, { ...tarLimits, keptBytes: 3500 }), {});
}

describe('bulk before what runs', () => {
  it('that was not there before is not passed over', async () => {
    const [small, large] = [await factsOf({}, 1), await factsOf({}, 4)];
    expect(hiddenByBulk(large, small)).toMatch(/not read.*index\.js/);
    expect(hiddenByBulk(small, small)).toBeUndefined();
  });

  it('of releases that are always so large is only said', async () => {
    const large = await factsOf({}, 4);
    expect(large.notRead).toEqual(['index.js']);
    expect(hiddenByBulk(large, large)).toBeUndefined();
    expect(hiddenByBulk(large, undefined)).toBeUndefined();
  });

  it('is never passed over where an install runs it', async () => {
    const large = await factsOf({ scripts: { postinstall: 'node index.js' } }, 4);
    expect(large.install).toHaveLength(1);
    expect(hiddenByBulk(large, undefined)).toMatch(/index\.js/);
  });

  it('does not keep the package.json from being read; one that is too large is told', async () => {
    const packed = tarball({ path: 'package/package.json', body: '{}'.padEnd(2000) });
    expect(() => analyse({ ...empty, files: [{ ...file, path: 'package.json', whole: false }] }, {})).toThrow(/package\.json is too large/);
    expect((await readTarball(packed, { ...tarLimits, keptBytes: 100 })).files[0]?.whole).toBe(true);
  });
});

it('a package.json is told to be too large before it is read: as a tree it would be many times as large', async () => {
  const packed = tarball({ path: 'package/package.json', body: `{"x":[${'[],'.repeat(2 ** 20)}1]}` });
  const archive = await readTarball(packed);
  expect(() => analyse(archive)).toThrow(/package\.json is too large/);
});

const file = { path: '', size: 1, executable: false, hash: '', bytes: Buffer.alloc(0), whole: true };
const empty = { integrity: '', packedSize: 0, unpackedSize: 0, files: [], anomalies: [] };
