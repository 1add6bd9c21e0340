/** What a name itself says: which popular names it could be mistaken for. Pure. */
import type { NameEvidence, NearName } from '../model/evidence.ts';
import { type Corpus, form, nameAt, placeOf } from './corpus.ts';
import { withinOneEdit } from './edits.ts';
import { Letters, spread } from './hash.ts';
import { bareName } from './words.ts';

export { type Corpus, openCorpus } from './corpus.ts';
export { buildCorpus, type Popular } from './corpus-build.ts';

const query = new Letters();

/** Compares a name with the popular names, and with those a project adds of its own. */
export function resemblance(name: string, corpus: Corpus, extra?: Corpus): NameEvidence {
  const place = placeOf(corpus, name);
  const own = place < 0 ? undefined : corpus.downloads[place];
  const near = [corpus, ...(extra ? [extra] : [])].flatMap((list) => nearIn(name, own ?? 0, list));
  return { ...(own !== undefined && { downloads: own }), near: near.sort(byScore).slice(0, 5) };
}

function nearIn(name: string, own: number, corpus: Corpus): NearName[] {
  if (!query.read(name) || query.length < 4) return [];
  const places = new Map<number, string>();
  for (const id of withinOneEdit(corpus, query)) places.set(id, 'edit');
  for (const id of formsOf(corpus, form.letters, query)) places.set(id, 'separator');
  if (bareName(name) === name) for (const id of formsOf(corpus, form.bare, query)) if (!places.has(id)) places.set(id, 'scope-dropped');
  return [...places].flatMap(([id, kind]) => {
    const target = nameAt(corpus, id);
    const downloads = corpus.downloads[id] ?? 0;
    if (target === name || downloads < 100 * (own + 100)) return [];
    return [{ target, downloads, classes: [kind], score: 0.8, tier: 'warn' as const }];
  });
}

function formsOf(corpus: Corpus, kind: number, letters: Letters): number[] {
  const { starts, ids, mask } = corpus.forms;
  const bucket = spread(letters.hash(0, letters.length), kind) & mask;
  const found = new Letters();
  return [...ids.subarray(starts[bucket] ?? 0, starts[bucket + 1] ?? 0)].filter((id) => {
    const name = nameAt(corpus, id);
    return found.read(kind === form.bare ? bareName(name) : name) && sameLetters(found, letters);
  });
}

function sameLetters(a: Letters, b: Letters): boolean {
  if (a.length !== b.length) return false;
  for (let at = 0; at < a.length; at++) if (a.bytes[at] !== b.bytes[at]) return false;
  return true;
}

function byScore(a: NearName, b: NearName): number {
  return b.score - a.score || b.downloads - a.downloads || (a.target < b.target ? -1 : 1);
}
