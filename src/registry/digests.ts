/** The hashes of bytes that come in pieces, and whether they are what a lockfile or registry says. */
import { createHash, type Hash, hash } from 'node:crypto';

/** What a word on integrity wants: one of some digests of its strongest algorithm; undefined when it says nothing usable. */
interface Wanted {
  readonly algorithm: string;
  readonly digests: ReadonlySet<string>;
}

/** Hashes bytes once for each algorithm wanted; a class because it takes them in as they come. */
export class Digests {
  readonly #wanted: readonly (Wanted | undefined)[];
  readonly #algorithms: ReadonlySet<string>;
  readonly #hashes = new Map<string, Hash>();
  readonly #done = new Map<string, string>();

  private constructor(wanted: readonly (Wanted | undefined)[]) {
    this.#wanted = wanted;
    this.#algorithms = new Set(['sha512', ...this.#wanted.flatMap((one) => (one ? [one.algorithm] : []))]);
  }

  /** `words` are Subresource Integrity texts. */
  static async against(words: readonly string[]): Promise<Digests> {
    return new Digests(await Promise.all(words.map(wantedOf)));
  }

  /** The same of bytes that are all there. */
  static async of(bytes: Buffer, words: readonly string[]): Promise<Digests> {
    const digests = await Digests.against(words);
    for (const algorithm of digests.#algorithms) digests.#done.set(algorithm, hash(algorithm, bytes, 'base64'));
    return digests;
  }

  update(bytes: Buffer): void {
    for (const algorithm of this.#algorithms) this.#hashOf(algorithm).update(bytes);
  }

  get integrity(): string {
    return `sha512-${this.#digest('sha512')}`;
  }

  /** For each word whether it holds, as npm decides: the strongest algorithm counts. Undefined when it says nothing usable. */
  holds(): readonly (boolean | undefined)[] {
    return this.#wanted.map((wanted) => wanted?.digests.has(this.#digest(wanted.algorithm)));
  }

  #digest(algorithm: string): string {
    const held = this.#done.get(algorithm) ?? this.#hashOf(algorithm).digest('base64');
    this.#done.set(algorithm, held);
    return held;
  }

  /** Made when bytes come in pieces. */
  #hashOf(algorithm: string): Hash {
    const held = this.#hashes.get(algorithm) ?? createHash(algorithm);
    this.#hashes.set(algorithm, held);
    return held;
  }
}

async function wantedOf(word: string): Promise<Wanted | undefined> {
  // As nearly all are written: the reader of all other forms is not even loaded for them.
  if (/^sha512-[A-Za-z0-9+/]{86}==$/.test(word)) return { algorithm: 'sha512', digests: new Set([word.slice(7)]) };
  const { default: ssri } = await import('ssri');
  const parsed = ssri.parse(word);
  if (!parsed || Object.keys(parsed).length === 0) return undefined;
  const algorithm = parsed.pickAlgorithm();
  return { algorithm, digests: new Set((parsed[algorithm] ?? []).map(({ digest }) => digest)) };
}
