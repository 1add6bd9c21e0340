import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isOrdinary } from '../src/model/ordinary-entry.ts';
import type { ResolvedPackage } from '../src/model/package.ts';
import { readLockfile } from '../src/resolve/lockfiles/index.ts';
import { entryRules } from '../src/rules/entries.ts';
import { added } from '../src/rules/example.ts';

const sha512 = `sha512-${'A'.repeat(86)}==`;

/** What the rules that are asked of entries say of one, but for what is pinned. */
function said(entry: ResolvedPackage): readonly string[] {
  const asked = entryRules.filter(({ sources }) => sources.includes(entry.source));
  const seen = asked.flatMap((rule) => rule.check({ action: 'add', after: entry }, {}, { now: 0, options: {} }));
  return seen.filter(({ facts }) => facts['pinned'] !== true).map(({ message }) => message);
}

const name = fc.constantFrom('a', 'b', '@s/a', '@s/b', 'A', 'a-1.0.0', '..', '', 'a/-/a');
const version = fc.constantFrom('1.0.0', '1.0.1', '1.0.0-beta', '1.0.0+x', 'v1.0.0', '', 'latest', '-');
const host = fc.constantFrom(
  'https://registry.example',
  'https://registry.example:8080/npm',
  'http://registry.example',
  'https://u:p@registry.example',
  'https://registry.example/b/-/b-1.0.0.tgz?',
  'https://registry.example/%62/-',
  'https://codeload.github.com/o/r/tar.gz',
  'https://bitbucket.org/o/r/get',
  'https://gitlab.com/o/r/-/archive',
  'git+https://git.example',
  'file:',
);
const end = fc.constantFrom('', `#${'0'.repeat(40)}`, '#x', '?x=1', '/', '.git#main');
const resolved = fc
  .tuple(host, name, name, version, end)
  .map(([start, of, base, at, rest]) => `${start}/${of}/-/${base.replace(/^@s\//, '')}-${at}.tgz${rest}`);
const integrity = fc.constantFrom(sha512, `${sha512} sha1-AAAA`, 'sha512-', 'sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=', undefined);

describe('what is not asked about', () => {
  it('is nothing that a rule has a word on', () => {
    let ordinary = 0;
    const one = fc.record({
      name,
      version,
      resolved: fc.option(resolved, { nil: undefined }),
      integrity,
      source: fc.constantFrom('registry', 'git', 'remote', 'file'),
    });
    fc.assert(
      fc.property(one, ({ name: of, version: at, ...more }) => {
        const { after } = added(of, at, more as Partial<ResolvedPackage>) as { after: ResolvedPackage };
        // An archive at the hosts of repositories is what readers call git.
        const entry =
          after.source === 'git' && !/codeload|bitbucket|gitlab|git\+|\.git#/.test(after.resolved ?? '')
            ? { ...after, source: 'registry' as const }
            : after;
        if (!isOrdinary(entry)) return;
        ordinary += 1;
        expect(said(entry)).toEqual([]);
      }),
      { seed: 811, numRuns: 60_000 },
    );
    expect(ordinary).toBeGreaterThan(100);
  });

  it('is what nearly all entries are, in every format', async () => {
    const texts = {
      'package-lock.json': JSON.stringify({
        lockfileVersion: 3,
        packages: { '': {}, 'node_modules/@s/a': { version: '1.0.0', resolved: 'https://registry.example/@s/a/-/a-1.0.0.tgz', integrity: sha512 } },
      }),
      'yarn.lock': `# yarn lockfile v1\n\n\n"@s/a@^1.0.0":\n  version "1.0.0"\n  resolved "https://registry.example/@s/a/-/a-1.0.0.tgz#${'0'.repeat(40)}"\n  integrity ${sha512}\n`,
      'pnpm-lock.yaml': `lockfileVersion: '9.0'\n\nimporters:\n\n  .: {}\n\npackages:\n\n  '@s/a@1.0.0':\n    resolution: {integrity: ${sha512}}\n\nsnapshots:\n\n  '@s/a@1.0.0': {}\n`,
      'bun.lock': `{\n  "lockfileVersion": 1,\n  "workspaces": {\n    "": {\n      "dependencies": {\n        "@s/a": "1",\n      },\n    },\n  },\n  "packages": {\n    "@s/a": ["@s/a@1.0.0", "", {}, "${sha512}"],\n  }\n}\n`,
    };
    for (const [file, text] of Object.entries(texts))
      expect({ file, ordinary: (await readLockfile({ file, text })).packages.map((entry) => isOrdinary(entry)) }).toEqual({ file, ordinary: [true] });
  });
});
