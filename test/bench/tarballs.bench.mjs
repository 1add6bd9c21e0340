/**
 * Tarballs of the packages installed here, served from loopback: reading them against pacote and tar, analysing them against
 * js-x-ray where that is installed (here, or where BENCH_PEERS says), and facts from the store. Paired passes, medians; beside
 * the clock the CPU, for on a busy machine only that can be compared. The server and those that read are processes of their own.
 */
import { fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { create } from 'tar';
import { load, root } from './load.mjs';

const count = Number(process.env.BENCH_COUNT ?? 200);
const [{ readTarball }, { analyse }, { openContents }] = await Promise.all([
  load('src/registry/tarball.ts'),
  load('src/code/analyse.ts'),
  load('src/evidence/contents-store.ts'),
]);

// Packages of prebuilt programs would make this a bench of zlib.
const packed = installed()
  .map(pack)
  .filter(({ bytes }) => bytes.length < 500_000)
  .slice(0, count);
const server = fork(new URL('./tarballs-server.mjs', import.meta.url), { serialization: 'advanced' });
server.send(packed.map(({ bytes }) => bytes));
const port = await new Promise((resolve) => server.once('message', resolve));
const tarballs = packed.map(({ integrity }, at) => ({ url: `http://127.0.0.1:${port}/${at}.tgz`, integrity }));
console.log(`${packed.length} tarballs of packages installed here, ${mb(packed.reduce((sum, one) => sum + one.bytes.length, 0))} packed`);

// One after the other, and as many side by side as depward itself fetches.
for (const sideBySide of [1, 6]) await readingOf(sideBySide);

const archives = [];
for (const { bytes } of packed) archives.push(await readTarball(bytes));
const analysing = [await timed(() => archives.map((archive) => analyse(archive)))];
for (let pass = 0; pass < 2; pass++) analysing.push(await timed(() => archives.map((archive) => analyse(archive))));
const facts = archives.map((archive) => analyse(archive));
say('analyse (first pass, cold)', analysing.slice(0, 1), packed.length);
say('analyse (warm)', analysing.slice(1), packed.length);

const scripts = archives.flatMap((archive, at) => scriptsOf(archive, facts[at]));
const scanned = mb(scripts.reduce((sum, text) => sum + text.length, 0));
await againstPeer(scripts, scanned);

const folder = mkdtempSync(join(tmpdir(), 'depward-bench-'));
const store = openContents(folder);
for (const one of facts) store.put(one, false);
const warm = [];
for (let pass = 0; pass < 30; pass++) warm.push(await timed(() => facts.map((one) => store.get(one.integrity, false))));
const best = Math.min(...warm.map(({ wall }) => wall));
console.log(`facts from the store: ${((best / facts.length) * 1000).toFixed(0)} µs a tarball (best of ${warm.length} passes)`);
rmSync(folder, { recursive: true, force: true });
console.log(`seeded bad files found: ${seeded()} of ${packed.length}`);
console.log(`peak memory of this whole run: ${Math.round(process.resourceUsage().maxRSS / 1024)} MB`);
server.disconnect();

function installed() {
  const folders = readdirSync(`${root}/node_modules`).flatMap((name) =>
    name.startsWith('@') ? readdirSync(`${root}/node_modules/${name}`).map((inner) => `${name}/${inner}`) : [name],
  );
  return folders.filter(
    (name) => !name.startsWith('.') && statSync(`${root}/node_modules/${name}`).isDirectory() && files(`${root}/node_modules/${name}`).length > 0,
  );
}

function files(folder) {
  return readdirSync(folder).filter((name) => name !== 'node_modules' && statSync(`${folder}/${name}`, { throwIfNoEntry: false }));
}

function pack(name) {
  const cwd = `${root}/node_modules/${name}`;
  const tar = create(
    { cwd, prefix: 'package', sync: true, portable: true, filter: (_path, stat) => stat.isFile() || stat.isDirectory() },
    files(cwd).map((name) => `./${name}`),
  ).read();
  const bytes = gzipSync(tar);
  return { name, bytes, integrity: `sha512-${createHash('sha512').update(bytes).digest('base64')}` };
}

async function readingOf(sideBySide) {
  const [theirs, mine] = await Promise.all(['pacote', 'depward'].map((side) => reader(side, sideBySide)));
  const passes = { pacote: [], depward: [] };
  for (let pass = 0; pass < 5; pass++) {
    passes.pacote.push(await asked(theirs));
    passes.depward.push(await asked(mine));
    if (passes.pacote[pass].listed !== passes.depward[pass].listed) throw new Error('not the same was listed');
  }
  for (const one of [theirs, mine]) one.disconnect();
  say(`fetch, check sha512 and list, ${sideBySide} at a time`, passes.depward, packed.length);
  say('  pacote.tarball.stream and tar', passes.pacote, packed.length);
  console.log(
    `  pacote/depward: ${ratios(passes.pacote, passes.depward)}, first pass ${ratios(passes.pacote.slice(0, 1), passes.depward.slice(0, 1))}`,
  );
}

async function reader(side, sideBySide) {
  const child = fork(new URL('./tarballs-reader.mjs', import.meta.url), [side, String(sideBySide)]);
  await new Promise((resolve, reject) => child.once('message', resolve).once('exit', reject));
  return child;
}

function asked(child) {
  return new Promise((resolve, reject) => {
    child.once('message', resolve).once('exit', reject);
    child.send(tarballs);
  });
}

/** The scripts that run on install or import, as text. */
function scriptsOf(archive, { files }) {
  const reached = new Set(files.filter((file) => file.reach !== 'shipped' && file.type === 'javascript').map((file) => file.path));
  return archive.files.filter((file) => reached.has(file.path) && file.whole).map((file) => Buffer.from(file.bytes).toString('utf8'));
}

/** Each pass in a fresh process: cold, as one who checks a few packages meets it. */
async function againstPeer(texts, scanned) {
  const passes = { depward: [], 'js-x-ray': [], threads: [] };
  for (let pass = 0; pass < 3; pass++) passes.depward.push(await readIn('depward', texts, 1));
  for (let pass = 0; pass < 3; pass++) passes.threads.push(await readIn('depward', texts, 2));
  const [one, two] = [passes.depward, passes.threads].map((all) => `${ms(all, 'wall')} (CPU ${ms(all, 'cpu')})`);
  console.log(`parse and read the ${texts.length} scripts that run on install or import (${scanned}), cold: ${one}, in two threads ${two}`);
  passes['js-x-ray'].push(await readIn('js-x-ray', texts, 1));
  const [theirs] = passes['js-x-ray'];
  if (!theirs) return console.log('  js-x-ray is not installed: not compared (npm i --no-save @nodesecure/js-x-ray)');
  const against = (mine) => ratios(Array(mine.length).fill(theirs), mine);
  console.log(`  js-x-ray/depward: ${against(passes.depward)}, in two threads ${against(passes.threads)}`);
}

function ms(passes, field) {
  return `${Math.round(median(passes.map((pass) => pass[field])))} ms`;
}

function readIn(side, texts, threads) {
  const child = fork(new URL('./scripts-reader.mjs', import.meta.url), [side, String(threads)], { serialization: 'advanced' });
  child.send(texts);
  return new Promise((resolve, reject) =>
    child.once('message', (answer) => resolve(answer ?? undefined)).once('exit', () => reject(new Error(side))),
  );
}

/** Puts one line into the entry point of every package, spelled so that no plain word gives it away. */
function seeded() {
  const bad = `;globalThis['ev'+'al'](Buffer.from(globalThis.zz,'base64').toString());`;
  const missed = [];
  const found = archives.filter((archive, at) => {
    const entry = facts[at].files.find((file) => file.reach === 'import' && file.type === 'javascript');
    if (!entry) return true;
    const file = archive.files.find(({ path }) => path === entry.path);
    const bytes = Buffer.concat([Buffer.from(bad), Buffer.from(file.bytes)]);
    const changed = {
      ...archive,
      files: archive.files.map((one) => (one === file ? { ...one, bytes, size: bytes.length, hash: `${one.hash.slice(0, 20)}+1` } : one)),
    };
    const isFound = analyse(changed).capabilities.some(
      (found) => found.file === entry.path && /^(decode-execute|dynamic-code)$/.test(found.kind) && found.line === 1,
    );
    if (!isFound) missed.push(`${packed[at].name}: ${entry.path}`);
    return isFound;
  });
  if (missed.length > 0) console.log(`  not found in ${missed.join(', ')}`);
  return found.length;
}

async function timed(work) {
  const start = performance.now();
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return { wall: performance.now() - start, cpu: (user + system) / 1000 };
}

function say(what, passes, of) {
  const a = (field) => (median(passes.map((pass) => pass[field])) / of).toFixed(2);
  console.log(`${what}: ${a('wall')} ms a tarball (CPU ${a('cpu')})`);
}

function ratios(a, b) {
  const of = (field) => median(a.map((one, at) => one[field] / b[at][field])).toFixed(1);
  return `${of('wall')}x (CPU ${of('cpu')}x)`;
}

function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

function mb(bytes) {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
