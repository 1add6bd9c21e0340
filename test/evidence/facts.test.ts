import { appendFileSync, chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openEvidence } from '../../src/evidence/collect.ts';
import { decodeSlices, encodeSlices } from '../../src/evidence/fact-format.ts';
import { openFactLines } from '../../src/evidence/fact-lines.ts';
import { openFacts } from '../../src/evidence/facts.ts';
import { openHistory } from '../../src/evidence/history.ts';
import { failedSlices, slicesOf, unknownPackage } from '../../src/evidence/slices.ts';
import type { EvidenceKind } from '../../src/model/evidence.ts';
import { minute } from '../../src/model/time.ts';
import { added, at } from '../../src/rules/example.ts';
import { aPackument, type PackumentTale, packumentsOf } from '../helpers/a-packument.ts';

const now = at('2025-01-01T00:00:00Z');
const kinds: EvidenceKind[] = ['listing', 'release', 'times', 'publishers', 'maintainers', 'trust', 'newDependencies'];

let folder = '';
let path = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'depward-facts-'));
  path = join(folder, 'deep', 'facts.log');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('fact format', () => {
  const robot = { name: 'GitHub Actions', email: 'robot@robots.example', oidcConfigId: 'one' };
  const rich = aPackument('x')
    .published('1.0.0', { by: 'ann', dependencies: { a: '^1', ['__proto__']: '1' }, maintainers: ['ann', 'bob'], description: 'ü\n"' })
    .published('1.1.0-rc.1', { by: robot, trust: 'trusted-publisher', optionalDependencies: { b: '2' }, bundled: ['a'] })
    .published('1.1.0', { by: robot, trust: 'approved', scripts: { postinstall: 'node "x"\u2028' }, deprecated: 'old', gypfile: true })
    .published('0.9.1', { by: null, maintainers: null, peerDependencies: { constructor: '*' } })
    .published('1.1.1', { by: 'ann', at: null })
    .removed('1.0.9', '2020-02-02');

  it.each(['1.0.0', '1.1.0-rc.1', '1.1.0', '0.9.1', '1.1.1', '1.0.9', '9.9.9'])('gives back what was written of %s', (version) => {
    const slices = slicesOf(openHistory(rich.build(), { now, past: false }), version);
    expect(decodeSlices(encodeSlices(slices))).toEqual(slices);
  });

  it('gives back what is lacking in what is there', () => {
    const slices = slicesOf(openHistory(rich.without('scripts').build(), { now, past: false }), '1.1.0');
    expect(slices.release).toHaveProperty('lacking');
    expect(decodeSlices(encodeSlices(slices))).toEqual(slices);
  });

  it('gives back what is not there, and why', () => {
    for (const slices of [unknownPackage(), failedSlices('no')]) expect(decodeSlices(encodeSlices(slices))).toEqual(slices);
  });

  it('reads nothing else', () => {
    for (const text of [
      '',
      'null',
      '[]',
      '[[],[],[],[]]',
      '{"a":1}',
      '[[],[[],[],[],[]],[],[[],[],[],[],[],[]]]',
      '[[],[["1"],[1],[0],[3]],[],[{"alternatives":[9]}]]',
    ]) {
      expect(decodeSlices(text)).toBeUndefined();
    }
  });
});

describe('fact lines', () => {
  it('keeps the last body of a key over runs', () => {
    writing([['a', 'one', 1] as const, ['b', 'two', 2] as const]);
    writing([['a', 'three', 3] as const]);
    expect(openFactLines(path).get('a')).toEqual({ body: 'three', confirmedAt: 3 });
    expect(openFactLines(path).get('b')).toEqual({ body: 'two', confirmedAt: 2 });
    expect(openFactLines(path).get('c')).toBeUndefined();
  });

  it('confirms a fact again without writing it again', () => {
    writing([['a', 'x'.repeat(1000), 1] as const]);
    const before = statSync(path).size;
    writing([['a', 'x'.repeat(1000), 9] as const]);
    expect(statSync(path).size - before).toBeLessThan(40);
    expect(openFactLines(path).get('a')).toEqual({ body: 'x'.repeat(1000), confirmedAt: 9 });
  });

  it('takes no damaged, torn or foreign line for a fact', () => {
    writing([['a', 'one', 1] as const, ['b', 'two', 2] as const, ['c', 'three', 3] as const]);
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, text.replace(' two', ' tow'));
    appendFileSync(path, `\u0000\u0000garbage\n00000000 zz c\n${'f'.repeat(300)}\n1234`);
    const lines = openFactLines(path);
    expect(['a', 'b', 'c'].map((key) => lines.get(key)?.body)).toEqual(['one', undefined, 'three']);
    expect(lines.get('c')?.confirmedAt).toBe(3);
    writing([['d', 'four', 4] as const]);
    expect(openFactLines(path).get('d')?.body).toBe('four');
  });

  it('does not let a damaged stamp make an old fact fresh', () => {
    writing([['a', 'one', 1] as const]);
    writing([['a', 'one', 2] as const]);
    writeFileSync(path, readFileSync(path, 'utf8').replace(/ 2 a\n/, ' 9 a\n'));
    expect(openFactLines(path).get('a')).toEqual({ body: 'one', confirmedAt: 1 });
  });

  it('keeps what two processes write at once', () => {
    const [first, second] = [openFactLines(path), openFactLines(path)];
    first.put('a', 'one', 1);
    second.put('b', 'two', 2);
    first.save();
    second.save();
    expect([openFactLines(path).get('a')?.body, openFactLines(path).get('b')?.body]).toEqual(['one', 'two']);
  });

  it('stays within its bounds, keeping what was confirmed last', () => {
    const bounds = { body: 100, file: 3000, kept: 1500 };
    for (let n = 0; n < 80; n++) {
      const lines = openFactLines(path, bounds);
      lines.put(`key${n}`, 'x'.repeat(80), n);
      lines.put('large', 'y'.repeat(101), n);
      lines.save();
    }
    expect(statSync(path).size).toBeLessThan(3200);
    expect(openFactLines(path).get('key79')?.confirmedAt).toBe(79);
    expect(openFactLines(path).get('key0')).toBeUndefined();
    expect(openFactLines(path).get('large')).toBeUndefined();
    expect(readdirSync(join(folder, 'deep'))).toEqual(['facts.log']);
  });

  it('goes on where nothing can be written', () => {
    writeFileSync(join(folder, 'deep'), 'a file where a folder should be');
    expect(() => writing([['a', 'one', 1] as const])).not.toThrow();
    chmodSync(folder, 0o500);
    expect(() => writing([['a', 'one', 1] as const])).not.toThrow();
    chmodSync(folder, 0o700);
  });

  it('is readable for its owner only', () => {
    writing([['a', 'one', 1] as const]);
    expect(statSync(path).mode & 0o077).toBe(0);
  });

  it('refuses keys that would be two', () => {
    writing([['a b', 'one', 1] as const, ['a\nb', 'one', 1] as const, ['', 'one', 1] as const]);
    expect(() => statSync(path)).toThrow();
  });
});

describe('facts in use', () => {
  const tale = aPackument('x')
    .published('1.0.0', { at: '2024-01-01' })
    .published('1.0.1', { at: '2024-06-01', dependencies: { y: '^1.0.0' } });
  const other = aPackument('y').published('1.0.0', { at: '2024-05-01' });

  it('answers a warm run as the cold one, asking nobody', async () => {
    const cold = await run([tale, other], now);
    const warm = await run([tale, other], now + minute);
    expect(cold.asked.sort()).toEqual(['x', 'y']);
    expect(warm.asked).toEqual([]);
    expect(warm.set).toEqual(cold.set);
    expect(warm.oldest).toBe(60);
  });

  it('asks again after five minutes, and sees what changed', async () => {
    await run([tale, other], now);
    const grown = tale.published('1.0.2', { at: '2024-12-31' });
    const later = await run([grown, other], now + 6 * minute);
    expect(later.asked.sort()).toEqual(['x', 'y']);
    expect(later.set?.listing).toMatchObject({ value: { latest: '1.0.2' } });
  });

  it('uses facts of any age offline, and none from the future', async () => {
    await run([tale, other], now);
    expect((await run([], now + 10_000 * minute, { offline: true })).asked).toEqual([]);
    expect((await run([tale, other], now - minute)).asked.sort()).toEqual(['x', 'y']);
  });

  it('neither reads nor keeps facts when asked as of another moment', async () => {
    await run([tale, other], now);
    const past = await run([tale, other], at('2024-03-01T00:00:00Z'), { past: true });
    expect(past.asked).toEqual(['x']);
    expect(past.set?.listing).toMatchObject({ value: { status: 'version-not-listed' } });
    const stillWarm = await run([tale, other], now + minute);
    expect(stillWarm.set?.listing).toMatchObject({ value: { status: 'listed' } });
    rmSync(path);
    await run([tale, other], now, { past: true });
    expect(() => statSync(path)).toThrow();
  });

  it('says that a listing could not be confirmed when the registry fails, and keeps what never changes', async () => {
    await run([tale, other], now);
    const failing = await run([tale, other], now + 6 * minute, { failing: new Map([['x', 'timed out']]) });
    expect(failing.set?.listing).toMatchObject({ ok: false, why: 'failed', reason: 'timed out' });
    expect(failing.set?.release).toMatchObject({ ok: true, value: { current: { version: '1.0.1' } } });
  });

  it('does not remember failures', async () => {
    await run([tale, other], now, { failing: new Map([['x', 'timed out']]) });
    expect((await run([tale, other], now)).set?.listing).toMatchObject({ ok: true });
  });

  it('does not show one account what another may see', async () => {
    const asked = async (identity: string) => {
      const packuments = { ...packumentsOf([tale], { confirmedAt: now }), identityOf: () => identity };
      await openEvidence({ packuments, names: () => ({ near: [] }), now, facts: openFacts(path) }).gather([added('x', '1.0.1')], ['listing']);
      return packuments.asked;
    };
    expect([await asked('ann'), await asked('ann'), await asked('bob')]).toEqual([['x'], [], ['x']]);
  });

  it('remembers what names look like, for the very same names and code only', async () => {
    const asked: string[] = [];
    const look = async (namesId?: string) => {
      const names = (name: string) => {
        asked.push(`${name} ${namesId}`);
        return { downloads: 5, near: [] };
      };
      const change = added('x', '1.0.1');
      const options = { packuments: packumentsOf([tale], { confirmedAt: now }), names, now, facts: openFacts(path) };
      const source = openEvidence({ ...options, ...(namesId !== undefined && { namesId }) });
      return (await source.gather([change], ['name'])).get(change)?.name;
    };
    const first = await look('one');
    expect(await look('one')).toEqual(first);
    await look('two');
    await look();
    expect(asked).toEqual(['x one', 'x two', 'x undefined']);
  });

  it('does not mix registries', async () => {
    const facts = openFacts(path);
    facts.keepMeant('https://a.example/', 'x', '^1', { value: { version: '1.0.0' }, confirmedAt: now });
    facts.keepMeant('https://a.example/', 'x', '>=1 <2 || 3%', { value: { unknown: 'no' }, confirmedAt: now });
    facts.save();
    expect(openFacts(path).meant('https://b.example/', 'x', '^1')).toBeUndefined();
    expect(openFacts(path).meant('https://a.example/', 'x', '^1')?.value).toEqual({ version: '1.0.0' });
    expect(openFacts(path).meant('https://a.example/', 'x', '>=1 <2 || 3%')?.value).toEqual({ unknown: 'no' });
  });

  it('keeps what a name looks like, whatever the lists are called', () => {
    const facts = openFacts(path);
    facts.keepResembling('build 1 of | lists', 'x', { near: [] }, 1);
    facts.save();
    expect(openFacts(path).resembling('build 1 of | lists', 'x')).toEqual({ near: [] });
    expect(openFacts(path).resembling('build 1 of', 'x')).toBeUndefined();
  });

  interface Setting {
    readonly offline?: boolean;
    readonly past?: boolean;
    readonly failing?: ReadonlyMap<string, string>;
  }

  async function run(tales: readonly PackumentTale[], moment: number, { failing = new Map(), ...setting }: Setting = {}) {
    const packuments = packumentsOf(tales, { confirmedAt: moment, failing });
    const source = openEvidence({ packuments, names: () => ({ near: [] }), now: moment, facts: openFacts(path), ...setting });
    const change = added('x', '1.0.1');
    const set = (await source.gather([change], kinds)).get(change);
    const oldest = source.oldest?.();
    return { asked: packuments.asked, set, oldest: oldest === undefined ? undefined : (moment - oldest) / 1000 };
  }
});

function writing(facts: readonly (readonly [key: string, body: string, confirmedAt: number])[]): void {
  const lines = openFactLines(path);
  for (const [key, body, confirmedAt] of facts) lines.put(key, body, confirmedAt);
  lines.save();
}
