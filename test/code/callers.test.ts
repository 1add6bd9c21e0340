import { expect, it } from '@jest/globals';
import { Callers } from '../../src/code/callers.ts';

const all = (file: string) => ({ file, reach: '' });
const passes = () => [];

/** Each file imports the next and calls it only when it is itself called; `first` starts it all where `starts`. */
function chain(length: number, starts: boolean): boolean {
  const importers = new Map(Array.from({ length }, (_, at) => [`f${at + 1}`, [`f${at}`]] as const));
  const next = (file: string) => `f${Number(file.slice(1)) + 1}`;
  const read = (file: string) =>
    file === 'f0' && starts ? { calls: [all(next(file))], later: [], passes } : { calls: [], later: [all(next(file))], passes };
  return new Callers({ importers, byName: new Map() }, read, (specifier) => [specifier]).callOnLoad(`f${length}`);
}

it('follows calls from file to file', () => {
  expect([chain(3, true), chain(3, false)]).toEqual([true, false]);
});

it('takes what is too far away to be told for called', () => {
  expect(chain(40, false)).toBe(true);
});

it('takes what too many files import to be told for called', () => {
  const importers = (count: number) => new Map([['payload', Array.from({ length: count }, (_, at) => `i${at}`)]]);
  const called = (count: number) =>
    new Callers(
      { importers: importers(count), byName: new Map() },
      () => ({ calls: [], later: [], passes }),
      (specifier) => [specifier],
    ).callOnLoad('payload');
  expect([called(100), called(1_000)]).toEqual([false, true]);
});

it('follows names through files that hand them on', () => {
  const importers = new Map([
    ['payload', ['barrel']],
    ['barrel', ['index']],
  ]);
  const called = (reach: string) =>
    new Callers(
      { importers, byName: new Map() },
      (file) => ({
        calls: file === 'index' ? [{ file: 'barrel', reach }] : [],
        later: [],
        passes: (asked) => (file === 'barrel' && asked !== '.log' ? [{ file: 'payload', reach: asked }] : []),
      }),
      (specifier) => [specifier],
    ).callOnLoad('payload');
  expect([called('.run'), called('.log')]).toEqual([true, false]);
});
