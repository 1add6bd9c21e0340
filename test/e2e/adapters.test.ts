/** Bun's scanner and pnpm's hooks in the real clients. Runs with DEPWARD_CLIENTS=all (npm run test:clients). */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { aPackage } from '../helpers/a-tarball.ts';
import { type FixtureRegistry, publish, startFixtureRegistry } from '../helpers/fixture-registry.ts';
import { aProject, clientFolder, type RealClient, realClients, type Sandbox } from '../helpers/real-clients.ts';

const dist = fileURLToPath(new URL('../../dist/', import.meta.url));
const all = process.env['DEPWARD_CLIENTS'] === 'all';
const clients = realClients.filter((client) => all && (client.program === 'bun' || (client.program === 'pnpm' && client.title !== 'pnpm 9')));

let registry: FixtureRegistry;
const projects: Sandbox[] = [];
beforeAll(async () => {
  registry = await startFixtureRegistry();
  for (const name of ['fxa', '@fxscope/b']) {
    const releases = [
      { version: '1.0.0', at: '2020-01-01T00:00:00Z' },
      { version: '1.0.1', at: new Date(Date.now() - 3_600_000).toISOString() },
    ].map(({ version, at }) => {
      const bytes = aPackage({ name, version });
      registry.addTarball(name, version, bytes);
      return { version, at, more: { dist: { integrity: `sha512-${createHash('sha512').update(bytes).digest('base64')}` } } };
    });
    registry.add(publish(name, releases));
  }
});
afterAll(async () => {
  for (const project of projects) project.remove();
  await registry.close();
});

function project(client: RealClient, version: string, lockfile?: string): Sandbox {
  const made = aProject(clientFolder(client) ?? '', {
    'package.json': JSON.stringify({ name: 'project', version: '1.0.0', private: true, dependencies: { fxa: version, '@fxscope/b': '1.0.0' } }),
    '.npmrc': `registry=${registry.url}\n`,
    ...(client.program === 'pnpm' && /1[12]/.test(client.title) && { 'pnpm-workspace.yaml': 'minimumReleaseAge: 0\n' }),
    ...(lockfile !== undefined && { [client.lockfile]: lockfile }),
  });
  projects.push(made);
  return made;
}

function guarded(client: RealClient, made: Sandbox): Sandbox {
  if (client.program === 'bun') {
    writeFileSync(join(made.folder, 'bunfig.toml'), '[install.security]\nscanner = "./scanner.ts"\n');
    writeFileSync(join(made.folder, 'scanner.ts'), `export { scanner } from ${JSON.stringify(join(dist, 'bun.mjs'))};\n`);
  } else {
    const url = pathToFileURL(join(dist, 'pnpm.mjs')).href;
    const hook = (name: string) => `${name}: async (value) => (await import(${JSON.stringify(url)})).hooks.${name}(value)`;
    writeFileSync(join(made.folder, '.pnpmfile.cjs'), `module.exports = { hooks: { ${hook('preResolution')}, ${hook('afterAllResolved')} } };\n`);
  }
  return made;
}

function isInstalled({ folder }: Sandbox): boolean {
  return existsSync(join(folder, 'node_modules', 'fxa', 'package.json'));
}

(all ? describe : describe.skip).each(all ? clients.map((client) => [client.title, client] as const) : [['clients', realClients[0] as RealClient]])(
  '%s',
  (_, client) => {
    const test = clientFolder(client) === undefined ? it.skip : it;

    test('lets through what is allowed', async () => {
      const made = guarded(client, project(client, '1.0.0'));
      const ran = await made.run([client.program, ...client.install]);
      expect(ran).toMatchObject({ code: 0 });
      expect(isInstalled(made)).toBe(true);
    }, 120_000);

    test('stops a fresh installation of what is blocked', async () => {
      const made = guarded(client, project(client, '1.0.1'));
      const ran = await made.run([client.program, ...client.install]);
      expect(ran.code).not.toBe(0);
      expect(ran.out + ran.err).toContain('release-age: published 1 hour ago');
    }, 120_000);

    test('stops a frozen installation before anything is linked, whatever is cached', async () => {
      const careless = project(client, '1.0.1');
      expect(await careless.run([client.program, ...client.install])).toMatchObject({ code: 0 });
      const made = guarded(client, project(client, '1.0.1', readFileSync(join(careless.folder, client.lockfile), 'utf8')));
      const ran = await made.run([client.program, ...client.frozen]);
      expect(ran.code).not.toBe(0);
      expect(ran.out + ran.err).toContain('release-age: published 1 hour ago');
      expect(isInstalled(made)).toBe(false);
    }, 120_000);
  },
);
