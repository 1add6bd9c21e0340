/**
 * `depward check SPEC` against npq, which looks at the packages named and not at what they bring in: same registry on
 * loopback, whole processes, paired runs, medians. npq comes from the registry npm is configured for, into a temporary folder.
 * Packages of this project's own tree, popular ones, are npq's fast case: its typosquat check ends where it meets the name itself.
 * Where the bench data are there, packages of somebody else's lockfile are asked for too.
 */
import { fork, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { root } from './load.mjs';
import { costText, ratioText, used } from './used.mjs';

const version = '3.19.6';
const pairs = Number(process.env.BENCH_PAIRS ?? 3);
const cli = join(root, 'dist', 'cli.js');
const otherLock = join(root, '..', 'shared', 'bench', 'lockfiles', 'mochajs__mocha', 'npm-v3-2026-08-09', 'package-lock.json');
const folder = mkdtempSync(join(tmpdir(), 'depward-npq-'));
const project = join(folder, 'project');
mkdirSync(project);

spawnSync(process.execPath, [join(root, '.ci', 'build.mjs')], { cwd: root, stdio: 'inherit' });
try {
  const npq = installNpq();
  if (npq === undefined) console.log('skipped: npq cannot be installed here');
  else {
    for (const latency of [0, 20]) await against(npq, latency);
    if (existsSync(otherLock)) for (const latency of [0, 20]) await against(npq, latency, otherLock);
    else console.log('packages of another lockfile: skipped, no bench data');
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function against(npq, latency, lock) {
  const server = fork(fileURLToPath(new URL('own-tree-server.mjs', import.meta.url)), ['0', String(latency), ...(lock ? [lock] : [])]);
  try {
    const { url, names } = await new Promise((resolve, reject) => server.once('message', resolve).once('exit', reject));
    writeFileSync(join(project, '.npmrc'), `registry=${url}\n`);
    for (const specs of lock ? [chosen(names, 50)] : [['semver'], chosen(names, 50)]) compare(npq, url, specs, latency, lock ? 'lock-' : '');
  } finally {
    server.disconnect();
  }
}

function compare(npq, url, specs, latency, kind) {
  const runs = { npq: [], cold: [], warm: [], other: [], metadata: [] };
  for (let pair = 0; pair < (latency === 0 ? pairs : 1); pair += 1) {
    const cache = `${kind}${latency}-${specs.length}-${pair}`;
    runs.npq.push(used(['--import', redirecting(url), npq, 'install', ...specs, '--dry-run', '--plain'], options(url, `npq-${cache}`, [0, 1])));
    runs.cold.push(check(url, specs, `cold-${cache}`));
    runs.warm.push(check(url, specs, `cold-${cache}`));
    runs.other.push(check(url, [...specs.slice(1), `${specs[0]}@*`], `cold-${cache}`));
    writeFileSync(join(project, 'depward.config.json'), JSON.stringify({ rules: withoutContents(url) }));
    runs.metadata.push(check(url, specs, `metadata-${cache}`));
    rmSync(join(project, 'depward.config.json'));
  }
  const judged = JSON.parse(runs.cold[0].stdout).verdicts.length;
  const away = latency === 0 ? '' : `, the registry ${latency} ms away`;
  console.log(
    `${specs.length === 1 ? specs[0] : `${specs.length} packages`}${kind && ' of another lockfile'}${away}: npq looks at ${specs.length}, depward judges ${judged}`,
  );
  console.log(`  npq ${costText(runs.npq)}`);
  for (const [name, title] of [
    ['cold', 'nothing cached, contents read'],
    ['warm', 'the same again'],
    ['other', 'another question about packages seen before'],
    ['metadata', 'nothing cached, contents not read'],
  ]) {
    const [wall, cpu] = ['wall', 'cpu'].map((measure) => ratioText(runs.npq, runs[name], measure).toFixed(1));
    console.log(`  depward ${costText(runs[name])}: npq/depward wall ${wall}x, CPU ${cpu}x, ${title}`);
  }
}

function check(url, specs, cache) {
  return used([cli, 'check', '--format', 'json', ...specs], options(url, cache, [0, 1]));
}

/** The registry stands in the environment too: a folder above that npm takes for the project must not lead elsewhere. */
function options(url, cache, allowed) {
  const env = { PATH: process.env.PATH, HOME: join(folder, cache), DEPWARD_CACHE: join(folder, cache), NO_COLOR: '1', npm_config_registry: url };
  return { folder, cwd: project, env, allowed };
}

/** Whatever npq asks for, the loopback registry answers: every fetch goes there. */
function redirecting(url) {
  const code = `const real=globalThis.fetch;globalThis.fetch=(to,more)=>real(new URL(new URL(to).pathname.slice(1),${JSON.stringify(url)}),more)`;
  return `data:text/javascript,${encodeURIComponent(code)}`;
}

function installNpq() {
  const place = join(folder, 'npq');
  mkdirSync(place);
  writeFileSync(join(place, 'package.json'), '{}');
  const { status } = spawnSync('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', `npq@${version}`], { cwd: place, stdio: 'ignore' });
  return status === 0 ? fileURLToPath(pathToFileURL(join(place, 'node_modules', 'npq', 'bin', 'npq.js'))) : undefined;
}

/** Every so manieth, so that they come from all over the tree. */
function chosen(names, count) {
  return Array.from({ length: count }, (_, at) => names[Math.floor((at * names.length) / count)]);
}

function withoutContents(url) {
  const { stdout } = spawnSync(process.execPath, [cli, 'rules', '--json'], { encoding: 'utf8', env: options(url, 'rules').env });
  const reading = JSON.parse(stdout).filter((rule) => rule.needs?.includes('contents'));
  return Object.fromEntries(reading.map((rule) => [rule.id, 'off']));
}
