import { describe, expect, it } from '@jest/globals';
import { repositoryOf } from '../../src/model/repository.ts';
import { parseStatement, provenanceOf } from '../../src/registry/statement.ts';

describe('repositoryOf', () => {
  it.each([
    'git+https://github.com/Acme/Lib.git',
    'https://github.com/acme/lib',
    'https://github.com/acme/lib/tree/main/packages/a',
    'git://github.com/acme/lib.git#main',
    'git+ssh://git@github.com/acme/lib.git',
    'ssh://git@github.com:22/acme/lib.git',
    'git@github.com:acme/lib.git',
    'github:acme/lib',
    'acme/lib',
    'https://www.github.com/acme/lib/',
    'https://token@github.com/acme/lib',
  ])('reads %s', (text) => expect(repositoryOf(text)).toBe('github.com/acme/lib'));

  it('keeps the groups of GitLab', () => {
    expect(repositoryOf('https://gitlab.com/a/b/c.git')).toBe('gitlab.com/a/b/c');
    expect(repositoryOf('https://gitlab.com/a/b/-/tree/main')).toBe('gitlab.com/a/b');
  });

  it.each(['', 'nothing', 'https://github.com/', 'file:../x', 'https://evil.example', undefined, `${'a.'.repeat(3000)}/x`])(
    'reads none from %s',
    (text) => {
      expect(repositoryOf(text)).toBeUndefined();
    },
  );
});

describe('provenanceOf', () => {
  it('reads the certificates of the first years', () => {
    const extensions = new Map([
      ['1.5', 'Acme/lib'],
      ['1.6', 'refs/tags/v1'],
      ['1.3', 'abc'],
    ]);
    expect(provenanceOf(extensions, 'https://github.com/Acme/lib/.github/workflows/Publish.yml@refs/tags/v1')).toEqual({
      repository: 'github.com/acme/lib',
      ref: 'refs/tags/v1',
      workflow: '.github/workflows/Publish.yml',
      commit: 'abc',
    });
  });

  it('takes the workflow of the project, not the shared one that signed', () => {
    const extensions = new Map([
      ['1.12', 'https://github.com/acme/lib'],
      ['1.14', 'refs/heads/main'],
      ['1.18', 'https://github.com/acme/lib/.github/workflows/release.yml@refs/heads/main'],
    ]);
    expect(provenanceOf(extensions, 'https://github.com/shared/actions/.github/workflows/publish.yml@refs/tags/v3')).toMatchObject({
      workflow: '.github/workflows/release.yml',
      ref: 'refs/heads/main',
    });
  });

  it.each([undefined, 'somebody@mail.example', 'https://example'])('sees no build in %s', (identity) => {
    expect(provenanceOf(new Map(), identity)).toBeUndefined();
  });
});

describe('parseStatement', () => {
  it('reads the build of the older predicate', () => {
    const predicate = { invocation: { configSource: { uri: 'git+https://github.com/acme/lib@refs/tags/v1' } } };
    const read = parseStatement(Buffer.from(JSON.stringify({ predicateType: 'https://slsa.dev/provenance/v0.2', subject: [], predicate })));
    expect(read?.told).toEqual({ repository: 'github.com/acme/lib', ref: 'refs/tags/v1' });
  });

  it.each([
    '',
    'null',
    '[]',
    '{}',
    '{"predicateType":"x"}',
    '{"predicateType":"x","subject":{}}',
    `{"predicateType":"x","subject":${JSON.stringify(Array(51).fill({}))}}`,
  ])('reads none from %s', (text) => expect(parseStatement(Buffer.from(text))).toBeUndefined());
});
