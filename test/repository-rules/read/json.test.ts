import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readJson } from '../../../src/repository-rules/read/json.ts';
import type { Place, Value } from '../../../src/repository-rules/read/value.ts';

/** Every place of a document, in the order of its text. */
function placesOf(value: Value): Place[] {
  if (value.kind === 'plain') return [value.place];
  const inner = value.kind === 'list' ? value.items : value.entries.map(([, held]) => held);
  return [value.place, ...inner.flatMap(placesOf)];
}

describe('readJson', () => {
  it('counts lines and columns of every value, however lines break', () => {
    const space = fc.array(fc.constantFrom(' ', '\n', '\r\n', '\n\n'), { maxLength: 3 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.array(fc.tuple(space, space, fc.boolean()), { maxLength: 12 }), space, (items, end) => {
        // Values are digits and lists, which stand nowhere else in the text.
        const text = `[${items.map(([before, after, list]) => `${before}${list ? '[7]' : '7'}${after}`).join(',')}${end}]${end}`;
        const starts = [...text.matchAll(/[[7]/g)].map(({ index }) => index);
        const told = starts.map((at) => ({ line: text.slice(0, at).split('\n').length, column: at - text.lastIndexOf('\n', at - 1) }));
        const read = readJson(text);
        expect('untold' in read ? read : placesOf(read)).toEqual(told);
      }),
    );
  });

  it('finds the places of a long single line in one walk', () => {
    const text = JSON.stringify(Object.fromEntries(Array.from({ length: 40_000 }, (_, index) => [`name-${index}`, '1.0.0'])));
    const read = readJson(text);
    const last = 'untold' in read ? undefined : placesOf(read).at(-1);
    expect(last).toEqual({ line: 1, column: text.lastIndexOf('"1.0.0"') + 1 });
  });
});
