import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fromBase64, lineStarts, opensAsText, placeAt, reversed } from '../../src/code/text.ts';

describe('base64 that opens as text', () => {
  it('passes over no text', () => {
    const texts = fc.oneof(
      fc.string({ maxLength: 60, unit: 'grapheme' }),
      fc.stringMatching(/^[ -~\t\n]{0,60}$/),
      fc.uint8Array({ maxLength: 6 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
    );
    fc.assert(
      fc.property(texts, fc.boolean(), (text, isPlain) => {
        const base64 = Buffer.from(text, isPlain ? 'utf8' : 'latin1')
          .toString('base64')
          .replace(/=+$/, '');
        if (fromBase64(base64) !== undefined) expect(opensAsText(base64, 0, 1)).toBe(true);
        const backwards = reversed(base64);
        if (fromBase64(reversed(backwards)) !== undefined) expect(opensAsText(backwards, backwards.length - 1, -1)).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });

  it('sees by the first letters of most names that they are none', () => {
    const names = ['getOwnPropertyNames', 'isPrototypeOf', 'hasOwnProperty', 'defineProperties'];
    expect(names.filter((name) => opensAsText(name, 0, 1))).toEqual([]);
  });

  it('knows nothing by the first letters of long ones', () => {
    expect(opensAsText('A'.repeat(80), 0, 1)).toBe(true);
  });
});

describe('places in a text', () => {
  it('are those counting every line from the start finds', () => {
    const text = Array.from({ length: 500 }, (_, at) => 'x'.repeat((at * 7) % 5)).join('\n');
    const lines = lineStarts(text);
    for (let offset = 0; offset <= text.length; offset++) {
      const before = text.slice(0, offset).split('\n');
      const { line, column } = placeAt(text, offset, lines);
      expect([line, column]).toEqual([before.length, (before.at(-1) ?? '').length + 1]);
    }
  });
});
