/**
 * What `depward gate` of a change that raises 20 packages adds to a cold `npm ci` of that tree: same registry on loopback, whole
 * processes, nothing kept from before, every raised package unpacked and read with the release before it. Medians of pairs.
 */
import { execFileSync, fork, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from './load.mjs';
import { costText, ratioText, used } from './used.mjs';

const pairs = Number(process.env.BENCH_PAIRS ?? 3);
const raised = Number(process.env.BENCH_COUNT ?? 20);
const cli = join(root, 'dist', 'cli.js');
const folder = mkdtempSync(join(tmpdir(), 'depward-bump-'));
const project = join(folder, 'project');

spawnSync(process.execPath, [join(root, '.ci', 'build.mjs')], { cwd: root, stdio: 'inherit' });
const npm = join(dirname(process.execPath), '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js');
const server = fork(fileURLToPath(new URL('own-tree-server.mjs', import.meta.url)), [String(raised)]);
try {
  const tree = await new Promise((resolve, reject) => server.once('message', resolve).once('exit', reject));
  mkdirSync(project);
  writeFileSync(join(project, '.npmrc'), `registry=${tree.url}\n`);
  writeFileSync(join(project, 'package.json'), JSON.stringify(tree.manifest));
  git('init', '-q');
  commit(tree.before);
  commit(tree.lock);
  measure(Object.keys(tree.lock.packages).length - 1);
} finally {
  server.disconnect();
  rmSync(folder, { recursive: true, force: true });
}

function commit(lock) {
  writeFileSync(join(project, 'package-lock.json'), JSON.stringify(lock, null, 2));
  git('add', '.npmrc', 'package.json', 'package-lock.json');
  git('-c', 'user.email=a@mail.example', '-c', 'user.name=a', 'commit', '-q', '-m', 'lock');
}

function git(...words) {
  execFileSync('git', words, { cwd: project });
}

function measure(count) {
  const runs = { npm: [], cold: [], warm: [] };
  for (let pair = 0; pair < pairs; pair += 1) {
    runs.npm.push(used([npm, 'ci', '--ignore-scripts', '--no-audit', '--no-fund', '--cache', join(folder, `npm-${pair}`)], options('npm')));
    runs.cold.push(gate(`cache-${pair}`));
    runs.warm.push(gate(`cache-${pair}`));
  }
  const { verdicts } = JSON.parse(runs.cold[0].stdout);
  console.log(`${count} packages: npm ci, cold ${costText(runs.npm)}`);
  for (const [name, aim] of [
    ['cold', 10],
    ['warm', 1],
  ]) {
    const [wall, cpu] = ['wall', 'cpu'].map((one) => (100 * ratioText(runs[name], runs.npm, one)).toFixed(1));
    const peak = Math.max(...runs[name].map((run) => run.peak)).toFixed(0);
    console.log(
      `  depward gate of ${verdicts.length} raised, ${name} ${costText(runs[name])}, ${peak} MB: ${wall} % of its wall, ${cpu} % of its CPU (aim ${aim} %)`,
    );
  }
}

function gate(cache) {
  return used([cli, 'gate', '--base', 'HEAD~1', '--head', 'HEAD', '--format', 'json'], options(cache));
}

function options(cache) {
  const env = { PATH: process.env.PATH, HOME: folder, DEPWARD_CACHE: join(folder, cache), NO_COLOR: '1' };
  return { folder, cwd: project, env, allowed: [0, 1] };
}
