import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { pathsOf } from '../../src/model/repository-paths.ts';
import rule from '../../src/repository-rules/lockfile-host-added.ts';

const hosts = ['registry.example', 'registry.example:8080', 'files.example', 'REGISTRY.example', 'registry.example.evil.example', 'other.example'];
const address = fc
  .tuple(fc.constantFrom('https', 'http', 'git+ssh'), fc.constantFrom('', 'u@', 'u:p@'), fc.constantFrom(...hosts))
  .map(([scheme, user, host]) => `${scheme}://${user}${host}/a/-/a-1.0.0.tgz`);
const row = fc.tuple(
  fc.constantFrom(
    '      "resolved": "',
    '\t"resolved": "',
    '\r  "resolved": "',
    'x\u2028  "resolved": "',
    '    "url": "',
    '  tarball: ',
    '"a": 1, "resolved": "',
  ),
  fc.array(address, { minLength: 1, maxLength: 2 }),
  fc.constantFrom('",', ' "resolved": "https://late.example/",', '::__archiveUrl=https%3A%2F%2Fbehind.example%2F', ''),
);
const lockfile = fc.array(row, { maxLength: 9 }).map((rows) => `${rows.map(([start, urls, end]) => start + urls.join(' ') + end).join('\n')}\n`);

/** Every host a row fetches from, one row at a time. */
function said(before: string, now: string): readonly string[] {
  const shown = { now: new Map([['yarn.lock', now]]), before: new Map([['yarn.lock', before]]), paths: pathsOf(['yarn.lock']) };
  const context = { options: { hosts: [] }, now: 0 };
  return rule.check(shown, context).flatMap((each) => ('facts' in each ? (each.facts['new'] as string[]) : []));
}

describe('lockfile-host-added', () => {
  it('sees in a long lockfile the hosts that it sees row by row', () => {
    let found = 0;
    fc.assert(
      fc.property(lockfile, (text) => {
        const names = (list: readonly string[]) => [...new Set(list.map((each) => each.replace(/ \(\d+\)$/, '')))].sort();
        const known = '"resolved": "https://known.example/"\n';
        const all = names(said(known, text));
        if (all.length > 0) found += 1;
        expect(all).toEqual(names(text.split('\n').flatMap((line) => said(known, `${line}\n`))));
      }),
      { seed: 2311, numRuns: 400 },
    );
    expect(found).toBeGreaterThan(200);
  });

  it('sees one row of another host among thousands', () => {
    const rows = (odd: string) =>
      Array.from({ length: 3_000 }, (_, at) => `      "resolved": "https://${at === 2_000 ? odd : 'registry.example'}/a${at}.tgz",`).join('\n');
    expect(said(rows('registry.example'), rows('registry.example.evil.example'))).toEqual(['registry.example.evil.example (1)']);
    expect(said(rows('registry.example'), `${rows('registry.example')}\n`)).toEqual([]);
  });
});
