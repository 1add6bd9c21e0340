import { describe, expect, it } from '@jest/globals';
import { forWindowsShell } from '../../src/commands/run-child.ts';

describe('words for the shell of Windows', () => {
  it.each([
    ['install', 'install'],
    ['--registry=http://localhost:1/', '--registry=http://localhost:1/'],
    ['lodash@^4', '"lodash@^4"'],
    ['x@>=1 <2', '"x@>=1 <2"'],
    ['a&calc', '"a&calc"'],
    ['say "hi"', '"say \\"hi\\""'],
    ['', '""'],
  ])('%j is written %j', (word, written) => {
    expect(forWindowsShell(word)).toBe(written);
  });
});
