import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readWholeYaml } from '../../../src/repository-rules/read/yaml.ts';
import { readPlainYaml } from '../../../src/repository-rules/read/yaml-plain.ts';

const workflow = `---
# What runs
name: 'a ''b'' c' # it's said
on:
  push:
    branches: [main, 'release/*' , 1.0]
  pull_request:
"env": { CI: true, n: 20 }

jobs:
  # one
  a-1:
    runs-on: ubuntu-latest  # always
    if: >-
      a &&
      b
    steps:
    - uses: actions/checkout@v4
      with:   
        node-version: 22.10
    - run: |
        npm ci

        echo "x: y" # no comment
        - no item
    # two
    -   name: "🐛 x"
        run: |-
          x
    - plain
  b: {}
  c: []
  d: ~
`;

const pieces = [
  ...[' ', '  ', '\n', '\n\n', '\t', '\r\n', '#', ' #', ' # x', ':', ': ', '- ', '-', '|', '|-', '>', '>-', '|2', '? ', ',', '[', ']', '{', '}'],
  ...["'", "''", '"', '\\', '&a ', '*a', '!x ', '!!str ', '---', '---\n', '...\n', '%', '@', '`', '~', 'null', 'True', 'no', '010', '0x1f', '0o7'],
  ...['1e3', '.5', '5.', '+1', '-1', '.inf', '.nan', '1_000', '2001-01-01', '<<: ', 'é', '😀', '\u00a0', '\u2028', '\ufeff', '\u0001', '__proto__: '],
];
const change = fc.record({ at: fc.nat(), cut: fc.nat(4), piece: fc.constantFrom(...pieces) });

function changed(text: string, changes: readonly { readonly at: number; readonly cut: number; readonly piece: string }[]): string {
  return changes.reduce((now, { at, cut, piece }) => {
    const start = at % (now.length + 1);
    return now.slice(0, start) + piece + now.slice(start + cut);
  }, text);
}

describe('the reader of plain YAML', () => {
  it('reads a workflow, as the parser of all of YAML does', () => {
    expect(readPlainYaml(workflow)).toBeDefined();
    expect(readPlainYaml(workflow)).toEqual(readWholeYaml(workflow));
  });

  it('says what the parser of all of YAML says, or leaves it to that', () => {
    const documents = [workflow, 'a:\n- b: c\n  d: e\n- f\n', 'a:\n  b: |\n    c\n   \n  d: [1, {e: f}]\n', 'a: &x b\nc: *x\n', 'a: b\n---\nc: d\n'];
    let sure = 0;
    fc.assert(
      fc.property(fc.constantFrom(...documents), fc.array(change, { maxLength: 3 }), (document, changes) => {
        const text = changed(document, changes);
        const plain = readPlainYaml(text);
        if (plain) expect(plain).toEqual(readWholeYaml(text));
        if (plain) sure += 1;
      }),
      { numRuns: Number(process.env['FUZZ_RUNS'] ?? 400) },
    );
    expect(sure).toBeGreaterThan(20);
  });

  it('leaves what is deeper, longer or repeats itself to the limits of the other', () => {
    const deep = Array.from({ length: 40 }, (_, depth) => `${' '.repeat(depth)}a:\n`).join('');
    for (const text of [deep, 'a: b\n'.repeat(30_000), 'a: &a [b]\nc: *a\n', '', '# nothing\n', 'a: b']) expect(readPlainYaml(text)).toBeUndefined();
  });
});
