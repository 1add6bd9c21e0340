import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { type AttestationsResult, checkAttestations } from '../../src/registry/attestations.ts';
import type { SigningKey } from '../../src/registry/signing-keys.ts';
import { type BundleVerifier, openVerifier } from '../../src/registry/sigstore.ts';
import { aKeyPair, anAuthority, type BundleTold } from '../helpers/sigstore-authority.ts';

const integrity = integrityOf('the bytes');
const release = { name: '@acme/lib', version: '1.0.1', integrity };
const authority = anAuthority();
const registryKey = aKeyPair();
const known: SigningKey = { keyid: 'SHA256:own', key: registryKey.spki.toString('base64') };
let verify: BundleVerifier;

beforeAll(async () => {
  const opened = await openVerifier(authority.root);
  if (!opened) throw new Error('no verifier');
  verify = opened;
});

describe('checkAttestations', () => {
  it.each(['0.1', '0.2', '0.3'] as const)('verifies a build’s bundle of format %s and reads where it was built', (format) => {
    expect(check([authority.bundle({ ...release, format, repositoryId: '77' })])).toEqual({
      status: 'verified',
      provenance: { repository: 'github.com/project/lib', repositoryId: '77', ref: 'refs/heads/main', workflow: '.github/workflows/release.yml' },
    });
  });

  it('verifies what a registry signed with a key of its own, and reads the build from the other bundle', () => {
    const published = authority.bundle({ ...release, key: { keyid: 'SHA256:own', secret: registryKey.secret } });
    expect(check([published, authority.bundle(release)])).toMatchObject({ status: 'verified', provenance: { repository: 'github.com/project/lib' } });
  });

  it.each<[string, Partial<BundleTold>, RegExp]>([
    ['another version', { version: '1.0.0' }, /another package or version/],
    ['another package', { name: '@acme/other' }, /another package or version/],
    ['other bytes', { integrity: integrityOf('other bytes') }, /other bytes/],
    ['a person with a mail address', { mail: 'somebody@mail.example' }, /not a build/],
    ['a statement that tells of another repository', { told: 'acme/famous' }, /another repository/],
  ])('calls a true signature over %s false', (_, more, detail) => {
    expect(check([authority.bundle({ ...release, ...more })])).toEqual({ status: 'false', detail: expect.stringMatching(detail) });
  });

  it('calls an exchanged payload, signature or certificate false', () => {
    const bundle = () => structuredClone(authority.bundle(release)) as unknown as Loose;
    const payload = bundle();
    payload.dsseEnvelope.payload = Buffer.from(Buffer.from(payload.dsseEnvelope.payload, 'base64').toString().replace('1.0.1', '1.0.2')).toString(
      'base64',
    );
    const signature = bundle();
    signature.dsseEnvelope.signatures[0].sig = bundle().dsseEnvelope.signatures[0].sig;
    const certificate = bundle();
    certificate.verificationMaterial.x509CertificateChain = (
      authority.bundle({ ...release, repository: 'thief/lib' }) as unknown as Loose
    ).verificationMaterial.x509CertificateChain;
    for (const forged of [payload, signature, certificate]) expect(check([forged])).toMatchObject({ status: 'false' });
  });

  it('calls a bundle without its entry in the log false', () => {
    const bundle = authority.bundle(release) as unknown as Loose;
    bundle.verificationMaterial.tlogEntries[0].inclusionPromise.signedEntryTimestamp = Buffer.from('forged').toString('base64');
    expect(check([bundle])).toMatchObject({ status: 'false' });
  });

  it('does not outweigh a false bundle by a true one', () => {
    expect(check([authority.bundle(release), authority.bundle({ ...release, version: '9.9.9' })])).toMatchObject({ status: 'false' });
  });

  it('calls foreign what another authority signed, or a key that is not known', () => {
    expect(check([anAuthority().bundle(release)])).toMatchObject({ status: 'foreign' });
    expect(check([authority.bundle({ ...release, key: { keyid: 'SHA256:other', secret: aKeyPair().secret } })])).toMatchObject({ status: 'foreign' });
  });

  it('calls what a stranger signed in the name of a known key false', () => {
    expect(check([authority.bundle({ ...release, key: { keyid: 'SHA256:own', secret: aKeyPair().secret } })])).toMatchObject({ status: 'false' });
  });

  it('calls what was signed after the key expired false', () => {
    const bundle = authority.bundle({ ...release, key: { keyid: 'SHA256:own', secret: registryKey.secret } });
    expect(checkAttestations({ attestations: [{ bundle }] }, release, verify, () => ({ ...known, expires: Date.UTC(2026, 0, 1) }))).toMatchObject({
      status: 'false',
    });
  });

  it.each([
    null,
    [],
    {},
    { attestations: [] },
    { attestations: 'x' },
    { attestations: [null] },
    { attestations: [{ bundle: { mediaType: 'x' } }] },
    { attestations: Array(21).fill({}) },
  ])('cannot tell from %j', (document) => {
    expect(checkAttestations(document, release, verify, () => undefined)).toMatchObject({ status: 'unknown' });
  });
});

it('knows the shipped trust root', async () => {
  const shipped = await openVerifier();
  expect(shipped?.(authority.bundle(release), () => undefined)).toMatchObject({ status: 'foreign' });
});

// biome-ignore lint/suspicious/noExplicitAny: bundles are taken apart here
type Loose = any;

function check(bundles: readonly unknown[]): AttestationsResult {
  return checkAttestations({ attestations: bundles.map((bundle) => ({ bundle })) }, release, verify, (keyid) =>
    keyid === known.keyid ? known : undefined,
  );
}

function integrityOf(text: string): string {
  return `sha512-${createHash('sha512').update(text).digest('base64')}`;
}
