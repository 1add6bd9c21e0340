/** What the registry shows of a release and what its tarball holds. */
import { describe, expect, it } from '@jest/globals';
import { confusionOf } from '../../src/code/confusion.ts';
import { noManifest, readManifest } from '../../src/code/manifest.ts';
import { aRelease } from '../../src/rules/example.ts';

function differing(text: string, name?: string) {
  return confusionOf(readManifest(text) ?? noManifest, aRelease('1.0.1'), name).map(({ field, packed }) => `${field}: ${packed}`);
}

describe('who a tarball says it is', () => {
  it.each<[string, string, readonly string[]]>([
    ['the same', '{"name": "left", "version": "1.0.1"}', []],
    ['the same as registries write it', '{"name": "Left", "version": "v1.0.1+build.7"}', []],
    ['another package', '{"name": "right", "version": "1.0.1"}', ['name: right']],
    ['another version', '{"name": "left", "version": "1.0.0"}', ['version: 1.0.0']],
    ['a package.json that is cut off', '{"name":', ['version: nothing that can be read', 'name: nothing that can be read']],
  ])('%s', (_, text, expected) => {
    expect(differing(text, 'left')).toEqual(expected);
  });

  it('commands that no page shows are told, also where it shows none', () => {
    expect(differing('{"name": "left", "version": "1.0.1", "bin": {"git": "x.js"}}', 'left')).toEqual(['bin.git: x.js']);
  });

  it('commands are called as clients call them', () => {
    const { bin } = readManifest('{"bin": {"../../git": "a", "x:npm": "b", "./c": "c", "..": "d"}}') ?? noManifest;
    expect([...bin.keys()]).toEqual(['git', 'npm', 'c']);
  });

  it('a package of the web may be called as it likes', () => {
    expect(differing('{"name": "right", "version": "1.0.1"}')).toEqual([]);
  });
});
