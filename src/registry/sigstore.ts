/** Verifies sigstore bundles, offline, with the trust root that came with depward's dependencies. */
import { createPublicKey } from 'node:crypto';
import type { SerializedBundle } from '@sigstore/bundle';
import type { SignedEntity, Signer, TrustMaterial } from '@sigstore/verify';
import { shippedRoots } from './shipped-trust.ts';
import type { SigningKey } from './signing-keys.ts';

/** What a bundle came to. `foreign`: made under an authority, log or key that is not known here. `unknown`: it could not be read. */
export type BundleResult =
  | Verified
  | { readonly status: 'false'; readonly detail: string }
  | { readonly status: 'foreign' | 'unknown'; readonly detail: string };

interface Verified {
  readonly status: 'verified';
  readonly payload: Buffer;
  /** Whom the certificate names; absent where a plain key signed. */
  readonly identity?: string;
  /** Fulcio's extensions of the certificate by the end of their object identifiers. */
  readonly extensions: ReadonlyMap<string, string>;
}

/** Verifies one bundle, JSON of any shape; keys that sign without a certificate are looked up by their id. */
export type BundleVerifier = (bundle: unknown, keyOf: (keyid: string) => SigningKey | undefined) => BundleResult;

/** Opens a verifier with a trust root as JSON, the shipped one where none is given; undefined when there is none. */
export async function openVerifier(root?: unknown): Promise<BundleVerifier | undefined> {
  const chosen = root ?? shippedRoots().find((one) => one.root !== undefined)?.root;
  if (chosen === undefined) return undefined;
  const [{ bundleFromJSON }, { toSignedEntity, toTrustMaterial, Verifier }, { TrustedRoot }] = await Promise.all([
    import('@sigstore/bundle'),
    import('@sigstore/verify'),
    import('@sigstore/protobuf-specs'),
  ]);
  const trusted = TrustedRoot.fromJSON(chosen);
  return (raw, keyOf) => {
    const material = toTrustMaterial(trusted, (hint) => publicKeyOf(keyOf(hint)));
    let entity: SignedEntity | undefined;
    try {
      // Throws for anything that is no bundle of a version it knows.
      const bundle = bundleFromJSON(raw as SerializedBundle);
      if (bundle.content.$case !== 'dsseEnvelope') return { status: 'false', detail: 'it holds no statement' };
      entity = toSignedEntity(bundle);
      const signer = new Verifier(material).verify(entity);
      return { status: 'verified', payload: bundle.content.dsseEnvelope.payload, ...identityOf(signer) };
    } catch (error) {
      const detail = error instanceof Error ? error.message : 'it could not be read';
      if (!entity) return { status: 'unknown', detail };
      return { status: isUnderKnown(entity, material, keyOf) ? 'false' : 'foreign', detail };
    }
  };
}

function publicKeyOf(key: SigningKey | undefined): ReturnType<TrustMaterial['publicKey']> {
  if (!key) throw new Error('the key that signed it is not known');
  const publicKey = createPublicKey({ key: Buffer.from(key.key, 'base64'), format: 'der', type: 'spki' });
  return { publicKey, validFor: (date) => key.expires === undefined || date.getTime() < key.expires };
}

const fulcio = '1.3.6.1.4.1.57264.';

function identityOf({ identity }: Signer): Pick<Verified, 'identity' | 'extensions'> {
  const extensions = (identity?.oids ?? []).flatMap(({ oid, value }) => {
    const id = oid?.id.join('.') ?? '';
    return id.startsWith(fulcio) ? [[id.slice(fulcio.length), textIn(value)] as const] : [];
  });
  const name = identity?.subjectAlternativeName;
  return { ...(name !== undefined && { identity: name }), extensions: new Map(extensions) };
}

/** The newer extensions are a DER UTF8String, the older ones the bare text. */
function textIn(value: Buffer): string {
  const length = value[1] ?? 0;
  if (value[0] !== 0x0c) return value.toString('utf8');
  return value.subarray(length < 0x80 ? 2 : 2 + (length & 0x7f)).toString('utf8');
}

/** What is false under known authorities is false; what comes from others is foreign. */
function isUnderKnown({ key, tlogEntries, timestamps }: SignedEntity, material: TrustMaterial, keyOf: (keyid: string) => unknown): boolean {
  const logs = tlogEntries.every(({ logId }) => material.tlogs.some((log) => logId?.keyId !== undefined && log.logID.equals(logId.keyId)));
  const stamps = timestamps.every((stamp) => stamp.$case === 'transparency-log');
  if (!logs || !stamps) return false;
  if (key.$case === 'public-key') return keyOf(key.hint) !== undefined;
  const { extAuthorityKeyID, extSCT } = key.certificate;
  const issuer = extAuthorityKeyID?.keyIdentifier;
  const authorities = material.certificateAuthorities.flatMap(({ certChain }) => certChain);
  const issued = issuer === undefined || authorities.some(({ extSubjectKeyID }) => extSubjectKeyID?.keyIdentifier.equals(issuer));
  const listed = (extSCT?.signedCertificateTimestamps ?? []).every(({ logID }) => material.ctlogs.some((log) => log.logID.equals(logID)));
  return issued && listed;
}
