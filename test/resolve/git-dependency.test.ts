/** Dependencies in repositories: no configuration of the folder around counts, and a silent host does not hold anything up. */
import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttp } from 'node:http';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { openWayOut } from '../../src/registry/git-way-out.ts';
import { resolveSpecs } from '../../src/resolve/spec.ts';
import { type FixtureRegistry, publish, startFixtureRegistry } from '../helpers/fixture-registry.ts';

let registry: FixtureRegistry;
let silent: Server;
let refusing: ReturnType<typeof createHttp>;
let folder: string;
const sockets = new Set<Socket>();
const environment = { ...process.env };

beforeAll(async () => {
  registry = await startFixtureRegistry();
  silent = createServer((socket) => void sockets.add(socket.on('error', () => undefined)));
  refusing = createHttp((_request, response) => response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end());
  for (const server of [silent, refusing]) await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  silent.close();
  refusing.close();
  await registry.close();
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'depward-git-'));
});
afterEach(() => {
  process.env = { ...environment };
  rmSync(folder, { recursive: true, force: true });
});

function addressOf(server: Server): string {
  return `git+http://127.0.0.1:${(server.address() as AddressInfo).port}/acme/tool.git`;
}

/** A port that takes no connection and refuses none: its queue is full, and nobody looks into it. */
async function openHole(): Promise<{ readonly port: number; close(): void }> {
  const program =
    "const s = require('net').createServer(); s.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => console.log(s.address().port))";
  const child: ChildProcess = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'ignore'] });
  const port = Number(await new Promise((resolve) => child.stdout?.once('data', resolve)));
  child.kill('SIGSTOP');
  const filling = Array.from({ length: 4 }, () => connect({ port, host: '127.0.0.1' }).on('error', () => undefined));
  await new Promise((resolve) => setTimeout(resolve, 100));
  return {
    port,
    close() {
      for (const socket of filling) socket.destroy();
      child.kill('SIGKILL');
    },
  };
}

function needing(kind: 'dependencies' | 'optionalDependencies', spec: string) {
  registry.add(publish('left', [{ version: '1.0.0', at: '2024-01-01T00:00:00Z', more: { [kind]: { tool: spec } } }]));
}

const npm = () => ({ registry: registry.url, fetchRetries: 0, timeout: 700 });

describe('a dependency in a repository', () => {
  it('whose host stays silent is in the tree as what it is, and the answer is not complete', async () => {
    needing('dependencies', addressOf(silent));
    const { tree, gaps } = await resolveSpecs(['left'], { folder, openWayOut, npm: async () => npm() });
    expect(tree.packages).toEqual(expect.arrayContaining([expect.objectContaining({ name: 'tool', source: 'git' })]));
    expect(gaps).toEqual([expect.objectContaining({ missing: 'tree', why: 'failed', reason: expect.stringMatching(/did not answer in time/) })]);
  });

  const onLinux = process.platform === 'linux' ? it : it.skip;
  onLinux.each(['http', 'https'])(
    'whose host never answers a connection is given up soon (%s)',
    async (protocol) => {
      const hole = await openHole();
      try {
        needing('dependencies', `git+${protocol}://127.0.0.1:${hole.port}/acme/tool.git`);
        const started = Date.now();
        const { gaps } = await resolveSpecs(['left'], { folder, openWayOut, npm: async () => ({ ...npm(), timeout: 3_000 }) });
        expect(gaps).toEqual([expect.objectContaining({ reason: expect.stringMatching(/its host did not answer in time/) })]);
        // Left to itself git tries for two minutes.
        expect(Date.now() - started).toBeLessThan(60_000);
      } finally {
        hole.close();
      }
    },
    150_000,
  );

  it('is asked for through the proxy that the configuration of git names', async () => {
    let asked = '';
    const proxy = createHttp((request, response) => {
      asked = request.url ?? '';
      response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end();
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    writeFileSync(join(folder, '.gitconfig'), `[http]\n\tproxy = http://127.0.0.1:${(proxy.address() as AddressInfo).port}\n`);
    process.env['HOME'] = folder;
    needing('dependencies', 'git+http://tool.invalid/acme/tool.git');
    const { gaps } = await resolveSpecs(['left'], { folder, openWayOut, npm: async () => ({ ...npm(), timeout: 10_000 }) }).finally(() =>
      proxy.close(),
    );
    expect(gaps).toHaveLength(1);
    expect(asked).toContain('http://tool.invalid/acme/tool.git');
  });

  it('is read over the network as git would read it', async () => {
    const source = join(folder, 'source');
    mkdirSync(source);
    writeFileSync(join(source, 'package.json'), JSON.stringify({ name: 'tool', version: '1.2.3' }));
    const git = (...args: string[]) => execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@mail.example', ...args], { cwd: source });
    for (const step of [['init', '-q'], ['add', '.'], ['commit', '-q', '-m', 'one'], ['update-server-info']]) git(...step);
    const files = createHttp((request, response) => {
      const path = join(source, '.git', new URL(request.url ?? '', 'http://x.invalid').pathname.replace('/acme/tool.git', ''));
      if (existsSync(path)) response.end(readFileSync(path));
      else response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => files.listen(0, '127.0.0.1', resolve));
    needing('dependencies', `git+http://127.0.0.1:${(files.address() as AddressInfo).port}/acme/tool.git`);
    const { tree, gaps } = await resolveSpecs(['left'], { folder, openWayOut, npm: async () => ({ ...npm(), timeout: 20_000 }) }).finally(() =>
      files.close(),
    );
    expect(gaps).toEqual([]);
    expect(tree.packages).toContainEqual(expect.objectContaining({ name: 'tool', version: '1.2.3', source: 'git' }));
  });

  it('that is optional and cannot be had is left out, as npm does', async () => {
    needing('optionalDependencies', addressOf(silent));
    const { tree, gaps } = await resolveSpecs(['left'], { folder, openWayOut, npm: async () => npm() });
    expect(tree.packages.map(({ name }) => name)).toEqual(['left']);
    expect(gaps).toEqual([]);
  });

  it('asked for by name is an error that says so', async () => {
    await expect(resolveSpecs([addressOf(silent)], { folder, openWayOut, npm: async () => npm() })).rejects.toThrow(
      /repository of .* could not be read: its host did not answer/,
    );
  });

  it('is asked for without what the repository around, its hooks or those of git itself name', async () => {
    const marker = join(folder, 'ran');
    const script = join(folder, 'run.sh');
    writeFileSync(script, `#!/bin/sh\ntouch ${marker}\n`, { mode: 0o755 });
    const around = join(folder, 'project');
    mkdirSync(around);
    execFileSync('git', ['init', '-q'], { cwd: around });
    for (const key of ['credential.helper', 'core.askPass', 'core.fsmonitor', 'core.sshCommand'])
      execFileSync('git', ['config', key, key === 'credential.helper' ? `!${script}` : script], { cwd: around });
    process.env['GIT_DIR'] = join(around, '.git');
    needing('dependencies', addressOf(refusing));
    const here = process.cwd();
    process.chdir(around);
    const { gaps } = await resolveSpecs(['left'], { folder: around, openWayOut, npm: async () => npm() }).finally(() => process.chdir(here));
    expect(gaps).toHaveLength(1);
    expect(existsSync(marker)).toBe(false);
    // The same configuration does run where git is started in the repository itself.
    await new Promise((done) =>
      execFile('git', ['ls-remote', addressOf(refusing).slice(4)], { cwd: around, env: { ...environment, GIT_ASKPASS: 'true' } }, done),
    );
    expect(existsSync(marker)).toBe(true);
  });

  it('is read from a repository whose own hooks and templates do not run', async () => {
    const marker = join(folder, 'ran');
    const source = join(folder, 'source');
    const templates = join(folder, 'templates', 'hooks');
    mkdirSync(source);
    mkdirSync(templates, { recursive: true });
    writeFileSync(join(templates, 'post-checkout'), `#!/bin/sh\ntouch ${marker}\n`, { mode: 0o755 });
    writeFileSync(join(source, 'package.json'), JSON.stringify({ name: 'tool', version: '1.2.3', scripts: { prepare: `touch ${marker}` } }));
    const git = (...args: string[]) => execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@mail.example', ...args], { cwd: source });
    git('init', '-q');
    git('add', '.');
    git('commit', '-q', '-m', 'one');
    writeFileSync(join(folder, '.gitconfig'), `[init]\n\ttemplateDir = ${join(folder, 'templates')}\n[core]\n\thooksPath = ${templates}\n`);
    process.env['HOME'] = folder;
    const { tree } = await resolveSpecs([`git+file://${source}`], { folder, openWayOut, npm: async () => ({ ...npm(), timeout: 20_000 }) });
    expect(tree.packages).toEqual([expect.objectContaining({ name: 'tool', version: '1.2.3', source: 'git' })]);
    expect(existsSync(marker)).toBe(false);
  });
});
