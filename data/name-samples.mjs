/** The names that name weights are learnt from: squats with their targets, and names that honest people chose. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

export const folds = 10;

/** Squats and honest names, each with its fold: squats of one target or of one scope are never on both sides of a test. */
export function samplesIn(folder) {
  const pairs = rowsOf(folder, 'pairs').filter((row) => row.name_related === '1' && row.target_basis !== 'none');
  const labelled = groups(pairs.filter(isLabelled), (row) => row.squat);
  const others = groups(
    pairs.filter((row) => !labelled.has(row.squat)),
    (row) => row.squat,
  );
  const squats = [...labelled].map((entry) => squat(entry, 'labelled', 1)).concat([...others].map((entry) => squat(entry, 'other', otherImportance)));
  const together = groups(squats, ({ house }) => house);
  for (const one of squats) one.importance /= Math.sqrt(together.get(one.house).length);
  const known = new Set(squats.map(({ name }) => name));
  const honest = ['longtail_sample', 'benign_lookalikes'].flatMap((file) =>
    [...new Set(rowsOf(folder, file).map((row) => row.name))]
      .filter((name) => !known.has(name))
      .map((name) => ({ name, kind: file, made: 0, importance: 1, fold: foldOf(name) })),
  );
  return [...squats, ...honest];
}

/** Squats whose target was inferred from the letters, or that did no harm, count less. */
const otherImportance = 0.3;

function isLabelled(row) {
  return row.label === 'malware' && row.target_basis === 'labelled';
}

/** A campaign is one finding, not a hundred: names that aim at one target, or at one scope, share the importance of a few. */
function squat([name, rows], kind, importance) {
  const target = rows[0].target;
  const house = target.startsWith('@') ? target.slice(0, target.indexOf('/')) : target;
  return { name, kind, made: 1, importance, house, fold: foldOf(house), targets: new Set(rows.map((row) => row.target)) };
}

function foldOf(key) {
  return createHash('sha256').update(`fold ${key}`).digest()[0] % folds;
}

export function rowsOf(folder, file) {
  const [head, ...lines] = gunzipSync(readFileSync(`${folder}/${file}.tsv.gz`))
    .toString()
    .trimEnd()
    .split('\n');
  const keys = head.split('\t');
  return lines.map((line) => Object.fromEntries(line.split('\t').map((cell, at) => [keys[at], cell])));
}

function groups(list, key) {
  const found = new Map();
  for (const item of list) {
    const group = found.get(key(item));
    if (group) group.push(item);
    else found.set(key(item), [item]);
  }
  return found;
}
