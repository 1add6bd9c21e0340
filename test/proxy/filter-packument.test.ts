import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import semver from 'semver';
import { type Filtered, type Filtering, filterParsed, filterPackument as filterPlaced, nearestBelow } from '../../src/proxy/filter-packument.ts';
import { layoutOf } from '../../src/proxy/json-layout.ts';

const bench = fileURLToPath(new URL('../../../shared/bench/packuments', import.meta.url));

function packument(versions: readonly string[], tags: Record<string, string>): Record<string, unknown> {
  return {
    _id: 'left',
    name: 'left',
    'dist-tags': tags,
    versions: Object.fromEntries(
      versions.map((version) => [version, { name: 'left', version, dist: { tarball: `https://registry.example/left/-/left-${version}.tgz` } }]),
    ),
    time: Object.fromEntries([['created', '2020-01-01'], ['modified', '2024-01-01'], ...versions.map((version) => [version, '2024-01-01'])]),
  };
}

function filterPackument(bytes: Buffer, filtering: Filtering): Filtered {
  return filterPlaced(bytes, filtering, layoutOf(bytes));
}

function withhold(...versions: readonly string[]): Filtering {
  return { keep: (version) => !versions.includes(version) };
}

const from = 'http://a/';

/** Addresses that begin with `from` begin otherwise; the rest are changed besides. */
function rewriting(told: boolean): Pick<Filtering, 'tarball' | 'start'> {
  const start = { from, to: 'https://another.example/x/' };
  const tarball = (url: string, version: string) => (url.startsWith(from) ? start.to + url.slice(from.length) : `${version}:${url}`);
  return { tarball, ...(told && { start }) };
}

/** What a reader of the filtered bytes sees. */
function attempt(filter: () => Buffer): string {
  try {
    return JSON.stringify(JSON.parse(filter().toString()));
  } catch (error) {
    expect(error).toBeInstanceOf(SyntaxError);
    return 'refused';
  }
}

function parsed(bytes: Buffer): { 'dist-tags': Record<string, string>; versions: Record<string, { dist: { tarball: string } }>; time: object } {
  return JSON.parse(bytes.toString());
}

describe('filterPackument', () => {
  const document = Buffer.from(JSON.stringify(packument(['1.0.0', '2.0.0', '2.1.0', '3.0.0-rc.1'], { latest: '2.1.0', next: '3.0.0-rc.1' })));

  it('takes a version out of versions, time and dist-tags together', () => {
    const { bytes, removed, movedTags } = filterPackument(document, withhold('2.1.0'));
    const result = parsed(bytes);
    expect(Object.keys(result.versions)).toEqual(['1.0.0', '2.0.0', '3.0.0-rc.1']);
    expect(Object.keys(result.time)).toEqual(['created', 'modified', '1.0.0', '2.0.0', '3.0.0-rc.1']);
    expect(result['dist-tags']).toEqual({ latest: '2.0.0', next: '3.0.0-rc.1' });
    expect(removed).toEqual(['2.1.0']);
    expect([...movedTags]).toEqual([['latest', { from: '2.1.0', to: '2.0.0' }]]);
  });

  it('leaves the bytes alone when nothing is withheld', () => {
    expect(filterPackument(document, withhold()).bytes).toBe(document);
  });

  it('drops a tag that has nowhere to go, and never moves latest to a pre-release', () => {
    const { bytes } = filterPackument(document, withhold('1.0.0', '2.0.0', '2.1.0'));
    expect(parsed(bytes)['dist-tags']).toEqual({ next: '3.0.0-rc.1' });
  });

  it('can take everything out', () => {
    const { bytes, kept } = filterPackument(document, { keep: () => false });
    expect(kept).toBe(0);
    expect(parsed(bytes).versions).toEqual({});
  });

  it('never moves a tag above the registry’s own', () => {
    expect(nearestBelow('2.0.0', ['1.0.0', '1.9.0', '3.0.0'])).toBe('1.9.0');
    expect(nearestBelow('2.0.0-rc.2', ['2.0.0', '2.0.0-rc.1', '1.0.0'])).toBe('2.0.0-rc.1');
    expect(nearestBelow('not a version', ['1.0.0'])).toBeUndefined();
  });

  it('orders versions as the semver library does', () => {
    const number = fc.oneof(fc.nat(3), fc.constantFrom('01', '9007199254740993', '99999999999999999999'));
    const pre = fc.array(fc.constantFrom('a', '1', '10', '-', '0a'), { maxLength: 3 });
    const version = fc
      .tuple(fc.constantFrom('', 'v', '=v', ' '), number, number, number, pre, fc.constantFrom('', '+b', '.0'))
      .map(([before, a, b, c, tags, after]) => `${before}${a}.${b}.${c}${tags.length > 0 ? `-${tags.join('.')}` : ''}${after}`);
    fc.assert(
      fc.property(version, fc.array(version, { maxLength: 6 }), (target, versions) => {
        const ceiling = semver.parse(target);
        const read = versions.flatMap((one) => semver.parse(one) ?? []).filter((one) => ceiling && one.compare(ceiling) <= 0);
        const [best] = read.filter((one) => one.prerelease.length === 0 || ceiling?.prerelease.length).sort((a, b) => b.compare(a));
        expect(nearestBelow(target, versions)).toBe(best?.raw);
      }),
      { numRuns: 500 },
    );
  });

  it('rewrites tarball addresses where they are and nowhere else', () => {
    const decoy = packument(['1.0.0'], { latest: '1.0.0' });
    Object.assign(decoy, { readme: '"dist":{"tarball":"https://registry.example/x"}' });
    const { bytes } = filterPackument(Buffer.from(JSON.stringify(decoy)), {
      keep: () => true,
      tarball: (url) => url.replace('https://registry.example', 'http://127.0.0.1:1'),
    });
    expect(parsed(bytes).versions['1.0.0']?.dist.tarball).toBe('http://127.0.0.1:1/left/-/left-1.0.0.tgz');
    expect(JSON.parse(bytes.toString()).readme).toBe(decoy['readme']);
  });

  it('is not fooled by keys that look like a version in a manifest or a readme', () => {
    const hostile = packument(['1.0.0', '2.0.0'], { latest: '2.0.0' });
    const versions = Object(hostile['versions']);
    versions['1.0.0'].config = { versions: { '2.0.0': {} }, '2.0.0': { name: 'left', version: '2.0.0' } };
    hostile['readme'] = '","versions":{"2.0.0":{"name":"left"}},"x":"';
    const { bytes } = filterPackument(Buffer.from(JSON.stringify(hostile)), withhold('2.0.0'));
    expect(Object.keys(parsed(bytes).versions)).toEqual(['1.0.0']);
    expect(JSON.parse(bytes.toString()).versions['1.0.0'].config).toEqual(versions['1.0.0'].config);
  });

  it.each([
    ['an escaped version key', '{"versions":{"1\\u002e0.0":{},"2.0.0":{}}}'],
    ['a version twice', '{"versions":{"2.0.0":{"a":1},"1.0.0":{},"1.0.0":{"b":2}}}'],
    ['versions twice', '{"versions":{"3.0.0":{}},"versions":{"1.0.0":{},"2.0.0":{}}}'],
    ['prototype names', '{"versions":{"__proto__":{},"constructor":{},"1.0.0":{},"2.0.0":{}},"time":{"__proto__":"x","1.0.0":"y"}}'],
  ])('takes the plain way for %s', (_, text) => {
    const filtered = filterPackument(Buffer.from(text), withhold('1.0.0', '__proto__'));
    expect(filtered).toEqual(filterParsed(Buffer.from(text), withhold('1.0.0', '__proto__')));
    expect(Object.keys(parsed(filtered.bytes).versions)).not.toContain('1.0.0');
  });

  it.each([
    '',
    '<html>',
    '[]',
    'null',
    '{"versions":{"1.0.0":{}}',
    '{"versions":[]}',
    '{"versions":{"1.0.0":{}}} trailing',
    '{/* x */"versions":{}}',
  ])('refuses what is no packument: %j', (text) => {
    expect(() => filterPackument(Buffer.from(text), withhold('1.0.0'))).toThrow(SyntaxError);
  });

  it.each([{}, { readme: 'é' }, { policyRestrictions: { message: 'of the registry', versions: {} } }])(
    'says in the words of npm’s own picker why a version cannot be had %#',
    (more: object) => {
      const text = JSON.stringify({ name: 'left', versions: { '1.0.0': {}, '2.0.0': {} }, ...more });
      const filtering = { ...withhold('2.0.0'), why: (removed: readonly string[]) => `not “${removed.join()}”` };
      const wanted = { message: 'not “2.0.0”', versions: { '2.0.0': { version: '2.0.0' } } };
      for (const { bytes } of [filterPackument(Buffer.from(text), filtering), filterParsed(Buffer.from(text), filtering)])
        expect(JSON.parse(bytes.toString()).policyRestrictions).toEqual({ policyRestrictions: wanted, ...more }.policyRestrictions);
      expect(JSON.parse(filterPackument(Buffer.from(text), { ...filtering, ...withhold() }).bytes.toString())).toEqual(JSON.parse(text));
    },
  );

  it('gives the same answer as the plain way for any document', () => {
    const key = fc.oneof(fc.constantFrom('1.0.0', '1.2.0', '2.0.0-a', '10.0.0', '__proto__', '"', '\\', 'é', '1'), fc.string({ maxLength: 4 }));
    const manifest = fc.oneof(
      fc.jsonValue({ maxDepth: 3 }),
      fc.record({
        dist: fc.record({
          tarball: fc.oneof(
            fc.string(),
            fc.string().map((rest) => `${from}${rest}`),
            fc.integer(),
          ),
        }),
        extra: fc.jsonValue({ maxDepth: 2 }),
      }),
    );
    const model = fc.record(
      {
        readme: fc.string(),
        'dist-tags': fc.dictionary(fc.string({ maxLength: 3 }), key, { noNullPrototype: true }),
        versions: fc.dictionary(key, manifest, { noNullPrototype: true }),
        time: fc.dictionary(key, fc.string(), { noNullPrototype: true }),
      },
      { requiredKeys: ['versions'] },
    );
    fc.assert(
      fc.property(
        model,
        fc.array(key),
        fc.constantFrom(undefined, 2),
        fc.constantFrom('as they are', 'each', 'start'),
        (document, gone, indent, shown) => {
          const bytes = Buffer.from(JSON.stringify(document, null, indent));
          const filtering: Filtering = {
            ...withhold(...gone),
            ...(indent && { why: () => 'so' }),
            ...(shown !== 'as they are' && rewriting(shown === 'start')),
          };
          const fast = filterPackument(bytes, filtering);
          const plain = filterParsed(bytes, filtering);
          expect(JSON.stringify(JSON.parse(fast.bytes.toString()))).toBe(JSON.stringify(JSON.parse(plain.bytes.toString())));
          expect({ ...fast, bytes: 0 }).toEqual({ ...plain, bytes: 0 });
        },
      ),
      { numRuns: 400 },
    );
  });

  it('never takes damaged bytes for a packument that the parser would refuse or read differently', () => {
    const whole = document;
    const clean = attempt(() => filterParsed(whole, withhold('2.1.0')).bytes);
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), fc.boolean(), (at, byte, cut) => {
        const damaged = Buffer.from(cut ? whole.subarray(0, at) : whole);
        if (!cut) damaged[at] = byte;
        if (!layoutOf(damaged)) return;
        const fast = attempt(() => filterPackument(damaged, withhold('2.1.0')).bytes);
        const plain = attempt(() => filterParsed(damaged, withhold('2.1.0')).bytes);
        // Bytes a parser refuses may pass and be refused by whoever reads them, or lie in what was cut out.
        if (plain !== 'refused') expect(fast).toBe(plain);
        else if (fast !== 'refused') expect(fast).toBe(clean);
      }),
      { numRuns: 1000 },
    );
  });

  (existsSync(bench) ? it : it.skip)('gives the same answer as the plain way for real packuments (skipped: no bench data)', () => {
    const files = readdirSync(bench)
      .filter((name) => name.endsWith('.gz'))
      .slice(0, 40);
    expect(files.length).toBeGreaterThan(0);
    for (const file of files) {
      const bytes = gunzipSync(readFileSync(`${bench}/${file}`));
      const document = JSON.parse(bytes.toString());
      const gone = Object.keys(document.versions ?? {}).filter((_, index) => index % 3 === 0);
      const filtering: Filtering = { ...withhold(...gone), tarball: (url) => url.replace(/^https?:\/\/[^/]+/, 'http://127.0.0.1:4873') };
      const fast = JSON.stringify(JSON.parse(filterPackument(bytes, filtering).bytes.toString()));
      expect(fast === JSON.stringify(JSON.parse(filterParsed(bytes, filtering).bytes.toString()))).toBe(true);
    }
  });
});
