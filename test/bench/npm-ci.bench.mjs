/** What `depward check` of a lockfile adds to a cold `npm ci` of the same tree: same registry on loopback, whole processes, medians. */
import { fork, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from './load.mjs';
import { costText, ratioText, used } from './used.mjs';

const pairs = Number(process.env.BENCH_PAIRS ?? 3);
const cli = join(root, 'dist', 'cli.js');
const folder = mkdtempSync(join(tmpdir(), 'depward-npm-ci-'));
const project = join(folder, 'project');

spawnSync(process.execPath, [join(root, '.ci', 'build.mjs')], { cwd: root, stdio: 'inherit' });
const npm = join(dirname(process.execPath), '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js');
const server = fork(fileURLToPath(new URL('own-tree-server.mjs', import.meta.url)));
try {
  const { url, manifest, lock } = await new Promise((resolve, reject) => server.once('message', resolve).once('exit', reject));
  mkdirSync(project);
  writeFileSync(join(project, '.npmrc'), `registry=${url}\n`);
  writeFileSync(join(project, 'package.json'), JSON.stringify(manifest));
  writeFileSync(join(project, 'package-lock.json'), JSON.stringify(lock, null, 2));
  measure(Object.keys(lock.packages).length - 1);
} finally {
  server.disconnect();
  rmSync(folder, { recursive: true, force: true });
}

function measure(count) {
  const runs = { npm: [], cold: [], warm: [] };
  for (let pair = 0; pair < pairs; pair += 1) {
    runs.npm.push(used([npm, 'ci', '--ignore-scripts', '--no-audit', '--no-fund', '--cache', join(folder, `npm-${pair}`)], options('npm')));
    runs.cold.push(used([cli, 'check'], options(`cache-${pair}`)));
    runs.warm.push(used([cli, 'check'], options(`cache-${pair}`)));
  }
  console.log(`${count} packages: npm ci, cold ${costText(runs.npm)}`);
  for (const [name, aim] of [
    ['cold', 10],
    ['warm', 1],
  ]) {
    const [wall, cpu] = ['wall', 'cpu'].map((one) => (100 * ratioText(runs[name], runs.npm, one)).toFixed(1));
    console.log(`  depward check, ${name} ${costText(runs[name])}: ${wall} % of its wall, ${cpu} % of its CPU (aim ${aim} %)`);
  }
}

function options(cache) {
  const env = { PATH: process.env.PATH, HOME: folder, DEPWARD_CACHE: join(folder, cache), NO_COLOR: '1' };
  return { folder, cwd: project, env, allowed: [0, 1] };
}
