/** The plug-in inside the real Verdaccio: 6.8, the newest for Node 20, and 6.10 on a newer Node. Runs with DEPWARD_CLIENTS=all (npm run test:clients). */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { aPackage } from '../helpers/a-tarball.ts';
import { type FixtureRegistry, publish, startFixtureRegistry } from '../helpers/fixture-registry.ts';
import { newNode } from '../helpers/real-clients.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const wanted = process.env['DEPWARD_CLIENTS'] === 'all';

function installed(version: string): string | undefined {
  const home = join(tmpdir(), 'depward-test-clients', `verdaccio_${version}`);
  const bin = join(home, 'node_modules', 'verdaccio', 'bin', 'verdaccio');
  if (existsSync(join(home, '.done'))) return bin;
  mkdirSync(home, { recursive: true });
  // One of its dependencies is named by a tag that not every mirror has.
  writeFileSync(join(home, 'package.json'), '{"private":true,"overrides":{"node-fetch":"2.6.7"}}');
  const { status } = spawnSync('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', `verdaccio@${version}`], {
    cwd: home,
    stdio: 'ignore',
    timeout: 240_000,
  });
  if (status !== 0) return undefined;
  writeFileSync(join(home, '.done'), '');
  return bin;
}

const running: ChildProcess[] = [];
const folders: string[] = [];
let registry: FixtureRegistry;

beforeAll(async () => {
  registry = await startFixtureRegistry();
  const releases = [
    { version: '1.0.0', at: '2020-01-01T00:00:00Z' },
    { version: '1.0.1', at: new Date(Date.now() - 3_600_000).toISOString() },
  ];
  for (const name of ['fxleft', '@fxscope/left', 'fxcold', 'fxbroken']) {
    const written = releases.map(({ version, at }) => {
      const bytes = aPackage({ name, version });
      registry.addTarball(name, version, bytes);
      return {
        version,
        at,
        more: {
          dist: {
            integrity: `sha512-${createHash('sha512').update(bytes).digest('base64')}`,
            shasum: createHash('sha1').update(bytes).digest('hex'),
          },
        },
      };
    });
    registry.add(publish(name, written));
  }
  const honest = aPackage({ name: 'fxodd', version: '1.0.0' }, { 'index.js': '' });
  // The document says nothing of the script.
  const odd = aPackage({ name: 'fxodd', version: '1.1.0', scripts: { postinstall: 'node steal.js' } }, { 'index.js': '', 'steal.js': '' });
  const dist = (bytes: Buffer) => ({ dist: { integrity: `sha512-${createHash('sha512').update(bytes).digest('base64')}` } });
  registry.add(
    publish('fxodd', [
      { version: '1.0.0', at: '2020-01-01T00:00:00Z', more: dist(honest) },
      { version: '1.1.0', at: '2021-01-01T00:00:00Z', more: dist(odd) },
    ]),
  );
  registry.addTarball('fxodd', '1.0.0', honest);
  registry.addTarball('fxodd', '1.1.0', odd);
});
afterAll(async () => {
  for (const child of running) child.kill('SIGKILL');
  for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  await registry.close();
});

/** Starts Verdaccio with the plug-in in front of the fixture registry; its address and what it printed. */
async function start(
  { node, bin }: { readonly node: string; readonly bin: string },
  section = '',
  index = "export { default } from 'depward/verdaccio';\n",
): Promise<{ url: string; printed: () => string; exited: Promise<number | null> }> {
  const folder = mkdtempSync(join(tmpdir(), 'depward-verdaccio-'));
  folders.push(folder);
  const plugin = join(folder, 'plugins', 'verdaccio-depward');
  mkdirSync(plugin, { recursive: true });
  writeFileSync(join(plugin, 'package.json'), '{"name":"verdaccio-depward","version":"1.0.0","type":"module","main":"index.js"}');
  writeFileSync(join(plugin, 'index.js'), index.replace('depward/verdaccio', join(root, 'dist', 'verdaccio.mjs')));
  const config = join(folder, 'config.yaml');
  writeFileSync(
    config,
    [
      'storage: ./storage',
      'plugins: ./plugins',
      `uplinks: { up: { url: "${registry.url}", cache: true, timeout: 5s } }`,
      'packages: { "**": { access: $all, proxy: up } }',
      `filters: { depward: {${section}} }`,
      `middlewares: { depward: { enabled: true${section && `, ${section}`} } }`,
      'log: { type: stdout, format: json, level: warn }',
      '',
    ].join('\n'),
  );
  const port = await freePort();
  const child = spawn(node, [bin, '--config', config, '--listen', `127.0.0.1:${port}`], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.push(child);
  let printed = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (piece) => {
      printed += piece;
    });
  const exited = new Promise<number | null>((resolve) => child.on('exit', resolve));
  const url = `http://127.0.0.1:${port}/`;
  for (let i = 0; i < 150 && child.exitCode === null; i++) {
    const up = await fetch(`${url}-/ping`).then(
      (response) => response.ok,
      () => false,
    );
    if (up) break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return { url, printed: () => printed, exited };
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

async function document(url: string): Promise<{ versions: object; 'dist-tags': object; time?: object }> {
  return (await (await fetch(url)).json()) as { versions: object; 'dist-tags': object };
}

(wanted ? describe : describe.skip).each([
  ['6.8.0', () => process.execPath],
  ['6.10.4', newNode],
] as const)('in Verdaccio %s', (version, nodeOf) => {
  const [bin, node] = wanted ? [installed(version), nodeOf()] : [];
  const made = { bin: bin ?? '', node: node ?? '' };
  const test = bin === undefined || node === undefined ? it.skip : it;

  test('reads what is in a tarball before it is served', async () => {
    const { url } = await start(made);
    expect((await fetch(`${url}fxodd/-/fxodd-1.0.0.tgz`)).status).toBe(200);
    const refused = await fetch(`${url}fxodd/-/fxodd-1.1.0.tgz`);
    expect(`${refused.status} ${await refused.text()}`).toMatch(/^403 .*manifest-confusion/);
  }, 60_000);

  test('withholds from packuments and tarballs, with a reason', async () => {
    const { url, printed } = await start(made);
    for (const name of ['fxleft', '@fxscope%2fleft']) {
      const full = await document(`${url}${name}`);
      expect(Object.keys(full.versions)).toEqual(['1.0.0']);
      expect(full['dist-tags']).toEqual({ latest: '1.0.0' });
      expect(Object.keys(full.time ?? {})).not.toContain('1.0.1');
    }
    const refused = await fetch(`${url}fxleft/-/fxleft-1.0.1.tgz`);
    expect(refused.status).toBe(403);
    expect(refused.statusText).toContain('Withheld by depward: release-age');
    expect(refused.headers.get('npm-notice')).toContain('release-age');
    expect(((await refused.json()) as { error: string }).error).toContain('fxleft@1.0.1 is withheld by release-age: published 1 hour ago');
    expect((await fetch(`${url}fxleft/-/fxleft-1.0.0.tgz`)).status).toBe(200);
    expect((await fetch(`${url}@fxscope/left/-/left-1.0.1.tgz`)).status).toBe(403);
    expect(await (await fetch(`${url}-/depward/why/fxleft`)).text()).toContain('fxleft@1.0.1: withheld');
    expect(printed()).toContain('depward: withholds fxleft 1.0.1');
  }, 60_000);

  test('refuses a tarball nobody asked the packument of, as frozen installs do', async () => {
    const { url } = await start(made);
    const refused = await fetch(`${url}fxcold/-/fxcold-1.0.1.tgz`);
    expect([403, 404]).toContain(refused.status);
    await refused.text();
    expect((await fetch(`${url}fxcold/-/fxcold-1.0.0.tgz`)).status).toBe(200);
  }, 60_000);

  test('closes a package when the engine breaks, although Verdaccio would serve it whole', async () => {
    // The clock of the engine fails; Verdaccio's own does not come from there.
    const broken = [
      "import Plugin from 'depward/verdaccio';",
      'const { now } = Date;',
      "Date.now = () => { if (new Error().stack.includes('decide')) throw new Error('the clock broke'); return now(); };",
      'export default Plugin;',
      '',
    ].join('\n');
    const { url, printed } = await start(made, '', broken);
    const answer = await fetch(`${url}fxbroken`);
    const text = await answer.text();
    expect(text).not.toContain('"1.0.1":');
    expect(text).not.toContain('"1.0.0":');
    expect((await fetch(`${url}fxbroken/-/fxbroken-1.0.1.tgz`)).status).not.toBe(200);
    expect(printed()).toContain('fxbroken is closed, it could not be judged: the clock broke');
  }, 60_000);

  test('closes every package when its policy cannot be read, for Verdaccio would go on without it', async () => {
    const { url, printed } = await start(made, 'policy: ./missing.json');
    expect(await (await fetch(`${url}fxleft`)).text()).not.toContain('"1.0.0":');
    expect((await fetch(`${url}fxleft/-/fxleft-1.0.0.tgz`)).status).not.toBe(200);
    expect(printed()).toContain('every package is closed until this is put right: there is no configuration file');
  }, 60_000);
});
