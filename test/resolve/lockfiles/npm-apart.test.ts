/** A lockfile held against another state of it says the same, and of the same change, as one that is read from the first letter to the last. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Change, ResolvedPackage, ResolvedTree } from '../../../src/model/package.ts';
import { pathTo } from '../../../src/model/tree.ts';
import { diffAll, diffTrees } from '../../../src/resolve/diff.ts';
import { npm } from '../../../src/resolve/lockfiles/npm.ts';

const fixture = (version: number) =>
  readFileSync(join(import.meta.dirname, `../../../fixtures/lockfiles/npm-v${version}/everything/package-lock.json`), 'utf8');

/** Many that are alike, some of one name, under aliases and in folders of others, as npm writes them. */
const long = written(
  Array.from({ length: 400 }, (_, at): [string, object] => {
    const name = at % 7 === 0 ? `@scope/p${at}` : `p${at}`;
    const key = at % 11 === 0 ? `node_modules/p${at - 1}/node_modules/p${at % 5}` : `node_modules/${name}`;
    return [
      key,
      { ...(at % 13 === 0 && { name: `p${at % 4}` }), version: `1.0.${at}`, license: 'MIT', dependencies: { [`p${(at * 7) % 400}`]: '^1.0.0' } },
    ];
  }),
);

function written(entries: readonly (readonly [string, object])[]): string {
  const packages = { '': { name: 'project', version: '1.0.0', dependencies: { p1: '^1.0.0' } }, ...Object.fromEntries(entries) };
  return `${JSON.stringify({ name: 'project', version: '1.0.0', lockfileVersion: 3, requires: true, packages }, null, 2)}\n`;
}

const read = (text: string, more: object = {}) => npm.read({ file: 'package-lock.json', text, ...more }) as ResolvedTree;

function factsOf(entry: ResolvedPackage): unknown {
  const { key, name, version, resolved, integrity, source, dev, optional, peer, bundled, alias, hasInstallScript, where } = entry;
  return [key, name, version, resolved, integrity, source, dev, optional, peer, bundled, alias, hasInstallScript, where];
}

function changeFacts(change: Change): unknown {
  return [change.action, 'before' in change && factsOf(change.before), 'after' in change && factsOf(change.after)];
}

/** A state that was found to fit before, of which nothing is known but what was kept. */
function once(text: string): ResolvedTree {
  let kept: readonly number[] | undefined;
  read(text, { fitting: { odd: () => undefined, keep: (_text: string, odd: readonly number[]) => (kept = odd) } });
  return read(text, { fitting: { odd: () => kept, keep: () => expect('kept again').toBe('') } });
}

/** Undefined where neither can be read. */
function told(make: () => unknown): unknown {
  try {
    return make();
  } catch (error) {
    return error instanceof Error ? error.message : error;
  }
}

const edit = fc.record({
  from: fc.nat(),
  to: fc.nat(),
  many: fc.integer({ min: 1, max: 6 }),
  what: fc.constantFrom('move', 'copy', 'drop', 'version', 'name', 'key', 'cut', 'comma'),
});

function edited(parts: readonly string[], edits: readonly { from: number; to: number; many: number; what: string }[]): string {
  const next = parts.slice();
  for (const { from, to, many, what } of edits) {
    const at = from % next.length;
    const part = next[at] ?? '';
    if (what === 'move') next.splice(to % next.length, 0, ...next.splice(at, many));
    else if (what === 'copy') next.splice(to % next.length, 0, ...next.slice(at, at + many));
    else if (what === 'drop') next.splice(at, many);
    else if (what === 'version') next[at] = part.replace('"version": "', '"version": "9');
    else if (what === 'name') next[at] = part.replace(/"version": "/, `"name": "p${many}",\n      "version": "`);
    else if (what === 'key') next[at] = part.replace(/"(?=":? ?\{)/, `${many}"`).replace(/^( {4}"[^"]*)"/, `$1${many}"`);
    else if (what === 'cut') next[at] = part.slice(0, to % (part.length + 1)) + part.slice((to % (part.length + 1)) + 1);
    else next[at] = part.replace(/,\n$/, '\n');
  }
  return next.join('');
}

describe.each([
  ['many entries', long],
  ['version 3', fixture(3)],
  ['version 2', fixture(2)],
])('%s', (_what, text) => {
  const parts = text.split(/(?<=\n)(?= {4}")|(?<=\n {4}\})(?=\n {2}\})/);

  it('held against a state before, and changed in any way', () => {
    let changed = 0;
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 4 }), fc.boolean(), (edits, fromMemory) => {
        const like = fromMemory ? once(text) : read(text);
        const now = edited(parts, edits);
        const [held, whole] = [told(() => read(now, { like })), told(() => read(now))] as [ResolvedTree, ResolvedTree];
        if (typeof whole === 'string' || typeof held === 'string') return expect(held).toBe(whole);
        const changes = diffTrees(like, held).map(changeFacts);
        expect(changes).toEqual(diffAll(read(text), whole).map(changeFacts));
        if (changes.length > 0) changed++;
        expect([held.size ?? held.packages.length, held.root]).toEqual([whole.packages.length, whole.root]);
        const some = whole.packages.filter((_, at) => at % 37 === 0);
        expect(some.map(({ key }) => [held.at?.(key) ?? held.packages.find((one) => one.key === key)].map((one) => one && factsOf(one)))).toEqual(
          some.map((one) => [factsOf(one)]),
        );
        expect(some.map(({ key }) => pathTo(held, key))).toEqual(some.map(({ key }) => pathTo(whole, key)));
        expect(held.packages.map(factsOf)).toEqual(whole.packages.map(factsOf));
      }),
      { seed: 23_11, numRuns: Number(process.env['FUZZ_RUNS'] ?? 60), interruptAfterTimeLimit: 12_000 },
    );
    expect(changed).toBeGreaterThan(5);
  }, 60_000);
});

describe('a change to a long lockfile', () => {
  it('makes no package that is not spoken of', () => {
    const like = once(long);
    const held = read(long.replace('"1.0.200"', '"1.0.201"').replace('"1.0.90"', '"1.0.91"'), { like });
    expect(held.apartFrom?.(like)).toMatchObject({
      gone: [{ version: '1.0.90' }, { version: '1.0.200' }],
      fresh: [{ version: '1.0.91' }, { version: '1.0.201' }],
    });
    expect(diffTrees(like, held).map(({ action }) => action)).toEqual(['change', 'change']);
  });

  it('that brings an entry a second time is not read by what is alike', () => {
    const like = once(long);
    const entry = / {4}"node_modules\/p300": \{\n(?: {6}.*\n)+ {4}\},\n/.exec(long)?.[0] ?? '';
    expect(entry).not.toBe('');
    const twice = long.replace(/(?= {4}"node_modules\/p20": )/, entry.replace('1.0.300', '6.6.6'));
    expect(twice.length).toBe(long.length + entry.length - 2);
    expect(() => read(twice, { like })).toThrow();
    expect(() => read(twice)).toThrow();
  });
});
