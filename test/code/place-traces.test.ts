import { describe, expect, it } from '@jest/globals';
import { placeTraces } from '../../src/code/place-traces.ts';
import { placeRows } from '../../src/code/places.ts';

/** Stands for a letter that a pattern leaves open: where a trace asks for one, it is there. */
const open = '\u0001';
/** Stands for what may be there or not: no trace may lean on it. */
const maybe = '\n';

/**
 * What every text that a pattern fits holds, letter by letter: one string for each way through its alternatives. Classes are
 * left open, what may be missing is not leant on, and what is only looked ahead to is not there.
 */
function skeletons(source: string): string[] {
  let at = 0;
  const alternatives = (): string[] => {
    const all: string[] = [];
    do all.push(...sequence());
    while (source[at] === '|' && at++ < source.length);
    return all;
  };
  const sequence = (): string[] => {
    let ways = [''];
    while (at < source.length && source[at] !== '|' && source[at] !== ')') {
      const part = quantified(atom());
      ways = ways.flatMap((way) => part.map((one) => way + one));
    }
    return ways;
  };
  const atom = (): string[] => {
    const letter = source[at++] ?? '';
    if (letter === '(') {
      const isAhead = /^\?[!=]/.test(source.slice(at));
      if (source[at] === '?') at += 2;
      const inside = alternatives();
      at += 1;
      return isAhead ? [''] : inside;
    }
    if (letter === '[') {
      while (source[at] !== ']') at += source[at] === '\\' ? 2 : 1;
      at += 1;
      return [open];
    }
    if (letter === '^' || letter === '$') return [''];
    if (letter === '.') return [open];
    if (letter !== '\\') return [letter];
    const escaped = source[at++] ?? '';
    if (escaped === 'b') return [''];
    return /[a-z]/i.test(escaped) ? [open] : [escaped];
  };
  const quantified = (part: string[]): string[] => {
    const quantifier = /^(?:[?*+]|\{\d+(?:,\d*)?\})/.exec(source.slice(at))?.[0];
    if (quantifier === undefined) return part;
    at += quantifier.length;
    return /^[?*]|^\{0/.test(quantifier) ? [maybe] : part.map((one) => `${one}${maybe}`);
  };
  const all = alternatives();
  expect(at).toBe(source.length);
  return all;
}

describe('traces of places', () => {
  it('are in every text that a row fits', () => {
    const missed = placeRows.flatMap(([, detail, { source, flags }]) =>
      skeletons(source)
        .filter((one) => !placeTraces.some((traces) => (traces.flags === '' || flags === 'i') && fits(traces, one, flags)))
        .map((one) => `${detail}: ${JSON.stringify(one)}`),
    );
    expect(missed).toEqual([]);
  });

  it('are told from what holds none', () => {
    const plain = ['use strict', './lib/index.js', 'a value, and another', '/usr/lib', 'https://example.invalid/x?y=1', 'text/html; charset=utf-8'];
    expect(plain.filter((text) => placeTraces.some((traces) => traces.test(text)))).toEqual([]);
  });
});

/** A row that does not care for case is met by traces that do not either. */
function fits(traces: RegExp, text: string, flags: string): boolean {
  return traces.test(text) && (flags === '' || traces.flags === 'i');
}
