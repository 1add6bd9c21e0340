import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { instantOf } from '../../src/registry/untrusted.ts';

const number = (most: number, digits: number) => fc.nat(most).map((value) => String(value).padStart(digits, '0'));
const parts = fc.tuple(number(9_999, 4), number(13, 2), number(32, 2), number(25, 2), number(61, 2), number(61, 2), number(999, 3));

describe('the time of a registry', () => {
  it('is the one that the engine reads, or none', () => {
    fc.assert(
      fc.property(parts, ([year, month, day, hour, minute, second, rest]) => {
        const text = `${year}-${month}-${day}T${hour}:${minute}:${second}.${rest}Z`;
        const value = Date.parse(text);
        expect([text, instantOf(text)]).toEqual([text, Number.isNaN(value) ? undefined : value]);
      }),
      { numRuns: 3_000 },
    );
  });

  it('is no other for being written in another way', () => {
    const at = Date.parse('2026-11-23T14:54:13.500Z');
    for (const text of ['2026-11-23T14:54:13.5Z', '2026-11-23 14:54:13.500', '2026-11-23t14:54:13.500z', '2026-11-23T15:54:13.50+01:00'])
      expect([text, instantOf(text)]).toEqual([text, at]);
    for (const text of [
      '2026-11-23T14:54:13.5000',
      '2026-11-23T14:54:1\u0663.500Z',
      '2026-11-23T14:54:13:500Z',
      'x026-11-23T14:54:13.500Z',
      '+026-11-23T14:54:13.500Z',
    ])
      expect([text, instantOf(text)]).toEqual([text, text.endsWith('.5000') ? at : undefined]);
  });
});
