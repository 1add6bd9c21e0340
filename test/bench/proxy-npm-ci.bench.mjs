/** `npm ci` through the proxy, next to npm alone, in turns; and once while every tarball is judged for the first time. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { cpuMicroseconds, median, openServers } from './proxy-servers.mjs';
import { used } from './used.mjs';

const installed = 160;
const npmCli = join(dirname(process.execPath), '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js');
const servers = openServers();

try {
  const upstream = await servers.upstream(String(installed));
  await npmCi(upstream, await servers.depward(upstream.url));
} finally {
  servers.stop();
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
