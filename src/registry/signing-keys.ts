/** The keys that registries sign with: those that came with depward's own dependencies, and those a registry publishes. */
import { type Instant, parseInstant } from '../model/time.ts';
import { shippedRoots } from './shipped-trust.ts';
import { fieldsOf, textOf } from './untrusted.ts';

/** A public key, good for what was signed before it expired. */
export interface SigningKey {
  readonly keyid: string;
  /** SubjectPublicKeyInfo (DER) in base64; ECDSA on P-256. */
  readonly key: string;
  readonly expires?: Instant;
}

const mostKeys = 100;
const p256 = 'ecdsa-sha2-nistp256';

/** The keys of a registry's `/-/npm/v1/keys`; undefined when the document is not one. Keys of other kinds are passed over. */
export function parseKeys(document: unknown): readonly SigningKey[] | undefined {
  const { keys } = fieldsOf(document);
  if (!Array.isArray(keys) || keys.length > mostKeys) return undefined;
  return keys.flatMap((raw) => {
    const { keyid, keytype, scheme, key, expires } = fieldsOf(raw);
    const [id, der] = [textOf(keyid, 256), textOf(key, 1_000)];
    if (id === undefined || der === undefined || (keytype ?? p256) !== p256 || (scheme ?? p256) !== p256) return [];
    const until = typeof expires === 'string' ? parseInstant(expires) : undefined;
    // An end that cannot be read is none that has been kept.
    if (typeof expires === 'string' && until === undefined) return [];
    return [{ keyid: id, key: der, ...(until !== undefined && { expires: until }) }];
  });
}

let shipped: ReadonlyMap<string, SigningKey> | undefined;

/**
 * The key of this id that came with sigstore's own list of registry keys. It is good behind every mirror that passes the
 * signatures of the registry it mirrors, and no registry may say that the key of that id is another.
 */
export function shippedKey(keyid: string): SigningKey | undefined {
  shipped ??= new Map(shippedRoots().flatMap(({ keys }) => keys.flatMap(keyOf)));
  return shipped.get(keyid);
}

function keyOf(raw: unknown): [string, SigningKey][] {
  const { keyId, keyUsage, publicKey } = fieldsOf(raw);
  const { rawBytes, keyDetails, validFor } = fieldsOf(publicKey);
  const [id, der] = [textOf(keyId, 256), textOf(rawBytes, 1_000)];
  if (id === undefined || der === undefined || keyUsage !== 'npm:signatures' || keyDetails !== 'PKIX_ECDSA_P256_SHA_256') return [];
  const expires = parseInstant(textOf(fieldsOf(validFor).end, 64));
  return [[id, { keyid: id, key: der, ...(expires !== undefined && { expires }) }]];
}
