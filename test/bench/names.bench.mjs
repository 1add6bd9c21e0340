/**
 * Finding popular names alike, in the same run over the same names: the index, a scan with fastest-levenshtein, the plain
 * two-part index it grew from, and npq's check restated (every name, full table, distance 1 or 2). Ratios, medians of rounds.
 */
import { closeSync, mkdtempSync, openSync, readFileSync, readSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { distance } from 'fastest-levenshtein';
import { load, root } from './load.mjs';
import { halvesPrototype } from './names-halves.mjs';
import { random, typo } from './names-typos.mjs';

const { openCorpus, nameAt } = await load('src/names/corpus.ts');
const { placeOf } = await load('src/names/lookup.ts');
const { buildCorpus } = await load('src/names/corpus-build.ts');
const { withinOneEdit, withinTwoEdits } = await load('src/names/edits.ts');
const { Letters } = await load('src/names/hash.ts');
const { compare } = await load('src/names/index.ts');

const file = `${root}/data/popular-names.bin`;
const shipped = openCorpus(readFileSync(file));
const names = [];
for (let id = 0; names.length < 50_000; id++)
  if (nameAt(shipped, id).includes('/') || !nameAt(shipped, id).startsWith('@')) names.push(nameAt(shipped, id));
const bytes = buildCorpus(
  names.map((name, at) => ({ name, downloads: names.length - at })).filter(({ name }) => name),
  65_536,
);
const corpus = openCorpus(bytes);
const next = random(42);
const typos = Array.from({ length: 400 }, () => typo(names[Math.floor(next() * 5_000)], 1, next));
const doubles = Array.from({ length: 400 }, () => typo(names[Math.floor(next() * 5_000)], 2, next)).filter((name) => name.length >= 6);

const query = new Letters();
const found = [];
const one = (name) => (query.read(name) ? withinOneEdit(corpus, query, found).length : 0);
const two = (name) => (query.read(name) ? withinTwoEdits(corpus, query, found).length : 0);
const scan = (name) => names.reduce((count, other) => count + (distance(name, other) <= 1 ? 1 : 0), 0);
const halves = halvesPrototype(names);

const say = (what, microseconds, more = '') =>
  console.log(`  ${what.padEnd(46)} ${microseconds.toFixed(microseconds < 10 ? 2 : 0).padStart(8)} us a name${more}`);
const [k1, plain] = paired([one, halves], typos, 40);
const naive = time(scan, typos.slice(0, 10), 1);
console.log(`50,000 names, one edit (${typos.length} typos of the first 5,000)`);
say('index', k1);
say('fastest-levenshtein, every name', naive, `: ${Math.round(naive / k1).toLocaleString('en')}x of the index (wanted: 2,000x)`);
say('plain halves index', plain, `: the index takes ${(k1 / plain).toFixed(2)}x as long (wanted: at most 2x)`);

const k2 = time(two, doubles, 20);
const npq = time(npqCheck, doubles.slice(0, 10), 1);
const missed = doubles.slice(0, 25).flatMap((name) => npqHits(name).filter((hit) => !hits(name).has(hit)));
console.log(`50,000 names, two edits (${doubles.length} typos)`);
say('index', k2);
say(
  "npq's check restated",
  npq,
  `: ${Math.round(npq / k2).toLocaleString('en')}x of the index (wanted: 1,000x); its hits that the index misses: ${missed.length}`,
);

const smaller = join(mkdtempSync(join(tmpdir(), 'depward-names-')), '50000.bin');
writeFileSync(smaller, bytes);
for (const [what, path] of [
  ['index of 50,000 names (wanted: at most 3.5 MB, 5 ms)', smaller],
  [`as shipped, ${shipped.count.toLocaleString('en')} names`, file],
]) {
  const steps = Array.from({ length: 15 }, () => loading(path));
  const [opened, first, near] = [0, 1, 2].map((step) => median(steps.map((all) => all[step])));
  console.log(
    `${what}: ${(statSync(path).size / 1e6).toFixed(2)} MB; CPU to open ${opened.toFixed(1)} ms, with the first name looked up ${first.toFixed(1)} ms, with every section read ${near.toFixed(1)} ms`,
  );
}
rmSync(dirname(smaller), { recursive: true });

// Units that meet each kind of check, at every length a name can have; a number behind, so that no two are the same.
const units = [
  'a-',
  'rn',
  '1l',
  '-',
  'js-',
  '@a/',
  'react-',
  'é',
  '\u0000',
  'sss',
  'ab',
  'e',
  '0o',
  'core-',
  '@babel/',
  'ise',
  '\ud800',
  '\u202e',
  '%2f',
  '__proto__',
];
const hostile = (at, length) => (units[at % units.length].repeat(length) + at.toString(36)).slice(0, length);
const amount = Number(process.env.BENCH_HOSTILE ?? 1_000_000);
const spans = [25, 50, 100, 200];
const spent = spans.map(() => 0);
let worst = { took: 0, name: '' };
for (let at = 0; at < amount; at++) {
  const name = hostile(at, spans[at % spans.length] + (at % 7));
  const start = performance.now();
  compare(name, undefined, [shipped]);
  const took = performance.now() - start;
  spent[at % spans.length] += took;
  if (took > worst.took) worst = { took, name };
}
const each = spent.map((sum) => (sum * 1000) / (amount / spans.length));
console.log(
  `${amount.toLocaleString('en')} hostile names through every check: ${(each.reduce((sum, one) => sum + one, 0) / each.length).toFixed(1)} us each`,
);
console.log(
  `  by length: ${spans.map((length, at) => `${length} letters ${each[at].toFixed(1)} us`).join(', ')} (no more than in proportion: bounded)`,
);
console.log(
  `  the slowest: ${worst.took.toFixed(1)} ms, ${JSON.stringify(worst.name.slice(0, 60))}; asked again ${median(Array.from({ length: 9 }, () => timed(() => compare(worst.name, undefined, [shipped])))).toFixed(2)} ms`,
);

/** CPU in milliseconds to open a list, to look one name up as well, to read everything as well. */
function loading(path) {
  const start = process.cpuUsage();
  const since = () => {
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1000;
  };
  const handle = openSync(path, 'r');
  const list = openCorpus((from, to) => {
    const part = Buffer.allocUnsafeSlow(to - from);
    readSync(handle, part, 0, part.length, from);
    return part;
  });
  const opened = since();
  placeOf(list, 'lodash');
  const first = since();
  for (const section of ['tail', 'relatives', 'signatures', 'downloads', 'halves', 'thirds', 'words']) list[section];
  const all = since();
  closeSync(handle);
  return [opened, first, all];
}

function median(list) {
  return list.sort((a, b) => a - b)[list.length >> 1];
}

function time(check, queries, rounds, times = 5) {
  for (const name of queries) check(name);
  const runs = Array.from({ length: times }, () =>
    timed(() => {
      for (let round = 0; round < rounds; round++) for (const name of queries) check(name);
    }),
  );
  return (runs.sort((a, b) => a - b)[times >> 1] * 1000) / (rounds * queries.length);
}

/** Both in turn, so that noise meets both; the median of each. */
function paired(checks, queries, rounds) {
  const runs = checks.map(() => []);
  for (let pair = 0; pair < 15; pair++) for (const [at, check] of checks.entries()) runs[at].push(time(check, queries, rounds, 1));
  return runs.map((list) => list.sort((a, b) => a - b)[7]);
}

function timed(work) {
  const start = process.hrtime.bigint();
  work();
  return Number(process.hrtime.bigint() - start) / 1e6;
}

function hits(name) {
  two(name);
  return new Set(found.map((id) => nameAt(corpus, id)));
}

function npqCheck(name) {
  return npqHits(name).length;
}

function npqHits(name) {
  const similar = [];
  for (const popular of names) {
    if (name === popular) return [];
    const edits = table(name, popular);
    if (edits > 0 && edits < 3) similar.push(popular);
  }
  return [...new Set(similar)];
}

/** Wagner and Fischer's full table, as npq fills it. */
function table(a, b) {
  const rows = Array.from({ length: b.length + 1 }, () => Array(a.length + 1).fill(null));
  for (let i = 0; i <= a.length; i++) rows[0][i] = i;
  for (let j = 0; j <= b.length; j++) rows[j][0] = j;
  for (let j = 1; j <= b.length; j++)
    for (let i = 1; i <= a.length; i++)
      rows[j][i] = Math.min(rows[j][i - 1] + 1, rows[j - 1][i] + 1, rows[j - 1][i - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
  return rows[b.length][a.length];
}
