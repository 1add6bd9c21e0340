import { describe, expect, it } from '@jest/globals';
import { ownCalls, readScript } from '../../../src/code/js/script.ts';

/** True when the `exec` of a script waits for a call. */
function waits(source: string, module = false): boolean | undefined {
  const found = readScript(`${module ? `import { exec } from 'child_process';` : `const { exec } = require('child_process');`}\n${source}`, {
    module,
    parses: true,
  });
  const doing = found.spotted.find(({ kind, detail }) => kind === 'process' && !detail.startsWith('module '));
  return doing && (doing.waits ?? false);
}

describe('runs by loading', () => {
  it.each([
    ['at the top', `exec('id')`],
    ['in a function that is called', `function go() { exec('id') } go()`],
    ['in a function that is called before it is written', `go(); function go() { exec('id') }`],
    ['on the spot', `(function () { exec('id') })()`],
    ['on the spot, with a sign before', `!function () { exec('id') }()`],
    ['on the spot, through call', `(function () { exec('id') }).call(this)`],
    ['later, by a timer', `setTimeout(() => exec('id'), 9e5)`],
    ['later, by name', `const go = async () => { exec('id') }; setInterval(go, 5)`],
    ['when something happens', `process.on('exit', function () { exec('id') })`],
    ['after a promise', `fetch('https://a.invalid').then((r) => r.text()).then((t) => { exec(t) })`],
    ['in an async function that is not waited for', `(async () => { await 0; exec('id') })().catch(() => {})`],
    ['in the constructor of what is made', `class A { constructor() { exec('id') } } new A()`],
    ['in a method of what is made', `class A { constructor() { this.go() } go() { exec('id') } } new A()`],
    ['in a method that is called', `class A { go() { exec('id') } } const a = new A(); a.go()`],
    ['in a prototype', `function A() {} A.prototype.go = function () { exec('id') }; new A().go()`],
    ['in an object', `const o = { go() { exec('id') } }; o.go()`],
    ['in the factory of a wrapper', `(function (root, factory) { module.exports = factory() })(this, function () { exec('id'); return {} })`],
    ['in what a global is replaced by', `globalThis.fetch = async function () { exec('id') }`],
    ['in a module of a bundle', `var mods = { 117: (m) => { exec('id') } }; function req(id) { var m = {}; mods[id](m); return m } req(117)`],
    ['in a lazy module of a bundle', `var init = __esm({ 'src/x.js'() { exec('id') } }); init()`],
    [
      'in what a module of a bundle gives',
      `var req = __commonJS({ 'src/x.js'(exports, module) { module.exports = function () { exec('id') } } }); var go = req(); go()`,
    ],
    [
      'in what a numbered module gives',
      `var mods = { 117: (m, e) => { e.go = function () { exec('id') } } }; function req(id) { var m = { exports: {} }; mods[id](m, m.exports); return m.exports } var x = req(117); x.go()`,
    ],
    ['in what TypeScript makes of async functions', `function go() { return __awaiter(this, void 0, void 0, function* () { exec('id') }) } go()`],
    [
      'when what a function of the file made has come',
      `function make(u) { const i = new Image(); i.src = u; return i } const i = make('x'); i.onload = () => { exec('id') }`,
    ],
    ['in a static block', `class A { static { exec('id') } }`],
    ['in a function a function gives back', `const make = () => () => { exec('id') }; const go = make(); go()`],
  ])('%s', (_, source) => {
    expect(waits(source)).toBe(false);
  });
});

describe('waits to be called', () => {
  it.each([
    [
      'what is handed the name of an event by a prototype',
      `function A() {} const p = A.prototype; p.close = function () { exec('id') }; A.prototype.onload = function () { exec('id') }`,
    ],
    ['an exported function', `exports.go = function () { exec('id') }`],
    ['an exported function with a name', `function go() { exec('id') } module.exports = { go }`],
    ['what an exported function calls', `function inner() { exec('id') } exports.go = () => inner()`],
    ['a callback within it', `exports.go = () => { setTimeout(() => exec('id')) }`],
    ['a method of an exported class', `class A { go() { exec('id') } } module.exports = A`],
    ['a function of the namespace esbuild exports', `__export(out, { go: () => go }); function go() { exec('id') }`],
    ['the main function where the file itself is not started', `function main() { exec('id') } if (require.main === module) main()`],
  ])('%s', (_, source) => {
    expect(waits(source)).toBe(true);
  });

  it('an export of a module', () => {
    expect(waits(`export async function go() { exec('id') }`, true)).toBe(true);
    expect(waits(`export const go = () => exec('id'); await go()`, true)).toBe(false);
  });
});

it('what cannot be parsed runs', () => {
  expect(waits(`exports.go = function () { exec('id') } } }`)).not.toBe(true);
});

it('more calls than are looked at leave nothing waiting', () => {
  const late = `exports.go = () => exec('id');`;
  expect(waits(late)).toBe(true);
  expect(waits(`${'f();'.repeat(21_000)}${late}`)).toBe(false);
});

describe('files that are called while another is loaded', () => {
  it.each([
    ['at once', `require('./a')()`],
    ['by a member', `require('./a').go()`],
    ['by a name', `const { go } = require('./a'); go()`],
    ['by what TypeScript makes of it', `const a_1 = __importStar(require('./a')); (0, a_1.go)()`],
    ['by handing it on', `const a = require('./a'); setTimeout(a.go, 10)`],
  ])('%s', (_, source) => {
    expect(ownCalls(() => source, { module: false }).calls.map(({ file }) => file)).toContain('./a');
  });

  it('but not when only exported functions do', () => {
    const { calls, later } = ownCalls(() => `const a = require('./a'); exports.go = () => a.go()`, { module: false });
    expect([calls, later]).toEqual([[], [{ file: './a', reach: '.go' }]]);
    expect(ownCalls(() => `exports.go = require('./a').go.bind(null, 1)`, { module: false }).calls).toEqual([]);
    expect(ownCalls(() => `__exportStar(require('./a'), exports)`, { module: false }).calls).toEqual([]);
  });
});

it('a loop nothing ends is told, one that may end is not', () => {
  const loops = (source: string) =>
    readScript(source, { module: false, parses: true }).spotted.filter(({ detail }) => detail === 'a loop without end');
  expect(loops(`for (let i = 666; i < Infinity; i++) { console.log(i) }`)).toHaveLength(1);
  expect(loops(`while (true) { work() }`)).toHaveLength(1);
  expect(loops(`for (;;) { if (done()) break }`)).toHaveLength(0);
  expect(loops(`while (!(scope instanceof Top)) { scope = scope.parent }`)).toHaveLength(0);
  expect(loops(`async function go() { while (true) { await tick() } }`)).toHaveLength(0);
});
