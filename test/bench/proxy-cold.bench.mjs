/**
 * The first request for a package, next to a bare hop and to a hop that reaches the same verdict on the same document and does
 * nothing else: what the proxy adds to that must be little. Then `npm ci` through the proxy, next to npm alone.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { join } from 'node:path';
import { bundle } from './load.mjs';
import { cpuMicroseconds, median, openServers } from './proxy-servers.mjs';

const packages = Number(process.env.BENCH_PACKAGES ?? 640);
const installed = 160;
const agent = new Agent({ keepAlive: true });
const servers = openServers();

try {
  const upstream = await servers.upstream(String(packages));
  const hop = await servers.hop(upstream.url);
  const proxy = await servers.depward(upstream.url);
  await firstRequests(upstream, hop, proxy);
  npmCi(upstream, proxy);
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

function npmCi(upstream, proxy) {
  const project = join(servers.folder, 'project');
  mkdirSync(project);
  const names = Array.from({ length: installed }, (_, i) => `bench-many-${i}`);
  writeFileSync(
    join(project, 'package.json'),
    JSON.stringify({ name: 'bench', version: '1.0.0', dependencies: Object.fromEntries(names.map((name) => [name, '1.5.0'])) }),
  );
  const environment = (registry, cache) => ({
    ...process.env,
    npm_config_registry: registry,
    npm_config_cache: cache,
    npm_config_audit: 'false',
    npm_config_fund: 'false',
    npm_config_update_notifier: 'false',
    npm_config_omit_lockfile_registry_resolved: 'true',
    HOME: servers.folder,
  });
  const npm = (words, registry) => {
    const cache = mkdtempSync(join(servers.folder, 'npm-'));
    const folder = mkdtempSync(join(servers.folder, 'ci-'));
    cpSync(project, folder, { recursive: true });
    const started = performance.now();
    const { status, stderr } = spawnSync('npm', [...words, '--ignore-scripts'], { cwd: folder, env: environment(registry, cache), encoding: 'utf8' });
    const ms = performance.now() - started;
    if (status !== 0) throw new Error(`npm ${words.join(' ')}: ${stderr}`);
    if (words[0] !== 'ci') cpSync(join(folder, 'package-lock.json'), join(project, 'package-lock.json'));
    rmSync(cache, { recursive: true, force: true });
    rmSync(folder, { recursive: true, force: true });
    return ms;
  };
  npm(['install', '--package-lock-only'], upstream.url);
  const before = cpuMicroseconds(proxy.pid);
  const cold = npm(['ci'], proxy.url);
  const coldCpu = (cpuMicroseconds(proxy.pid) - before) / 1000;
  const pairs = Array.from({ length: 5 }, () => [npm(['ci'], upstream.url), npm(['ci'], proxy.url)]);
  const [direct, proxied] = [median(pairs.map(([ms]) => ms)), median(pairs.map(([, ms]) => ms))];
  const ratio = median(pairs.map(([a, b]) => b / a));
  console.log(
    `npm ci of ${installed} packages: direct ${Math.round(direct)} ms, through depward ${Math.round(proxied)} ms, median of pairs ${ratio.toFixed(2)}x`,
  );
  console.log(
    `  every tarball judged for the first time: ${Math.round(cold)} ms, ${(cold / direct).toFixed(2)}x (${Math.round(coldCpu)} ms CPU of depward)`,
  );
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
