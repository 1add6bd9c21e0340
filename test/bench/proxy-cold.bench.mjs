/**
 * The first request for a package, next to a bare hop: what the proxy adds must be the verdict and little else. The verdict alone
 * is measured in this process, by the same code on the same documents. Then `npm ci` through the proxy, next to npm alone.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { join } from 'node:path';
import { load as loadModule } from './load.mjs';
import { cpuMicroseconds, median, openServers } from './proxy-servers.mjs';

const packages = 320;
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
  const judge = await verdicts(upstream);
  const ways = {
    hop: [(path) => read(hop.url + path), () => cpuMicroseconds(hop.pid)],
    verdict: [judge, () => process.cpuUsage().user + process.cpuUsage().system],
    proxy: [(path) => read(proxy.url + path), () => cpuMicroseconds(proxy.pid)],
  };
  const seen = { hop: { ms: [], cpu: 0 }, verdict: { ms: [], cpu: 0 }, proxy: { ms: [], cpu: 0 } };
  // In turns of 16; the first half warms up.
  for (let turn = 0; turn < packages; turn += 16) {
    for (const [way, [ask, cpu]] of Object.entries(ways)) {
      const before = cpu();
      const ms = [];
      for (let i = turn; i < turn + 16; i++) ms.push(await timed(() => ask(`bench-many-${i}`)));
      if (turn < packages / 2) continue;
      seen[way].ms.push(...ms);
      seen[way].cpu += cpu() - before;
    }
  }
  const ms = (way) => median(seen[way].ms);
  const cpu = (way) => seen[way].cpu / seen[way].ms.length / 1000;
  console.log(
    `first request for a packument of 22 KB: bare hop ${ms('hop').toFixed(2)} ms (CPU ${cpu('hop').toFixed(2)}), verdict ${ms('verdict').toFixed(2)} (${cpu('verdict').toFixed(2)}), depward ${ms('proxy').toFixed(2)} (${cpu('proxy').toFixed(2)})`,
  );
  const ratio = (of) => (of('proxy') / (of('hop') + of('verdict'))).toFixed(2);
  console.log(`  depward / (bare hop + verdict) ${ratio(ms)}x, CPU ${ratio(cpu)}x`);
}

/** The verdict on a document as the proxy reaches it: read, find what is under suspicion, judge. */
async function verdicts(upstream) {
  const { benchFor } = await loadModule('src/commands/guard.ts');
  const { judgeSuspects } = await loadModule('src/proxy/suspects.ts');
  const { parsePackument } = await loadModule('src/registry/packument.ts');
  const { projectPolicy } = await loadModule('src/commands/policy.ts');
  const bench = benchFor(await projectPolicy(servers.folder), 'proxy');
  const documents = new Map();
  for (let i = 0; i < packages; i++) documents.set(`bench-many-${i}`, await read(`${upstream.url}bench-many-${i}`));
  return async (name) => {
    const { packument } = parsePackument(name, documents.get(name));
    const packuments = { registryOf: () => upstream.url, packument: async () => ({ status: 'found', packument, confirmedAt: Date.now() }) };
    await judgeSuspects(bench, { packument, packuments, now: Date.now() });
  };
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
