/** Servers of the benches of the proxy, each a process of its own: the registry, depward in front of it, a bare hop, Verdaccio. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from './load.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const verdaccioBin = join(tmpdir(), 'depward-test-clients', 'verdaccio_6.8.0', 'node_modules', 'verdaccio', 'bin', 'verdaccio');

/** Opens a folder and a list of processes, both gone after `stop`. */
export function openServers() {
  const folder = mkdtempSync(join(tmpdir(), 'depward-bench-proxy-'));
  const children = [];

  function started(args, pattern, env = {}) {
    const child = spawn(process.execPath, args, { env: { ...process.env, ...env }, cwd: folder });
    children.push(child);
    return new Promise((resolve, reject) => {
      let seen = '';
      const look = (piece) => {
        seen += piece;
        const url = pattern.exec(seen)?.[1];
        if (url) resolve({ url, pid: child.pid });
      };
      child.stdout.on('data', look);
      child.stderr.on('data', look);
      child.on('exit', () => reject(new Error(`ended: ${seen}`)));
    });
  }

  return {
    folder,
    upstream: (...args) => started([`${here}proxy-upstream.mjs`, ...args], /^(http:\S+)/m),
    hop: (...args) => started([`${here}proxy-hop.mjs`, ...args], /^(http:\S+)/m),
    depward: (upstream, dist = process.env.DEPWARD_DIST ?? `${root}/dist`) =>
      started([`${dist}/cli.js`, 'proxy', '--listen', '127.0.0.1:0', '--upstream', upstream, '--fresh', '3600'], /at (http:\S+) by/, {
        DEPWARD_CACHE: mkdtempSync(join(folder, 'cache-')),
        HOME: folder,
      }),
    async verdaccio(upstream) {
      if (!existsSync(verdaccioBin)) return undefined;
      const port = await freePort();
      const config = join(folder, 'config.yaml');
      writeFileSync(
        config,
        `storage: ./storage\nuplinks: { up: { url: "${upstream}", cache: true } }\npackages: { "**": { access: $all, proxy: up } }\nlog: { type: file, path: ./log, format: json, level: http }\n`,
      );
      const child = spawn(process.execPath, [verdaccioBin, '--config', config, '--listen', `127.0.0.1:${port}`], { cwd: folder, stdio: 'ignore' });
      children.push(child);
      const url = `http://127.0.0.1:${port}/`;
      for (let i = 0; i < 300; i++) {
        const up = await fetch(`${url}-/ping`).then(
          (response) => response.ok,
          () => false,
        );
        if (up) return { url, pid: child.pid };
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      return undefined;
    },
    stop() {
      for (const child of children) child.kill('SIGKILL');
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

/** Load on one path; with the CPU time (user and system, microseconds a request) of the server, where the system tells. */
export function load({ url, pid }, path, connections, duration, most = Number.POSITIVE_INFINITY) {
  const before = cpuMicroseconds(pid);
  const args = [`${here}proxy-load.mjs`, url, path, String(connections), String(duration), String(most)];
  const { stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  const result = JSON.parse(stdout);
  return { ...result, cpu: (cpuMicroseconds(pid) - before) / result.requests };
}

/** User and system time of a process so far. */
export function cpuMicroseconds(pid) {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
    return (Number(fields[11]) + Number(fields[12])) * 10_000;
  } catch {
    return Number.NaN;
  }
}

/** Resident memory of a process in megabytes. */
export function residentMb(pid) {
  return Math.round(Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1000);
}

export function median(values) {
  const sorted = values.toSorted ? values.toSorted((a, b) => a - b) : [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
