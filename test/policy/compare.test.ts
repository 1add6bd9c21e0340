import { describe, expect, it } from '@jest/globals';
import { weakenings } from '../../src/policy/compare.ts';
import { parsePolicy } from '../../src/policy/parse.ts';

const rules = [
  { meta: { id: 'release-age', summary: '' }, options: { days: { type: 'number', default: 3, about: '' } } },
  { meta: { id: 'typosquat', summary: '' }, options: {} },
] as const;

function notes(before: object, after: object): readonly string[] {
  const policy = (config: object) => parsePolicy(JSON.stringify({ extends: [], ...config }), 'p', rules);
  return weakenings(policy(before), policy(after)).map((note) =>
    note.message.replace('this change itself ', '').replace('; it is judged by the policy from before', ''),
  );
}

const base = { rules: { 'release-age': ['block', { days: 7 }], typosquat: 'warn' } };

describe('a configuration that lets more through', () => {
  it.each<[object, object, string[]]>([
    [base, { rules: { 'release-age': ['warn', { days: 7 }], typosquat: 'warn' } }, ['lowers release-age from block to warn']],
    [base, { rules: { 'release-age': ['block', { days: 7 }] } }, ['lowers typosquat from warn to off']],
    [base, {}, ['lowers release-age from block to off', 'lowers typosquat from warn to off']],
    [base, { rules: { 'release-age': ['block', { days: 1 }], typosquat: 'block' } }, ['alters the options of release-age: days 7 -> 1']],
    [base, { ...base, overrides: [{ packages: ['left-*'], rules: { 'release-age': 'off' } }] }, ['sets release-age to off for left-*']],
    [{ ...base, onFailed: 'block' }, base, ['no longer blocks what could not be told (onFailed)']],
    [base, { ...base, onFailed: 'warn' }, ['lets through what could not be told (onFailed)']],
    [{ ...base, require: ['trust', 'times'] }, { ...base, require: ['times'] }, ['no longer requires trust']],
    [{ ...base, ignore: ['a'] }, { ...base, ignore: ['a', '**/b'] }, ['leaves out more of the repository (ignore): **/b']],
    [{ ...base, joinThreshold: 20 }, { ...base, joinThreshold: 30 }, ['raises joinThreshold from 20 to 30']],
  ])('%j -> %j', (before, after, expected) => {
    expect(notes(before, after)).toEqual(expected);
  });

  it('is silent on the same, and on what gets stricter', () => {
    const overrides = [{ packages: ['left-*'], rules: { 'release-age': 'off' } }];
    expect(notes({ ...base, overrides }, { ...base, overrides })).toEqual([]);
    expect(
      notes(base, {
        ...base,
        require: ['trust'],
        onFailed: 'block',
        joinThreshold: 10,
        overrides: [{ packages: ['a'], rules: { typosquat: 'block' } }],
      }),
    ).toEqual([]);
  });
});
