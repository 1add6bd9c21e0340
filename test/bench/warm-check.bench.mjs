/**
 * A warm `depward check` of a lockfile with 1,000 packages against `node -e 0`: whole processes, paired runs, medians, and peak
 * memory. Asked again about the very same lockfile; judged again from what is remembered of each package, as after any change
 * to the lockfile; and judged from facts alone.
 */
import { fork, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packument } from './generated-packuments.mjs';
import { builtCopy } from './load.mjs';

const noteUse = fileURLToPath(new URL('note-use.cjs', import.meta.url));
const count = Number(process.env.BENCH_COUNT ?? 1_000);
const pairs = Number(process.env.BENCH_PAIRS ?? 15);
const cli = builtCopy();
const folder = mkdtempSync(join(tmpdir(), 'depward-warm-'));
const project = join(folder, 'project');
const env = { PATH: process.env.PATH, HOME: folder, DEPWARD_CACHE: join(folder, 'cache'), NO_COLOR: '1' };

const server = fork(fileURLToPath(new URL('packuments-server.mjs', import.meta.url)), [String(count), '0']);
try {
  const { url } = await new Promise((resolve, reject) =>
    server.once('message', resolve).once('exit', (code) => reject(new Error(`server ended: ${code}`))),
  );
  writeProject(url);
  const cold = timed([cli, 'check']);
  report('again, online, within five minutes', ['check']);
  report('again, offline', ['check', '--offline']);
  // A file in the place of the folder: nothing can be kept there.
  forbid('answers-1');
  report('every package remembered', ['check', '--offline']);
  forbid('judgements-2.log');
  report('nothing remembered but facts', ['check', '--offline']);
  console.log(`  cold, from loopback: ${(cold / 1_000).toFixed(2)} s`);
} finally {
  server.disconnect();
  rmSync(folder, { recursive: true, force: true });
}

function forbid(name) {
  const path = join(env.DEPWARD_CACHE, name);
  rmSync(path, { recursive: true, force: true });
  if (name.endsWith('.log')) mkdirSync(path);
  else writeFileSync(path, '');
}

function report(title, args) {
  const runs = Array.from({ length: pairs }, () => ({ bare: used(['-e', '0']), warm: used([cli, ...args]) }));
  const ratio = (name) => median(runs.map(({ bare, warm }) => warm[name] / bare[name])).toFixed(2);
  const peak = median(runs.map(({ warm }) => warm.peak)).toFixed(0);
  console.log(
    `${count} packages, warm, ${title}, contents not read: wall ${ratio('wall')}x, CPU ${ratio('cpu')}x node -e 0 (aim 2x), peak ${peak} MB (aim 100)`,
  );
}

/** Wall milliseconds of the whole process; CPU and peak memory as it saw them itself at its end. */
function used(args) {
  const out = join(folder, 'used');
  const wall = timed(['--require', noteUse, ...args], { ...env, BENCH_USED: out });
  const { userCPUTime, systemCPUTime, maxRSS } = JSON.parse(readFileSync(out, 'utf8'));
  return { wall, cpu: (userCPUTime + systemCPUTime) / 1e3, peak: maxRSS / 1024 };
}

function timed(args, environment = env) {
  const start = process.hrtime.bigint();
  run(args, environment);
  return Number(process.hrtime.bigint() - start) / 1e6;
}

function run(args, environment) {
  const { status, stderr, stdout } = spawnSync(process.execPath, args, { cwd: project, env: environment, encoding: 'utf8' });
  // Findings are welcome, failures are not: they would be measured as speed.
  if (status === null || status > 1) throw new Error(`ended with ${status}: ${stderr}${stdout.slice(-400)}`);
}

function writeProject(url) {
  const packages = Object.fromEntries(Array.from({ length: count }, (_, index) => entry(packument(index), url)));
  const dependencies = Object.fromEntries(Object.entries(packages).map(([key, { version }]) => [key.slice('node_modules/'.length), version]));
  const itself = { name: 'bench', version: '1.0.0', dependencies };
  mkdirSync(project, { recursive: true });
  writeFileSync(join(project, '.npmrc'), `registry=${url}\n`);
  writeFileSync(join(project, 'package.json'), JSON.stringify(itself));
  writeFileSync(join(project, 'depward.config.json'), JSON.stringify({ rules: withoutContents() }));
  const lock = { name: 'bench', version: '1.0.0', lockfileVersion: 3, requires: true, packages: { '': itself, ...packages } };
  writeFileSync(join(project, 'package-lock.json'), `${JSON.stringify(lock, null, 2)}\n`);
}

/** The generated registry has no tarballs: the rules that read them are off, and the printed line says so. */
function withoutContents() {
  const { stdout } = spawnSync(process.execPath, [cli, 'rules', '--json'], { cwd: folder, env, encoding: 'utf8' });
  return Object.fromEntries(
    JSON.parse(stdout)
      .filter((rule) => rule.needs?.includes('contents'))
      .map((rule) => [rule.id, 'off']),
  );
}

function entry({ name, versions, 'dist-tags': { latest } }, url) {
  const { version, dist, dependencies } = versions[latest];
  return [
    `node_modules/${name}`,
    { version, resolved: `${url}${name}/-/${name}-${version}.tgz`, integrity: dist.integrity, license: 'MIT', dependencies },
  ];
}

function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}
