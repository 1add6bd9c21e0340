/** Comparing hashes as lockfiles and registries write them: `sha512-<base64>`, several separated by spaces, or a hex shasum. */

/** Hashes by algorithm. */
export type Hashes = ReadonlyMap<string, readonly string[]>;

const strongestFirst = ['sha512', 'sha384', 'sha256', 'sha1'];

/** Reads a subresource integrity; anything else in it is left out. */
export function hashesOf(integrity: string | undefined): Hashes {
  const found = new Map<string, string[]>();
  for (const word of integrity?.split(/\s+/) ?? []) {
    const [, algorithm, hash] = /^(sha1|sha256|sha384|sha512)-([A-Za-z0-9+/]+={0,2})(?:\?.*)?$/.exec(word) ?? [];
    if (algorithm === undefined || hash === undefined) continue;
    const held = found.get(algorithm);
    if (held) held.push(hash);
    else found.set(algorithm, [hash]);
  }
  return found;
}

/** What a lockfile entry pins: its integrity, else the sha1 that Yarn 1 writes behind the address. */
export function lockedHashes(integrity: string | undefined, resolved: string | undefined): Hashes {
  return withShasum(hashesOf(integrity), /^https?:[^#]*#([0-9a-f]{40})$/i.exec(resolved ?? '')?.[1]);
}

/** Adds a hexadecimal sha1, as registries and Yarn 1 write it. */
export function withShasum(hashes: Hashes, shasum: string | undefined): Hashes {
  if (shasum === undefined || !/^[0-9a-f]{40}$/i.test(shasum) || hashes.has('sha1')) return hashes;
  return new Map([...hashes, ['sha1', [base64OfHex(shasum)]]]);
}

/**
 * Whether claimed hashes name the known bytes. One foreign hash beside a right one is enough to let other bytes in, because
 * package managers accept any; and only the strongest algorithm counts for them. Undefined when that one cannot be compared.
 */
export function sameBytes(claimed: Hashes, known: Hashes): { readonly same: boolean; readonly algorithm: string } | undefined {
  for (const [algorithm, hashes] of claimed) {
    const right = known.get(algorithm);
    if (right && !hashes.every((hash) => right.includes(hash))) return { same: false, algorithm };
  }
  const strongest = strongestFirst.find((name) => claimed.has(name));
  return strongest !== undefined && known.has(strongest) ? { same: true, algorithm: strongest } : undefined;
}

/** Whether the strongest of these hashes is of a weaker kind than the strongest there was. */
export function isWeaker(hashes: Hashes, before: Hashes): boolean {
  const strength = (of: Hashes) => strongestFirst.length - 1 - strongestFirst.findIndex((name) => of.has(name));
  return hashes.size > 0 && before.size > 0 && strength(hashes) < strength(before);
}

/** Whether claimed hashes name the bytes a registry publishes. */
export function samePublished(claimed: Hashes, published: { readonly integrity?: string; readonly shasum?: string }): ReturnType<typeof sameBytes> {
  const known = hashesOf(published.integrity);
  // Turning one way of writing into the other is for those alone who need it.
  return sameBytes(claimed, claimed.has('sha1') ? withShasum(known, published.shasum) : known);
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

function base64OfHex(hex: string): string {
  let text = '';
  for (let at = 0; at < hex.length; at += 6) {
    const part = hex.slice(at, at + 6);
    const bits = Number.parseInt(part.padEnd(6, '0'), 16);
    const letters = [18, 12, 6, 0].map((shift) => alphabet[(bits >> shift) & 63]).join('');
    text += part.length === 6 ? letters : letters.slice(0, part.length === 4 ? 3 : 2).padEnd(4, '=');
  }
  return text;
}
