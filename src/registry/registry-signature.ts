/** Holds a registry's signatures of a release against its keys: ECDSA over `name@version:integrity`. */
import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import type { SignaturesEvidence } from '../model/evidence.ts';
import type { Release } from '../model/packument.ts';
import { isoOf } from '../model/time.ts';
import type { SigningKey } from './signing-keys.ts';

/** What is signed. */
export interface Signed {
  readonly name: string;
  readonly release: Release;
  readonly integrity: string;
}

/** All signatures must hold; one that is false outweighs any that are not. */
export function checkSignatures(signed: Signed, keyOf: (keyid: string) => SigningKey | undefined): SignaturesEvidence {
  const results = (signed.release.signatures ?? []).map((signature) => checkOne(signed, signature, keyOf(signature.keyid)));
  const found = results.find(({ status }) => status === 'false') ?? results.find(({ status }) => status === 'verified') ?? results[0];
  return found ?? { status: 'unknown-key', keyid: '' };
}

function checkOne(
  { name, release, integrity }: Signed,
  { keyid, sig }: { readonly keyid: string; readonly sig: string },
  key: SigningKey | undefined,
): SignaturesEvidence {
  if (!key) return { status: 'unknown-key', keyid, detail: 'the registry publishes no key of that name' };
  if (key.expires !== undefined && release.at !== undefined && release.at >= key.expires) {
    return { status: 'false', keyid, detail: `its key had expired on ${isoOf(key.expires).slice(0, 10)}, before the release was published` };
  }
  const holds = holdsFor(key, `${name}@${release.version}:${integrity}`, sig);
  if (holds === undefined) return { status: 'unknown-key', keyid, detail: 'the key the registry publishes is none that signs releases' };
  return holds ? { status: 'verified', keyid } : { status: 'false', keyid, detail: 'the signature is not of this name, version and integrity' };
}

/** Undefined where the key itself is no such key. */
function holdsFor(key: SigningKey, message: string, sig: string): boolean | undefined {
  const made = publicKeyOf(key);
  return made && verify('sha256', Buffer.from(message), made, Buffer.from(sig, 'base64'));
}

/** Thousands of releases are signed with one key. */
const made = new WeakMap<SigningKey, KeyObject | null>();

function publicKeyOf(key: SigningKey): KeyObject | undefined {
  const known = made.get(key);
  if (known !== undefined) return known ?? undefined;
  const fresh = readKey(key);
  made.set(key, fresh ?? null);
  return fresh;
}

function readKey({ key }: SigningKey): KeyObject | undefined {
  try {
    const read = createPublicKey({ key: Buffer.from(key, 'base64'), format: 'der', type: 'spki' });
    return read.asymmetricKeyType === 'ec' && read.asymmetricKeyDetails?.namedCurve === 'prime256v1' ? read : undefined;
  } catch {
    return undefined;
  }
}
