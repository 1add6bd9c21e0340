import { describe, expect, it } from '@jest/globals';
import { DepwardError } from '../../../src/model/errors.ts';
import { pathTo } from '../../../src/model/tree.ts';
import { readLockfile } from '../../../src/resolve/lockfiles/index.ts';

const v3 = {
  name: 'project',
  version: '1.0.0',
  lockfileVersion: 3,
  requires: true,
  packages: {
    '': {
      name: 'project',
      version: '1.0.0',
      workspaces: ['packages/*'],
      dependencies: { a: '^1.0.0', real: 'npm:other@2' },
      devDependencies: { d: '*' },
    },
    'node_modules/a': { version: '1.0.1', resolved: 'https://registry.example/a/-/a-1.0.1.tgz', integrity: 'sha512-aa==', dependencies: { b: '1' } },
    'node_modules/a/node_modules/b': { version: '1.2.3', inBundle: true, dependencies: { a: '^1' } },
    'node_modules/b': { version: '2.0.0', resolved: 'git+ssh://git@host.example/b.git#0123', hasInstallScript: true },
    'node_modules/d': {
      version: '0.1.0',
      dev: true,
      resolved: 'https://files.example/d.tgz',
      dependencies: { b: 'git+ssh://git@host.example/b.git' },
    },
    'node_modules/real': { name: 'other', version: '2.0.1', optional: true, peer: true },
    'node_modules/w': { resolved: 'packages/w', link: true },
    'packages/w': { version: '9.0.0', devDependencies: { d: 'https://files.example/d.tgz' } },
  },
};

function read(value: unknown, indent: string | number = 2, manifest?: unknown) {
  const text = typeof value === 'string' ? value : JSON.stringify(value, null, indent);
  return readLockfile({ file: 'package-lock.json', text, ...(manifest === undefined ? {} : { manifest }) });
}

describe('package-lock v2 and v3', () => {
  it('lists packages with real names, sources and flags', async () => {
    const tree = await read(v3);
    expect(tree.format).toBe('package-lock v3');
    expect(tree.root).toEqual({ name: 'project', version: '1.0.0' });
    const rows = tree.packages.map(
      (p) =>
        `${p.key} ${p.name}@${p.version} ${p.source}${p.alias ? ` as ${p.alias}` : ''}${p.bundled ? ' bundled' : ''}${p.dev ? ' dev' : ''}${p.optional ? ' optional' : ''}`,
    );
    expect(rows).toEqual([
      'node_modules/a a@1.0.1 registry',
      'node_modules/a/node_modules/b b@1.2.3 registry bundled',
      'node_modules/b b@2.0.0 git',
      'node_modules/d d@0.1.0 remote dev',
      'node_modules/real other@2.0.1 registry as real optional',
      'packages/w w@9.0.0 workspace',
    ]);
    expect(tree.packages.map((p) => p.hasInstallScript)).toEqual([false, false, true, false, false, false]);
  });

  it('resolves edges as Node does, through nesting, links and cycles', async () => {
    const tree = await read(v3);
    expect(tree.dependentsOf('node_modules/a/node_modules/b')).toEqual([{ from: 'node_modules/a', spec: '1', kind: 'prod' }]);
    expect(tree.dependentsOf('node_modules/d')).toEqual([
      { from: '', spec: '*', kind: 'dev' },
      { from: 'packages/w', spec: 'https://files.example/d.tgz', kind: 'dev' },
    ]);
    expect(tree.dependentsOf('packages/w')).toEqual([{ from: '', spec: 'workspace:*', kind: 'prod' }]);
    expect(pathTo(tree, 'node_modules/a/node_modules/b').map((ref) => ref.name)).toEqual(['a', 'b']);
  });

  it.each([2, '\t', 0, 7])('knows line and column with indent %j', async (indent) => {
    const text = JSON.stringify(v3, null, indent);
    const where = (await read(v3, indent)).packages[1]?.where;
    const offset = text.indexOf('"node_modules/a/node_modules/b"');
    const lines = text.slice(0, offset).split('\n');
    expect(where).toEqual({ file: 'package-lock.json', line: lines.length, column: (lines.at(-1) ?? '').length + 1 });
  });
});

describe('package-lock v1', () => {
  const v1 = {
    lockfileVersion: 1,
    requires: true,
    dependencies: {
      a: { version: '1.0.1', requires: { b: '1' }, dependencies: { b: { version: '1.2.3', bundled: true } } },
      b: { version: 'git+https://host.example/b.git#01', from: 'b@git+https://host.example/b.git' },
      c: { version: 'npm:other@2.0.0', dev: true },
      d: { version: 'https://files.example/d.tgz' },
      e: { version: 'file:../e' },
    },
  };

  it('flattens the nesting and judges the real package of an alias', async () => {
    const tree = await read(v1, 2, {
      dependencies: { a: '^1', b: 'x/b', d: 'https://files.example/d.tgz', e: 'file:../e' },
      devDependencies: { c: 'npm:other@2' },
    });
    expect(tree.packages.map((p) => `${p.key} ${p.name}@${p.version} ${p.source}`).sort()).toEqual([
      'node_modules/a a@1.0.1 registry',
      'node_modules/a/node_modules/b b@1.2.3 registry',
      'node_modules/b b@ git',
      'node_modules/c other@2.0.0 registry',
      'node_modules/d d@ remote',
      'node_modules/e e@ file',
    ]);
    expect(tree.dependentsOf('node_modules/a/node_modules/b')).toEqual([{ from: 'node_modules/a', spec: '1', kind: 'prod' }]);
    expect(tree.dependentsOf('node_modules/c')).toEqual([{ from: '', spec: 'npm:other@2', kind: 'dev' }]);
    expect(tree.packages.find((p) => p.key.endsWith('/b') && p.bundled)?.where).toEqual({ file: 'package-lock.json', line: 11, column: 9 });
  });

  it('takes what nobody asks for as asked for by the project when there is no manifest', async () => {
    expect((await read(v1)).dependentsOf('node_modules/c')).toEqual([{ from: '', spec: '*', kind: 'prod' }]);
  });
});

describe('packages in a file of an old number', () => {
  it.each([0, 1, null, undefined])('are what npm installs, so they are what is read: %j', async (lockfileVersion) => {
    const others = { lockfileVersion, requires: true, dependencies: { a: { version: '1.0.0' } } };
    expect((await read({ ...others, packages: v3.packages })).packages).toEqual(
      (await read(v3)).packages.map((one) => expect.objectContaining({ key: one.key })),
    );
    expect((await read({ ...others, packages: null })).packages.map(({ key }) => key)).toEqual(['node_modules/a']);
    await expect(read({ ...others, packages: [1] })).rejects.toThrow('without "packages"');
  });
});

it('reads what Meteor writes, which is version 1 under a number of its own', async () => {
  const meteor = {
    lockfileVersion: 4,
    dependencies: { a: { version: '1.0.0', resolved: 'https://registry.example/a/-/a-1.0.0.tgz', integrity: 'sha512-aa==' } },
  };
  expect((await read(meteor)).packages).toMatchObject([{ key: 'node_modules/a', name: 'a', version: '1.0.0', integrity: 'sha512-aa==' }]);
  await expect(read({ ...meteor, packages: {} })).rejects.toThrow('unknown lockfileVersion 4');
});

describe('bad input', () => {
  const good = JSON.stringify(v3, null, 2);
  it.each<[string, string, RegExp]>([
    ['truncated', good.slice(0, good.length / 2), /ends too early/],
    ['not JSON', good.replace('"requires": true', 'requires: true'), /package-lock\.json:5: this is not valid JSON/],
    ['a web page', '<html></html>', /this is not valid JSON/],
    ['empty', ' \n', /empty/],
    ['binary', '{"lockfileVersion":3}\u0000', /binary/],
    [
      'conflict',
      good.replace('    "node_modules/a":', '<<<<<<< HEAD\n=======\n>>>>>>> x\n    "node_modules/a":'),
      /package-lock\.json:\d+: merge conflict/,
    ],
    ['unknown version', good.replace('"lockfileVersion": 3', '"lockfileVersion": 9'), /unknown lockfileVersion 9/],
    ['a key twice', good.replace('"node_modules/b": {', '"node_modules/a": {'), /"node_modules\/a\\?"? ?.*twice/],
    ['packages twice', good.replace('"packages": {', '"packages": {},\n  "packages": {'), /twice/],
    ['a version in quotes', good.replace('"lockfileVersion": 3', '"lockfileVersion": "3"'), /unknown lockfileVersion "3"/],
    ['no packages', '{"lockfileVersion": 3}', /without "packages"/],
    ['packages no object', '{"lockfileVersion": 3, "packages": []}', /without "packages"/],
    ['entry no object', '{"lockfileVersion": 3, "packages": {"node_modules/a": 1}}', /is not an object/],
    ['an array', '["lockfileVersion"]', /no lockfile|not a lockfile/],
    ['something else', '{"name": "x"}', /not a lockfile/],
    [
      'nested too deep',
      `{"lockfileVersion":1,"dependencies":${'{"a":{"version":"1.0.0","dependencies":'.repeat(5000)}{}${'}}'.repeat(5000)}}`,
      /deep/,
    ],
  ])('%s: a clear error', async (_, text, message) => {
    await expect(read(text)).rejects.toThrow(DepwardError);
    await expect(read(text)).rejects.toThrow(message);
  });

  it('reads CRLF, a byte order mark and hostile keys', async () => {
    expect((await read(`\uFEFF${good.replaceAll('\n', '\r\n')}`)).packages).toHaveLength(6);
    const hostile =
      '{"lockfileVersion":3,"packages":{"":{"dependencies":{"__proto__":"1"}},"node_modules/__proto__":{"version":"1.0.0"},"node_modules/constructor":{"version":"1.0.0"},"__proto__":{"version":"2.0.0"}}}';
    const tree = await read(hostile);
    expect(tree.packages.map((p) => p.name)).toEqual(['__proto__', 'constructor', '__proto__']);
    expect(tree.dependentsOf('node_modules/__proto__')).toHaveLength(1);
  });
});
