import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import semver from 'semver';
import { compareVersions, isPrerelease, onSameLine, parseVersion, type Version } from '../../src/model/version.ts';

const number = fc.oneof(fc.nat(30).map(String), fc.constantFrom('00', '01', '9007199254740991', '9007199254740992', '99999999999999999'));
const identifier = fc.oneof(number, fc.stringMatching(/^[0-9A-Za-z-]{0,4}$/), fc.constantFrom('alpha', 'beta', 'rc', '-', '0a', '00'));
const suffix = fc.oneof(
  fc.constant(''),
  fc.array(identifier, { minLength: 1, maxLength: 3 }).map((ids) => `-${ids.join('.')}`),
  fc.array(identifier, { minLength: 1, maxLength: 2 }).map((ids) => `+${ids.join('.')}`),
);
const version = fc.tuple(number, number, number, suffix).map(([a, b, c, rest]) => `${a}.${b}.${c}${rest}`);

describe('versions', () => {
  it('reads what semver reads and nothing else', () => {
    fc.assert(
      fc.property(fc.oneof(version, fc.string({ maxLength: 12 })), (text) => (parseVersion(text) !== undefined) === strictly(text)),
      {
        numRuns: 2000,
      },
    );
  });

  it('orders as semver orders', () => {
    const valid = version.filter(strictly);
    fc.assert(
      fc.property(valid, valid, (a, b) => {
        expect(Math.sign(compareVersions(known(a), known(b)))).toBe(semver.compare(a, b));
      }),
      { numRuns: 2000 },
    );
  });

  it('does not read legacy spellings or endless text', () => {
    for (const text of ['1.0', 'v1.0.0', '1.0.0beta', '=1.0.0', ' 1.0.0', '1.0.0 ', '', 'latest', `1.0.0-${'a'.repeat(300)}`]) {
      expect(parseVersion(text)).toBeUndefined();
    }
  });

  it('knows release lines: the major, below one the minor', () => {
    expect(onSameLine(known('1.2.3'), known('1.9.0'))).toBe(true);
    expect(onSameLine(known('1.2.3'), known('2.0.0'))).toBe(false);
    expect(onSameLine(known('0.2.3'), known('0.2.9'))).toBe(true);
    expect(onSameLine(known('0.2.3'), known('0.3.0'))).toBe(false);
    expect(isPrerelease(known('1.0.0-0'))).toBe(true);
    expect(isPrerelease(known('1.0.0+build'))).toBe(false);
  });
});

function strictly(text: string): boolean {
  // The library trims and drops a leading v or =; we do not.
  return /^\d/.test(text) && text.trim() === text && semver.parse(text) !== null;
}

function known(text: string): Version {
  const parsed = parseVersion(text);
  if (!parsed) throw new Error(`not a version: ${text}`);
  return parsed;
}
