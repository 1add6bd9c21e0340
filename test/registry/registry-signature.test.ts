import { sign } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { checkSignatures } from '../../src/registry/registry-signature.ts';
import { parseKeys, type SigningKey, shippedKey } from '../../src/registry/signing-keys.ts';
import { aRelease } from '../../src/rules/example.ts';
import { aKeyPair } from '../helpers/sigstore-authority.ts';

const { secret, spki } = aKeyPair();
const key: SigningKey = { keyid: 'SHA256:k', key: spki.toString('base64') };
const integrity = 'sha512-abc';
const sigOf = (message: string, by = secret) => sign('sha256', Buffer.from(message), by).toString('base64');
const good = sigOf(`left-pad@1.3.0:${integrity}`);

describe('checkSignatures', () => {
  it('verifies the registry’s own signature', () => {
    expect(check([good])).toEqual({ status: 'verified', keyid: 'SHA256:k' });
  });

  it.each([
    ['of another version', sigOf(`left-pad@1.2.0:${integrity}`)],
    ['of another name', sigOf(`left-bad@1.3.0:${integrity}`)],
    ['of other bytes', sigOf('left-pad@1.3.0:sha512-xyz')],
    ['by another key', sigOf(`left-pad@1.3.0:${integrity}`, aKeyPair().secret)],
    ['that is none', 'no signature at all'],
    ['that is empty', ''],
  ])('calls a signature %s false', (_, sig) => {
    expect(check([sig])).toMatchObject({ status: 'false' });
  });

  it('is not won over by a true signature beside a false one', () => {
    expect(check([good, sigOf('something else')])).toMatchObject({ status: 'false' });
  });

  it('calls a signature false whose key had expired when the release came out, and only then', () => {
    const expired = { ...key, expires: Date.UTC(2025, 0, 1) };
    expect(check([good], () => expired, Date.UTC(2025, 0, 2))).toMatchObject({ status: 'false', detail: expect.stringContaining('2025-01-01') });
    expect(check([good], () => expired, Date.UTC(2024, 11, 31))).toMatchObject({ status: 'verified' });
  });

  it('cannot tell with a key it does not know or that is no key', () => {
    expect(check([good], () => undefined)).toMatchObject({ status: 'unknown-key', keyid: 'SHA256:k' });
    expect(check([good], () => ({ ...key, key: 'AAAA' }))).toMatchObject({ status: 'unknown-key' });
  });
});

describe('parseKeys', () => {
  it('reads what a registry publishes', () => {
    const document = {
      keys: [{ keyid: 'SHA256:k', keytype: 'ecdsa-sha2-nistp256', scheme: 'ecdsa-sha2-nistp256', key: 'AA==', expires: '2025-01-29T00:00:00.000Z' }],
    };
    expect(parseKeys(document)).toEqual([{ keyid: 'SHA256:k', key: 'AA==', expires: Date.UTC(2025, 0, 29) }]);
  });

  it.each([
    { keys: [{ keyid: 'a', key: 'AA==', keytype: 'rsa' }] },
    { keys: [{ keyid: 'a', key: 'AA==', expires: 'soon' }] },
    { keys: [null, 7, { keyid: 'a' }] },
  ])('passes over keys it cannot use: %j', (document) => expect(parseKeys(document)).toEqual([]));

  it.each([null, 'x', [], {}, { keys: {} }, { keys: Array(101).fill({}) }])('says that %j are no keys', (document) =>
    expect(parseKeys(document)).toBeUndefined(),
  );

  it('finds npm’s keys among those that came with the dependencies', () => {
    expect(shippedKey('SHA256:DhQ8wR5APBvFHLF/+Tc+AYvPOdTpcIDqOhxsBHRwC7U')).toMatchObject({ key: expect.stringMatching(/^MFkw/) });
    expect(shippedKey('SHA256:jl3bwswu80PjjokCgh0o2w5c2U4LhQAE57gj9cz1kzA')).toMatchObject({ expires: Date.UTC(2025, 0, 29) });
    expect(shippedKey('__proto__')).toBeUndefined();
  });
});

function check(sigs: readonly string[], keyOf: (keyid: string) => SigningKey | undefined = () => key, at = Date.UTC(2024, 0, 1)) {
  const signatures = sigs.map((sig) => ({ keyid: 'SHA256:k', sig }));
  return checkSignatures({ name: 'left-pad', release: aRelease('1.3.0', { at, signatures }), integrity }, keyOf);
}
