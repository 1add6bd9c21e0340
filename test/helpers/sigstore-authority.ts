/** A certificate authority and logs of a test's own: real bundles, signed offline, and the trust root that knows them. */
import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { bits, der, extension, integer, octets, oid, sequence, time, utf8 } from './der.ts';

interface Pair {
  readonly secret: KeyObject;
  readonly spki: Buffer;
}

/** What a bundle is made of; everything unsaid is an honest build of `project/lib`. */
export interface BundleTold {
  readonly name: string;
  readonly version: string;
  readonly integrity: string;
  readonly repository?: string;
  readonly repositoryId?: string;
  readonly ref?: string;
  readonly workflow?: string;
  /** What the statement tells where it differs from the certificate. */
  readonly told?: string;
  /** A person's mail address instead of a build. */
  readonly mail?: string;
  readonly format?: '0.1' | '0.2' | '0.3';
  /** Signs with this key of a registry instead of a certificate. */
  readonly key?: { readonly keyid: string; readonly secret: KeyObject };
}

export interface Authority {
  readonly root: unknown;
  bundle(told: BundleTold): Record<string, unknown>;
}

const signedAt = new Date('2026-02-01T12:00:00Z');
const ecdsa = sequence(oid('1.2.840.10045.4.3.2'));

export function aKeyPair(): Pair {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  return { secret: privateKey, spki: publicKey.export({ type: 'spki', format: 'der' }) };
}

/** Makes an authority; two of them do not know each other. */
export function anAuthority(): Authority {
  const [ca, log, ctlog] = [aKeyPair(), aKeyPair(), aKeyPair()];
  const name = sequence(der(0x31, sequence(oid('2.5.4.3'), utf8('test authority'))));
  const caExtensions = [
    extension('2.5.29.19', sequence(der(0x01, Buffer.from([0xff]))), true),
    extension('2.5.29.15', der(0x03, Buffer.from([1, 0x06])), true),
    extension('2.5.29.14', octets(sha1(ca.spki))),
  ];
  const caCertificate = certified(tbs(name, name, ca.spki, caExtensions), ca.secret);

  function leaf(spki: Buffer, told: BundleTold): Buffer {
    const extensions = [extension('2.5.29.35', sequence(der(0x80, sha1(ca.spki)))), ...identity(told)];
    const make = (more: readonly Buffer[]) => tbs(name, sequence(), spki, [...extensions, ...more]);
    return certified(make([extension('1.3.6.1.4.1.11129.2.4.2', octets(sctList(make([]))))]), ca.secret);
  }

  function sctList(precertificate: Buffer): Buffer {
    const stamp = Buffer.alloc(8);
    stamp.writeBigInt64BE(BigInt(signedAt.getTime()));
    const entry = Buffer.concat([Buffer.from([0, 0]), stamp, Buffer.from([0, 1]), sha256(ca.spki), sized(3, precertificate), Buffer.from([0, 0])]);
    const sct = Buffer.concat([
      Buffer.from([0]),
      sha256(ctlog.spki),
      stamp,
      Buffer.from([0, 0, 4, 3]),
      sized(2, sign('sha256', entry, ctlog.secret)),
    ]);
    return sized(2, sized(2, sct));
  }

  function logEntry(payload: Buffer, sig: Buffer, format: string): Record<string, unknown> {
    const spec = {
      payloadHash: { algorithm: 'sha256', value: sha256(payload).toString('hex') },
      signatures: [{ signature: sig.toString('base64') }],
    };
    const body = Buffer.from(JSON.stringify({ apiVersion: '0.0.1', kind: 'dsse', spec }));
    const integratedTime = signedAt.getTime() / 1000;
    const promised = JSON.stringify({ body: body.toString('base64'), integratedTime, logID: sha256(log.spki).toString('hex'), logIndex: 0 });
    const rootHash = sha256(Buffer.concat([Buffer.from([0]), body])).toString('base64');
    const note = `log.example\n1\n${rootHash}\n`;
    const noted = Buffer.concat([sha256(log.spki).subarray(0, 4), sign('sha256', Buffer.from(note), log.secret)]).toString('base64');
    const proof = { logIndex: '0', rootHash, treeSize: '1', hashes: [], checkpoint: { envelope: `${note}\n— log.example ${noted}\n` } };
    return {
      logIndex: '0',
      logId: { keyId: sha256(log.spki).toString('base64') },
      kindVersion: { kind: 'dsse', version: '0.0.1' },
      integratedTime: String(integratedTime),
      inclusionPromise: { signedEntryTimestamp: sign('sha256', Buffer.from(promised), log.secret).toString('base64') },
      ...(format !== '0.1' && { inclusionProof: proof }),
      canonicalizedBody: body.toString('base64'),
    };
  }

  return {
    root: {
      mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
      tlogs: [known('https://log.example', log)],
      ctlogs: [known('https://ct.example', ctlog)],
      certificateAuthorities: [
        {
          uri: 'https://ca.example',
          certChain: { certificates: [{ rawBytes: caCertificate.toString('base64') }] },
          validFor: { start: '2020-01-01T00:00:00Z' },
        },
      ],
      timestampAuthorities: [],
    },
    bundle(told) {
      const { format = '0.1', key } = told;
      const signer = key ? { secret: key.secret, spki: Buffer.alloc(0) } : aKeyPair();
      const payload = Buffer.from(JSON.stringify(statement(told)));
      const payloadType = 'application/vnd.in-toto+json';
      const sig = sign(
        'sha256',
        Buffer.concat([Buffer.from(`DSSEv1 ${payloadType.length} ${payloadType} ${payload.length} `), payload]),
        signer.secret,
      );
      const rawBytes = key ? '' : leaf(signer.spki, told).toString('base64');
      const certificate = format === '0.3' ? { certificate: { rawBytes } } : { x509CertificateChain: { certificates: [{ rawBytes }] } };
      return {
        mediaType: format === '0.3' ? 'application/vnd.dev.sigstore.bundle.v0.3+json' : `application/vnd.dev.sigstore.bundle+json;version=${format}`,
        verificationMaterial: { ...(key ? { publicKey: { hint: key.keyid } } : certificate), tlogEntries: [logEntry(payload, sig, format)] },
        dsseEnvelope: { payload: payload.toString('base64'), payloadType, signatures: [{ sig: sig.toString('base64'), keyid: key?.keyid ?? '' }] },
      };
    },
  };
}

function statement({
  name,
  version,
  integrity,
  key,
  told,
  repository = 'project/lib',
  ref = 'refs/heads/main',
  workflow = '.github/workflows/release.yml',
}: BundleTold) {
  const digest = { sha512: Buffer.from(integrity.replace('sha512-', ''), 'base64').toString('hex') };
  const externalParameters = { workflow: { ref, repository: `https://github.com/${told ?? repository}`, path: workflow } };
  return {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name: `pkg:npm/${name.replace('@', '%40')}@${version}`, digest }],
    ...(key
      ? { predicateType: 'https://github.com/npm/attestation/tree/main/specs/publish/v0.1', predicate: { name, version } }
      : { predicateType: 'https://slsa.dev/provenance/v1', predicate: { buildDefinition: { externalParameters } } }),
  };
}

/** Subject alternative name and the extensions that Fulcio writes. */
function identity({
  mail,
  repository = 'project/lib',
  repositoryId,
  ref = 'refs/heads/main',
  workflow = '.github/workflows/release.yml',
}: BundleTold): Buffer[] {
  if (mail !== undefined) return [extension('2.5.29.17', sequence(der(0x81, Buffer.from(mail))), true)];
  const config = `https://github.com/${repository}/${workflow}@${ref}`;
  const told: readonly (readonly [string, string | undefined])[] = [
    ['12', `https://github.com/${repository}`],
    ['14', ref],
    ['15', repositoryId],
    ['18', config],
  ];
  return [
    extension('2.5.29.17', sequence(der(0x86, Buffer.from(config))), true),
    ...told.flatMap(([id, value]) => (value === undefined ? [] : [extension(`1.3.6.1.4.1.57264.1.${id}`, utf8(value))])),
  ];
}

function tbs(issuer: Buffer, subject: Buffer, spki: Buffer, extensions: readonly Buffer[]): Buffer {
  const validity = sequence(time(new Date('2026-02-01T11:00:00Z')), time(new Date('2026-02-01T13:00:00Z')));
  return sequence(der(0xa0, integer(2)), integer(7), ecdsa, issuer, validity, subject, spki, der(0xa3, sequence(...extensions)));
}

function certified(body: Buffer, secret: KeyObject): Buffer {
  return sequence(body, ecdsa, bits(sign('sha256', body, secret)));
}

function known(baseUrl: string, { spki }: Pair) {
  const publicKey = { rawBytes: spki.toString('base64'), keyDetails: 'PKIX_ECDSA_P256_SHA_256', validFor: { start: '2020-01-01T00:00:00Z' } };
  return { baseUrl, hashAlgorithm: 'SHA2_256', publicKey, logId: { keyId: sha256(spki).toString('base64') } };
}

function sized(bytes: number, body: Buffer): Buffer {
  const length = Buffer.alloc(bytes);
  length.writeUIntBE(body.length, 0, bytes);
  return Buffer.concat([length, body]);
}

function sha256(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest();
}

function sha1(bytes: Buffer): Buffer {
  return createHash('sha1').update(bytes).digest();
}
