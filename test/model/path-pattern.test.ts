import { describe, expect, it } from '@jest/globals';
import { pathMatcher } from '../../src/model/path-pattern.ts';

describe('patterns of paths', () => {
  it.each([
    ['fixtures', 'fixtures/a/package-lock.json'],
    ['fixtures/', 'fixtures/yarn.lock'],
    ['fixtures/**', 'fixtures/a/b'],
    ['**/fixtures', 'fixtures/x'],
    ['**/fixtures', 'a/b/fixtures/x'],
    ['**/fixtures/**', 'a/fixtures/x/y'],
    ['test/*/yarn.lock', 'test/a/yarn.lock'],
    ['**/*.lock', 'a/b/yarn.lock'],
    ['a/**/b/**/c', 'a/x/b/b/y/c'],
    ['a*b*c', 'a-b-b-c'],
    ['*', 'anything'],
  ])('%s means %s', (pattern, path) => {
    expect(pathMatcher([pattern])(path)).toBe(true);
  });

  it.each([
    ['fixtures', 'a/fixtures/x'],
    ['fixtures', 'fixtures-of-mine/x'],
    ['fix*s/x', 'fixtures/y'],
    ['test/*/yarn.lock', 'test/a/b/yarn.lock'],
    ['*.lock', 'a/yarn.lock'],
    ['a*bb', 'ab'],
    ['a/**/c', 'a/b'],
    ['.', 'a.b'],
    ['f.x', 'fax'],
  ])('%s does not mean %s', (pattern, path) => {
    expect(pathMatcher([pattern])(path)).toBe(false);
  });

  it('takes no longer for patterns made to be slow', () => {
    const matches = pathMatcher([`${'**/'.repeat(60)}x${'*a'.repeat(60)}`]);
    expect(matches(`${'a/'.repeat(400)}${'a'.repeat(400)}`)).toBe(false);
  });
});
