import { describe, expect, it } from '@jest/globals';
import { readLockfile } from '../../../src/resolve/lockfiles/index.ts';

async function packages(...entries: readonly string[]) {
  const { packages: read } = await readLockfile({ file: 'yarn.lock', text: `# yarn lockfile v1\n\n\n${entries.join('\n\n')}\n` });
  return read.map(({ key, name, alias, source }) => ({ key, name, alias, source }));
}

const resolved = (address: string) => `  version "1.0.0"\n  resolved "${address}"`;

describe('Yarn 1 joins what resolves to the same', () => {
  it.each([
    ['an alias behind a plain pattern', 'a@^1.0.0, "a@npm:@b/a@1.0.0":', '@b/a', 'a'],
    ['an alias in front', '"a@npm:@b/a@1.0.0", a@^1.0.0:', '@b/a', 'a'],
    ['an alias of what is asked for itself, too', '"c@npm:d@^1.0.0", d@^1.0.0:', 'd', undefined],
    ['no alias', 'a@^1.0.0, a@~1.0.0:', 'a', undefined],
    ['its own name spelled out', '"a@npm:a@^1.0.0", a@^1.0.0:', 'a', undefined],
  ])('%s', async (_title, head, name, alias) => {
    const own = 'z@^1.0.0:';
    const [first] = await packages(
      `${head}\n${resolved(`https://registry.example/${name}/-/x-1.0.0.tgz`)}`,
      `${own}\n${resolved('https://registry.example/z/-/z-1.0.0.tgz')}`,
    );
    expect(first).toEqual({ key: expect.any(String), name, alias, source: 'registry' });
  });

  it('whatever stands in dependencies says nothing of names', async () => {
    const [first] = await packages(
      `a@^1.0.0:\n${resolved('https://registry.example/a/-/a-1.0.0.tgz')}\n  dependencies:\n    c "npm:d@^1.0.0"\n    "e@npm:f" "1"`,
    );
    expect(first?.name).toBe('a');
  });
});

it.each([
  ['https://codeload.github.com/acme/e/tar.gz/0123456789012345678901234567890123456789', 'git'],
  ['https://github.com/acme/e#0123456789012345678901234567890123456789', 'git'],
  ['https://gitlab.com/api/v4/projects/1/packages/npm/e/-/e-1.0.0.tgz#0123456789012345678901234567890123456789', 'remote'],
  ['https://gitlab.com/api/v4/projects/acme%2Fe/repository/archive.tar.gz?ref=0123456789012345678901234567890123456789', 'git'],
  ['https://files.example/e.tgz#0123456789012345678901234567890123456789', 'remote'],
])('%s comes from %s', async (address, source) => {
  expect(await packages(`"e@${address.replace(/#.*/, '')}":\n${resolved(address)}`)).toMatchObject([{ name: 'e', source }]);
});
