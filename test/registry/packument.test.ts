import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parsePackument, parsePlaced, parseReference } from '../../src/registry/packument.ts';
import { decodePackument, encodePackument } from '../../src/registry/record.ts';
import { benchNames, benchPackument, type Doc, publish } from '../helpers/fixture-registry.ts';
import { plainly } from '../helpers/plain-packument.ts';

function parse(document: unknown, name = 'left') {
  const bytes = Buffer.from(typeof document === 'string' ? document : JSON.stringify(document));
  const parsed = parsePackument(name, bytes);
  const fast = plainly(parsed);
  expect(fast).toEqual(parseReference(name, bytes));
  expect(plainly(parsePlaced(name, bytes).parsed)).toEqual(fast);
  if (parsed.ok && fast.ok) expect(plainly(decodePackument(encodePackument(parsed.packument)))).toEqual(fast.packument);
  return fast;
}

function good(document: unknown, name = 'left') {
  const parsed = parse(document, name);
  if (!parsed.ok) throw new Error(parsed.reason);
  return parsed.packument;
}

function reason(bytes: string | Buffer, name = 'left'): string {
  const parsed = parsePackument(name, Buffer.from(bytes));
  return parsed.ok ? 'no trouble' : parsed.reason;
}

const honest = publish('left', [
  { version: '1.0.0', at: '2024-01-01T00:00:00.000Z', by: 'ann', maintainers: ['ann', 'bob'] },
  {
    version: '1.1.0',
    at: '2025-01-01T00:00:00.000Z',
    by: 'bob',
    scripts: { postinstall: 'node x.js', test: 'jest' },
    dependencies: { right: '^1' },
    trust: 'approved',
  },
]);

describe('a packument becomes our record', () => {
  it('keeps what rules use', () => {
    const packument = good(honest);
    expect(packument.distTags).toEqual(new Map([['latest', '1.1.0']]));
    expect(packument.offers).toEqual({ times: true, publishers: true, maintainers: true, trust: true, signatures: true, scripts: true });
    const [first, second] = packument.releases;
    expect(first?.maintainers?.map(({ name }) => name)).toEqual(['ann', 'bob']);
    expect(second).toMatchObject({
      at: Date.parse('2025-01-01T00:00:00Z'),
      trust: 'approved',
      scripts: { postinstall: 'node x.js' },
      publisher: { name: 'bob', oidcConfigId: 'oidc:1' },
      approver: { name: 'owner' },
    });
    expect(second?.dependencies.prod).toEqual(new Map([['right', '^1']]));
    expect(second?.integrity).toMatch(/^sha512-/);
  });

  it('tells provenance, trusted publishing and approval apart', () => {
    const levels = ['none', 'provenance', 'trusted-publisher', 'approved'] as const;
    const document = publish(
      'left',
      levels.map((trust, index) => ({ version: `1.0.${index}`, at: `2024-01-0${index + 1}T00:00:00Z`, trust })),
    );
    expect(good(document).releases.map((release) => release.trust)).toEqual(levels);
  });

  it('says what a stripped mirror does not offer', () => {
    const bare = { name: 'left', 'dist-tags': { latest: '1.0.0' }, versions: { '1.0.0': { name: 'left', version: '1.0.0' } } };
    expect(good(bare).offers).toEqual({ times: false, publishers: false, maintainers: false, trust: false, signatures: false, scripts: false });
    expect(good(bare).maintainers).toBeUndefined();
    const told = { ...bare, versions: { '1.0.0': { ...bare.versions['1.0.0'], hasInstallScript: true } } };
    expect(good(told).offers.scripts).toBe(true);
  });

  it('orders by time, keeps document order for equal and missing times, reads long fractions', () => {
    const document = publish('left', [
      { version: '2.0.0', at: '2024-09-12T19:26:01.998000+00:00' },
      { version: '1.0.0', at: '2020-01-01T00:00:00Z' },
      { version: '1.0.1', at: '2020-01-01T00:00:00Z' },
      { version: '1.0.2', at: null },
    ]);
    expect(good(document).releases.map(({ version }) => version)).toEqual(['1.0.0', '1.0.1', '1.0.2', '2.0.0']);
    expect(good(document).releases.at(-1)?.at).toBe(Date.parse('2024-09-12T19:26:01.998Z'));
  });

  it('takes nonsense for no time', () => {
    for (const at of ['foo 1', '1', '', '2024-13-45T00:00:00Z', 'x'.repeat(99)]) {
      expect(good(publish('left', [{ version: '1.0.0', at }])).releases[0]?.at).toBeUndefined();
    }
  });

  it('keeps unpublished versions and unpublished packages', () => {
    const gone = publish('left', [
      { version: '1.0.0', at: '2024-01-01T00:00:00Z' },
      { version: '1.0.1', at: '2024-02-01T00:00:00Z', gone: true },
    ]);
    expect(good(gone).removed).toEqual(new Map([['1.0.1', Date.parse('2024-02-01')]]));
    const whole = { name: 'left', time: { created: '2024-01-01T00:00:00Z', unpublished: { time: '2024-03-01T00:00:00Z', versions: ['1.0.0'] } } };
    expect(good(whole)).toMatchObject({ unpublishedAt: Date.parse('2024-03-01'), releases: [] });
    expect([...good(whole).removed.keys()]).toEqual(['1.0.0']);
  });

  it('takes placeholders and versions that are not semver', () => {
    const document = publish(
      'left',
      ['0.0.1-security', '0.0.0-stage', '1.0', 'v1.0.0beta'].map((version) => ({ version, at: '2024-01-01T00:00:00Z' })),
    );
    expect(good(document).releases).toHaveLength(4);
  });

  it('says that there is a script where an abbreviated document hides which', () => {
    const document = { name: 'left', versions: { '1.0.0': { hasInstallScript: true } } };
    expect(good(document).releases[0]?.scripts.install).toMatch(/not what it runs/);
  });

  it('reads old people and new, and passes over what is none', () => {
    const people = ['Ann Lee <ann@mail.example> (https://x.example)', null, 7, {}, { name: 'bob' }, { email: 'c@mail.example' }, ['x']];
    const document = { name: 'left', maintainers: people, versions: { '1.0.0': { _npmUser: 'zed', repository: 'a/b', bin: './x.js' } } };
    const packument = good(document);
    expect(packument.maintainers).toEqual([{ name: 'Ann Lee', email: 'ann@mail.example' }, { name: 'bob' }]);
    expect(packument.releases[0]).toMatchObject({ publisher: { name: 'zed' }, repository: 'a/b', bins: ['left'] });
  });
});

describe('hostile documents', () => {
  it('gives each kind of trouble its sentence', () => {
    expect(reason('<!doctype html><p>log in')).toMatch(/web page/);
    expect(reason(JSON.stringify(honest).slice(0, 400))).toMatch(/not valid JSON/);
    expect(reason('')).toMatch(/not valid JSON/);
    expect(reason('[]')).toMatch(/not a JSON object/);
    expect(reason('{}')).toMatch(/no versions/);
    for (const versions of ['[]', '[{"version":"1.0.0"}]', '"1.0.0"', '7']) {
      expect(reason(`{"name":"left","versions":${versions}}`)).toMatch(/lists its versions in a way/);
      expect(parsePlaced('left', Buffer.from(`{"name":"left","versions":${versions}}`)).parsed).toMatchObject({ ok: false });
    }
    expect(reason('{"name":"left","versions":null}')).toMatch(/no versions/);
    expect(reason(JSON.stringify(honest), 'right')).toMatch(/another package/);
    expect(reason('{"name":"left","versions":{"1.0.0":null}}')).toMatch(/manifest/);
    expect(reason(`{"x":${'['.repeat(200_000)}`)).toMatch(/nested too deeply/);
    expect(reason(`{"x":${'{"a":'.repeat(200_000)}`)).toMatch(/nested too deeply/);
    const many = Object.fromEntries(Array.from({ length: 50_001 }, (_, index) => [`1.0.${index}`, {}]));
    expect(reason(JSON.stringify({ name: 'left', versions: many }))).toMatch(/50000 versions/);
  });

  it('treats __proto__ and constructor as names', () => {
    const text = `{"name":"left","dist-tags":{"__proto__":"1.0.0"},"time":{"__proto__":"2024-01-01T00:00:00Z","constructor":"2024-01-01T00:00:00Z"},
      "versions":{"1.0.0":{"dependencies":{"__proto__":"^1","constructor":"^2","toString":"3"}},"__proto__":{"scripts":{"install":"x"}}}}`;
    const packument = good(text);
    expect(packument.releases.map(({ version }) => version).sort()).toEqual(['1.0.0', '__proto__']);
    expect([...(packument.releases[0]?.dependencies.prod.keys() ?? [])]).toEqual(['__proto__', 'constructor', 'toString']);
    expect(packument.distTags.get('__proto__')).toBe('1.0.0');
    expect(({} as Record<string, unknown>).scripts).toBeUndefined();
  });

  it('takes the later of two members of one name, whichever of them is another than in the release before', () => {
    const release = (version: string, first: string, second: string, more = '') =>
      `"${version}":{"version":"${version}","gitHead":"${first}",${more}"deprecated":"${version}","gitHead":"${second}"}`;
    const versions = [
      ...[1, 2, 3, 4, 5].map((at) => release(`1.0.${at}`, 'a', 'b')),
      release('1.1.0', 'c', 'b'),
      release('1.2.0', 'c', 'd'),
      release('1.3.0', 'c', 'd', '"description":"more",'),
      release('1.4.0', 'e', 'd', '"description":"more",'),
      '"1.5.0":{"version":"1.5.0","gitHead":"f"}',
      '"1.6.0":{"version":"1.6.0","gitHead":"g","deprecated":"h"}',
    ];
    const read = good(`{"name":"left","versions":{${versions.join(',')}}}`).releases.slice(5);
    expect(read.map(({ gitHead, deprecated }) => [gitHead, deprecated])).toEqual([
      ['b', '1.1.0'],
      ['d', '1.2.0'],
      ['d', '1.3.0'],
      ['d', '1.4.0'],
      ['f', undefined],
      ['g', 'h'],
    ]);
  });

  it('is not led astray by text that looks like structure, escapes or duplicates', () => {
    const decoy = JSON.stringify('{"versions":{"1.0.0":{"scripts":{"install":"evil"}}}} \\" \\\\');
    const text = `{"readme":${decoy},"n\\u0061me":"left","versions":{"9.9.9":{}},"versions":{"1.0.0":{"description":"\\ud83d\\ude00 é \\n","scripts":{"install":"a","install":"b"}}}}`;
    const [release, ...others] = good(text).releases;
    expect(others).toEqual([]);
    expect(release).toMatchObject({ version: '1.0.0', description: '😀 é \n', scripts: { install: 'b' } });
  });
});

const anything = fc.jsonValue({ maxDepth: 4 });
const maybe = (value: fc.Arbitrary<unknown>) => fc.oneof({ weight: 4, arbitrary: value }, { weight: 1, arbitrary: anything });
const names = fc.constantFrom('1.0.0', '1.0.1', '2', '__proto__', 'constructor', 'é"\\', 'created', 'name');
const record = (value: fc.Arbitrary<unknown>) => maybe(fc.dictionary(names, maybe(value)));
const hostile = fc.record(
  {
    name: fc.constant('left'),
    'dist-tags': record(names),
    time: record(fc.constantFrom('2024-01-01T00:00:00Z', '2020-01-01', 'foo 1')),
    maintainers: maybe(fc.array(maybe(fc.record({ name: fc.string(), email: fc.string() }, { requiredKeys: [] })))),
    versions: record(
      fc.record(
        {
          scripts: record(fc.string({ unit: 'binary' })),
          dependencies: record(fc.string()),
          bundleDependencies: maybe(fc.array(maybe(names))),
          bin: record(fc.string()),
          dist: maybe(
            fc.record({ attestations: anything, signatures: anything, unpackedSize: anything, tarball: fc.webUrl() }, { requiredKeys: [] }),
          ),
          _npmUser: maybe(fc.record({ name: names, trustedPublisher: anything, approver: anything }, { requiredKeys: [] })),
          readme: fc.string({ unit: 'binary' }),
          deprecated: anything,
        },
        { requiredKeys: [] },
      ),
    ),
    readme: anything,
  },
  { requiredKeys: ['name'] },
);

describe('the fast way and the plain way', () => {
  it('agree on generated documents of every shape', () => {
    fc.assert(
      fc.property(hostile, fc.integer({ min: 0, max: 2 }), (document, indent) => {
        parse(JSON.stringify(document, null, indent));
      }),
      { numRuns: 200 },
    );
  });

  /** Members in an order of their own, most of them the same from version to version: what is compared in runs. */
  const member = fc.tuple(
    fc.constantFrom('description', 'gitHead', 'deprecated', 'bin', 'repository', 'gypfile', '_hasShrinkwrap', 'dist', 'other', 'é', 'a"b', ''),
    fc.oneof(fc.constantFrom(1, 12, 123, true, false, null, '', 'x', 'x,', 'x"', {}, [], [1], { url: 'u' }), fc.string({ unit: 'binary' })),
  );
  const step = fc.tuple(fc.constantFrom('keep', 'keep', 'keep', 'keep', 'change', 'drop', 'insert'), fc.nat(20), member);

  it('agree on histories of versions that resemble each other', () => {
    fc.assert(
      fc.property(fc.array(member, { maxLength: 8 }), fc.array(step, { minLength: 6, maxLength: 24 }), fc.boolean(), (first, steps, spaced) => {
        let members = first;
        const versions = steps.map(([what, at, fresh], index) => {
          const place = members.length === 0 ? 0 : at % members.length;
          if (what === 'change' || what === 'drop') members = members.toSpliced(place, 1, ...(what === 'change' ? [fresh] : []));
          if (what === 'insert') members = members.toSpliced(place, 0, fresh);
          const gap = spaced ? ' ' : '';
          return `"1.0.${index}":{${members.map(([key, value]) => `${JSON.stringify(key)}${gap}:${JSON.stringify(value)}`).join(`${gap},${gap}`)}${gap}}`;
        });
        parse(`{"name":"left","versions":{${versions.join(',')}}}`);
      }),
      { numRuns: 400 },
    );
  });

  it('agree on members that are long, and on those over a limit', () => {
    const people = (count: number) => Array.from({ length: count }, (_, index) => ({ name: `ann${index}`, email: 'ann@mail.example' }));
    const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`n${index}`, '1']));
    const long = 'x'.repeat(70_000);
    const members: Record<string, readonly unknown[]> = {
      dependencies: [many(9), many(10_000), many(10_001), { a: long }],
      maintainers: [people(99), people(2_000), people(2_001), [long], long],
      dist: [
        { tarball: long, signatures: people(99) },
        { signatures: people(2_001) },
        { junk: long, integrity: 'i', attestations: { url: long, provenance: {} } },
      ],
      bundleDependencies: [long, ['n1'], true, Object.keys(many(10_001))],
      bundledDependencies: [Object.keys(many(2_000)), long],
      scripts: [{ install: long, junk: long }, { junk: long }],
      hasInstallScript: [true, long],
      _npmUser: [{ name: 'ann', approver: { junk: long } }, { name: long, trustedPublisher: { oidcConfigId: long } }, `ann <${long}>`],
      bin: [many(10_000), many(10_001), long],
      os: [Array(2_001).fill('os'), long],
      peerDependenciesMeta: [Object.fromEntries(Array.from({ length: 10_001 }, (_, index) => [`n${index}`, { optional: true }])), long],
      gypfile: [long, true],
    };
    const manifest = fc.array(
      fc.constantFrom(...Object.keys(members)).chain((name) => fc.constantFrom(...(members[name] ?? [])).map((value) => [name, value] as const)),
      { maxLength: 4 },
    );
    fc.assert(
      fc.property(fc.array(manifest, { minLength: 1, maxLength: 3 }), (manifests) => {
        parse({ name: 'left', versions: Object.fromEntries(manifests.map((one, index) => [`1.0.${index}`, Object.fromEntries(one)])) });
      }),
      { numRuns: 60 },
    );
  });

  it('keep little of what is long and of no use', () => {
    const versions = Object.fromEntries(
      Array.from({ length: 20 }, (_, index) => [`1.0.${index}`, { dist: { integrity: 'i', junk: 'x'.repeat(99_999) } }]),
    );
    const parsed = parsePackument('left', Buffer.from(JSON.stringify({ name: 'left', versions })));
    expect(parsed.ok && encodePackument(parsed.packument).length).toBeLessThan(5_000);
  });

  it('agree on damaged bytes', () => {
    const bytes = Buffer.from(JSON.stringify({ ...honest, readme: 'é\u2028\\"\n', odd: [-1.5e-7, 0, true, null, [], {}] }, null, 1));
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 0, max: 255 }), fc.boolean(), (at, byte, cut) => {
        const damaged = Buffer.from(cut ? bytes.subarray(0, at) : bytes);
        if (!cut) damaged[at] = byte;
        expect(plainly(parsePackument('left', damaged))).toEqual(parseReference('left', damaged));
      }),
      { numRuns: 800 },
    );
  });

  const real = benchNames();
  (real.length > 0 ? it : it.skip)(`agree on real packuments${real.length > 0 ? '' : ' (skipped: no bench data)'}`, () => {
    for (const name of real) {
      const document: Doc | undefined = benchPackument(name);
      const bytes = Buffer.from(JSON.stringify(document));
      const fast = parsePackument(name, bytes);
      expect(fast.ok || fast.reason).toBe(true);
      // Jest's own comparison takes seconds on thousands of releases.
      expect(isDeepStrictEqual(plainly(fast), parseReference(name, bytes)) || name).toBe(true);
    }
  });
});
