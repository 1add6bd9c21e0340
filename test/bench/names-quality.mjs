/**
 * How well names are told apart by name alone: `npm run bench:names [-- --readme README.md]`. Recall on labelled squats by
 * class, accusations among honest names, the whole curve between the two, and what simpler checks make of the same names over
 * the same list in the same run. `--readme` writes the tables between the markers of that file.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { load, root } from './load.mjs';
import { baselines } from './names-baselines.mjs';
import { namesIn } from './names-data.mjs';

const bench = `${root}/../shared/bench`;
if (!existsSync(`${bench}/typosquat`)) {
  console.log('skipped: no bench data');
  process.exit(0);
}
const { openCorpus, nameAt } = await load('src/names/corpus.ts');
const { placeOf } = await load('src/names/lookup.ts');
const { lookalikes } = await load('src/names/index.ts');
const corpus = openCorpus(readFileSync(`${root}/data/popular-names.bin`));
const counted = JSON.parse(readFileSync(`${root}/data/name-weights.json`, 'utf8'));
const { labelled, targets, squats, honest } = namesIn(bench, (name) => placeOf(corpus, name) >= 0);

const answers = new Map();
const told = Object.fromEntries(Object.entries(honest).map(([what, names]) => [what, names.map(answer)]));
const found = squats.map(answer);
const thousand = (part, whole) => ((1000 * part) / whole).toFixed(1);
const percent = (part, whole) => `${((100 * part) / whole).toFixed(1)} %`;
const perThousand = (list, holds) => thousand(list.filter(holds).length, list.length);
const isAccused = ({ tier }) => tier !== 'none';
const mayBlock = ({ tier }) => tier === 'block';

const sections = [checks(), classes(), curve()].map(({ title, rows }) => ({ title, text: aligned(rows) }));
console.log(sections.map(({ title, text }) => `${title}\n\n${text}`).join('\n\n'));
console.log(`\n${honesty()}`);
const at = process.argv.indexOf('--readme');
if (at > 0) intoReadme(process.argv[at + 1] ?? 'README.md');

/** What a name alone gives: the strongest likeness, whoever was meant. */
function answer(name) {
  const near = lookalikes(name, corpus);
  const all = { tier: near[0]?.tier ?? 'none', decibans: Math.max(-99, ...near.map(({ decibans }) => decibans)), near };
  answers.set(name, all);
  return all;
}

/** Scans cost milliseconds a name: simpler checks see samples of the honest names, evenly spread. */
function checks() {
  const names = Array.from({ length: corpus.count }, (_, place) => nameAt(corpus, place)).filter(
    (name) => !name.startsWith('@') || name.includes('/'),
  );
  const samples = Object.entries(honest).map(([what, list]) => [what, list.filter((_, at) => at % Math.ceil(list.length / 250) === 0)]);
  const row = (what, holds, list) => {
    const right = squats.filter(holds).length;
    const wrong = list.map(([, some]) => some.filter(holds).length / some.length);
    const precision = right / (right + wrong[0] * honest['popular names'].length);
    return [what, percent(right, squats.length), percent(precision, 1), ...wrong.map((rate) => (1000 * rate).toFixed(1))];
  };
  const whole = Object.entries(honest);
  return {
    title: `Recall on ${squats.length} labelled squats whose target is listed; precision among them and ${honest['popular names'].length.toLocaleString('en')} popular names together; accusations of 1,000 honest names (simpler checks: of samples of about 250):`,
    rows: [
      ['check', 'recall', 'precision', ...Object.keys(honest)],
      row('depward, warn', (name) => isAccused(answers.get(name)), whole),
      row('depward, may block once joined', (name) => mayBlock(answers.get(name)), whole),
      ...baselines(names).map(([what, holds]) => row(what, holds, samples)),
    ],
  };
}

function classes() {
  const tally = new Map();
  squats.forEach((name, i) => {
    const [first] = targets.get(name);
    const right = found[i].near.some(({ tier, target }) => tier !== 'none' && targets.get(name).some((row) => row.target === target));
    for (const key of [first.class_computed, 'all']) {
      const sum = tally.get(key) ?? { all: 0, warn: 0, right: 0, block: 0, byTarget: new Map() };
      sum.all += 1;
      if (isAccused(found[i])) sum.warn += 1;
      if (right) sum.right += 1;
      if (mayBlock(found[i])) sum.block += 1;
      sum.byTarget.set(first.target, [...(sum.byTarget.get(first.target) ?? []), isAccused(found[i]) ? 1 : 0]);
      tally.set(key, sum);
    }
  });
  const mean = (list) => list.reduce((sum, one) => sum + one, 0) / list.length;
  return {
    title: 'By class (as others computed it), and averaged by target, for some targets have many squats:',
    rows: [
      ['class', 'squats', 'accused', 'of the target meant', 'may block', 'accused, by target'],
      ...[...tally]
        .sort((a, b) => a[1].all - b[1].all || (a[0] < b[0] ? -1 : 1))
        .map(([key, { all, warn, right, block, byTarget }]) => [
          key,
          String(all),
          percent(warn, all),
          percent(right, all),
          percent(block, all),
          percent(mean([...byTarget.values()].map(mean)), 1),
        ]),
    ],
  };
}

/** Wherever one would draw the line. */
function curve() {
  const lines = [...new Set([16, 12, 10, counted.block, 8, 6, 4, 2, 0, counted.accuse, -4, -6, -8, -10])].sort((a, b) => b - a);
  const mark = (line) => (line === counted.accuse ? ' (warn)' : line === counted.block ? ' (block)' : '');
  return {
    title: 'Wherever one would draw the line, in decibans:',
    rows: [
      ['from', 'recall', ...Object.keys(honest)],
      ...lines.map((line) => {
        const holds = ({ decibans }) => decibans >= line;
        return [
          `${line}${mark(line)}`,
          percent(found.filter(holds).length, found.length),
          ...Object.values(told).map((list) => perThousand(list, holds)),
        ];
      }),
    ],
  };
}

function honesty() {
  const { accused, blocked } = counted.leftOut;
  const all = targets.size;
  const any = [...targets.keys()].filter((name) => lookalikes(name, corpus).some(({ tier }) => tier !== 'none')).length;
  return [
    `Of all ${all} names labelled (${labelled} rows), their target listed or not: ${percent(any, all)} accused.`,
    `Squats whose targets were left out when the weights were learnt (${counted.leftOut.about}): ${accused.squats} accused, ${blocked.squats} may block;`,
    `names nobody uses: ${accused.unknown} accused, ${blocked.unknown} may block; once suspected and cleared: ${accused.cleared} and ${blocked.cleared}.`,
  ].join(' ');
}

function aligned([head, ...rows]) {
  const widths = head.map((cell, at) => Math.max(cell.length, ...rows.map((row) => row[at].length)));
  const line = (row) => `| ${row.map((cell, at) => (at === 0 ? cell.padEnd(widths[at]) : cell.padStart(widths[at]))).join(' | ')} |`;
  return [
    line(head),
    `| ${widths.map((width, at) => (at === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`,
    ...rows.map(line),
  ].join('\n');
}

function intoReadme(file) {
  const [begin, end] = ['<!-- names: written by npm run bench:names, do not edit -->', '<!-- names end -->'];
  const page = readFileSync(file, 'utf8');
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${file} has no place for the tables: ${begin} … ${end}`);
  const [first, ...others] = sections;
  const folded = others.map(({ title, text }) => `<details><summary>${title.replace(/:$/, '')}</summary>\n\n${text}\n\n</details>`);
  const text = [`${first.title}\n\n${first.text}`, ...folded].join('\n\n');
  writeFileSync(file, `${page.slice(0, from + begin.length)}\n\n${text}\n\n${honesty()}\n\n${page.slice(to)}`);
  console.log(`written to ${file}`);
}
