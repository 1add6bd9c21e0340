/** Signatures and attestations through the built command line: a registry that signs, and one that lies. */
import { createHash, sign } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { aPackage } from '../helpers/a-tarball.ts';
import { type Doc, type FixtureRegistry, publish, startFixtureRegistry } from '../helpers/fixture-registry.ts';
import { aWorkplace, type Workplace } from '../helpers/run-cli.ts';
import { aKeyPair, anAuthority } from '../helpers/sigstore-authority.ts';

const { secret, spki } = aKeyPair();
const keyid = 'SHA256:registry';
const long = '2019-05-01T00:00:00Z';
let registry: FixtureRegistry;
let place: Workplace;

beforeAll(async () => {
  registry = await startFixtureRegistry();
  for (const name of ['true-one', 'forged', 'attested']) registry.add(signedDocument(name));
});
afterAll(() => registry.close());
beforeEach(() => {
  place?.remove();
  registry.clearFaults();
  registry.addBytes(
    '/-/npm/v1/keys',
    JSON.stringify({ keys: [{ keyid, keytype: 'ecdsa-sha2-nistp256', scheme: 'ecdsa-sha2-nistp256', key: spki.toString('base64'), expires: null }] }),
  );
  place = aWorkplace(registry.url);
});
afterAll(() => place.remove());

it('allows what the registry truly signed, and asks for its keys once', async () => {
  registry.requests.length = 0;
  const { code, stdout } = await place.run('check', 'true-one', '--format', 'json');
  expect([code, JSON.parse(stdout).findings.filter((one: { ruleId: string }) => /signature|attest/.test(one.ruleId))]).toEqual([0, []]);
  expect(registry.count('/-/npm/v1/keys')).toBe(1);
});

it('blocks a signature of another version', async () => {
  const { code, stdout } = await place.run('check', 'forged', '--format', 'json');
  const found = JSON.parse(stdout).findings.find((one: { ruleId: string }) => one.ruleId === 'registry-signature-false');
  expect({ code, found }).toMatchObject({ code: 1, found: { action: 'block', subject: { name: 'forged', version: '1.0.1' } } });
});

it('says in the coverage that a registry publishes no keys, and blocks only where the policy asks for them', async () => {
  registry.remove('/-/npm/v1/keys');
  const { code, stdout } = await place.run('check', 'true-one', '--format', 'json');
  expect({ code, notOffered: JSON.parse(stdout).coverage.notOffered }).toMatchObject({
    code: 0,
    notOffered: expect.arrayContaining([
      { evidence: 'signatures', packages: 1, reason: 'this registry publishes no keys to hold its signatures against' },
    ]),
  });
  place.write('depward.config.json', { require: ['signatures'] });
  expect((await place.run('check', 'true-one')).code).toBe(1);
});

it('is incomplete when the keys cannot be had', async () => {
  registry.fault('/-/npm/v1/keys', { kind: 'body', body: '{"keys": [' });
  expect((await place.run('check', 'true-one')).code).toBe(2);
});

it('says that an attestation was made under an authority nobody knows here; presence is no pass', async () => {
  const integrity = integrityOf(tarballOf('attested', '1.0.1'));
  const bundle = anAuthority().bundle({ name: 'attested', version: '1.0.1', integrity });
  registry.addBytes('/-/npm/v1/attestations/attested@1.0.1', JSON.stringify({ attestations: [{ bundle }] }));
  const { code, stdout } = await place.run('check', 'attested', '--format', 'json');
  const said = { evidence: 'attestations', packages: 1, reason: 'an authority that this version does not know vouches for it' };
  expect({ code, said: JSON.parse(stdout).coverage.notOffered }).toEqual({ code: 0, said: [said] });
});

it('inspect tells what signatures came to', async () => {
  expect((await place.run('inspect', 'true-one@1.0.1')).stdout).toMatch(/Signed:\n\s+registry signature verified\n\s+attestations none/);
  expect((await place.run('inspect', 'forged@1.0.1')).stdout).toMatch(/registry signature false: the signature is not of this name/);
});

it('inspect --offline tells what is in the cache, and names the release that is not', async () => {
  await place.run('inspect', 'true-one@1.0.1');
  registry.requests.length = 0;
  expect((await place.run('inspect', 'true-one@1.0.1', '--offline')).stdout).toMatch(/^true-one@1\.0\.1 /);
  const { code, stderr } = await place.run('diff', 'true-one@1.0.0', 'true-one@1.0.1', '--offline');
  expect([code, stderr, registry.requests]).toEqual([2, expect.stringMatching(/true-one@1\.0\.0: its contents are not in the cache/), []]);
});

/** Two releases; of `forged` the second carries the first one's signature. */
function signedDocument(name: string): Doc {
  return publish(
    name,
    ['1.0.0', '1.0.1'].map((version, index) => {
      const bytes = tarballOf(name, version);
      const integrity = integrityOf(bytes);
      registry.addTarball(name, version, bytes);
      const message = `${name}@${name === 'forged' ? '1.0.0' : version}:${integrity}`;
      const signatures = [{ keyid, sig: sign('sha256', Buffer.from(message), secret).toString('base64') }];
      const attestations = name === 'attested' && {
        attestations: { url: `https://x.example/${name}`, provenance: { predicateType: 'https://slsa.dev/provenance/v1' } },
      };
      return {
        version,
        at: index === 0 ? long : '2020-05-01T00:00:00Z',
        more: { dist: { integrity, signatures, ...attestations, tarball: registry.tarballUrl(name, version) } },
      };
    }),
  );
}

function tarballOf(name: string, version: string): Buffer {
  return aPackage({ name, version }, { 'index.js': 'export {};\n' });
}

function integrityOf(bytes: Buffer): string {
  return `sha512-${createHash('sha512').update(bytes).digest('base64')}`;
}
