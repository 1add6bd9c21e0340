import { describe, expect, it } from '@jest/globals';
import { changed } from '../../src/rules/example.ts';
import { contentsFrom, type Packed } from '../helpers/a-tarball-registry.ts';

const left: Packed = {
  manifest: { name: 'left', version: '1.0.0' },
  files: { 'index.js': 'module.exports = 1', 'lib/a.js': 'exports.a = 1', 'test.js': 'not packed by bearers' },
};
const inside = (files: Readonly<Record<string, string>>, version = '1.0.0') =>
  Object.fromEntries(
    Object.entries({ 'package.json': JSON.stringify({ name: 'left', version, _from: 'left@1' }), ...files }).map(([path, body]) => [
      `node_modules/left/${path}`,
      body,
    ]),
  );
const bearer = (version: string, files: Readonly<Record<string, string>>): Packed => ({
  manifest: { name: 'bearer', version, bundleDependencies: ['left'] },
  files: { 'index.js': 'require("left")', ...files },
  at: version === '1.0.0' ? '2024-05-01' : '2024-06-01',
});
const same = { 'index.js': 'module.exports = 1', 'lib/a.js': 'exports.a = 1' };
const other = { ...same, 'lib/a.js': 'exports.a = 2' };

async function copies(packages: readonly Packed[], reading = {}) {
  const { contents } = await contentsFrom({ packages, change: changed('bearer', '1.0.0', '1.0.1'), reading });
  if (!contents.ok) throw new Error(contents.reason);
  return contents.value.copies;
}

describe('bundled packages against the registry', () => {
  it.each([
    ['equal, where only the manifest and left-out files are others', inside(same), { status: 'equal', files: [] }],
    ['other code', inside(other), { status: 'differs', files: ['lib/a.js'] }],
    ['code added', inside({ ...same, 'more.js': 'x()' }), { status: 'differs', files: ['more.js'] }],
    ['a nested folder that is no package', inside({ ...same, 'node_modules/q/x.js': 'x()' }), { status: 'differs', files: ['node_modules/q/x.js'] }],
    ['a version the registry does not have', inside(same, '9.9.9'), { status: 'no-such-version' }],
  ])('say %s', async (_case, files, wanted) => {
    expect(await copies([left, bearer('1.0.0', {}), bearer('1.0.1', files)])).toMatchObject([wanted]);
  });

  it('leave a copy alone that was there before in the same form, and not one that changed under the same version', async () => {
    expect(await copies([left, bearer('1.0.0', inside(other)), bearer('1.0.1', inside(other))])).toEqual([]);
    expect(await copies([left, bearer('1.0.0', inside(same)), bearer('1.0.1', inside(other))])).toMatchObject([{ status: 'differs' }]);
  });

  it('say what could not be compared', async () => {
    const packages = [{ ...left, missing: true }, bearer('1.0.0', {}), bearer('1.0.1', inside(same))];
    expect(await copies(packages)).toMatchObject([{ status: 'not-compared', why: 'the tarball cannot be had' }]);
  });

  it('are compared for a bounded number', async () => {
    const many = Object.fromEntries(
      Array.from({ length: 20 }, (_, at) => [`node_modules/p${at}/package.json`, JSON.stringify({ name: `p${at}`, version: '1.0.0' })]),
    );
    const { contents, fetched } = await contentsFrom({
      packages: [
        bearer('1.0.0', {}),
        bearer('1.0.1', many),
        ...Array.from({ length: 20 }, (_, at) => ({ manifest: { name: `p${at}`, version: '1.0.0' } })),
      ],
      change: changed('bearer', '1.0.0', '1.0.1'),
    });
    expect(contents.ok && contents.value.copies.filter(({ status }) => status === 'not-compared')).toHaveLength(8);
    expect(fetched).toHaveLength(14);
  });
});
