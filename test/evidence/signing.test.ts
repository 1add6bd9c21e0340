import { createHash, sign } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { type FactsStore, openFacts } from '../../src/evidence/facts.ts';
import { openSigning, type SigningOptions } from '../../src/evidence/signing.ts';
import type { BytesAnswer } from '../../src/registry/fetch-bytes.ts';
import { aRelease } from '../../src/rules/example.ts';
import { aKeyPair, anAuthority } from '../helpers/sigstore-authority.ts';

const authority = anAuthority();
const { secret, spki } = aKeyPair();
const integrity = `sha512-${createHash('sha512').update('bytes').digest('base64')}`;
const keysPath = '-/npm/v1/keys';
const keys = {
  keys: [{ keyid: 'SHA256:k', keytype: 'ecdsa-sha2-nistp256', scheme: 'ecdsa-sha2-nistp256', key: spki.toString('base64'), expires: null }],
};
const now = Date.UTC(2026, 1, 2);

describe('signatures', () => {
  it('asks for the keys once, and verifies', async () => {
    const { signing, asked } = open({ [keysPath]: keys });
    const both = await Promise.all([signing.signatures('lib', signed('lib', '1.0.0')), signing.signatures('lib', signed('lib', '1.0.1'))]);
    expect(both).toEqual([0, 1].map(() => ({ ok: true, value: { status: 'verified', keyid: 'SHA256:k' } })));
    expect(asked).toEqual([keysPath]);
  });

  it('says of another version’s signature that it is false', async () => {
    const { signing } = open({ [keysPath]: keys });
    expect(await signing.signatures('lib', { ...signed('lib', '1.0.0'), version: '1.0.1' })).toMatchObject({ ok: true, value: { status: 'false' } });
  });

  it.each<[string, unknown, string, RegExp]>([
    ['there are no keys', undefined, 'not-offered', /publishes no keys/],
    ['a mirror refuses the address', { http: 403 }, 'not-offered', /publishes no keys/],
    ['the registry is down', { http: 503 }, 'failed', /could not be had/],
    ['a mirror answers with its web page', ' <!doctype html>', 'not-offered', /publishes no keys/],
    ['the answer is damaged', '{"keys": [', 'failed', /something else/],
  ])('could not tell when %s', async (_, answer, why, reason) => {
    const { signing } = open({ [keysPath]: answer });
    expect(await signing.signatures('lib', signed('lib', '1.0.0'))).toEqual({ ok: false, why, reason: expect.stringMatching(reason) });
  });

  it('asks nobody about a release that is not signed', async () => {
    const { signing, asked } = open({});
    expect(await signing.signatures('lib', aRelease('1.0.0', { integrity }))).toMatchObject({ ok: false, why: 'not-offered' });
    expect(asked).toEqual([]);
  });

  it('does not let a registry say what npm’s own key is', async () => {
    const npm = 'SHA256:DhQ8wR5APBvFHLF/+Tc+AYvPOdTpcIDqOhxsBHRwC7U';
    const { signing, asked } = open({ [keysPath]: { keys: [{ ...keys.keys[0], keyid: npm }] } });
    const forged = signed('lib', '1.0.0');
    const signatures = [{ keyid: npm, sig: forged.signatures?.[0]?.sig ?? '' }];
    expect(await signing.signatures('lib', { ...forged, signatures })).toMatchObject({ ok: true, value: { status: 'false' } });
    expect(asked).toEqual([]);
  });

  it('keeps keys for a day, and uses them offline', async () => {
    const facts = await factsAfter((kept) => open({ [keysPath]: keys }, { facts: kept }).signing.signatures('lib', signed('lib', '1.0.0')));
    const later = open({}, { facts, now: now + 3_600_000 });
    expect(await later.signing.signatures('lib', signed('lib', '1.0.0'))).toMatchObject({ ok: true });
    expect(await open({}, { facts, offline: true, now: now + 1e12 }).signing.signatures('lib', signed('lib', '1.0.0'))).toMatchObject({ ok: true });
    const stale = open({ [keysPath]: keys }, { facts, now: now + 2 * 86_400_000 });
    await stale.signing.signatures('lib', signed('lib', '1.0.0'));
    expect([later.asked, stale.asked]).toEqual([[], [keysPath]]);
  });

  it('offline without the keys could not tell', async () => {
    const { signing } = open({ [keysPath]: keys }, { offline: true });
    expect(await signing.signatures('lib', signed('lib', '1.0.0'))).toMatchObject({ ok: false, why: 'not-offered' });
  });
});

describe('attestations', () => {
  const release = aRelease('1.0.0', { integrity, attestationsUrl: 'https://elsewhere.example/x' });
  const path = '-/npm/v1/attestations/@acme%2Flib@1.0.0';
  const honest = { attestations: [{ bundle: authority.bundle({ name: '@acme/lib', version: '1.0.0', integrity }) }] };

  it('asks the registry itself, never where the document points, and verifies', async () => {
    const { signing, asked } = open({ [path]: honest });
    expect(await signing.attestations('@acme/lib', release)).toMatchObject({
      ok: true,
      value: { status: 'verified', provenance: { repository: 'github.com/project/lib' } },
    });
    expect(asked).toEqual([path]);
  });

  it('verifies what keys of the registry signed', async () => {
    const bundle = authority.bundle({ name: '@acme/lib', version: '1.0.0', integrity, key: { keyid: 'SHA256:k', secret } });
    const { signing } = open({ [keysPath]: keys, [path]: { attestations: [{ bundle }, ...honest.attestations] } });
    expect(await signing.attestations('@acme/lib', release)).toMatchObject({ ok: true, value: { status: 'verified' } });
  });

  it('keeps what was verified, by the bytes it speaks of, and nothing else', async () => {
    const facts = await factsAfter((kept) => open({ [path]: honest }, { facts: kept }).signing.attestations('@acme/lib', release));
    const later = open({}, { facts, offline: true });
    expect(await later.signing.attestations('@acme/lib', release)).toMatchObject({
      ok: true,
      value: { status: 'verified', provenance: { ref: 'refs/heads/main' } },
    });
    const other = { ...release, integrity: `sha512-${createHash('sha512').update('other').digest('base64')}` };
    expect(await later.signing.attestations('@acme/lib', other)).toMatchObject({ ok: false, why: 'not-offered' });
  });

  it.each<[string, unknown, string]>([
    ['the registry passes none on', undefined, 'not-offered'],
    ['the registry is down', { http: 503 }, 'failed'],
    ['the answer is cut off', '{"attest', 'failed'],
    [
      'another authority signed',
      { attestations: [{ bundle: anAuthority().bundle({ name: '@acme/lib', version: '1.0.0', integrity }) }] },
      'not-offered',
    ],
  ])('could not tell when %s', async (_, answer, why) => {
    expect(await open({ [path]: answer }).signing.attestations('@acme/lib', release)).toMatchObject({ ok: false, why });
  });

  it('looks into so many releases in one run, and says of the others that it did not', async () => {
    const { signing, asked } = open({});
    const answers = [];
    for (let minor = 0; minor <= 200; minor++) answers.push(await signing.attestations('lib', { ...release, version: `1.${minor}.0` }));
    expect(asked).toHaveLength(200);
    expect(answers.at(-1)).toMatchObject({ ok: false, why: 'not-offered', reason: expect.stringContaining('200') });
  });
});

function open(held: Readonly<Record<string, unknown>>, more: Partial<SigningOptions> = {}) {
  const asked: string[] = [];
  const beside = async (_name: string, path: string): Promise<BytesAnswer> => {
    asked.push(path);
    const answer = held[path];
    if (answer === undefined) return { status: 'not-found' };
    if (typeof answer === 'object' && answer !== null && 'http' in answer) return { status: 'failed', reason: 'no', http: Number(answer.http) };
    return { status: 'ok', bytes: Buffer.from(typeof answer === 'string' ? answer : JSON.stringify(answer)) };
  };
  return { asked, signing: openSigning({ source: { registryOf: () => 'https://registry.example/', beside }, now, root: authority.root, ...more }) };
}

function signed(name: string, version: string) {
  const sig = sign('sha256', Buffer.from(`${name}@${version}:${integrity}`), secret).toString('base64');
  return aRelease(version, { integrity, at: now, signatures: [{ keyid: 'SHA256:k', sig }] });
}

/** What another run finds of what one has written. */
async function factsAfter(run: (facts: FactsStore) => Promise<unknown>): Promise<FactsStore> {
  const path = join(mkdtempSync(join(tmpdir(), 'depward-signing-')), 'facts');
  const facts = openFacts(path);
  await run(facts);
  facts.save();
  return openFacts(path);
}
