import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { parse } from 'meriyah';
import { everySyntax } from '../../src/code/js/every-syntax.ts';

const require = createRequire(import.meta.url);
const { withPlaces } = await import(`${process.cwd()}/.ci/within/with-places.mjs`);
const source = readFileSync(require.resolve('meriyah'), 'utf8');

it('makes the same trees as the parser it was made of', () => {
  const folder = mkdtempSync(join(tmpdir(), 'depward-places-'));
  try {
    const file = join(folder, 'parser.cjs');
    writeFileSync(file, withPlaces(source));
    const made = require(file).parse as typeof parse;
    for (const text of [everySyntax, source]) {
      const options = { next: true, ranges: { start: true, end: true }, raw: true, sourceType: text === source ? 'commonjs' : 'module' } as const;
      expect(made(text, options)).toEqual(parse(text, options));
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it('tells when the parser makes its nodes in another way', () => {
  expect(() => withPlaces('nothing of the kind')).toThrow('another way');
});
