/** npm's own signatures of real releases, where the development data is present: every one must hold against the shipped keys. */
import { expect, it } from '@jest/globals';
import { packumentFrom } from '../../src/registry/packument.ts';
import { checkSignatures } from '../../src/registry/registry-signature.ts';
import { shippedKey } from '../../src/registry/signing-keys.ts';
import { benchNames, benchPackument } from '../helpers/fixture-registry.ts';

const signed = benchNames()
  .filter((_, index) => index % 4 === 0)
  .flatMap((name) => {
    const parsed = packumentFrom(name, benchPackument(name));
    const releases = parsed.ok ? parsed.packument.releases.filter((release) => release.signatures && release.integrity) : [];
    return releases.slice(-20).map((release) => ({ name, release, integrity: release.integrity ?? '' }));
  });

(signed.length > 0 ? it : it.skip)(`hold for ${signed.length || 'no'} real releases${signed.length > 0 ? '' : ' (skipped: no bench data)'}`, () => {
  const results = signed.map((one) => ({ subject: `${one.name}@${one.release.version}`, ...checkSignatures(one, shippedKey) }));
  expect(results.filter(({ status }) => status !== 'verified')).toEqual([]);
  const [first] = signed;
  const forged = first && checkSignatures({ ...first, integrity: `sha512-${'A'.repeat(86)}==` }, shippedKey);
  expect(forged?.status).toBe('false');
});
