/** The labelled squats and the honest names that the quality of names is measured on. */
import { readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

/** Squats by name with their rows, those among them that have a listed target, and honest names by where they come from. */
export function namesIn(bench, isListed) {
  const rows = (file) => table(readFileSync(`${bench}/typosquat/${file}.tsv.gz`));
  const labelled = rows('pairs').filter((row) => row.label === 'malware' && row.target_basis === 'labelled' && row.name_related === '1');
  const targets = new Map();
  for (const row of labelled) targets.set(row.squat, [...(targets.get(row.squat) ?? []), row]);
  const less = unique(rows('longtail_sample'));
  return {
    labelled: labelled.length,
    targets,
    squats: [...targets.keys()].filter((name) => targets.get(name).some((row) => isListed(row.target))),
    honest: {
      'popular names': unique(rows('legit_population')),
      'close pairs': unique(rows('legit_close')),
      'packages of real lockfiles': lockfileNames(`${bench}/lockfiles`),
      'less popular names': less,
      'of them not listed': less.filter((name) => !isListed(name)),
      'once suspected, cleared': unique(rows('benign_lookalikes')),
    },
  };
}

function table(bytes) {
  const [head, ...lines] = gunzipSync(bytes).toString().trimEnd().split('\n');
  const keys = head.split('\t');
  return lines.map((line) => Object.fromEntries(line.split('\t').map((cell, at) => [keys[at], cell])));
}

function lockfileNames(folder) {
  const files = readdirSync(folder, { recursive: true }).filter((file) => file.endsWith('packages.tsv.gz'));
  const lines = files.flatMap((file) =>
    gunzipSync(readFileSync(`${folder}/${file}`))
      .toString()
      .split('\n'),
  );
  return [...new Set(lines.map((line) => line.split('\t')).flatMap(([name, , source]) => (source === 'registry' ? [name] : [])))];
}

function unique(list) {
  return [...new Set(list.map((row) => row.name))];
}
