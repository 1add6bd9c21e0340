/**
 * Learns what each likeness of names weighs, and where to accuse: written to name-weights.json with the counts, and from
 * there to src/names/weights.ts. Per family of confusions one logistic regression over squats and honest names; of several
 * likenesses of a name the strongest counts, in learning as in use. Numbers told are of names left out when learning.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { load, root } from '../test/bench/load.mjs';
import { folds, rowsOf, samplesIn } from './name-samples.mjs';
import { dot, logistic } from './regression.mjs';

/** So many labelled squats of a hundred, left out when learning, are to be accused. */
const wantedRecall = 0.965;
/** Of a thousand honest names nobody uses, so many may be blocked once other evidence joins. */
const mostBlocked = 20;
/** Of a thousand names in use that lie close to a more popular one, so many may be accused. */
const mostAccusedInUse = 2;
const leastPerDecade = -1;

/** What ought to speak for a made-up name (1) or against it (-1); a weight learnt the other way round is chance, and dropped. */
const directions = {
  fame: 1,
  star: 1,
  exists: 1,
  house: 1,
  stranger: 1,
  wanted: 1,
  first: 1,
  begins: 1,
  fresh: 1,
  three: -1,
  four: -1,
  five: -1,
  seven: -1,
  known: -1,
  usual: -1,
  holders: -1,
  single: -1,
  throng: -1,
  trailing: -1,
  rest: -1,
  frame: -1,
  scoped: -1,
  inScope: -1,
  kin: -1,
  phrase: -1,
};
/**
 * Set by hand, and not learnt. The registry has taken no letters of other scripts for years: nobody honest writes a new name
 * with them. The others hardly a labelled squat shows, and of 29,546 honest names that nobody lists less than one in a
 * thousand each; reports tell of them, so they weigh as much as a clear likeness, and hardly ever enough to block.
 */
const set = { 'foreign-script': 30, 'scope-slip': 4.2, 'word-ending': 2, 'kind-dropped': 2, 'kind-swapped': -1 };
const costs = { base: 0.001, class: 1, feature: 2 };
const rounds = 8;

export async function learn(bench) {
  const folder = `${bench}/typosquat`;
  if (!existsSync(folder)) {
    console.error(`no bench data at ${bench}: name weights left as they are`);
    return false;
  }
  const { openCorpus, nameAt, downloadsAt } = await load('src/names/corpus.ts');
  const { placeOf } = await load('src/names/lookup.ts');
  const { confusions, sightings } = await load('src/names/index.ts');
  const corpus = openCorpus(readFileSync(`${root}/data/popular-names.bin`));
  const isListed = (name) => placeOf(corpus, name) >= 0;
  const seen = (sample, own) => ({
    ...sample,
    listed: isListed(sample.name),
    seen: learnable(sightings(sample.name, corpus, own)).map(({ place, confusion, features }) => ({
      family: confusion.family,
      kind: confusion.name,
      features,
      meant: sample.targets?.has(nameAt(corpus, place)) ?? false,
    })),
  });
  const samples = samplesIn(folder).map((sample) => seen(sample));
  for (let fold = 0; fold < folds; fold++) {
    const families = familiesFrom(samples.filter((sample) => sample.fold !== fold));
    for (const sample of samples) if (sample.fold === fold) sample.leftOut = strongest(families, sample);
  }
  const families = familiesFrom(samples);
  const squats = samples.filter((sample) => sample.kind === 'labelled' && [...sample.targets].some(isListed));
  const unknown = samples.filter((sample) => sample.kind === 'longtail_sample' && !sample.listed);
  const accuse = down(squats.map(({ leftOut }) => leftOut).sort((a, b) => b - a)[Math.ceil(wantedRecall * squats.length) - 1]);
  const block = up(unknown.map(({ leftOut }) => leftOut).sort((a, b) => b - a)[Math.floor((mostBlocked / 1000) * unknown.length)]);
  const inUse = [...new Set(rowsOf(folder, 'legit_close').map((row) => row.name))]
    .map((name) => ({ name, own: downloadsAt(corpus, placeOf(corpus, name)) }))
    .filter(({ name, own }) => isListed(name) && own < 100_000)
    .map(({ name, own }) => ({ decades: Math.log10(own + 1) - 3, weight: strongest(families, seen({ name }, own)) }));
  const close = new Set(rowsOf(folder, 'legit_close').map((row) => row.name)).size;
  const listed = listedWeight(samples);
  // The least that every decade of downloads must speak for a name, so that few of them are accused.
  const needed = inUse.map(({ decades, weight }) => (accuse - 0.05 - listed - weight) / decades).sort((a, b) => a - b);
  const perDecade = Math.min(leastPerDecade, down(needed[Math.floor((mostAccusedInUse / 1000) * close)]));
  const share = (list, from) => `${list.filter(({ leftOut }) => leftOut >= from).length} of ${list.length}`;
  const weights = {
    about:
      'What each likeness of a name with a popular one weighs, in decibans: class and features are summed. Learnt per family by logistic regression (ridge), the strongest likeness of each name counting; squats of one target or scope share the importance of a few.',
    squats: `${count(samples, 'labelled')} labelled names of malware; ${count(samples, 'other')} others (target inferred, or no harm done) at three tenths`,
    honest: `${count(samples, 'longtail_sample')} less popular names, ${count(samples, 'benign_lookalikes')} once suspected and cleared, all as if nobody used them`,
    leftOut: {
      about: `what names left out of the learning weigh, in ${folds} parts`,
      accused: {
        squats: share(squats, accuse),
        unknown: share(unknown, accuse),
        cleared: share(
          samples.filter(({ kind }) => kind === 'benign_lookalikes'),
          accuse,
        ),
      },
      blocked: {
        squats: share(squats, block),
        unknown: share(unknown, block),
        cleared: share(
          samples.filter(({ kind }) => kind === 'benign_lookalikes'),
          block,
        ),
      },
    },
    by: 'npm run data:weights',
    accuse,
    block,
    used: { listed, perDecade },
    families: withUnseen(families, confusions),
  };
  write(weights);
  console.log(
    `names: accuse from ${accuse}, block from ${block}, in use ${listed} and ${perDecade} a decade; left out: ${JSON.stringify(weights.leftOut.accused)}, ${JSON.stringify(weights.leftOut.blocked)}`,
  );
  return true;
}

/** Being in use at all: counted among squats, and among names that are not popular. */
function listedWeight(samples) {
  const rate = (kind) => {
    const of = samples.filter((sample) => sample.kind === kind);
    return (of.filter(({ listed }) => listed).length + 0.5) / (of.length + 1);
  };
  return decibans(Math.log(rate('labelled') / rate('longtail_sample')));
}

function familiesFrom(samples) {
  const names = [...new Set(samples.flatMap(({ seen }) => seen.map(({ family }) => family)))].sort();
  return Object.fromEntries(names.map((family) => [family, familyFrom(family, samples)]));
}

function familyFrom(family, samples, dropped = new Set()) {
  const items = samples.map((sample) => ({ sample, seen: sample.seen.filter((one) => one.family === family) })).filter(({ seen }) => seen.length > 0);
  const kinds = [...new Set(items.flatMap(({ seen }) => seen.map(({ kind }) => kind)))].sort();
  const features = [...new Set(items.flatMap(({ seen }) => seen.flatMap((one) => Object.keys(one.features))))]
    .filter((name) => !dropped.has(name))
    .sort();
  const rowsFor = ({ seen }) =>
    seen.map((one) => [1, ...kinds.map((kind) => (kind === one.kind ? 1 : 0)), ...features.map((name) => one.features[name] ?? 0)]);
  const choices = items.map((item) => rowsFor(item));
  const all = choices.flat();
  const penalty = all[0].map((_, i) =>
    i === 0 ? costs.base : i <= kinds.length ? costs.class : (costs.feature * all.reduce((sum, row) => sum + row[i] ** 2, 0)) / all.length || 1,
  );
  let weights = penalty.map(() => 0);
  let best = [];
  for (let round = 0; round < rounds; round++) {
    best = items.map(({ seen }, at) => strongestOf(choices[at].map((row, i) => dot(weights, row) + (seen[i].meant ? (round === 0 ? 100 : 2) : 0))));
    weights = logistic(
      best.map((i, at) => choices[at][i]),
      items.map(({ sample }) => sample.made),
      items.map(({ sample }) => sample.importance),
      penalty,
    );
  }
  const wrong = features.filter((name, i) => weights[1 + kinds.length + i] * (directions[name] ?? 0) < 0);
  if (wrong.length > 0) return familyFrom(family, samples, new Set([...dropped, ...wrong]));
  const base = weights[0] - Math.log(importance(samples, 1) / importance(samples, 0));
  const told = (at, made) => items.filter(({ sample, seen }, i) => sample.made === made && seen[best[i]].kind === kinds[at]).length;
  return {
    base: decibans(base),
    classes: Object.fromEntries(
      kinds.map((kind, at) => [kind, { decibans: decibans(base + weights[1 + at]), squats: told(at, 1), honest: told(at, 0) }]),
    ),
    features: Object.fromEntries(features.map((name, at) => [name, decibans(weights[1 + kinds.length + at], 100)])),
  };
}

/** Classes that no name shows weigh as much as their family by itself; some are set by what is known otherwise, and never learnt. */
function withUnseen(families, confusions) {
  for (const { name, family } of confusions)
    families[family].classes[name] ??= { decibans: set[name] ?? families[family].base, squats: 0, honest: 0 };
  return families;
}

function learnable(seen) {
  return seen.filter(({ confusion }) => !(confusion.name in set));
}

function strongest(families, { seen }) {
  return Math.max(
    -99,
    ...seen.map(({ family, kind, features }) => {
      const { classes, features: each } = families[family];
      return Object.entries(features).reduce((sum, [name, value]) => sum + (each[name] ?? 0) * value, classes[kind]?.decibans ?? -99);
    }),
  );
}

function strongestOf(list) {
  return list.indexOf(Math.max(...list));
}

function importance(samples, made) {
  return samples.reduce((sum, sample) => sum + (sample.made === made ? sample.importance : 0), 0);
}

function count(samples, kind) {
  return samples.filter((sample) => sample.kind === kind).length.toLocaleString('en');
}

function decibans(natural, parts = 10) {
  return Math.round((natural * 10 * parts) / Math.LN10) / parts;
}

function down(value) {
  return Math.floor(value * 10) / 10;
}

function up(value) {
  return Math.ceil(value * 10) / 10;
}

function write(weights) {
  const json = JSON.stringify(weights, undefined, 2).replace(
    /\{\n\s+("decibans": [^}]*?)\n\s+\}/g,
    (_, body) => `{ ${body.replace(/\s*\n\s+/g, ' ')} }`,
  );
  writeFileSync(`${root}/data/name-weights.json`, `${json}\n`);
  writeFileSync(`${root}/src/names/weights.ts`, sourceOf(weights));
}

/** The same as source, so that nothing is read when names are weighed. */
export function sourceOf({ accuse, block, used, families }) {
  const table = Object.entries(families).map(([family, { classes, features }]) => {
    const list = (entries) => entries.map(([name, value]) => `      ${/^[a-z]+$/i.test(name) ? name : `'${name}'`}: ${value},\n`).join('');
    return `  ${family}: {\n    classes: {\n${list(Object.entries(classes).map(([name, { decibans: value }]) => [name, value]))}    },\n    features: {\n${list(Object.entries(features))}    },\n  },\n`;
  });
  return `/** Written by \`npm run data:weights\` from data/name-weights.json, where the counts are. */
import type { Family } from './confusions/confusion.ts';

/** From here on a name is accused; blocking takes more, and evidence of another kind. */
export const accuse = ${accuse};
export const mayBlock = ${block};

/** What being in use speaks for a name, and each ten times more downloads beyond a thousand. */
export const used = { listed: ${used.listed}, perDecade: ${used.perDecade} } as const;

/** Decibans of the classes and features of each family. */
export const weights: Readonly<Record<Family, FamilyWeights>> = {
${table.join('')}};

interface FamilyWeights {
  readonly classes: Readonly<Record<string, number>>;
  readonly features: Readonly<Record<string, number>>;
}
`;
}
