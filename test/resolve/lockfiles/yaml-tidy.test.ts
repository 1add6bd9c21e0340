/** The line reader and the real parser must never disagree: where the first is sure, the second says the same. */
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { SmallMap } from '../../../src/resolve/lockfiles/small-map.ts';
import { readAnyYaml } from '../../../src/resolve/lockfiles/yaml.ts';
import { readTidyYaml } from '../../../src/resolve/lockfiles/yaml-tidy.ts';
import type { YamlValue } from '../../../src/resolve/lockfiles/yaml-value.ts';

/** As plain data. Block scalars are prose nobody reads; the line reader leaves them out. */
function withoutProse(value: YamlValue): unknown {
  if (typeof value === 'string') return value;
  if (!(value instanceof SmallMap)) return value.map(withoutProse);
  return [...value].filter(([key]) => key !== 'deprecated').map(([key, item]) => ({ key, item: withoutProse(item) }));
}

async function disagreement(text: string): Promise<string | undefined> {
  const tidy = readTidyYaml(text);
  if (tidy === undefined) return undefined;
  try {
    const real = await readAnyYaml({ file: 'x', text }, text);
    return isDeepStrictEqual(tidy.map(withoutProse), real.map(withoutProse)) ? undefined : text;
  } catch (error) {
    return `${String(error)}\n${text}`;
  }
}

const word = fc.oneof(
  fc.constantFrom(
    'a',
    'left',
    '@acme/up',
    '1.0.0',
    '^1.0.0',
    '>=6',
    '*',
    '~',
    'null',
    'true',
    '0x10',
    '1e3',
    'npm:^1',
    'https://h/x.tgz',
    'a: b',
    'a #b',
    '#',
    '- x',
    '-',
    '? x',
    '!x',
    '&a',
    '*a',
    '|',
    '>-',
    '{',
    '}',
    '[x]',
    '{a: b}',
    '{a: b, c: d}',
    '{a: b, a: c}',
    '{a: >=1}',
    "{a: 'x, y'}",
    '[x, y]',
    '""',
    '"a"',
    '"a: b"',
    '"a\\"b"',
    "'a'",
    "'a''b'",
    "'a",
    'a ',
    ' a',
    'a:',
    ':a',
    'a:b',
    'e\u0301',
    '\u2028',
    '---',
    '...',
    '__proto__',
    '<<',
    '=',
    '%',
    '@x',
    '`',
    '\t',
    'x\ty',
  ),
  fc.string({ maxLength: 8 }),
);
const plain = fc.constantFrom(
  'a',
  'left',
  "'@acme/up'",
  '1.0.0',
  '^1.0.0',
  "'>=6'",
  '"npm:^1"',
  'https://h/x.tgz',
  '{}',
  '{node: 6.x || >=8.x}',
  '[x64]',
  "{a: 'x', b: 1}",
);
const mostly = fc.oneof({ weight: 6, arbitrary: plain }, { weight: 1, arbitrary: word });
const step = fc
  .tuple(
    fc.constantFrom(0, 0, 0, 0, 2, 2, -2, 1),
    fc.constantFrom('pair', 'pair', 'pair', 'key', 'key', 'item', 'raw', 'blank', 'comment', 'separator', 'prose'),
    mostly,
    mostly,
  )
  .map(([move, kind, first, second]) => ({ move, kind, first, second }));

/** Lines that walk in and out like a lockfile's, with something odd now and then. */
const texts = fc.array(step, { maxLength: 8 }).map((steps) => {
  let indent = 0;
  let opened = false;
  return steps.map(({ move, kind, first, second }, at) => {
    indent = Math.max(0, opened && move >= 0 ? indent + 2 : indent + (move === 2 ? 0 : move));
    const shift = ' '.repeat(indent);
    opened = kind === 'key';
    if (kind === 'pair') return `${shift}k${at}: ${second}`;
    if (kind === 'key') return `${shift}${/^[{[]/.test(first) ? 'k' : first}:`;
    if (kind === 'item') return `${shift}- ${second}`;
    if (kind === 'comment') return `${shift}# ${second}`;
    if (kind === 'prose') return `${shift}deprecated: ${first.length % 2 ? '|-' : '>-'}\n${shift}  ${second}\n\n${shift}   more`;
    return kind === 'blank' ? '' : kind === 'separator' ? '---' : `${shift}${first}`;
  });
});

describe('the line reader of YAML', () => {
  it('agrees with the real parser on whatever it reads', async () => {
    let read = 0;
    await fc.assert(
      fc.asyncProperty(texts, fc.constantFrom('\n', '\n', '\n', '\r\n'), async (lines, end) => {
        const text = lines.join(end) + end;
        if (readTidyYaml(text) !== undefined) read++;
        expect(await disagreement(text)).toBeUndefined();
      }),
      { seed: 20251, numRuns: 6000, interruptAfterTimeLimit: 20_000 },
    );
    expect(read).toBeGreaterThan(300);
  });

  it.each([
    'a:\n  b: 1\n  c: [x64, arm64]\n  d: {integrity: sha512-a+/=, tarball: https://h/x.tgz}\n',
    "'@a/b@1.0.0':\n  x: '>=1'\n\n? y\n: z\n",
    '---\na: 1\n\n---\nb: 2\n',
    'a:\n  - x\n  - y\nb: c\n',
  ])('agrees on %j', async (text) => {
    expect(await disagreement(text)).toBeUndefined();
  });

  it.each(['a: &x b\n', 'a: *x\n', 'a: !!str b\n', 'a: b\na: c\n', 'a:\n', 'a: "\\u0041"\n', 'a:\tb\n', 'a:\n  b: c\n d: e\n'])(
    'leaves %j to the real parser',
    (text) => {
      expect(readTidyYaml(text)).toBeUndefined();
    },
  );
});
