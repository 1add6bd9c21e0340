/** Rolling hashes: the hash of any part of a name in constant time (Karp and Rabin, 1987). */

const base = 0x01000193;

/** npm allows 214 characters; a longer name resembles nothing. */
export const longestName = 214;

const powers = powersOf(base, longestName + 1);

/** The letters and digits of a name in lower case, with the hash of every prefix. Reused: one query at a time. */
export class Letters {
  readonly bytes = new Uint8Array(longestName + 1);
  readonly #prefix = new Int32Array(longestName + 1);
  length = 0;
  /** One bit per character, as a cheap bound on the distance of two names. */
  signature = 0;

  /** Reads a name, dropping what separates words. False when it is too long or holds anything but ASCII. */
  read(name: string): boolean {
    this.#begin();
    if (name.length > longestName) return false;
    for (let at = 0; at < name.length; at++) {
      const code = name.charCodeAt(at);
      if (code > 126) return false;
      this.#add(letterOf[code] ?? 0);
    }
    return true;
  }

  /** Hash of the letters from `from` up to `to`. */
  hash(from: number, to: number): number {
    return ((this.#prefix[to] ?? 0) - Math.imul(this.#prefix[from] ?? 0, powers[to - from] ?? 0)) | 0;
  }

  #begin(): void {
    this.length = 0;
    this.signature = 0;
  }

  #add(letter: number): void {
    if (letter === 0) return;
    this.bytes[this.length] = letter;
    this.#prefix[this.length + 1] = appended(this.#prefix[this.length] ?? 0, letter);
    this.signature |= 1 << (letter & 31);
    this.length++;
  }
}

/** The hash of a part with one more letter at its end. */
export function appended(hash: number, letter: number): number {
  return (Math.imul(hash, base) + letter) | 0;
}

/** The hash of a part of `length` letters with one more letter before it. */
export function prepended(letter: number, hash: number, length: number): number {
  return (Math.imul(letter, powers[length] ?? 0) + hash) | 0;
}

/** Spreads a hash over the table, apart for each `kind` of key. */
export function spread(hash: number, kind: number): number {
  let mixed = Math.imul(hash ^ Math.imul(kind, 0x9e3779b1), 0x85ebca6b);
  mixed ^= mixed >>> 15;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0x27d4eb2f);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

/** Copies the letters of a listed name, without their hashes; says how many. */
export function copyLetters(source: Uint8Array, from: number, to: number, into: Uint8Array): number {
  let length = 0;
  for (let at = from; at < to; at++) {
    const letter = letterOf[source[at] ?? 0] ?? 0;
    if (letter !== 0) into[length++] = letter;
  }
  return length;
}

/** The letter or digit a byte stands for, in lower case; 0 for everything that only separates. */
const letterOf: Uint8Array = Uint8Array.from({ length: 256 }, (_, code) => {
  const text = String.fromCharCode(code).toLowerCase();
  return /^[a-z0-9]$/.test(text) ? text.charCodeAt(0) : 0;
});

function powersOf(factor: number, count: number): Int32Array {
  const list = new Int32Array(count);
  list[0] = 1;
  for (let at = 1; at < count; at++) list[at] = Math.imul(list[at - 1] ?? 0, factor);
  return list;
}
