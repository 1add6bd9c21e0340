import { describe, expect, it } from '@jest/globals';
import { remoteKind } from '../../src/model/spec.ts';

describe('remoteKind', () => {
  it.each([
    ['git+https://git.example/a/b.git', 'git'],
    ['git+ssh://git@git.example/a/b.git#v1', 'git'],
    ['git://git.example/a/b', 'git'],
    ['git@git.example:a/b.git', 'git'],
    ['ssh://git@git.example/a/b', 'git'],
    ['github:a/b', 'git'],
    ['gist:11081aaa281', 'git'],
    ['a/b', 'git'],
    ['a/b#79ac49eedf774dd4b0cfa308722bc463cfe5885c', 'git'],
    ['HTTPS://git.example/a/b.git#main', 'git'],
    ['http://files.example/x.tgz', 'remote'],
    [' https://files.example/npm/x', 'remote'],
    ['file:../x', 'file'],
    ['./x', 'file'],
    ['../x', 'file'],
    ['/srv/x', 'file'],
    ['C:\\x', 'file'],
  ])('%s is %s', (spec, kind) => {
    expect(remoteKind(spec)).toBe(kind);
  });

  it.each(['^1.0.0', '1.x || >=2', 'latest', '', '*', '1.0.0 - 2.0.0', 'npm:@a/b@^1', 'workspace:*', 'catalog:', 'next-11'])(
    '%s stays on the registry',
    (spec) => {
      expect(remoteKind(spec)).toBeUndefined();
    },
  );
});
