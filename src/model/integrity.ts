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

/** Adds a hexadecimal sha1, as registries and Yarn 1 write it. */
export function withShasum(hashes: Hashes, shasum: string | undefined): Hashes {
  if (shasum === undefined || !/^[0-9a-f]{40}$/i.test(shasum) || hashes.has('sha1')) return hashes;
  return new Map([...hashes, ['sha1', [base64OfHex(shasum)]]]);
}

/** Whether two sets mean the same bytes by the strongest algorithm both have; undefined when they have none in common. */
export function sameBytes(a: Hashes, b: Hashes): { readonly same: boolean; readonly algorithm: string } | undefined {
  const algorithm = strongestFirst.find((name) => a.has(name) && b.has(name));
  if (algorithm === undefined) return undefined;
  const other = new Set(b.get(algorithm));
  return { same: (a.get(algorithm) ?? []).some((hash) => other.has(hash)), algorithm };
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
