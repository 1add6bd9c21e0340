/**
 * The first request for a package, next to a bare hop and to a hop that reaches the same verdict on the same document and does
 * nothing else: what the proxy adds to that must be little. Then `npm ci` through the proxy, next to npm alone.
 */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { dirname, join } from 'node:path';
import { bundle } from './load.mjs';
import { cpuMicroseconds, median, openServers } from './proxy-servers.mjs';
import { used } from './used.mjs';

const packages = Number(process.env.BENCH_PACKAGES ?? 640);
const installed = 160;
const npmCli = join(dirname(process.execPath), '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js');
const agent = new Agent({ keepAlive: true });
const servers = openServers();

try {
  const upstream = await servers.upstream(String(packages));
  const hop = await servers.hop(upstream.url);
  const proxy = await servers.depward(upstream.url);
  await firstRequests(upstream, hop, proxy);
  await npmCi(upstream, proxy);
} finally {
  servers.stop();
}

async function firstRequests(upstream, hop, proxy) {
  const judging = await servers.hop(upstream.url, await bundle('test/bench/proxy-verdict.ts'), servers.folder);
  const seen = Object.fromEntries(['hop', 'judging', 'proxy'].map((way) => [way, { early: [], ms: [], cpu: 0 }]));
  // In turns of 16; the first half warms up.
  for (let turn = 0; turn < packages; turn += 16) {
    for (const [way, { url, pid }] of Object.entries({ hop, judging, proxy })) {
      const before = cpuMicroseconds(pid);
      const ms = [];
      for (let i = turn; i < turn + 16; i++) ms.push(await timed(() => read(`${url}bench-many-${i}`)));
      if (turn === 0) seen[way].early.push(...ms);
      if (turn < packages / 2) continue;
      seen[way].ms.push(...ms);
      seen[way].cpu += cpuMicroseconds(pid) - before;
    }
  }
  const p50 = ({ ms }) => median(ms);
  const cpu = ({ cpu, ms }) => cpu / ms.length / 1000;
  const text = (way) => `${p50(seen[way]).toFixed(2)} ms (CPU ${cpu(seen[way]).toFixed(2)})`;
  console.log(`first request for a packument of 22 KB: bare hop ${text('hop')}, hop with the verdict ${text('judging')}, depward ${text('proxy')}`);
  const ratio = (of) => (of(seen.proxy) / of(seen.judging)).toFixed(2);
  console.log(`  depward / hop with the verdict ${ratio(p50)}x, CPU ${ratio(cpu)}x (aim 1.20x)`);
  const early = ({ early: [first, ...next] }) => `${first.toFixed(1)} ms, ${median(next).toFixed(1)} ms`;
  console.log(
    `  the very first of a process, the next 15: hop with the verdict ${early(seen.judging)}; depward, which prepares while nobody asks, ${early(seen.proxy)}`,
  );
}

async function npmCi(upstream, proxy) {
  const project = join(servers.folder, 'project');
  mkdirSync(project);
  const names = Array.from({ length: installed }, (_, i) => `bench-many-${i}`);
  const dependencies = Object.fromEntries(names.map((name) => [name, '1.5.0']));
  writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'bench', version: '1.0.0', dependencies }));
  npm(project, ['install', '--package-lock-only'], upstream.url);
  await asPublic(join(project, 'package-lock.json'), names);
  const measured = (url) => {
    const before = cpuMicroseconds(proxy.pid) + cpuMicroseconds(upstream.pid);
    const { ms, cpu } = npm(project, ['ci'], url);
    return { ms, cpu: cpu + (cpuMicroseconds(proxy.pid) + cpuMicroseconds(upstream.pid) - before) / 1000 };
  };
  const cold = measured(proxy.url);
  // In turns, so that neither always comes second.
  const pairs = Array.from({ length: 6 }, (_, i) => {
    const first = measured(i % 2 ? proxy.url : upstream.url);
    const second = measured(i % 2 ? upstream.url : proxy.url);
    return i % 2 ? [second, first] : [first, second];
  });
  const typical = (side, what) => median(pairs.map((pair) => pair[side][what]));
  const text = (side) => `${Math.round(typical(side, 'ms'))} ms (CPU of all ${Math.round(typical(side, 'cpu'))})`;
  const ratio = (what) => median(pairs.map(([direct, through]) => through[what] / direct[what])).toFixed(2);
  console.log(`npm ci of ${installed} packages: direct ${text(0)}, through depward ${text(1)}`);
  console.log(`  median of pairs ${ratio('ms')}x, CPU ${ratio('cpu')}x (aim 1.05x)`);
  console.log(
    `  every tarball judged for the first time: ${Math.round(cold.ms)} ms, ${(cold.ms / typical(0, 'ms')).toFixed(2)}x, CPU ${(cold.cpu / typical(0, 'cpu')).toFixed(2)}x`,
  );
}

/** The lockfile as npm writes it for its own registry: its clients ask for tarballs alone, at the registry they are configured for. */
async function asPublic(file, names) {
  const { default: shapes } = await import('@npmcli/config/lib/definitions/index.js');
  const lockfile = JSON.parse(readFileSync(file, 'utf8'));
  for (const name of names) lockfile.packages[`node_modules/${name}`].resolved = `${shapes.definitions.registry.default}${name}/-/${name}-1.5.0.tgz`;
  writeFileSync(file, JSON.stringify(lockfile));
}

/** A run of npm with a cache of its own; with the processor time it took. */
function npm(project, words, registry) {
  const cache = mkdtempSync(join(servers.folder, 'npm-'));
  const folder = mkdtempSync(join(servers.folder, 'ci-'));
  cpSync(project, folder, { recursive: true });
  const env = {
    PATH: process.env.PATH,
    HOME: servers.folder,
    npm_config_registry: registry,
    npm_config_cache: cache,
    npm_config_audit: 'false',
    npm_config_fund: 'false',
    npm_config_update_notifier: 'false',
    npm_config_userconfig: join(servers.folder, 'none'),
  };
  const { wall, cpu } = used([npmCli, ...words, '--ignore-scripts'], { folder: servers.folder, cwd: folder, env });
  if (words[0] !== 'ci') cpSync(join(folder, 'package-lock.json'), join(project, 'package-lock.json'));
  rmSync(cache, { recursive: true, force: true });
  rmSync(folder, { recursive: true, force: true });
  return { ms: wall, cpu };
}

async function timed(work) {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

/** A whole answer over a kept connection. */
function read(url) {
  return new Promise((resolve, reject) => {
    const onResponse = (response) => {
      const parts = [];
      response.on('data', (part) => parts.push(part)).on('end', () => resolve(Buffer.concat(parts)));
    };
    get(url, { agent, headers: { accept: 'application/json', 'user-agent': 'npm/11.0.0' } }, onResponse).on('error', reject);
  });
}
