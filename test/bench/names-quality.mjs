/**
 * How well names are told apart by name alone: `npm run bench:names`. Recall on labelled squats by class and by target,
 * accusations among honest names, and what simpler checks make of the same names over the same list in the same run.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { load, root } from './load.mjs';
import { baselines } from './names-baselines.mjs';

const folder = `${root}/../shared/bench/typosquat`;
if (!existsSync(folder)) {
  console.log('skipped: no bench data');
  process.exit(0);
}
const { openCorpus, nameAt } = await load('src/names/corpus.ts');
const { placeOf } = await load('src/names/lookup.ts');
const { compare, lookalikes } = await load('src/names/index.ts');
const corpus = openCorpus(readFileSync(`${root}/data/popular-names.bin`));
const isListed = (name) => placeOf(corpus, name) >= 0;

const labelled = rows('pairs').filter((row) => row.label === 'malware' && row.target_basis === 'labelled' && row.name_related === '1');
const targets = groups(labelled, (row) => row.squat);
const squats = [...targets.keys()].filter((name) => targets.get(name).some((row) => isListed(row.target)));
const honest = {
  'all popular names': unique(rows('legit_population')),
  'honest close pairs': unique(rows('legit_close')),
  'less popular names': unique(rows('longtail_sample')),
  'cleared lookalikes': unique(rows('benign_lookalikes')),
  'packages of real lockfiles': lockfileNames(),
};
const heads = ['popular', 'close', 'less', 'cleared', 'lockfiles'];

recall();
console.log('\nAccusations per 1,000 honest names, by name alone');
console.log(`${''.padEnd(48)}${'names'.padStart(8)}${'warn'.padStart(9)}${'block'.padStart(9)}`);
for (const [what, names] of Object.entries(honest)) accusations(what, names, (name) => lookalikes(name, corpus)[0]?.tier);
console.log('  the same as if the list did not hold them (every fifth)');
for (const [what, names] of Object.entries(honest)) accusations(what, every(names, 5), (name) => compare(name, undefined, [corpus])[0]?.tier);
peers();

function recall() {
  const tally = new Map();
  const byTarget = new Map();
  for (const name of squats) {
    const near = lookalikes(name, corpus).filter(({ tier }) => tier !== 'none');
    const right = near.some(({ target }) => targets.get(name).some((row) => row.target === target));
    const seen = { all: 1, warn: near.length > 0 ? 1 : 0, right: right ? 1 : 0, block: near[0]?.tier === 'block' ? 1 : 0 };
    const [first] = targets.get(name);
    for (const key of [first.class_computed, 'all']) add(tally, key, seen);
    add(byTarget, first.target, seen);
  }
  console.log(
    `Recall on ${labelled.length} labelled squats; ${squats.length} names have a target among the ${corpus.count.toLocaleString('en')} listed`,
  );
  console.log(`${''.padEnd(28)}${'names'.padStart(8)}${'accused'.padStart(9)}${'of target'.padStart(11)}${'block'.padStart(9)}`);
  for (const [key, { all, warn, right, block }] of [...tally].sort((a, b) => a[1].all - b[1].all))
    console.log(
      `  ${key.padEnd(26)}${String(all).padStart(8)}${share(warn, all).padStart(9)}${share(right, all).padStart(11)}${share(block, all).padStart(9)}`,
    );
  const mean = (what) => [...byTarget.values()].reduce((sum, of) => sum + of[what] / of.all, 0) / byTarget.size;
  console.log(
    `  ${'all, averaged by target'.padEnd(26)}${String(byTarget.size).padStart(8)}${['warn', 'right', 'block'].map((what, at) => share(mean(what), 1).padStart([9, 11, 9][at])).join('')}`,
  );
  const total = new Set(labelled.map((row) => row.squat)).size;
  console.log(
    `  ${'of all, listed target or not'.padEnd(26)}${String(total).padStart(6)}${share([...targets.keys()].filter((name) => isAccused(name)).length, total).padStart(9)}`,
  );
}

function isAccused(name) {
  const tier = lookalikes(name, corpus)[0]?.tier;
  return tier === 'warn' || tier === 'block';
}

function accusations(what, names, tierOf) {
  const tiers = names.map(tierOf);
  const rate = (...wanted) => ((tiers.filter((tier) => wanted.includes(tier)).length / names.length) * 1000).toFixed(2);
  console.log(`  ${what.padEnd(46)}${names.length.toLocaleString('en').padStart(8)}${rate('warn', 'block').padStart(9)}${rate('block').padStart(9)}`);
}

/** Scans cost milliseconds a name: samples of the honest names, evenly spread. */
function peers() {
  const names = Array.from({ length: corpus.count }, (_, place) => nameAt(corpus, place)).filter(
    (name) => !name.startsWith('@') || name.includes('/'),
  );
  const samples = Object.entries(honest).map(([, list]) => every(list, Math.ceil(list.length / 250)));
  console.log(`\nThe same by simpler checks (honest names: samples of about 250), accusations per 1,000`);
  console.log(`${''.padEnd(48)}${'recall'.padStart(8)}${heads.map((what) => what.padStart(10)).join('')}`);
  const row = (what, check) => {
    const rates = samples.map((list) => ((list.filter(check).length / list.length) * 1000).toFixed(0).padStart(10));
    console.log(`  ${what.padEnd(46)}${share(squats.filter(check).length, squats.length).padStart(8)}${rates.join('')}`);
  };
  row('depward names, warn', isAccused);
  row('depward names, block', (name) => lookalikes(name, corpus)[0]?.tier === 'block');
  for (const [what, check] of baselines(names)) row(what, check);
}

function rows(file) {
  const [head, ...lines] = gunzipSync(readFileSync(`${folder}/${file}.tsv.gz`))
    .toString()
    .trimEnd()
    .split('\n');
  const keys = head.split('\t');
  return lines.map((line) => Object.fromEntries(line.split('\t').map((cell, at) => [keys[at], cell])));
}

function lockfileNames() {
  const lockfiles = `${root}/../shared/bench/lockfiles`;
  const files = readdirSync(lockfiles, { recursive: true }).filter((file) => file.endsWith('packages.tsv.gz'));
  const lines = files.flatMap((file) =>
    gunzipSync(readFileSync(`${lockfiles}/${file}`))
      .toString()
      .split('\n'),
  );
  return [...new Set(lines.map((line) => line.split('\t')).flatMap(([name, , source]) => (source === 'registry' ? [name] : [])))];
}

function unique(list) {
  return [...new Set(list.map((row) => row.name))];
}

function every(list, step) {
  return list.filter((_, at) => at % step === 0);
}

function groups(list, key) {
  const found = new Map();
  for (const item of list) found.set(key(item), [...(found.get(key(item)) ?? []), item]);
  return found;
}

function add(tally, key, seen) {
  const sum = tally.get(key) ?? {};
  for (const [what, count] of Object.entries(seen)) sum[what] = (sum[what] ?? 0) + count;
  tally.set(key, sum);
}

function share(part, whole) {
  return `${((part / whole) * 100).toFixed(1)} %`;
}
