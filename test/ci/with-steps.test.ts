import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ParserOptions, parse } from '@babel/parser';
import { expect, it } from '@jest/globals';

const require = createRequire(import.meta.url);
const { withSteps } = await import(`${process.cwd()}/.ci/within/with-steps.mjs`);
const source = readFileSync(require.resolve('@babel/parser'), 'utf8');
const options: ParserOptions = { sourceType: 'module', plugins: ['typescript'] };

it('makes the same trees, and gives up what is to be tried again and again', () => {
  const folder = mkdtempSync(join(tmpdir(), 'depward-steps-'));
  try {
    const file = join(folder, 'parser.cjs');
    writeFileSync(file, withSteps(source));
    const made = require(file).parse as typeof parse;
    const text = readFileSync('src/code/js/script.ts', 'utf8');
    expect(JSON.stringify(made(text, options))).toBe(JSON.stringify(parse(text, options)));
    for (const nested of [`x = ${'<T>(a = '.repeat(40)}1${')'.repeat(40)}`, `x = ${'a ? (b) : (c = '.repeat(40)}c${')'.repeat(40)}`])
      expect(() => made(nested, options)).toThrow(RangeError);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it('tells when the parser goes on in another way', () => {
  expect(() => withSteps('nothing of the kind')).toThrow('another way');
});
