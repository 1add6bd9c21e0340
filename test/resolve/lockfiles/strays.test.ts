/** Entries that stand out of order must not hide what is there twice. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import * as pnpm from '../../../src/resolve/lockfiles/pnpm-layout.ts';
import { readOwnLayout } from '../../../src/resolve/lockfiles/yarn-berry-layout.ts';
import * as classic from '../../../src/resolve/lockfiles/yarn-classic-layout.ts';

const entry = (key: string, resolution: string, more = '') =>
  `${key}:\n  version: 1.0.0\n  resolution: "${resolution}"\n${more}  languageName: node\n  linkType: hard\n`;
const berry = (...entries: readonly string[]) => readOwnLayout('x', `__metadata:\n  version: 8\n\n${entries.join('\n')}`);

const stray = entry('"0@npm:^1.0.0"', '0@npm:1.0.0');
const first = entry('"a@npm:^1.0.0"', 'a@npm:1.0.0');
const last = entry('"z@npm:^1.0.0"', 'z@npm:1.0.0');

describe('an entry of Yarn out of order', () => {
  it('is read like all others', () => {
    const file = berry(first, stray, entry('"a@npm:^2.0.0"', 'a@npm:2.0.0'), last);
    expect(file?.size).toBe(4);
    expect(file?.resolutions.twice()).toBeUndefined();
    for (const [at, name] of ['a@npm:1.0.0', '0@npm:1.0.0', 'a@npm:2.0.0', 'z@npm:1.0.0'].entries())
      expect([file?.resolutions.of(at), file?.resolutions.find(name)]).toEqual([name, at]);
    expect(file?.resolutions.find('a@npm:3.0.0')).toBeUndefined();
  });

  it.each([
    ['right behind', [first, entry('"a@npm:^2.0.0"', 'a@npm:1.0.0'), last]],
    ['further on', [first, entry('"a@npm:^1.5.0"', 'a@npm:1.5.0'), entry('"a@npm:^2.0.0"', 'a@npm:1.0.0'), last]],
    ['behind a stray', [first, stray, entry('"a@npm:^2.0.0"', 'a@npm:1.0.0'), last]],
    ['in the stray', [first, last, entry('"a@npm:^0.5.0"', 'a@npm:1.0.0')]],
    ['under another name', [first, entry('"b@npm:a@^1.0.0"', 'a@npm:1.0.0'), last]],
    ['under a key without quotes', [first, entry('a@1', 'a@npm:1.0.0'), last]],
    [
      'behind many of the name',
      [first, ...Array.from({ length: 40 }, (_, at) => entry(`"a@npm:^1.${at + 10}.0"`, `a@npm:1.${at}.9`)), entry('"a@npm:^2.0.0"', 'a@npm:1.0.0')],
    ],
  ])('does not hide a resolution that is there twice: %s', (_, entries) => {
    expect(berry(...entries)?.resolutions.twice()).toBe('a@npm:1.0.0');
  });

  it.each([
    ['right behind', [first, entry('"a@npm:^1.0.0"', 'a@npm:2.0.0'), last]],
    ['behind a stray', [first, stray, entry('"a@npm:^1.0.0"', 'a@npm:2.0.0'), last]],
    ['in the stray', [first, last, entry('"a@npm:^1.0.0"', 'a@npm:2.0.0')]],
    ['made explicit', [first, last, entry('? "a@npm:^1.0.0"\n', 'a@npm:2.0.0')]],
    ['of another kind', [first, entry('"a@npm:^1.0.0"', 'a@workspace:a'), last]],
  ])('does not hide a key that is there twice: %s', (_, entries) => {
    expect(berry(...entries)).toBeUndefined();
  });

  it.each([3, 20, 30, 60, 200])('a dependency that is there twice among %d is left to the parser', (size) => {
    const list = (names: readonly string[]) => `  dependencies:\n${names.map((name) => `    ${name}: ^1.0.0\n`).join('')}`;
    const names = Array.from({ length: size }, (_, at) => `d${at + 100}`);
    expect(berry(entry('"a@npm:^1.0.0"', 'a@npm:1.0.0', list(names)))?.size).toBe(1);
    for (const at of [1, size >> 1, size])
      expect(berry(entry('"a@npm:^1.0.0"', 'a@npm:1.0.0', list(names.toSpliced(at, 0, 'd100'))))).toBeUndefined();
  });
});

const name = fc.constantFrom('a', 'b', 'c');
const any = fc
  .tuple(name, fc.nat(3), fc.nat(12), fc.constantFrom('plain', 'plain', 'plain', 'bare', 'explicit', 'alias', 'member'), fc.boolean())
  .map(([own, version, range, kind, asks]) => {
    const resolution = kind === 'member' ? `${own}@workspace:${version}` : `${own}@npm:${version}.0.0`;
    const key = {
      plain: `${own}@npm:^${range}`,
      bare: `${own}@${range}`,
      explicit: `${own}@npm:^${range}`,
      alias: `x@npm:${own}@^${range}`,
      member: `${own}@workspace:${range}`,
    }[kind];
    const written = kind === 'bare' ? key : kind === 'explicit' ? `? "${key}"\n` : `"${key}"`;
    return { key, resolution, text: entry(written, resolution, asks ? `  dependencies:\n    d: ^${range}.0.0\n` : '') };
  });

it('entries of Yarn in any order are told apart as each by each', () => {
  const counts = { sure: 0, twice: 0 };
  fc.assert(
    fc.property(fc.array(any, { minLength: 1, maxLength: 14 }), fc.boolean(), (drawn, isSorted) => {
      const entries = isSorted ? drawn.toSorted((one, other) => (one.text < other.text ? -1 : 1)) : drawn;
      const file = berry(...entries.map(({ text }) => text));
      expect(file !== undefined).toBe(new Set(entries.map(({ key }) => key)).size === entries.length);
      if (!file) return;
      counts.sure++;
      const all = entries.map(({ resolution }) => resolution);
      const isTwice = new Set(all).size < all.length;
      if (isTwice) counts.twice++;
      expect(file.resolutions.twice() !== undefined).toBe(isTwice);
      if (!isTwice) expect(all.map((one) => file.resolutions.find(one))).toEqual([...all.keys()]);
    }),
    { seed: 23_11, numRuns: Number(process.env['FUZZ_RUNS'] ?? 1_000), interruptAfterTimeLimit: 10_000 },
  );
  expect(counts.sure - counts.twice).toBeGreaterThan(50);
  expect(counts.twice).toBeGreaterThan(50);
});

describe('a project of pnpm', () => {
  const text = (second: string) =>
    `lockfileVersion: '9.0'\n\nimporters:\n\n  a:\n    dependencies:\n      x:\n        specifier: ^1.0.0\n        version: 1.0.0\n\n` +
    `  ${second}:\n    dependencies:\n      y:\n        specifier: ^1.0.0\n        version: 1.0.0\n\npackages:\n\n` +
    `  x@1.0.0:\n    resolution: {integrity: sha512-AAAA}\n\nsnapshots:\n\n  x@1.0.0: {}\n`;

  it.each(['a', "'a'"])('is left to the parser where it is there twice, written as %s', (name) => {
    expect(pnpm.readOwnLayout({ file: 'x', text: text('b') }, text('b'))).toHaveLength(1);
    expect(pnpm.readOwnLayout({ file: 'x', text: text(name) }, text(name))).toBeUndefined();
  });
});

describe.each([2, 3, 24, 25, 127, 128, 129, 400])('a list of %i dependencies', (size) => {
  const names = Array.from({ length: size }, (_, at) => `d${String(at).padStart(3, '0')}`);
  const list = (indent: number, all: readonly string[]) => all.map((one) => `${' '.repeat(indent)}${one}: ^1.0.0\n`).join('');
  const sure: readonly (readonly [string, (all: readonly string[]) => boolean])[] = [
    ['Yarn berry', (all) => berry(entry('"a@npm:^1.0.0"', 'a@npm:1.0.0', `  dependencies:\n${list(4, all)}`)) !== undefined],
    [
      'Yarn 1',
      (all) =>
        classic.readOwnLayout(`# yarn lockfile v1\n\n\na@^1.0.0:\n  version "1.0.0"\n  dependencies:\n${list(4, all).replaceAll(': ', ' ')}`) !==
        undefined,
    ],
    ['pnpm', (all) => pnpmWith(`    dependencies:\n${list(6, all)}`) !== undefined],
  ];

  it.each(sure)('is read by its own layout of %s where each is there once, and left to the parser otherwise', (_, isSure) => {
    expect(isSure(names)).toBe(true);
    expect(isSure(names.toReversed())).toBe(true);
    for (const [first, again] of [
      [0, 1],
      [0, size - 1],
      [size - 2, size - 1],
      [size >> 1, size - 1],
    ] as const)
      expect([first, again, isSure(names.with(again, names[first] as string))]).toEqual([first, again, first === again]);
  });
});

function pnpmWith(asks: string) {
  const text = `lockfileVersion: '9.0'\n\npackages:\n\n  a@1.0.0:\n    resolution: {integrity: sha512-AAAA}\n\nsnapshots:\n\n  a@1.0.0:\n${asks}`;
  return pnpm.readOwnLayout({ file: 'x', text }, text);
}
