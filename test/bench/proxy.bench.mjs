/**
 * The proxy under load, warm, next to a bare server that answers from memory, and to Verdaccio 6.8 where the client tests have
 * installed it (npm run test:clients). One load generator on the same machine: compare within a row only.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from './load.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const children = [];
const folder = mkdtempSync(join(tmpdir(), 'depward-bench-proxy-'));
const verdaccioBin = join(tmpdir(), 'depward-test-clients', 'verdaccio_6.8.0', 'node_modules', 'verdaccio', 'bin', 'verdaccio');
const ms = 2000;
const rounds = 3;

try {
  const upstream = await started([`${here}proxy-upstream.mjs`], /^(http:\S+)/m);
  const proxy = await started(
    [`${root}/dist/cli.js`, 'proxy', '--listen', '127.0.0.1:0', '--upstream', upstream, '--fresh', '3600'],
    /at (http:\S+) by/,
    {
      DEPWARD_CACHE: join(folder, 'cache'),
      HOME: folder,
    },
  );
  const verdaccio = existsSync(verdaccioBin) ? await startedVerdaccio(upstream) : undefined;
  const rows = [
    ['packument, 22 KB', '/bench-small', 16],
    ['packument, 57 KB', '/bench-middle', 16],
    ['packument, 6.5 MB', '/bench-large', 4],
    ['tarball, 34 KB', '/bench-middle/-/bench-middle-1.5.0.tgz', 16],
  ];
  for (const [title, path, connections] of rows) {
    const servers = [['bare server', upstream], ['depward', proxy], ...(verdaccio ? [['Verdaccio 6.8', verdaccio]] : [])];
    const results = new Map(servers.map(([name]) => [name, []]));
    for (const [, url] of servers) load(url, path, 2, 300);
    for (let round = 0; round < rounds; round++) for (const [name, url] of servers) results.get(name).push(load(url, path, connections, ms));
    const median = (name) => [...(results.get(name) ?? [])].sort((a, b) => a.rate - b.rate)[Math.floor(rounds / 2)];
    const own = median('depward');
    const shown = servers.map(
      ([name]) =>
        `${name} ${median(name).rate}/s (p50 ${median(name).p50}, p99 ${median(name).p99} ms${median(name).failed ? `, ${median(name).failed} failed` : ''})`,
    );
    console.log(`${title}: ${shown.join('; ')}`);
    console.log(
      `  depward / bare server ${(own.rate / median('bare server').rate).toFixed(2)}x${verdaccio ? `, depward / Verdaccio ${(own.rate / median('Verdaccio 6.8').rate).toFixed(1)}x` : ''}`,
    );
  }
  await soak(proxy);
} finally {
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}

/** Resident memory before and after many requests. */
async function soak(proxy) {
  const resident = async () => Number(/^depward_resident_bytes (\d+)/m.exec(await (await fetch(`${proxy}-/depward/metrics`)).text())[1]);
  load(proxy, '/bench-middle', 16, 2000);
  const before = await resident();
  let requests = 0;
  while (requests < 100_000) {
    const { rate } = load(proxy, requests % 2 ? '/bench-small' : '/bench-middle/-/bench-middle-1.5.0.tgz', 16, 3000);
    requests += rate * 3;
  }
  const after = await resident();
  console.log(
    `memory: ${Math.round(before / 1e6)} MB, after about ${requests} more requests ${Math.round(after / 1e6)} MB (${(after / before).toFixed(2)}x)`,
  );
}

function load(url, path, connections, duration) {
  const { stdout } = spawnSync(process.execPath, [`${here}proxy-load.mjs`, url, path, String(connections), String(duration)], { encoding: 'utf8' });
  return JSON.parse(stdout);
}

function started(args, pattern, env = {}) {
  const child = spawn(process.execPath, args, { env: { ...process.env, ...env }, cwd: folder });
  children.push(child);
  return new Promise((resolve, reject) => {
    let seen = '';
    const look = (piece) => {
      seen += piece;
      const found = pattern.exec(seen)?.[1];
      if (found) resolve(found);
    };
    child.stdout.on('data', look);
    child.stderr.on('data', look);
    child.on('exit', () => reject(new Error(`ended: ${seen}`)));
  });
}

async function startedVerdaccio(upstream) {
  const port = await new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port: free } = server.address();
      server.close(() => resolve(free));
    });
  });
  const config = join(folder, 'config.yaml');
  writeFileSync(
    config,
    `storage: ./storage\nuplinks: { up: { url: "${upstream}", cache: true } }\npackages: { "**": { access: $all, proxy: up } }\nlog: { type: file, path: ./log, format: json, level: http }\n`,
  );
  const child = spawn(process.execPath, [verdaccioBin, '--config', config, '--listen', `127.0.0.1:${port}`], { cwd: folder, stdio: 'ignore' });
  children.push(child);
  const url = `http://127.0.0.1:${port}/`;
  for (let i = 0; i < 200; i++) {
    if (
      await fetch(`${url}-/ping`).then(
        (response) => response.ok,
        () => false,
      )
    )
      return url;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return undefined;
}
