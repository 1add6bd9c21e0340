/** The most downloaded names of the embedded list: what lockfiles are made of. */
import { load } from './load.mjs';

/** So many of them, without scopes. */
export async function knownNames(count) {
  const [{ popularNames }, { nameAt }] = await Promise.all([load('src/evidence/popular-names.ts'), load('src/names/corpus.ts')]);
  const corpus = popularNames();
  const names = [];
  for (let place = 0; names.length < count; place += 1) if (!nameAt(corpus, place).startsWith('@')) names.push(nameAt(corpus, place));
  return names;
}
