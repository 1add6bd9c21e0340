import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { recipesOf } from '../../src/code/makefile.ts';

const source = 'CC ?= gcc\nA := b\n.PHONY: all\nall: lib\n\t@echo all\nlib: ; node lib.js\npublish:\n\t-npm publish $$X\n';
const read = (path: string) => (path === 'Makefile' || path === 'sub/Makefile' ? source : undefined);

describe('what make runs', () => {
  it.each<[string, readonly string[], string]>([
    ['the first target and what it needs', [], 'echo all\nnode lib.js'],
    ['the target that is named', ['publish', 'V=1'], 'npm publish $X'],
    ['in another folder', ['-C', 'sub', 'lib'], 'node lib.js'],
    ['nothing where there is no file', ['-f', 'other.mk'], ''],
  ])('%s', (_, given, lines) => {
    expect(recipesOf(given, read)).toBe(lines);
  });

  it('ends, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'ab:;=\\ \t\n$@#'), maxLength: 200 }), (text) => recipesOf(['a'], () => text).length >= 0),
      { seed: 2, numRuns: 1000 },
    );
    expect(recipesOf([], () => 'a: b\nb: a\n\techo\n')).toBe('echo');
  });
});
