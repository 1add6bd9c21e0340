/** `depward doctor` on a repository of 10,000 tracked files: whole processes beside `git ls-files` and `node -e 0`, paired runs, medians. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { root } from './load.mjs';
import { median, used } from './used.mjs';

const count = Number(process.env.BENCH_COUNT ?? 10_000);
const pairs = Number(process.env.BENCH_PAIRS ?? 9);
const cli = join(root, 'dist', 'cli.js');
const folder = mkdtempSync(join(tmpdir(), 'depward-doctor-'));
/** The same repository without its sources: what is left of the time is what their number costs. */
const small = mkdtempSync(join(tmpdir(), 'depward-doctor-small-'));

spawnSync(process.execPath, [join(root, '.ci', 'build.mjs')], { cwd: root, stdio: 'inherit' });
try {
  const matter = writeRepository(folder, count);
  writeRepository(small, 0);
  const runs = Array.from({ length: pairs }, () => ({
    bare: timed(process.execPath, ['-e', '0']),
    git: timed('git', ['ls-files', '-s', '-z']),
    doctor: timed(process.execPath, [cli, 'doctor', '--quiet']),
    smallGit: timed('git', ['ls-files', '-s', '-z'], small),
    smallDoctor: timed(process.execPath, [cli, 'doctor', '--quiet'], small),
  }));
  const used0 = Array.from({ length: pairs }, () => ({
    bare: cpuOf(['-e', '0']),
    doctor: cpuOf([cli, 'doctor', '--quiet']),
    small: cpuOf([cli, 'doctor', '--quiet'], small),
  }));
  const beyond = median(used0.map(({ bare, doctor }) => doctor - bare));
  const times = median(used0.map(({ bare, doctor }) => doctor / bare)).toFixed(2);
  const ms = (name) => median(runs.map((run) => run[name])).toFixed(0);
  const share = median(runs.map(({ bare, git, doctor }) => (doctor - bare) / git)).toFixed(1);
  console.log(
    `${count} files, ${matter} that matter: doctor ${ms('doctor')} ms, git ls-files ${ms('git')} ms, node -e 0 ${ms('bare')} ms; doctor without node's start ${share}x git ls-files`,
  );
  console.log(
    `of the wall time beyond node's start git ls-files alone takes ${median(runs.map(({ bare, git, doctor }) => (100 * git) / (doctor - bare))).toFixed(0)} %; our own process uses ${beyond.toFixed(0)} ms CPU beyond node -e 0 (${times} times its CPU); files opened: ${opened()} of ${count}`,
  );
  const grown = (name, less) => median(runs.map((run) => run[name] - run[less]));
  const [ours, gits] = [grown('doctor', 'smallDoctor'), grown('git', 'smallGit')];
  console.log(
    `git ls-files alone ${ms('git')} ms; doctor with the ${matter} files that matter ${ms('smallDoctor')} ms, with all ${count} ${ms('doctor')} ms: the other ${count - matter} cost ${ours.toFixed(1)} ms, git's own listing of them ${gits.toFixed(1)} ms (git's share ${((100 * gits) / ours).toFixed(0)} %)`,
  );
  const mine = median(used0.map(({ doctor, small: less }) => doctor - less));
  console.log(`processor time of our own process for them, git's left out: ${mine.toFixed(1)} ms (${(mine / gits).toFixed(2)} times git's listing)`);
} finally {
  if (!process.env.KEEP) for (const made of [folder, small]) rmSync(made, { recursive: true, force: true });
}

/** Sources without end; 40 packages, 15 workflows, an image, a lockfile of 2,000 entries. */
function writeRepository(folder, count) {
  const files = new Map();
  const workflow =
    'on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - uses: actions/checkout@v4\n      - run: npm ci\n      - run: npx eslint .\n';
  for (let at = 0; at < 15; at += 1) files.set(`.github/workflows/w${at}.yml`, `${workflow}# ${at}\n`);
  for (let at = 0; at < 40; at += 1)
    files.set(`packages/p${at}/package.json`, JSON.stringify({ name: `p${at}`, scripts: { test: 'x' }, dependencies: { a1: '^1.0.0' } }));
  const packages = Object.fromEntries(
    Array.from({ length: 2_000 }, (_, at) => [
      `node_modules/a${at}`,
      { version: '1.0.0', resolved: `https://registry.example/a${at}/-/a${at}-1.0.0.tgz`, integrity: `sha512-${'A'.repeat(86)}==` },
    ]),
  );
  files.set(
    'package-lock.json',
    JSON.stringify({ lockfileVersion: 3, packages: { '': { devDependencies: { eslint: '9.0.0' } }, ...packages } }, null, 2),
  );
  files.set('package.json', JSON.stringify({ private: true, packageManager: 'npm@12.0.0', devDependencies: { eslint: '9.0.0' } }));
  files.set('.npmrc', 'min-release-age=3\n');
  files.set('Dockerfile', 'FROM node:22\nCOPY package*.json ./\nRUN npm ci\n');
  const matter = files.size;
  for (let at = files.size; at < count; at += 1) files.set(`packages/p${at % 40}/src/d${at % 97}/f${at}.ts`, `export const x = ${at};\n`);
  for (const [path, text] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  for (const args of [
    ['init', '-q'],
    ['add', '.'],
  ])
    spawnSync('git', args, { cwd: folder });
  return matter;
}

function cpuOf(args, cwd = folder) {
  return used(args, { folder: tmpdir(), cwd, allowed: [0, 1] }).cpu;
}

/** Files of the repository that the process reads, as its own file system calls tell. */
function opened() {
  const spy = `data:text/javascript,${encodeURIComponent(
    `import fs from 'node:fs';import {syncBuiltinESMExports} from 'node:module';const read=fs.readFileSync;let n=0;fs.readFileSync=(path,...rest)=>{if(String(path).startsWith(${JSON.stringify(folder)}))n+=1;return read(path,...rest)};syncBuiltinESMExports();process.on('exit',()=>process.stderr.write('opened '+n))`,
  )}`;
  const { stderr } = spawnSync(process.execPath, ['--import', spy, cli, 'doctor', '--quiet'], { cwd: folder, encoding: 'utf8' });
  return /opened (\d+)/.exec(stderr)?.[1] ?? 'unknown';
}

function timed(program, args, cwd = folder) {
  const start = process.hrtime.bigint();
  const { status, stderr } = spawnSync(program, args, { cwd, encoding: 'utf8' });
  // Findings would be welcome, failures not: they would be measured as speed.
  if (status === null || status > 1) throw new Error(`${program} ended with ${status}: ${stderr}`);
  return Number(process.hrtime.bigint() - start) / 1e6;
}
