import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { judgeLockfile } from '../../../src/judge-locked.ts';
import { policyOf } from '../../../src/policy/build.ts';
import { readLockfile } from '../../../src/resolve/lockfiles/index.ts';
import { isAllOrdinary } from '../../../src/resolve/lockfiles/npm-ordinary.ts';
import { entryRules } from '../../../src/rules/entries.ts';

const sha512 = `sha512-${'A'.repeat(86)}==`;
const policy = policyOf({}, 'strict');

/** What reading all of it, and asking every rule, comes to. */
async function saidOf(text: string): Promise<readonly string[]> {
  const tree = await readLockfile({ file: 'package-lock.json', text });
  const found = judgeLockfile({ file: 'package-lock.json', tree, rules: entryRules, policy, now: 0, secrets: new Set() });
  return found.map(({ ruleId, message }) => `${ruleId}: ${message}`);
}

const ordinary = (name: string, more = {}) => ({
  version: '1.0.0',
  resolved: `https://registry.example/npm/${name}/-/${name.replace(/^.*\//, '')}-1.0.0.tgz`,
  integrity: sha512,
  ...more,
});
const lock = (packages: object, more = {}) =>
  `${JSON.stringify({ name: 'x', lockfileVersion: 3, requires: true, packages: { '': { name: 'x' }, ...packages }, ...more }, null, 2)}\n`;

describe('a package-lock of ordinary entries', () => {
  it('is told from its text', () => {
    const packages = {
      'node_modules/@s/a': ordinary('@s/a', { dev: true, dependencies: { b: '^1.0.0' }, funding: { url: 'https://a.example' } }),
      'node_modules/b': ordinary('b', { hasInstallScript: true, os: ['linux'] }),
      'node_modules/b/node_modules/c': ordinary('c'),
      'node_modules/alias': { name: 'c', ...ordinary('c') },
      'node_modules/within': { version: '1.0.0', inBundle: true },
      'packages/p': { version: '1.0.0', dependencies: { b: 'file:../b' } },
      'node_modules/p': { resolved: 'packages/p', link: true },
    };
    expect(isAllOrdinary(lock(packages))).toBe(true);
  });

  it.each([
    ['another name', { 'node_modules/a': ordinary('b') }],
    ['another name in a scope', { 'node_modules/@s/a': ordinary('a') }],
    ['another version', { 'node_modules/a': ordinary('a', { version: '1.0.1' }) }],
    ['no hash', { 'node_modules/a': ordinary('a', { integrity: undefined }) }],
    ['a weak hash', { 'node_modules/a': ordinary('a', { integrity: 'sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=' }) }],
    ['a repository', { 'node_modules/a': ordinary('a', { resolved: 'git+ssh://git@git.example/a.git#main' }) }],
    ['an alias of another', { 'node_modules/a': { name: 'c', ...ordinary('a') } }],
    ['an empty address', { 'node_modules/a': { version: '1.0.0', resolved: '', integrity: 'sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=' } }],
    ['nothing but a version', { 'node_modules/a': { version: '1.0.0' } }],
    ['nothing but a version, in a workspace', { 'packages/p/node_modules/a': { version: '1.0.0', dev: true } }],
    ['nothing but a version, and a word inside', { 'node_modules/a': { version: '1.0.0', engines: { inBundle: true } } }],
    ['nothing but a version, not in a bundle', { 'node_modules/a': { version: '1.0.0', inBundle: false } }],
    ['a link that is none', { 'node_modules/a': ordinary('b', { link: false }) }],
  ])('is not: %s', (_, packages) => {
    expect(isAllOrdinary(lock({ 'node_modules/z': ordinary('z'), ...packages }))).toBe(false);
  });

  it('is not what cannot be read as one thing', () => {
    const text = lock({ 'node_modules/a': ordinary('a'), 'node_modules/b': ordinary('b') });
    expect(isAllOrdinary(text)).toBe(true);
    const twice = text.replace('"node_modules/b"', '"node_modules/a"').replace('/b/-/b-', '/a/-/a-');
    for (const other of [
      twice,
      text.slice(0, -3),
      `${text}{}`,
      text.replace('"dev"', ''),
      `\uFEFF${text}`,
      text.replaceAll('\n', '\r\n'),
      text.replace('3', '4'),
      '',
    ])
      expect(other === text || !isAllOrdinary(other)).toBe(true);
  });

  it('is nothing that a rule has a word on once it is read', async () => {
    const name = fc.constantFrom('a', 'b', '@s/a', '@node_modules/a', '1');
    const folder = fc.constantFrom('node_modules/', 'node_modules/x/node_modules/', 'packages/', '');
    const more = fc.constantFrom<object>(
      {},
      { link: true },
      { inBundle: true },
      { name: 'a' },
      { name: 'b' },
      { dependencies: { a: 'https://files.example/a.tgz' } },
    );
    const address = fc.constantFrom(
      ...['a', 'b', '@s/a', '@node_modules/a', '1'].map((of) => `https://registry.example/${of}/-/${of.replace(/^.*\//, '')}-1.0.0.tgz`),
      'http://registry.example/a/-/a-1.0.0.tgz',
      'https://codeload.github.com/a/-/a-1.0.0.tgz',
      'packages/a',
      '',
      undefined,
    );
    const hash = fc.constantFrom(sha512, sha512, 'sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=', undefined);
    const entry = fc.tuple(folder, name, more, address, hash, fc.constantFrom('1.0.0', '1.0.0', '2.0.0'));
    let [told, all] = [0, 0];
    await fc.assert(
      fc.asyncProperty(fc.array(entry, { minLength: 1, maxLength: 3 }), fc.boolean(), async (entries, twice) => {
        const packages = Object.fromEntries(
          entries.map(([at, of, other, resolved, integrity, version]) => [
            at + of,
            { ...('name' in other && other), version, resolved, integrity, ...other },
          ]),
        );
        // A field there twice: the last one counts.
        const text = twice ? lock(packages).replace(/"(link|inBundle)": true/, '"$1": true,\n      "$1": false') : lock(packages);
        all += 1;
        if (!isAllOrdinary(text)) return;
        told += 1;
        expect(await saidOf(text)).toEqual([]);
      }),
      { seed: 811, numRuns: 6_000 },
    );
    expect(told).toBeGreaterThan(all / 50);
  });
});
