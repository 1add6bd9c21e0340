/** What others check, restated over the same list of names. */
import { distance } from 'fastest-levenshtein';

/** Titles and checks: whether a name is accused. */
export function baselines(names) {
  const listed = new Set(names);
  const nearest = memo((name) => {
    let least = 3;
    for (const other of names) {
      if (Math.abs(other.length - name.length) >= least || other === name) continue;
      const edits = distance(name, other);
      if (edits < least) least = edits;
      if (least === 1) return 1;
    }
    return least;
  });
  const npqList = names.slice(0, 50_000);
  const npqKnows = new Set(npqList);
  const guardDogList = names.slice(0, 5_247);
  return [
    ['Levenshtein <= 1, same list', (name) => nearest(name) <= 1],
    ['Levenshtein <= 2, same list', (name) => nearest(name) <= 2],
    ['Levenshtein <= 1, listed names spared', (name) => !listed.has(name) && nearest(name) <= 1],
    ['Levenshtein <= 2, listed names spared', (name) => !listed.has(name) && nearest(name) <= 2],
    [
      "npq's check restated, first 50,000",
      (name) => !npqKnows.has(name) && npqList.some((other) => Math.abs(other.length - name.length) < 3 && distance(name, other) < 3),
    ],
    ["GuardDog's rule restated, first 5,247", (name) => !guardDogList.includes(name) && guardDogList.some((other) => isGuardDogTypo(name, other))],
  ];
}

/** One edit, two neighbours swapped, or the same words between hyphens in another order (of at most six, for it permutes). */
function isGuardDogTypo(name, other) {
  if (Math.abs(name.length - other.length) <= 1 && (distance(name, other) <= 1 || isSwap(name, other))) return true;
  const [a, b] = [name.split('-'), other.split('-')];
  return a.length === b.length && a.length > 1 && a.length <= 6 && a.sort().join('-') === b.sort().join('-');
}

function isSwap(a, b) {
  if (a.length !== b.length) return false;
  const at = [...a].findIndex((letter, i) => letter !== b[i]);
  return at >= 0 && a[at] === b[at + 1] && a[at + 1] === b[at] && a.slice(at + 2) === b.slice(at + 2);
}

function memo(work) {
  const known = new Map();
  return (key) => {
    if (!known.has(key)) known.set(key, work(key));
    return known.get(key);
  };
}
