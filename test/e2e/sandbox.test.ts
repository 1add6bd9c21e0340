/** `depward run --sandbox` with the real npm and the real bubblewrap, where there is one. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { aPackage } from '../helpers/a-tarball.ts';
import { type FixtureRegistry, publish, startFixtureRegistry } from '../helpers/fixture-registry.ts';
import { aProject, clientFolder, realClients, type Sandbox } from '../helpers/real-clients.ts';

const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
const works = process.platform === 'linux' && spawnSync('bwrap', ['--unshare-all', '--ro-bind', '/', '/', 'true']).status === 0;
const clients = realClients.filter(
  (client) => client.title === 'npm of this machine' || (process.env['DEPWARD_CLIENTS'] === 'all' && /npm (12|11)/.test(client.title)),
);

/** What an install script can see and do, written where the test can read it. */
const probe = `
const { existsSync, readFileSync, writeFileSync, readdirSync } = require('node:fs');
const { connect } = require('node:net');
const attempt = (work) => { try { return work(); } catch (error) { return 'refused ' + error.code; } };
const seen = {
  secret: process.env.NPM_TOKEN ?? 'none',
  home: attempt(() => readdirSync(process.env.HOME).length),
  npmrc: attempt(() => readFileSync('PROJECT/.npmrc', 'utf8').length),
  passwd: existsSync('/etc/passwd'),
  outside: attempt(() => writeFileSync('PROJECT/escaped', 'x')),
  neighbour: attempt(() => writeFileSync('../fxplain/escaped', 'x')),
  sees: existsSync('../fxplain/package.json'),
  name: process.env.npm_package_name,
};
const socket = connect(PORT, '127.0.0.1');
const done = (network) => { writeFileSync('seen.json', JSON.stringify({ ...seen, network })); process.exit(0); };
socket.on('connect', () => done('open')).on('error', (error) => done('refused ' + error.code));
`;

let registry: FixtureRegistry;
const projects: Sandbox[] = [];
beforeAll(async () => {
  registry = await startFixtureRegistry();
});
afterAll(async () => {
  for (const project of projects) project.remove();
  await registry.close();
});

function add(name: string, manifest: Record<string, unknown>, files: Record<string, string>): void {
  const bytes = aPackage({ name, version: '1.0.0', ...manifest }, files);
  registry.addTarball(name, '1.0.0', bytes);
  const dist = { integrity: `sha512-${createHash('sha512').update(bytes).digest('base64')}` };
  registry.add(publish(name, [{ version: '1.0.0', at: '2020-01-01T00:00:00Z', more: { ...manifest, dist } }]));
}

(works ? describe : describe.skip)('with bubblewrap (skipped where it does not work)', () => {
  it.each(clients.map((client) => [client.title, client] as const))(
    '%s runs install scripts with no network, an empty home, and their own folder only',
    async (_, client) => {
      const made = aProject(clientFolder(client) ?? '', {
        'package.json': JSON.stringify({
          name: 'project',
          version: '1.0.0',
          private: true,
          dependencies: { fxscript: '1.0.0', fxplain: '1.0.0' },
          allowScripts: { fxscript: true },
        }),
        '.npmrc': `registry=${registry.url}\n`,
        'depward.config.json':
          '{ "overrides": [{ "packages": ["fx*"], "rules": { "new-package-install-script": "off", "install-code-risk": "off", "joined-evidence": "off" } }] }',
        ...(client.program === 'pnpm' && {
          'pnpm-workspace.yaml': 'minimumReleaseAge: 0\nonlyBuiltDependencies: [fxscript]\nallowBuilds: { fxscript: true }\nnodeLinker: hoisted\n',
        }),
      });
      projects.push(made);
      const script = probe.replaceAll('PROJECT', made.folder).replace('PORT', new URL(registry.url).port);
      add('fxplain', {}, {});
      add('fxscript', { scripts: { postinstall: 'node probe.js' } }, { 'probe.js': script });
      writeFileSync(join(made.env['HOME'] as string, '.npmrc'), 'secret');
      const ran = await made.run([process.execPath, cli, 'run', '--sandbox', '--', client.program, ...client.install], { NPM_TOKEN: 'secret' });
      expect(ran).toMatchObject({ code: 0 });
      const seen = JSON.parse(readFileSync(join(made.folder, 'node_modules', 'fxscript', 'seen.json'), 'utf8'));
      expect(seen).toMatchObject({ secret: 'none', home: 0, npmrc: 'refused ENOENT', passwd: false, sees: true, name: 'fxscript' });
      // What is written elsewhere is gone with the sandbox.
      expect(seen.neighbour).toMatch(/^refused/);
      expect(seen.network).toMatch(/^refused/);
      expect(existsSync(join(made.folder, 'escaped'))).toBe(false);
    },
    120_000,
  );
});

describe('without it', () => {
  it('is an error that says so, before anything is installed', async () => {
    const made = aProject('', { 'package.json': '{"name":"project","version":"1.0.0"}', '.npmrc': `registry=${registry.url}\n` });
    projects.push(made);
    const bare = { PATH: join(process.execPath, '..') };
    const ran = await made.run([process.execPath, cli, 'run', '--sandbox', '--', 'npm', 'install'], existsSync(join(bare.PATH, 'bwrap')) ? {} : bare);
    if (!existsSync(join(bare.PATH, 'bwrap'))) expect(`${ran.code} ${ran.out}${ran.err}`).toMatch(/^2 .*needs bubblewrap/);
    const bun = await made.run([process.execPath, cli, 'run', '--sandbox', '--', 'bun', 'install']);
    expect(`${bun.code} ${bun.out}${bun.err}`).toMatch(/^2 .*npm, npx and pnpm only/);
  }, 60_000);
});
