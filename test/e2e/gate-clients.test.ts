/**
 * The gate on lockfiles that the real package managers write, in real repositories, cloned shallow: the same story in every
 * format is the same set of packages and the same change. Always: npm and one pnpm. With DEPWARD_CLIENTS=all: all of them.
 */
import { execFile, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readOwnLayout as ownPnpm } from '../../src/resolve/lockfiles/pnpm-layout.ts';
import { readOwnLayout as ownBerry } from '../../src/resolve/lockfiles/yarn-berry-layout.ts';
import { readOwnLayout as ownClassic } from '../../src/resolve/lockfiles/yarn-classic-layout.ts';
import { aPackage } from '../helpers/a-tarball.ts';
import { type FixtureRegistry, publish, startFixtureRegistry } from '../helpers/fixture-registry.ts';
import { aProject, clientFolder, type RealClient, realClients, type Sandbox } from '../helpers/real-clients.ts';

const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

function like(title: string, more: Partial<RealClient> & { readonly title: string }): RealClient {
  const model = realClients.find((client) => client.title === title);
  if (!model) throw new Error(`no client ${title}`);
  return { ...model, ...more };
}
const npm10 = like('npm 10', { title: 'npm 10' });
/** More formats than those that a client writes by default today. */
const writers: readonly RealClient[] = [
  ...realClients,
  like('npm 10', { title: 'npm 11', spec: 'npm@11.6.2' }),
  { ...npm10, title: 'npm 10, lockfile version 1', install: [...npm10.install, '--lockfile-version=1'] },
  { ...npm10, title: 'npm 10, lockfile version 2', install: [...npm10.install, '--lockfile-version=2'] },
  like('pnpm 9', { title: 'pnpm 8', spec: 'pnpm@8.15.9' }),
  like('pnpm 9', { title: 'pnpm 7', spec: 'pnpm@7.33.7' }),
  like('yarn berry', { title: 'yarn berry 3', spec: '@yarnpkg/cli-dist@3.8.7' }),
];
const always = new Set(['npm of this machine', 'pnpm 10']);
const chosen = writers.filter((client) => process.env['DEPWARD_CLIENTS'] === 'all' || always.has(client.title));

let registry: FixtureRegistry;
const projects: Sandbox[] = [];
beforeAll(async () => {
  registry = await startFixtureRegistry();
  add('left', {
    '1.0.0': { dependencies: { right: '^1.0.0' }, peerDependencies: { peer: '*' } },
    '1.1.0': { dependencies: { right: '^1.0.0', fresh: '^1.0.0' } },
  });
  add('right', { '1.0.5': {} });
  add('fresh', { '1.0.0': {} });
  add('peer', { '1.0.0': {} });
  add('real', { '2.0.0': {} });
  add('devy', { '3.0.0': { dependencies: { '@acme/deep': '^1.0.0' } } });
  add('@acme/deep', { '1.1.0': {} });
  add('opti', { '4.0.0': {} });
});
afterAll(async () => {
  for (const project of projects) project.remove();
  await registry.close();
});

function add(name: string, releases: Readonly<Record<string, object>>): void {
  const written = Object.entries(releases).map(([version, manifest], index) => {
    const bytes = aPackage({ name, version, ...manifest }, { 'index.js': `module.exports = '${version}';\n` });
    registry.addTarball(name, version, bytes);
    const dist = { integrity: `sha512-${hash('sha512', bytes, 'base64')}`, shasum: hash('sha1', bytes, 'hex') };
    return { version, at: `202${index}-01-01T00:00:00.000Z`, ...manifest, more: { dist, ...manifest } };
  });
  registry.add(publish(name, written));
}

function hash(algorithm: string, bytes: Uint8Array, as: 'base64' | 'hex'): string {
  return createHash(algorithm).update(bytes).digest(as);
}

function manifest(left: string): string {
  return `${JSON.stringify({
    name: 'project',
    version: '1.0.0',
    private: true,
    workspaces: ['packages/*'],
    dependencies: { ali: 'npm:real@^2.0.0', left, peer: '1.0.0' },
    devDependencies: { devy: '^3.0.0' },
    optionalDependencies: { opti: '^4.0.0' },
  })}\n`;
}

function start(client: RealClient): Sandbox {
  const pnpmMore = /1[12]/.test(client.title) ? 'minimumReleaseAge: 0\n' : '';
  const made = aProject(clientFolder(client) ?? '', {
    'package.json': manifest('1.0.0'),
    '.gitignore': 'node_modules\n.yarn\n.pnp.*\n',
    '.npmrc': `registry=${registry.url}\n`,
    ...(client.title.startsWith('yarn berry') && {
      '.yarnrc.yml': `npmRegistryServer: "${registry.url.replace(/\/$/, '')}"\nunsafeHttpWhitelist: ["127.0.0.1"]\nnodeLinker: node-modules\nenableTelemetry: false\n${client.title === 'yarn berry' ? 'npmMinimalAgeGate: 0\n' : ''}`,
    }),
    ...(client.title === 'yarn 1' && { '.yarnrc': `registry "${registry.url}"\n` }),
    ...(client.program === 'pnpm' && { 'pnpm-workspace.yaml': `packages:\n  - packages/*\n${pnpmMore}` }),
  });
  rmSync(join(made.folder, '.git'), { recursive: true });
  mkdirSync(join(made.folder, 'packages/w'), { recursive: true });
  writeFileSync(
    join(made.folder, 'packages/w/package.json'),
    `${JSON.stringify({ name: 'w', version: '1.0.0', dependencies: { right: '^1.0.0' } })}\n`,
  );
  projects.push(made);
  return made;
}

function git(project: Sandbox, folder: string, ...args: readonly string[]): void {
  const who = { GIT_AUTHOR_NAME: 'a', GIT_AUTHOR_EMAIL: 'a@b', GIT_COMMITTER_NAME: 'a', GIT_COMMITTER_EMAIL: 'a@b' };
  const env = { ...project.env, ...who, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' };
  const ran = spawnSync('git', args, { cwd: folder, env, encoding: 'utf8' });
  if (ran.status !== 0) throw new Error(`git ${args.join(' ')}: ${ran.stderr}`);
}

// Not spawnSync: the registry answers from this very process.
async function depward(project: Sandbox, folder: string, ...args: readonly string[]): Promise<{ out: string; err: string }> {
  const env = Object.fromEntries(Object.entries(project.env).filter(([name]) => !/^(?:GITHUB|CI)(?:_|$)/.test(name)));
  return new Promise((resolve) => {
    execFile(process.execPath, [cli, ...args], { cwd: folder, env, encoding: 'utf8' }, (_, out, err) => resolve({ out, err }));
  });
}

interface Row {
  readonly name: string;
  readonly version: string;
  readonly source: string;
  readonly alias?: string;
  readonly dev: boolean;
  readonly optional: boolean;
  readonly path: readonly string[];
}

/** What `ls` says; `pnpm` itself stands in the lockfile of pnpm 11 and later. */
function listed(out: string): string[] {
  const rows = out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Row);
  return rows
    .filter((row) => row.source === 'registry' && !/^(?:@pnpm\/|pnpm$)/.test(row.name))
    .map(({ name, version, alias, dev, optional }) =>
      [name, version, alias && `as ${alias}`, dev && 'dev', optional && 'optional'].filter(Boolean).join(' '),
    )
    .sort();
}

/** True where the fast reader of the manager's own layout reads the file. */
function inOwnLayout(file: string, text: string): boolean {
  if (file === 'pnpm-lock.yaml') return ownPnpm({ file, text }, text) !== undefined;
  return file !== 'yarn.lock' || (ownBerry(file, text) ?? ownClassic(text)) !== undefined;
}

const base = ['@acme/deep 1.1.0 dev', 'devy 3.0.0 dev', 'left 1.0.0', 'opti 4.0.0 optional', 'peer 1.0.0', 'real 2.0.0 as ali', 'right 1.0.5'];

describe.each(chosen.map((client) => [client.title, client] as const))('%s', (_, client) => {
  const test = clientFolder(client) !== undefined ? it : it.skip;

  test('writes a lockfile that means what every other one means, in a shallow clone too', async () => {
    const project = start(client);
    const { folder } = project;
    const install = async () => expect(await project.run([client.program, ...client.install])).toMatchObject({ code: 0 });
    await install();
    expect(existsSync(join(folder, client.lockfile))).toBe(true);
    git(project, folder, 'init', '-q', '-b', 'main');
    git(project, folder, 'add', '-A');
    git(project, folder, 'commit', '-q', '-m', 'one');
    const all = await depward(project, folder, 'ls', '--format', 'jsonl', '--lockfile', client.lockfile);
    expect(all.err).toBe('');
    expect(listed(all.out)).toEqual(base);
    git(project, folder, 'checkout', '-q', '-b', 'topic');
    writeFileSync(join(folder, 'package.json'), manifest('1.1.0'));
    await install();
    git(project, folder, 'commit', '-qam', 'two');
    git(project, folder, 'checkout', '-q', 'main');
    const clone = join(dirname(folder), 'clone');
    git(project, dirname(folder), 'clone', '-q', '--depth=1', '--branch=topic', `file://${folder}`, clone);
    const gated = await depward(project, clone, 'gate', '--format', 'json');
    expect(gated.err).toBe('');
    const report = JSON.parse(gated.out) as {
      verdicts: { change?: string; from?: string; subject: { name?: string; version?: string; where?: { file: string; line: number } } }[];
    };
    const packages = report.verdicts.filter(({ subject }) => subject.name !== undefined);
    expect(packages.map(({ change, from, subject }) => [change, from, subject.name, subject.version].filter(Boolean).join(' ')).sort()).toEqual([
      'add fresh 1.0.0',
      'change 1.0.0 left 1.1.0',
    ]);
    const lines = readFileSync(join(clone, client.lockfile), 'utf8').split('\n');
    expect(inOwnLayout(client.lockfile, lines.join('\n'))).toBe(true);
    for (const { subject } of packages) {
      expect(subject.where?.file).toBe(client.lockfile);
      expect(lines[(subject.where?.line ?? 0) - 1]).toContain(subject.name);
    }
  }, 180_000);
});
