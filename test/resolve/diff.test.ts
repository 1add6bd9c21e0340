import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Change, ResolvedPackage, ResolvedTree } from '../../src/model/package.ts';
import { diffAll, diffTrees } from '../../src/resolve/diff.ts';
import { readLockfile } from '../../src/resolve/lockfiles/index.ts';

function entry(ref: string, more: Partial<ResolvedPackage> = {}): ResolvedPackage {
  const at = ref.lastIndexOf('@');
  const name = ref.slice(0, at);
  return {
    key: `node_modules/${name}`,
    name,
    version: ref.slice(at + 1),
    source: 'registry',
    dev: false,
    optional: false,
    peer: false,
    bundled: false,
    ...more,
  };
}

function tree(packages: readonly ResolvedPackage[], format = 'package-lock v3'): ResolvedTree {
  return { format, root: {}, packages, dependentsOf: () => [] };
}

function told(changes: readonly Change[]): string[] {
  return changes.map((change) => {
    if (change.action === 'remove') return `- ${change.before.name}@${change.before.version}`;
    return change.action === 'add'
      ? `+ ${change.after.name}@${change.after.version}`
      : `${change.after.name} ${change.before.version} -> ${change.after.version}`;
  });
}

describe('comparing trees', () => {
  it('is silent on the same packages in other places', () => {
    const before = tree([entry('a@1.0.0'), entry('b@1.0.0')]);
    const after = tree([entry('b@1.0.0', { key: 'node_modules/a/node_modules/b' }), entry('a@1.0.0'), entry('b@1.0.0')]);
    expect(diffTrees(before, after)).toEqual([]);
  });

  it('pairs by place, then by major version', () => {
    const before = tree([entry('a@1.0.0', { key: 'x' }), entry('a@2.0.0', { key: 'y' }), entry('gone@1.0.0')]);
    const after = tree([entry('a@2.1.0', { key: 'z' }), entry('a@3.0.0', { key: 'x' }), entry('a@4.0.0', { key: 'v' }), entry('new@1.0.0')]);
    expect(told(diffTrees(before, after))).toEqual(['a 2.0.0 -> 2.1.0', 'a 1.0.0 -> 3.0.0', '+ a@4.0.0', '- gone@1.0.0', '+ new@1.0.0']);
  });

  const swapped: readonly [string, Partial<ResolvedPackage>, Partial<ResolvedPackage>, boolean][] = [
    ['another hash', { integrity: 'sha512-aaaa' }, { integrity: 'sha512-bbbb' }, true],
    ['the same hash beside a weaker one', { integrity: 'sha512-aaaa' }, { integrity: 'sha1-cccc sha512-aaaa' }, false],
    ['a foreign hash beside the right one', { integrity: 'sha512-aaaa' }, { integrity: 'sha512-aaaa sha512-bbbb' }, true],
    [
      'a stronger hash of the same address',
      { integrity: 'sha1-aaaa', resolved: 'https://h/a.tgz' },
      { integrity: 'sha512-bbbb', resolved: 'https://h/a.tgz' },
      false,
    ],
    ['no hash any more', { integrity: 'sha512-aaaa' }, {}, true],
    [
      'a weaker hash of the same address',
      { integrity: 'sha512-aaaa', resolved: 'https://h/a/-/a-1.0.0.tgz' },
      { integrity: 'sha1-bbbb', resolved: 'https://h/a/-/a-1.0.0.tgz' },
      true,
    ],
    [
      'the address of another package with the same hash',
      { integrity: 'sha512-aaaa', resolved: 'https://h/a/-/a-1.0.0.tgz' },
      { integrity: 'sha512-aaaa', resolved: 'https://h/b/-/b-1.0.0.tgz' },
      true,
    ],
    [
      'the address of another version with the same hash',
      { integrity: 'sha512-aaaa', resolved: 'https://h/a/-/a-1.0.0.tgz' },
      { integrity: 'sha512-aaaa', resolved: 'https://h/a/-/a-1.0.1.tgz' },
      true,
    ],
    [
      'an address that named another package before',
      { integrity: 'sha512-aaaa', resolved: 'https://h/b/-/b-1.0.0.tgz' },
      { integrity: 'sha512-aaaa', resolved: 'https://h/b/-/b-1.0.0.tgz' },
      false,
    ],
    [
      'another mirror with the same hash',
      { integrity: 'sha512-aaaa', resolved: 'https://h/a.tgz' },
      { integrity: 'sha512-aaaa', resolved: 'https://i/a.tgz' },
      false,
    ],
    ['another address without a hash', { resolved: 'https://h/a.tgz' }, { resolved: 'https://i/a.tgz' }, true],
    ['another checksum', { checksum: '10c0/aa' }, { checksum: '10c0/bb' }, true],
    ['another checksum, where no cache version is written', { checksum: 'aa' }, { checksum: 'bb' }, true],
    ['a checksum of another cache version', { checksum: '8/aa' }, { checksum: '10c0/bb' }, false],
    [
      'another mirror with the same sha1 behind it',
      { resolved: `https://h/a.tgz#${'a'.repeat(40)}` },
      { resolved: `https://i/a.tgz#${'a'.repeat(40)}` },
      false,
    ],
    ['another sha1 behind the address', { resolved: `https://h/a.tgz#${'a'.repeat(40)}` }, { resolved: `https://h/a.tgz#${'b'.repeat(40)}` }, true],
    [
      'another commit',
      { source: 'git', resolved: `git+https://h/a.git#${'a'.repeat(40)}` },
      { source: 'git', resolved: `git+https://h/a.git#${'b'.repeat(40)}` },
      true,
    ],
    ['another source', {}, { source: 'git', resolved: 'git+https://h/a.git#1' }, true],
  ];
  it.each(swapped)('same version, %s', (_, before, after, changed) => {
    expect(diffTrees(tree([entry('a@1.0.0', before)]), tree([entry('a@1.0.0', after)])).length > 0).toBe(changed);
  });

  it('sees a second copy of a version that holds other bytes', () => {
    const good = entry('a@1.0.0', { integrity: 'sha512-aaaa' });
    const bad = entry('a@1.0.0', { key: 'node_modules/b/node_modules/a', integrity: 'sha512-bbbb' });
    expect(diffTrees(tree([good]), tree([good, bad]))).toEqual([{ action: 'change', before: good, after: bad }]);
    expect(diffTrees(undefined, tree([good, bad]))).toHaveLength(2);
  });

  it('takes a hash that another package manager does not record for granted', () => {
    expect(diffTrees(tree([entry('a@1.0.0', { integrity: 'sha512-aaaa' })]), tree([entry('a@1.0.0')], 'yarn-berry v8'))).toEqual([]);
  });

  it('says the same whether or not it leaves out first what stays', () => {
    const word = (...words: (string | undefined)[]) => fc.constantFrom(...words);
    const package_ = fc
      .record({
        key: word('a', 'b', 'c', 'd', 'a/a', 'a/b', 'b/a', 'c/a'),
        name: word('a', 'b', 'c'),
        version: word('1.0.0', '1.1.0', '2.0.0'),
        integrity: word(undefined, 'sha512-AAAA', 'sha512-BBBB', 'sha1-CCCC'),
        resolved: word(undefined, 'https://r.example/x.tgz', 'https://s.example/x.tgz'),
        checksum: word(undefined, undefined, '10/aa'),
        source: word('registry', 'registry', 'git'),
      })
      .map(({ name, version, ...more }) => entry(`${name}@${version}`, more as Partial<ResolvedPackage>));
    const packages = fc.uniqueArray(package_, { maxLength: 7, selector: ({ key }) => key });
    const kept = fc.array(fc.nat(6), { maxLength: 7 });
    fc.assert(
      fc.property(packages, packages, kept, fc.boolean(), fc.boolean(), (before, more, stay, other, twice) => {
        const stays = [...new Set(stay)].flatMap((at) => before[at] ?? []);
        const keys = new Set(stays.map(({ key }) => key));
        const after = tree([...stays, ...more.filter(({ key }) => !keys.has(key))], other ? 'yarn-classic v1' : undefined);
        const old = tree(twice ? [...before, ...before.slice(2)] : before);
        expect(diffTrees(old, after)).toEqual(diffAll(old, after));
      }),
      { seed: 11, numRuns: Number(process.env['FUZZ_RUNS'] ?? 2000) },
    );
  });
});

describe('comparing lockfiles by their lines', () => {
  const fixtures = join(import.meta.dirname, '../../fixtures/lockfiles');
  const files = ['yarn-classic', 'yarn-berry-v8', 'pnpm-v5', 'pnpm-v6', 'pnpm-v9', 'pnpm-v9-documents'].map((format) => {
    const file = format.startsWith('pnpm') ? 'pnpm-lock.yaml' : 'yarn.lock';
    return [format, file, readFileSync(join(fixtures, format, 'everything', file), 'utf8')] as const;
  });
  const fields = (packages: readonly ResolvedPackage[]) =>
    packages.map(({ key, name, version, source, resolved, integrity, checksum }) => ({ key, name, version, source, resolved, integrity, checksum }));
  /** The same tree of packages that know nothing of lines. */
  const plain = (whole: ResolvedTree): ResolvedTree => ({ ...whole, packages: fields(whole.packages) as unknown as ResolvedPackage[] });

  it.each(files)(
    '%s: the same as by what the entries say',
    async (_, file, text) => {
      const blocks = text.split(/\n(?=\n? {0,2}\S[^\n]*:\n)/);
      const change = fc.record({
        at: fc.nat(blocks.length - 1),
        to: fc.nat(blocks.length - 1),
        what: fc.constantFrom('cut', 'bump', 'hash', 'move'),
      });
      let changed = 0;
      await fc.assert(
        fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 3 }), async (changes) => {
          const next = [...blocks];
          for (const { at, to, what } of changes) {
            const block = next[at] ?? '';
            if (what === 'cut') next.splice(at, 1);
            else if (what === 'move') next.splice(to, 0, ...next.splice(at, 1));
            else next[at] = what === 'bump' ? block.replaceAll(/1\.0\.(\d)/g, '1.0.9') : block.replace(/(sha512-|checksum: \w*\/?)..../, '$1ABCD');
          }
          const before = await readLockfile({ file, text });
          const after = await readLockfile({ file, text: next.join('\n') }).catch(() => undefined);
          if (!after) return;
          const [lines, said] = [diffTrees(before, after), diffAll(plain(before), plain(after))];
          changed += lines.length;
          expect(told(lines)).toEqual(told(said));
          expect(fields(lines.flatMap((one) => (one.action === 'remove' ? [] : one.after)))).toEqual(
            fields(said.flatMap((one) => (one.action === 'remove' ? [] : one.after))),
          );
        }),
        { seed: 11, numRuns: 60, interruptAfterTimeLimit: 8_000 },
      );
      expect(changed).toBeGreaterThan(10);
    },
    30_000,
  );
});
