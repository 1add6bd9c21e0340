import { expect, it } from '@jest/globals';
import { aRelease, at, changed, someContents } from '../../src/rules/example.ts';
import packageGrown from '../../src/rules/package-grown.ts';
import sizeJump from '../../src/rules/size-jump.ts';

const change = changed('quiet-lib', '1.0.0', '1.0.1');
const now = at('2026-08-04T10:00:00Z');
const sized = (unpackedSize?: number) => ({
  current: aRelease('1.0.1', unpackedSize === undefined ? {} : { unpackedSize }),
  previous: aRelease('1.0.0', unpackedSize === undefined ? {} : { unpackedSize: 50_000 }),
});
const grown = someContents({ bytes: 9_000_000, bytesBefore: 50_000 });

it('what the registry lists is told once', () => {
  const release = sized(9_000_000);
  expect(packageGrown.check(change, { release }, { now, options: { times: 3, kilobytes: 200 } } as never)).toHaveLength(1);
  expect(sizeJump.check(change, { release, contents: grown }, { now, options: { times: 5 } } as never)).toEqual([]);
});

it('where the registry lists no sizes the files speak', () => {
  const release = sized();
  expect(packageGrown.check(change, { release }, { now, options: { times: 3, kilobytes: 200 } } as never)).toEqual([]);
  const [told] = sizeJump.check(change, { release, contents: grown }, { now, options: { times: 5 } } as never);
  expect(told?.message).toMatch(/the registry lists no sizes/);
});

it('one new script larger than all there was is told beside it', () => {
  const file = { path: 'bundle.js', size: 900_000, hash: 'x', type: 'javascript', reach: 'import' } as const;
  const [told] = sizeJump.check(change, { release: sized(950_000), contents: someContents({ bytes: 950_000, bytesBefore: 50_000, added: [file] }) }, {
    now,
    options: { times: 5 },
  } as never);
  expect(told?.message).toBe('the new file bundle.js is larger than the whole release before');
});
