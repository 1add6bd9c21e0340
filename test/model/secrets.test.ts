import { describe, expect, it } from '@jest/globals';
import { fingerprintOf, hasChecksum, hidden, isReference, withoutSecrets } from '../../src/model/secrets.ts';

const token = `npm_${'a1B2'.repeat(9)}`;

describe('secrets in text', () => {
  it.each([
    [`npm publish # ${token}`],
    [`//registry.example/:_authToken=${token}`],
    ['NPM_TOKEN=abcdefgh npm ci', 'abcdefgh'],
    ['npm config set _password aGVsbG8xMjM=', 'aGVsbG8xMjM='],
    ['npmAuthToken: "0123456789abcdef"', '0123456789abcdef'],
    ['https://user:hunter2@registry.example/a', 'hunter2'],
    ['Authorization: Bearer abcdefghijkl', 'abcdefghijkl'],
  ])('are hidden: %s', (text, secret = token) => {
    expect(withoutSecrets(text)).toContain(hidden);
    expect(withoutSecrets(text)).not.toContain(secret);
  });

  it.each([
    'npm ci --ignore-scripts',
    '//registry.example/:_authToken=${NPM_TOKEN}',
    'https://registry.example/@scope/name',
    'git+ssh://git@host.example/a.git',
    'npm token create --read-only',
    '"npm token create"; npm token list',
    'npm token revoke $ID',
  ])('leave honest text alone: %s', (text) => expect(withoutSecrets(text)).toBe(text));

  it('are hidden wherever else they stand, once known', () => {
    expect(withoutSecrets('curl -u me:opensesame', ['opensesame'])).toBe(`curl -u me:${hidden}`);
  });

  it('have a fingerprint that differs by value, and none when short', () => {
    expect(fingerprintOf(token)).toMatch(/^[0-9a-f]{8}$/);
    expect(fingerprintOf(token)).not.toBe(fingerprintOf(`${token}x`));
    expect(fingerprintOf('hunter2')).toBeUndefined();
  });

  it('of npm carry a checksum', () => {
    // The CRC32 of 30 zeros, in base 62.
    expect(hasChecksum(`npm_${'0'.repeat(30)}${checksumOfZeros()}`)).toBe(true);
    expect(hasChecksum(token)).toBe(false);
  });

  it.each(['${NPM_TOKEN}', '$NPM_TOKEN', '<token>', 'your-token-here', 'xxxxxxxx', '%NPM_TOKEN%', '{{ token }}', 'NPM_TOKEN', '********', ''])(
    'are not what stands for one: %s',
    (text) => expect(isReference(text)).toBe(true),
  );

  it.each([token, '7f3c9a51-2b44-4a0e-9d6f-0c2f6a1b8e77', 'aGVsbG86d29ybGQ=', 'hunter2'])('are told from placeholders: %s', (text) =>
    expect(isReference(text)).toBe(false),
  );
});

/** Found by trying: the only six characters the check accepts. */
function checksumOfZeros(): string {
  const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
  let crc = 0xffffffff;
  for (const byte of Buffer.from('0'.repeat(30))) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  let value = (crc ^ 0xffffffff) >>> 0;
  let text = '';
  for (; value > 0; value = Math.floor(value / 62)) text = digits[value % 62] + text;
  return text.padStart(6, '0');
}
