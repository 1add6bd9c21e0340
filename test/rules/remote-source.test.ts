import { expect, it } from '@jest/globals';
import { added } from '../../src/rules/example.ts';
import rule from '../../src/rules/remote-source.ts';

const commit = '0123456789012345678901234567890123456789';
const sha512 = 'sha512-cmlnaHQ=';

it.each<[boolean, 'git' | 'remote', string, string?]>([
  [true, 'git', `git+ssh://git@git.example/acme/a.git#${commit}`],
  [true, 'git', `https://codeload.github.com/acme/a/tar.gz/${commit}`],
  [true, 'git', `https://gitlab.com/acme/a/-/archive/${commit}/a-${commit}.tar.gz`],
  [true, 'git', `https://bitbucket.org/acme/a/get/${commit}.tar.gz`],
  [true, 'remote', `https://github.com/acme/a/tarball/${commit}`],
  [true, 'remote', 'https://files.example/a.tgz', sha512],
  [true, 'remote', `https://files.example/a.tgz#${commit}`],
  [false, 'git', 'git+ssh://git@git.example/acme/a.git#main'],
  [false, 'git', 'https://codeload.github.com/acme/a/tar.gz/refs/heads/main'],
  [false, 'git', `https://codeload.github.com/acme/${commit}/tar.gz/main`],
  [false, 'remote', 'https://files.example/a.tgz'],
  [false, 'remote', 'https://files.example/a.tgz', 'sha512-'],
  [false, 'remote', `https://files.example/tarball/${commit}`],
])('pinned: %s, %s %s', (pinned, source, resolved, integrity = '') => {
  const [seen] = rule.check(added('a', '1.0.0', { source, resolved, ...(integrity !== '' && { integrity }) }), {}, { now: 0, options: {} });
  expect(seen?.facts['pinned']).toBe(pinned);
});
