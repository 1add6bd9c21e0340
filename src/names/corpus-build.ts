/** Builds the bytes that `openCorpus` opens: for `npm run data`, and for the few names a project adds of its own. */
import { fixedHeader, form, magic, mostIndexed, packDownloads, packUses, placeBits, sections, stride, usage } from './corpus.ts';
import { Letters, spread } from './hash.ts';
import { bareName, wordsOf } from './words.ts';

/** A name and how often it is downloaded in a month. */
export interface Popular {
  readonly name: string;
  readonly downloads: number;
}

/** The bytes of a list; the `indexed` most downloaded names can be found with edits. Same names, same bytes. */
export function buildCorpus(popular: readonly Popular[], indexed = mostIndexed): Uint8Array {
  const names = [...withScopes(popular)]
    .filter(({ name }) => readable.test(name))
    .sort(byDownloads)
    .slice(0, 1 << placeBits);
  const edited = Math.min(indexed, mostIndexed, names.length);
  const letters = new Letters();
  const forms = new Keys();
  const halves = new Keys();
  const thirds = new Keys();
  const signatures = new Uint32Array(edited);
  names.forEach(({ name }, id) => {
    letters.read(name);
    addForms(forms, name, letters, id, id < edited);
    letters.read(name);
    if (id >= edited) return;
    signatures[id] = letters.signature;
    addHalves(halves, letters, id);
    addThirds(thirds, letters, id);
  });
  const parts = new Map<string, Uint8Array | Uint16Array | Uint32Array>([
    ...textOf(names, edited),
    ['downloads', padded(Uint16Array.from(names, ({ downloads }) => packDownloads(Math.min(downloads, 0xffffffff))))],
    ['relatives', padded(relativesOf(names))],
    ['signatures', signatures],
    ...halves.parts('half', 16),
    ...thirds.parts('third', 16),
    ...forms.parts('form', 32),
    ...usesIn(names, letters),
  ]);
  const indexedLength = names.slice(0, edited).reduce((sum, { name }) => sum + name.length, 0);
  return assemble([magic, names.length, edited, indexedLength], parts);
}

const readable = /^[\x21-\x7e]{1,214}$/;

function byDownloads(a: Popular, b: Popular): number {
  return b.downloads - a.downloads || (a.name < b.name ? -1 : 1);
}

/** A scope is as popular as its packages together. */
function* withScopes(popular: readonly Popular[]): Iterable<Popular> {
  const scopes = new Map<string, number>();
  for (const item of popular) {
    yield item;
    const scope = /^@[^/]+(?=\/)/.exec(item.name)?.[0];
    if (scope !== undefined) scopes.set(scope, (scopes.get(scope) ?? 0) + item.downloads);
  }
  for (const [name, downloads] of scopes) yield { name, downloads };
}

function addForms(keys: Keys, name: string, letters: Letters, id: number, indexed: boolean): void {
  keys.add(spread(letters.hash(0, letters.length), form.letters), id);
  const words = wordsOf(name);
  if (indexed && words.length > 1) keys.add(wordsKey(words, letters), id);
  const bare = bareName(name);
  if (bare === name || !letters.read(bare)) return;
  keys.add(spread(letters.hash(0, letters.length), form.bare), id);
}

/** The key of a set of words, whatever their order. */
export function wordsKey(words: readonly string[], letters: Letters): number {
  let sum = 0;
  for (const word of words) {
    letters.read(word);
    sum = (sum + spread(letters.hash(0, letters.length), form.words)) | 0;
  }
  return spread(sum, form.words);
}

/** One edit leaves one half of a name as it was. */
function addHalves(keys: Keys, letters: Letters, id: number): void {
  const { length } = letters;
  const half = length >> 1;
  keys.add(spread(letters.hash(0, half), 2 * length), id);
  keys.add(spread(letters.hash(half, length), 2 * length + 1), id);
}

/** Two edits leave one third of a name as it was. */
function addThirds(keys: Keys, letters: Letters, id: number): void {
  const { length } = letters;
  const first = Math.floor(length / 3);
  const second = Math.floor((2 * length) / 3);
  keys.add(spread(letters.hash(0, first), 3 * length), id);
  keys.add(spread(letters.hash(first, second), 3 * length + 1), id);
  keys.add(spread(letters.hash(second, length), 3 * length + 2), id);
}

/** Collects keys and lays them out as buckets. */
class Keys {
  readonly #keys: number[] = [];
  readonly #ids: number[] = [];

  add(key: number, id: number): void {
    this.#keys.push(key);
    this.#ids.push(id);
  }

  parts(name: string, bits: 16 | 32): [string, Uint16Array | Uint32Array][] {
    const { starts, order } = laidOut(this.#keys);
    const place = (at: number) => (bits === 32 ? ((this.#keys[at] ?? 0) >>> placeBits) << placeBits : 0) | (this.#ids[at] ?? 0);
    const ids = bits === 16 ? Uint16Array.from(order, place) : Uint32Array.from(order, place);
    return [
      [`${name}Starts`, starts],
      [`${name}Ids`, ids instanceof Uint16Array ? padded(ids) : ids],
    ];
  }
}

/** Every word of two names or more and every two words in a row of three, and how many names have them. */
function usesIn(names: readonly Popular[], letters: Letters): [string, Uint32Array][] {
  const words = new Map<string, number>();
  const pairs = new Map<string, number>();
  for (const { name } of names) {
    const all = wordsOf(name);
    for (const word of new Set(all)) words.set(word, (words.get(word) ?? 0) + 1);
    for (const pair of new Set(all.slice(1).map((word, at) => `${all[at]}${word}`))) pairs.set(pair, (pairs.get(pair) ?? 0) + 1);
  }
  const counted = (uses: ReadonlyMap<string, number>, least: number, kind: number) =>
    [...uses].flatMap(([word, count]): [number, number][] => {
      letters.read(word);
      return count < least ? [] : [[spread(letters.hash(0, letters.length), kind), packUses(count)]];
    });
  const entries = [...counted(words, 2, usage.word), ...counted(pairs, 3, usage.pair)];
  const { starts, order } = laidOut(entries.map(([key]) => key));
  return [
    ['wordStarts', starts],
    ['wordUses', Uint32Array.from(order, (at) => (((entries[at]?.[0] ?? 0) & 0xffffff00) | (entries[at]?.[1] ?? 0)) >>> 0)],
  ];
}

/** Where each bucket begins, and which entries lie in them one after another. */
function laidOut(keys: readonly number[]): { readonly starts: Uint32Array; readonly order: Uint32Array } {
  // The lowest eight bits of a key are told by its bucket alone.
  const size = 2 ** Math.max(8, Math.ceil(Math.log2(keys.length / 3)));
  const starts = new Uint32Array(size + 1);
  for (const key of keys) starts[(key & (size - 1)) + 1] = (starts[(key & (size - 1)) + 1] ?? 0) + 1;
  for (let at = 1; at <= size; at++) starts[at] = (starts[at] ?? 0) + (starts[at - 1] ?? 0);
  const next = starts.slice();
  const order = new Uint32Array(keys.length);
  keys.forEach((key, at) => {
    const bucket = key & (size - 1);
    order[next[bucket] ?? 0] = at;
    next[bucket] = (next[bucket] ?? 0) + 1;
  });
  return { starts, order };
}

/** How many names hold each name as a word, or as several words in a row: `eslint` thousands, `left-pad` three. */
function relativesOf(names: readonly Popular[]): Uint16Array {
  const holders = new Map<string, number>();
  for (const { name } of names) for (const run of new Set(runsOf(wordsOf(name)))) holders.set(run, (holders.get(run) ?? 0) + 1);
  return Uint16Array.from(names, ({ name }) => Math.min(holders.get(wordsOf(name).join('')) ?? 0, 0xffff));
}

function* runsOf(words: readonly string[]): Iterable<string> {
  for (let from = 0; from < words.length; from++)
    for (let to = from + 1; to <= Math.min(words.length, from + 4); to++) if (to - from < words.length) yield words.slice(from, to).join('');
}

/** Every section begins at a multiple of four bytes. */
function padded(list: Uint16Array): Uint16Array {
  const even = new Uint16Array(list.length + (list.length % 2));
  even.set(list);
  return even;
}

function textOf(names: readonly Popular[], indexed: number): [string, Uint8Array | Uint32Array][] {
  const joined = (some: readonly Popular[]) => {
    const text = some.map(({ name }) => name).join('');
    return bytesFrom(text.length, (at) => text.charCodeAt(at));
  };
  const starts = new Uint32Array(Math.ceil(names.length / stride));
  let end = 0;
  names.forEach(({ name }, id) => {
    if (id % stride === 0) starts[id / stride] = end;
    end += name.length;
  });
  return [
    ['text', joined(names.slice(0, indexed))],
    ['tail', joined(names.slice(indexed))],
    ['starts', starts],
    ['lengths', bytesFrom(names.length, (id) => names[id]?.name.length ?? 0)],
  ];
}

function bytesFrom(length: number, at: (index: number) => number): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(length / 4) * 4);
  for (let index = 0; index < length; index++) bytes[index] = at(index);
  return bytes;
}

function assemble(fixed: readonly number[], parts: ReadonlyMap<string, Uint8Array | Uint16Array | Uint32Array>): Uint8Array {
  const header = [...fixed];
  let end = (header.length + sections.length + 1) * 4;
  for (const name of sections) {
    header.push(end);
    end += parts.get(name)?.byteLength ?? 0;
  }
  header.push(end);
  const bytes = new Uint8Array(end);
  new Uint32Array(bytes.buffer).set(header);
  sections.forEach((name, at) => {
    const part = parts.get(name);
    if (part) bytes.set(new Uint8Array(part.buffer, part.byteOffset, part.byteLength), header[fixedHeader + at] ?? 0);
  });
  return bytes;
}
