/**
 * Real package managers behind `depward run`. Always: npm and one pnpm. With DEPWARD_CLIENTS=all (npm run test:clients):
 * npm 10-12, pnpm 9-12, yarn 1 and berry, bun.
 */
import { createHash } from 'node:crypto';
import { appendFileSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { aPackage } from '../helpers/a-tarball.ts';
import { type FixtureRegistry, publish, type SeenRequest, startFixtureRegistry } from '../helpers/fixture-registry.ts';
import { aProject, clientFolder, type RealClient, realClients, type Sandbox } from '../helpers/real-clients.ts';

const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
const always = new Set(['npm of this machine', 'pnpm 10']);
const clients = realClients.filter((client) => process.env['DEPWARD_CLIENTS'] === 'all' || always.has(client.title));

const anHourAgo = new Date(Date.now() - 3_600_000).toISOString();
const longAgo = '2020-01-01T00:00:00.000Z';

const releases = [
  { version: '1.0.0', at: longAgo },
  { version: '1.0.1', at: anHourAgo },
];

let registry: FixtureRegistry;
const projects: Sandbox[] = [];
beforeAll(async () => {
  registry = await startFixtureRegistry();
  add('fxtop', [
    { version: '1.0.0', at: longAgo, dependencies: { fxdeep: '^1.0.0' } },
    { version: '1.1.0', at: anHourAgo, dependencies: { fxdeep: '^1.0.0' } },
  ]);
  add('fxdeep', releases);
  add('@fxscope/inner', [{ version: '2.0.0', at: longAgo }]);
  add('fxlib', [
    { version: '1.0.0', at: longAgo },
    { version: '1.1.0', at: longAgo },
  ]);
  add('fxbase', [{ version: '1.0.0', at: longAgo, dependencies: { fxlib: '1.0.0' } }]);
  add('fxapp', [{ version: '1.0.0', at: longAgo, dependencies: { fxlib: '^1.0.0' } }]);
  add('fxnew', [{ version: '1.0.0', at: anHourAgo }]);
});
afterAll(async () => {
  for (const project of projects) project.remove();
  await registry.close();
});

function add(name: string, releases: readonly { version: string; at: string; dependencies?: Record<string, string> }[], to = registry): void {
  const written = releases.map(({ version, at, dependencies }) => {
    const bytes = aPackage({ name, version, ...(dependencies && { dependencies }) }, { 'index.js': `module.exports = '${version}';\n` });
    to.addTarball(name, version, bytes);
    const dist = {
      integrity: `sha512-${createHash('sha512').update(bytes).digest('base64')}`,
      shasum: createHash('sha1').update(bytes).digest('hex'),
    };
    return { version, at, ...(dependencies && { dependencies }), more: { dist } };
  });
  to.add(publish(name, written));
}

function project(client: RealClient, manifest: Readonly<Record<string, unknown>>, lockfile?: string): Sandbox {
  const made = aProject(clientFolder(client) ?? '', {
    'package.json': JSON.stringify({ name: 'project', version: '1.0.0', private: true, ...manifest }),
    '.npmrc': `registry=${registry.url}\n`,
    ...(client.title === 'yarn berry' && {
      '.yarnrc.yml': `npmRegistryServer: "${registry.url.replace(/\/$/, '')}"\nunsafeHttpWhitelist: ["127.0.0.1"]\nnodeLinker: node-modules\nnpmMinimalAgeGate: 0\nenableTelemetry: false\n`,
    }),
    ...(client.title === 'yarn 1' && { '.yarnrc': `registry "${registry.url}"\n` }),
    ...(client.program === 'pnpm' && /1[12]/.test(client.title) && { 'pnpm-workspace.yaml': 'minimumReleaseAge: 0\n' }),
    ...(lockfile !== undefined && { [client.lockfile]: lockfile }),
  });
  projects.push(made);
  return made;
}

function installed(folder: string, name: string): string | undefined {
  const file = join(folder, 'node_modules', name, 'package.json');
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).version : undefined;
}

function lockOf(client: RealClient, { folder }: Sandbox): string {
  return readFileSync(join(folder, client.lockfile), 'utf8');
}

const wanted = { dependencies: { fxtop: '^1.0.0', '@fxscope/inner': '2.0.0' } };

const pathsOf = (requests: readonly SeenRequest[]) => [...new Set(requests.map((request) => request.path))].sort();

describe.each(clients.map((client) => [client.title, client] as const))('%s', (_, client) => {
  const available = clientFolder(client) !== undefined;
  const test = available ? it : it.skip;
  const behind = (words: readonly string[]) => [process.execPath, cli, 'run', '--no-color', '--', client.program, ...words];
  let clean: string | undefined;

  test('installs what is allowed, and leaves the lockfile as the client alone would have written it', async () => {
    registry.asOf('2021-01-01T00:00:00Z');
    const alone = project(client, wanted);
    expect(await alone.run([client.program, ...client.install])).toMatchObject({ code: 0 });
    registry.asOf(undefined);
    const guarded = project(client, wanted);
    const ran = await guarded.run(behind(client.install));
    expect({ ...ran, code: ran.code }).toMatchObject({ code: 0 });
    expect(installed(guarded.folder, 'fxtop')).toBe('1.0.0');
    expect(installed(guarded.folder, '@fxscope/inner')).toBe('2.0.0');
    clean = lockOf(client, guarded);
    expect(clean).toBe(lockOf(client, alone));
    expect(ran.err).toContain('withheld while it ran');
  }, 120_000);

  test('installs from that lockfile with an empty cache', async () => {
    const frozen = project(client, wanted, clean);
    const before = registry.requests.length;
    const ran = await frozen.run(behind(client.frozen));
    expect(ran).toMatchObject({ code: 0 });
    expect(installed(frozen.folder, 'fxtop')).toBe('1.0.0');
    expect(lockOf(client, frozen)).toBe(clean);
    // Every tarball came by way of the proxy, which asks without a client's name; the judging before asks for each once, as npm would.
    const tarballs = registry.requests.slice(before).filter((request) => request.path.endsWith('.tgz'));
    expect(tarballs.length).toBeGreaterThan(0);
    // Yarn 1 and bun ask where their lockfile says, and depward says so.
    if (client.title === 'yarn 1' || client.title === 'bun')
      expect(ran.err).toContain('fetches what its lockfile names by address from there directly');
    else expect(pathsOf(tarballs.filter((request) => request.headers['user-agent'] === undefined))).toEqual(pathsOf(tarballs));
  }, 120_000);

  test('does not get a version that is withheld, and is told why', async () => {
    const exact = project(client, { dependencies: { fxtop: '1.1.0' } });
    const ran = await exact.run(behind(client.install));
    expect(ran.code).not.toBe(0);
    expect(installed(exact.folder, 'fxtop')).toBeUndefined();
    expect(ran.err).toContain('fxtop@1.1.0 is withheld by release-age: published 1 hour ago');
    expect(ran.err).toContain('take 1.0.0');
    // npm says so itself, whoever started it.
    if (client.program === 'npm') expect(ran.err).toMatch(/due to policy violations:\n.*\[depward\] fxtop@1\.1\.0 is withheld by release-age/);
  }, 120_000);

  test('does not get it from a lockfile either, warm cache or not', async () => {
    const careless = project(client, { dependencies: { fxtop: '1.1.0' } });
    expect(await careless.run([client.program, ...client.install])).toMatchObject({ code: 0 });
    const lock = lockOf(client, careless);
    expect(lock).toContain('1.1.0');
    const ran = await careless.run(behind(client.frozen));
    expect(`${ran.code} ${ran.out}${ran.err}`).toMatch(/^[12] /);
    expect(ran.out + ran.err).toContain('fxtop');
    expect(ran.out + ran.err).toContain('release-age');
    expect(ran.err).toContain('was not started');
  }, 120_000);

  test('is judged by what it is about to add, before it starts', async () => {
    const verb = client.program === 'npm' ? 'install' : 'add';
    const careless = project(client, {});
    const refused = await careless.run(behind([verb, 'fxtop@1.1.0']));
    expect(refused.code).toBe(1);
    expect(refused.out).toContain('fxtop@1.1.0');
    expect(refused.err).toContain(`${client.program} ${verb} fxtop@1.1.0 was not started`);
    const careful = project(client, {});
    const added = await careful.run(behind([verb, 'fxtop']));
    expect(added).toMatchObject({ code: 0 });
    expect(added.err).toContain('judging 2 packages about to be added');
    expect(installed(careful.folder, 'fxtop')).toBe('1.0.0');
  }, 120_000);

  test('is judged by what that adds to its lockfile, where it would take the rest from there', async () => {
    const grown = project(client, { dependencies: { fxbase: '1.0.0' } });
    expect(await grown.run([client.program, ...client.install])).toMatchObject({ code: 0 });
    const added = await grown.run(behind([client.program === 'npm' ? 'install' : 'add', 'fxapp']));
    expect(added).toMatchObject({ code: 0 });
    // For a range that is not locked Yarn takes the newest that satisfies it.
    const about =
      client.program === 'yarn' ? '2 packages about to be added (fxapp@1.0.0 and fxlib@1.1.0)' : '1 package about to be added (fxapp@1.0.0)';
    expect(added.err).toContain(`judging ${about}`);
    expect(lockOf(client, grown).includes('1.1.0')).toBe(client.program === 'yarn');
  }, 120_000);

  test('fetches packages of a scope past the proxy only where it has to, and then not what is withheld', async () => {
    const own = await startFixtureRegistry();
    try {
      add('@fxown/inner', releases, own);
      const made = project(client, { dependencies: { '@fxown/inner': '^1.0.0' } });
      const scope: Record<string, [string, string]> = {
        npm: ['.npmrc', `@fxown:registry=${own.url}\n`],
        pnpm: ['.npmrc', `@fxown:registry=${own.url}\n`],
        'pnpm 11': ['pnpm-workspace.yaml', `registries:\n  default: ${registry.url}\n  '@fxown': ${own.url}\n`],
        yarn: ['.yarnrc', `"@fxown:registry" "${own.url}"\n`],
        'yarn berry': ['.yarnrc.yml', `npmScopes: { fxown: { npmRegistryServer: "${own.url}" } }\n`],
        bun: ['bunfig.toml', `[install.scopes]\nfxown = "${own.url}"\n`],
      };
      const [file, text] = (scope[client.title.replace('pnpm 12', 'pnpm 11')] ?? scope[client.program]) as [string, string];
      appendFileSync(join(made.folder, file), text);
      const ran = await made.run(behind(client.install));
      if (client.title === 'yarn berry' || client.title === 'bun') {
        expect(ran.err).toContain('was not started');
        expect(ran.out).toContain('@fxown/inner@1.0.1');
      } else {
        expect(ran).toMatchObject({ code: 0 });
        expect(installed(made.folder, '@fxown/inner')).toBe('1.0.0');
        expect(own.requests.filter(({ headers }) => /^(?!npm\/11\.19\.1 )(npm|pnpm|yarn)\//.test(headers['user-agent'] ?? ''))).toEqual([]);
        expect(lockOf(client, made)).not.toMatch(/:\d+\/(-|@fxown)[^"]*(?<!inner-1\.0\.0\.tgz)$/);
      }
    } finally {
      await own.close();
    }
  }, 120_000);

  test('leaves out an optional package that is withheld, or fails, but never silently', async () => {
    const optional = project(client, { dependencies: { '@fxscope/inner': '2.0.0' }, optionalDependencies: { fxnew: '1.0.0' } });
    const ran = await optional.run(behind(client.install));
    expect(installed(optional.folder, 'fxnew')).toBeUndefined();
    expect(ran.err).toContain('fxnew@1.0.0 is withheld by release-age');
    // To yarn of any kind a package that cannot be had is an error, optional or not.
    const outcome = client.program === 'yarn' ? { code: 1, inner: undefined } : { code: 0, inner: '2.0.0' };
    expect({ code: ran.code, inner: installed(optional.folder, '@fxscope/inner') }).toEqual(outcome);
  }, 120_000);
});

describe('depward run', () => {
  const [npm] = realClients;

  it('passes exit code, standard streams and signals through', async () => {
    const made = project(npm as RealClient, {});
    const word = [process.execPath, cli, 'run', '--', process.execPath, '-e'];
    expect(await made.run([...word, 'console.log("out"); console.error("err"); process.exit(42)'])).toEqual({ code: 42, out: 'out\n', err: 'err\n' });
    expect((await made.run([...word, 'process.kill(process.pid, "SIGTERM"); setTimeout(() => {}, 5000)'])).code).toBe(143);
    expect((await made.run([process.execPath, cli, 'run', '--', 'no-such-program-here'])).code).toBe(2);
    expect((await made.run([process.execPath, cli, 'run', '--', 'npm', 'ci', '--registry', 'http://127.0.0.1:9/'])).err).toContain('past depward');
  });

  it('judges what a program is made of before it is fetched to be run', async () => {
    const made = project(npm as RealClient, {});
    const ran = await made.run([process.execPath, cli, 'run', '--no-color', '--', 'npx', '--yes', 'fxnew@1.0.0']);
    expect(ran.code).toBe(1);
    expect(ran.err).toContain('npx --yes fxnew@1.0.0 was not started');
  });

  it('tells of warnings beside a client that may start, and writes the reports asked for', async () => {
    const made = project(npm as RealClient, { dependencies: { fxnew: '1.0.0' } });
    await made.run(['npm', 'install', '--package-lock-only', '--no-audit']);
    writeFileSync(join(made.folder, 'depward.config.json'), '{"rules":{"release-age":"warn","new-package":"off"}}');
    const ran = await made.run([process.execPath, cli, 'run', '--no-color', '--format', 'json=report.json', '--', 'npm', 'ci']);
    expect(ran.code).toBe(0);
    expect(ran.out).not.toContain('release-age');
    expect(ran.err).toMatch(/^warn {2}fxnew@1\.0\.0[\s\S]*release-age/m);
    expect(JSON.parse(readFileSync(join(made.folder, 'report.json'), 'utf8'))).toMatchObject({ mode: 'run', action: 'warn' });
    writeFileSync(join(made.folder, 'depward.config.json'), '{"rules":{"release-age":"off","new-package":"off"}}');
    expect((await made.run([process.execPath, cli, 'run', '--', 'npm', 'ci'])).err).toContain('depward: 1 package judged, nothing to object to\n');
  }, 60_000);

  it('judges the lockfiles that lie here before a program of which it is not known what it installs', async () => {
    const made = project(npm as RealClient, { dependencies: { fxnew: '1.0.0' }, scripts: { setup: 'npm ci' } });
    expect(await made.run(['npm', 'install', '--no-audit'])).toMatchObject({ code: 0 });
    for (const words of [
      ['sh', '-c', 'npm ci --prefer-offline'],
      ['env', 'FX=1', 'npm', 'ci'],
    ]) {
      const ran = await made.run([process.execPath, cli, 'run', '--no-color', '--', ...words]);
      expect(ran).toMatchObject({ code: 1, err: expect.stringContaining('was not started') });
      expect(ran.out).toContain('fxnew@1.0.0');
    }
    const script = await made.run([process.execPath, cli, 'run', '--', 'npm', 'run', 'setup']);
    expect(script.err).toContain('what a script of the project installs from a lockfile is not judged first');
    expect((await made.run([process.execPath, cli, 'run', '--', 'npm', 'config', 'get', 'registry'])).err).toBe('');
  }, 60_000);

  it('asks the registry that bun’s own file names', async () => {
    const made = project(npm as RealClient, { dependencies: { fxdeep: '^1.0.0' } });
    writeFileSync(join(made.folder, '.npmrc'), 'registry=http://127.0.0.1:9/\n');
    writeFileSync(join(made.folder, 'bunfig.toml'), `[install]\nregistry = "${registry.url}"\n`);
    writeFileSync(join(made.folder, 'bun'), '#!/bin/sh\nexec curl -s "$BUN_CONFIG_REGISTRY"fxdeep\n', { mode: 0o755 });
    const ran = await made.run([process.execPath, cli, 'run', '--', join(made.folder, 'bun'), 'install']);
    expect(ran.err).toContain('judging 1 package about to be added (fxdeep@1.0.0)');
    expect(ran.code).toBe(0);
  }, 60_000);

  it('judges the lockfile where the client works, not where it was started', async () => {
    const made = project(npm as RealClient, {});
    mkdirSync(join(made.folder, 'app'));
    const dependencies = { fxnew: '1.0.0' };
    writeFileSync(join(made.folder, 'app', 'package.json'), JSON.stringify({ name: 'app', version: '1.0.0', dependencies }));
    writeFileSync(join(made.folder, 'app', '.npmrc'), `registry=${registry.url}\n`);
    await made.run(['npm', '--prefix', 'app', 'install', '--package-lock-only', '--no-audit']);
    const ran = await made.run([process.execPath, cli, 'run', '--no-color', '--', 'npm', '--prefix', 'app', 'ci']);
    expect(ran.err).toContain('was not started');
    expect(ran.out).toContain('fxnew@1.0.0');
  });

  it('judges afterwards what a client wrote into its lockfile by itself', async () => {
    const made = project(npm as RealClient, {});
    const lock =
      "lockfileVersion: '9.0'\nimporters:\n  .:\n    dependencies:\n      fxnew:\n        specifier: 1.0.0\n        version: 1.0.0\npackages:\n  fxnew@1.0.0:\n    resolution: {integrity: sha512-eHg=}\nsnapshots:\n  fxnew@1.0.0: {}\n";
    writeFileSync(join(made.folder, 'lock'), lock);
    writeFileSync(join(made.folder, 'pnpm'), '#!/bin/sh\nif [ "$1" = add ]; then cp lock pnpm-lock.yaml; fi\n', { mode: 0o755 });
    const ran = await made.run([process.execPath, cli, 'run', '--no-color', '--', join(made.folder, 'pnpm'), 'add', 'fxdeep']);
    expect(ran.err).toContain('the lockfile now names packages that the policy does not let pass');
    expect(ran.err).toContain('fxnew@1.0.0');
    expect(ran.code).toBe(1);
  });

  it('judges packages of a scope by the registry that the client itself is told of', async () => {
    const name = '@fxonly/inner';
    const bytes = aPackage({ name, version: '1.0.0' }, { 'index.js': '' });
    const integrity = `sha512-${createHash('sha512').update(bytes).digest('base64')}`;
    const own = await startFixtureRegistry({ packuments: [publish(name, [{ version: '1.0.0', at: longAgo, more: { dist: { integrity } } }])] });
    try {
      own.addTarball(name, '1.0.0', bytes);
      own.requireAuth('Bearer mine');
      const made = project(npm as RealClient, { dependencies: { [name]: '1.0.0' } });
      const settings = `npmRegistryServer: "${registry.url}"\nnpmScopes:\n  fxonly:\n    npmRegistryServer: "${own.url}"\n    npmAuthToken: "\${FX_TOKEN}"\n`;
      writeFileSync(join(made.folder, '.yarnrc.yml'), settings);
      const resolved = own.tarballUrl(name, '1.0.0');
      writeFileSync(
        join(made.folder, 'yarn.lock'),
        `# yarn lockfile v1\n\n\n"${name}@1.0.0":\n  version "1.0.0"\n  resolved "${resolved}"\n  integrity ${integrity}\n`,
      );
      writeFileSync(join(made.folder, 'yarn'), '#!/bin/sh\nenv | grep -c "authToken" >&2\nexit 0\n', { mode: 0o755 });
      const ran = await made.run([process.execPath, cli, 'run', '--no-color', '--', join(made.folder, 'yarn'), 'install'], { FX_TOKEN: 'mine' });
      expect(ran.code).toBe(0);
      expect(own.count(name)).toBeGreaterThan(0);
      expect(ran.err).toContain(`yarn fetches packages of @fxonly from ${own.url} directly`);
      // The token is for judging; the client has its own.
      expect(ran.err).toMatch(/^0$/m);
    } finally {
      await own.close();
    }
  }, 60_000);

  it('sends the program to the proxy by its environment', async () => {
    const made = project(npm as RealClient, {});
    const script = 'fetch(process.env.npm_config_registry + "fxdeep").then((r) => r.json()).then((d) => console.log(Object.keys(d.versions).join()))';
    expect((await made.run([process.execPath, cli, 'run', '--', process.execPath, '-e', script])).out).toBe('1.0.0\n');
    const twice = { npm_config_registry: registry.url, NPM_CONFIG_REGISTRY: registry.url };
    const asked = await made.run([process.execPath, cli, 'run', '--', 'npm', 'config', 'get', 'registry'], twice);
    expect(asked.out).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/m);
    expect(asked.out).not.toContain(new URL(registry.url).port);
    writeFileSync(join(made.folder, '.npmrc'), `registry=${registry.url}\n@fxscope:registry=${registry.url}\n`);
    const scoped = 'console.log(process.env["npm_config_@fxscope:registry"] === process.env.npm_config_registry)';
    expect((await made.run([process.execPath, cli, 'run', '--', process.execPath, '-e', scoped])).out).toBe('true\n');
  });

  it('outlives the folder it was installed in, which npm ci deletes first', async () => {
    const made = project(npm as RealClient, {});
    const own = join(made.folder, 'node_modules', 'depward');
    for (const part of ['dist', 'data', 'package.json'])
      cpSync(fileURLToPath(new URL(`../../${part}`, import.meta.url)), join(own, part), { recursive: true });
    // What it depends on is found above the project, and so above the copy.
    const above = dirname(made.folder);
    symlinkSync(fileURLToPath(new URL('../../node_modules', import.meta.url)), join(above, 'node_modules'));
    const script =
      'require("node:fs").rmSync("node_modules", { recursive: true }); fetch(process.env.npm_config_registry + "fxdeep/-/fxdeep-1.0.0.tgz").then(({ status }) => console.log(status))';
    const ran = await made.run([process.execPath, join(own, 'dist', 'cli.js'), 'run', '--', process.execPath, '-e', script], { TMPDIR: above });
    expect(ran).toEqual({ code: 0, out: '200\n', err: 'depward: 1 version withheld while it ran (fxdeep@1.0.1)\n' });
    expect(readdirSync(above).filter((name) => name.startsWith('depward-aside'))).toEqual([]);
  }, 60_000);
});
