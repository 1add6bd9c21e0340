import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readCommentedJson, readJson } from '../../../src/repository-rules/read/json.ts';
import { readPlainJson } from '../../../src/repository-rules/read/json-plain.ts';
import { at, type Place, type Value } from '../../../src/repository-rules/read/value.ts';

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

describe('the reader of plain JSON', () => {
  const odd = [
    '',
    ' ',
    '\n',
    '\r\n',
    '\t',
    '//x\n',
    '/* x */',
    ',',
    ':',
    '"',
    '\\',
    '\\"',
    '\\u0041',
    '\\ud800',
    '\\x',
    '{',
    '}',
    '[',
    ']',
    '-',
    '+1',
    '01',
    '1e5',
    '1.',
    '.5',
  ];
  const more = ['true', 'truex', 'nul', 'NaN', '"a": 1,', '"__proto__": {},', '\u0001', '\u2028', '\ufeff', '\u00a0', 'é', '😀', "'", 'x'];
  const change = fc.record({ at: fc.nat(), cut: fc.nat(3), piece: fc.constantFrom(...odd, ...more) });

  it('says what the reader of JSON with comments says, or leaves it to that', () => {
    let sure = 0;
    fc.assert(
      fc.property(fc.json({ maxDepth: 4 }), fc.constantFrom(0, 1, 2, '\t'), fc.array(change, { maxLength: 2 }), (json, indent, changes) => {
        const text = changes.reduce(
          (now, { at, cut, piece }) => {
            const start = at % (now.length + 1);
            return now.slice(0, start) + piece + now.slice(start + cut);
          },
          JSON.stringify(JSON.parse(json), null, indent),
        );
        const plain = readPlainJson(text);
        if (plain) sure += 1;
        if (plain) expect(plain).toEqual(readCommentedJson(text));
      }),
      { seed: 2311, numRuns: Number(process.env['FUZZ_RUNS'] ?? 1000), interruptAfterTimeLimit: 15_000 },
    );
    expect(sure).toBeGreaterThan(100);
  });

  it('leaves what is nested too deep, and takes what is not', () => {
    const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
    expect(readPlainJson(nested(64))).toEqual(readCommentedJson(nested(64)));
    expect(readPlainJson(nested(65))).toBeUndefined();
    expect(readPlainJson('[1,]')).toBeUndefined();
  });

  it('reads long lists of plain strings as the other does, wherever they stand and however they are broken off', () => {
    const list = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`name-${index}`, `^${index}.0.0`]));
    const document = { name: 'a', dependencies: list(1200), pnpm: { overrides: list(40), more: [list(30)] }, devDependencies: list(25) };
    const texts = [0, 2, '\t'].flatMap((indent) => {
      const text = JSON.stringify(document, null, indent);
      return [text, text.replaceAll('\n', '\r\n'), text.replaceAll(':', ' :\n')];
    });
    const changes = ['\\u0041', '"', '}', ',', '1', '{}', '\u0001', '// x\n'];
    for (const text of texts) {
      expect(readPlainJson(text)).toEqual(readCommentedJson(text));
      for (const [at, piece] of changes.entries()) {
        const place = text.indexOf('name-1', Math.floor((text.length * at) / 9));
        const broken = text.slice(0, place) + piece + text.slice(place);
        const plain = readPlainJson(broken);
        if (plain) expect(plain).toEqual(readCommentedJson(broken));
      }
    }
  });

  it('finds a key of a long list where a walk over all finds it, the last of them where it is there twice', () => {
    const lines = Array.from({ length: 60 }, (_, index) => `"name-${index}": "name-${59 - index}"`);
    lines.splice(40, 0, '"name-7" :\n  "again"', '"": ""');
    const text = `{\n"list": {${lines.join(',\n')}\n}, "name-3": "outside"}`;
    const [plain, other] = [readPlainJson(text), readCommentedJson(text)] as Value[];
    for (const name of ['name-0', 'name-7', 'name-59', 'name-5', '', 'name', 'outside', 'again', 'name-7" :', 'list'])
      expect([name, at(plain, 'list', name)]).toEqual([name, at(other as Value, 'list', name)]);
    expect(at(plain, 'list', 'name-7')).toMatchObject({ plain: 'again' });
  });
});
