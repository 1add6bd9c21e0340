import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import parse from 'npm-package-arg';
import { usualSpec } from '../../src/resolve/usual-spec.ts';

/** What npm's reader makes of a text, in our terms. */
function asNpmReads(text: string): unknown {
  const { name, type, fetchSpec, registry } = parse(text);
  return registry && name ? { name, kind: type, wanted: fetchSpec } : undefined;
}

const names = [
  'semver',
  '@scope/name',
  'a.b-c_d',
  '1up',
  'http',
  'node_modules',
  'favicon.ico',
  '@scope/node_modules',
  'x.tgz',
  '@s/x.tar.gz',
  '@s/.x',
  'Upper',
];
const specs = [
  '',
  '*',
  '1',
  '1.2.3',
  'v1.2.3',
  '=1.2.3',
  '^1',
  '~1.2',
  '>=1 <2 || 3',
  '1 - 2',
  '1.x',
  '<1.0.0-beta.1',
  '1.2.3+b',
  'next',
  'x',
  'a_b',
  'v',
  '1.2.3-',
];
const odd = [
  'a.tgz',
  'x.TAR',
  'latest ',
  '*next',
  '^',
  '~user',
  '>=',
  'a+b',
  'a|b',
  'a b',
  '1 ',
  '<',
  '=',
  '||',
  '*.*',
  'X',
  '01.2.3',
  '1.2.3.4',
  'x.y.z',
  'tag*',
];

describe('specs of the usual kinds', () => {
  it('are read as npm reads them, or left to it', () => {
    for (const name of names)
      for (const spec of [...specs, ...odd]) {
        const text = spec === '' ? name : `${name}@${spec}`;
        const read = usualSpec(text);
        if (read) expect([text, read]).toEqual([text, asNpmReads(text)]);
      }
  });

  it('are read where anybody would write them', () => {
    const read = names.slice(0, 5).flatMap((name) => specs.map((spec) => usualSpec(spec === '' ? name : `${name}@${spec}`)));
    expect(read.every((one) => one !== undefined)).toBe(true);
  });

  it('are none that npm reads otherwise', () => {
    const part = fc.stringMatching(/^[a-z0-9@/._*^~<>=|+ vx-]{1,12}$/);
    fc.assert(
      fc.property(part, fc.option(part), (name, spec) => {
        const text = spec === null ? name : `${name}@${spec}`;
        const read = usualSpec(text);
        if (read) expect(read).toEqual(asNpmReads(text));
      }),
      { numRuns: 3_000 },
    );
  });

  it.each([
    '.',
    './x',
    '/x',
    'x/y',
    'git+ssh://git@h.invalid/x',
    'x@npm:y@1',
    'x@file:y',
    'http://h.invalid/x.tgz',
    '@x',
    '',
    '@',
    'x@',
    'x@/y',
    'x@~/y',
  ])('leaves %s to npm', (text) => {
    expect(usualSpec(text)).toBeUndefined();
  });
});
