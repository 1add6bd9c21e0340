import { describe, expect, it } from '@jest/globals';
import { isoOf, writtenInstant } from '../../src/model/time.ts';

describe('a moment somebody writes', () => {
  it.each([
    ['2024-02-29', '2024-02-29T00:00:00Z'],
    ['2025-09-08T13:20:00Z', '2025-09-08T13:20:00Z'],
    ['2025-09-08t13:20z', '2025-09-08T13:20:00Z'],
    ['2025-09-08 13:20', '2025-09-08T13:20:00Z'],
    ['2025-09-08T13:20:00.123', '2025-09-08T13:20:00Z'],
    ['2025-09-08T13:20:00+05:30', '2025-09-08T07:50:00Z'],
    ['2025-09-08T24:00:00Z', '2025-09-09T00:00:00Z'],
  ])('%s is %s, wherever the machine stands', (text, moment) => {
    expect(isoOf(writtenInstant(text) ?? 0)).toBe(moment);
  });

  it.each(['', '0', '5', 'foo 12', 'yesterday', '2016', '2016-02', '2016-02-30', '2023-02-29', '2016-13-01', '2016-01-01T25:00', '2016-01-01Tx'])(
    '%j is none',
    (text) => {
      expect(writtenInstant(text)).toBeUndefined();
    },
  );
});
