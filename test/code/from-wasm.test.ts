import { describe, expect, it } from '@jest/globals';
import { gradesOf } from '../helpers/an-update.ts';

const load = (body: string) => `const fs = require('fs'), path = require('path');
let instance;
const read = (at, length) => Buffer.from(instance.exports.memory.buffer, at, length).toString();
instance = new WebAssembly.Instance(new WebAssembly.Module(fs.readFileSync(path.join(__dirname, 'a.wasm'))), { env: { t: function (at, length) { ${body} } } });
instance.exports.init();`;
const grade = async (after: string) =>
  (await gradesOf({ 'index.js': 'exports.a = 1' }, { 'index.js': after, 'a.wasm': '\0asm\x01\0\0\0' })).import.grade;

describe('text out of the memory of WebAssembly that is run', () => {
  it.each([
    ['with modules by name', "Function('require', read(at, length))(require);"],
    ['called with modules', 'new Function(read(at, length))(require);'],
    ['through a variable', "const text = read(at, length); new Function('module', 'require', text)(module, require);"],
  ])('convicts %s', async (_, body) => {
    expect(await grade(load(body))).toBe('convicts');
  });

  it('is told by eval', async () => {
    expect(await grade(load('eval(read(at, length));'))).toBe('weak');
    expect(await grade(`${load('')}\neval(read(0, 9));`)).toBe('suspicious');
  });

  it('is what bindings do where it is handed nothing', async () => {
    expect(['none', 'weak']).toContain(await grade(load('return new Function(read(at, length));')));
  });
});
