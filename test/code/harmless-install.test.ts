import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { analyse } from '../../src/code/analyse.ts';
import { onlyPrints } from '../../src/code/js/only-prints.ts';
import { readTarball } from '../../src/registry/tarball.ts';
import { aPackage } from '../helpers/a-tarball.ts';

const thanks = `'use strict';
const path = require('path');
const isCi = ['CI', 'BUILD_NUMBER'].some((name) => process.env[name]);
function line(text) { return '\\u001b[96m' + text + '\\u001b[0m'; }
if (!isCi && process.stdout.isTTY && !process.env.DISABLE_NOTICE) {
  for (const text of ['Thank you!', \`See \${path.join(__dirname, 'README.md')}\`]) console.log(line(text));
  try { console.log(require('./package.json').version); } catch (error) { process.exitCode = 0; }
}`;

const harmless = async (files: Record<string, string>, scripts: Record<string, string> = { postinstall: 'node thanks.js' }) =>
  analyse(await readTarball(aPackage({ name: 'it', version: '1.0.0', scripts }, files))).harmlessInstall ?? false;

describe('what prints and does nothing else', () => {
  it.each(['node thanks.js', 'node ./thanks.js || exit 0', 'node ./thanks.js || true'])('is known to, started by %s', async (postinstall) => {
    expect(await harmless({ 'thanks.js': thanks }, { postinstall })).toBe(true);
  });

  it('is followed into files of its own', async () => {
    const files = { 'thanks.js': `require('./lib/say')('hello')`, 'lib/say.js': `module.exports = function (text) { console.log(text) }` };
    expect(await harmless(files)).toBe(true);
    expect(await harmless({ ...files, 'lib/say.js': `module.exports = (text) => fetch(text)` })).toBe(false);
    expect(await harmless({ 'thanks.js': files['thanks.js'] })).toBe(false);
  });

  it('is so where it notes in the temporary folder when it last printed, as banners do', async () => {
    const banner = `var env = process.env; var fs = require('fs'), os = require('os'), path = require('path');
      var quiet = /^(1|true)$/.test(env.QUIET) || ['CI', 'BUILD'].some(function (it) { return !!env[it] });
      var text = '\\u001b[96mThank you\\u001b[0m';
      function isDue() {
        var file = path.join(os.tmpdir(), 'it-banners.json'); var seen = [];
        try { if (Date.now() - fs.statSync(file).mtime < 6e4) seen = JSON.parse(fs.readFileSync(file, 'utf8')); } catch (error) { seen = [] }
        if (seen.indexOf(text) !== -1) return false;
        try { seen.push(text); fs.writeFileSync(file, JSON.stringify(seen), 'utf8') } catch (error) {}
        return true;
      }
      if (!quiet && !env.CI && isDue()) console.log(env.NO_COLOR ? text.replace(/\\u001B\\[\\d+m/g, '') : text);`;
    const postinstall = `node -e "try{require('./thanks')}catch(e){}"`;
    expect(await harmless({ 'thanks.js': banner }, { postinstall })).toBe(true);
    expect(await harmless({ 'thanks.js': `fetch('https://in.invalid')` }, { postinstall })).toBe(false);
    expect(await harmless({}, { postinstall })).toBe(false);
    expect(await harmless({ 'thanks.js': banner }, { postinstall: `node -e "require('./thanks'); require('fs').rmSync('x')"` })).toBe(false);
    expect(await harmless({ 'thanks.js': banner }, { postinstall: 'node -e "require($(x))"' })).toBe(false);
  });

  it.each([
    'node thanks.js && node other.js',
    'node thanks.js; x',
    'node -r ./other.js thanks.js',
    'node --import=data:text/javascript,0 thanks.js',
    'node ../thanks.js',
    'node node_modules/../thanks.js',
    'NODE_OPTIONS=x node thanks.js',
    'node thanks.js $(x)',
    'node thanks.js > index.js',
    'node thanks',
    'thanks',
    '"$npm_package_config_warm"',
  ])('is not what %s is', async (postinstall) => {
    expect(await harmless({ 'thanks.js': thanks, 'other.js': '1' }, { postinstall })).toBe(false);
  });

  it('may call the environment by a shorter name, and look whether it is in CI', async () => {
    const asks = `var env = process.env; if (!env.CI && ['silent'].indexOf(env.npm_config_loglevel) < 0 && !env['NO_' + 'ADS']) console.log('Thank you!');`;
    expect(await harmless({ 'thanks.js': asks })).toBe(true);
    for (const more of [
      'console.log(env)',
      'console.log(env.NPM_TOKEN)',
      'console.log({ ...env })',
      'env.PATH = "x"',
      'env = 1',
      'for (const x of env) console.log(x)',
      'env["PATH"] = "."',
      'const other = env; console.log(other.NPM_TOKEN)',
    ])
      expect([more, await harmless({ 'thanks.js': `${asks}\n${more}` })]).toEqual([more, false]);
  });

  it('is nothing beside another step, or where npm builds', async () => {
    expect(await harmless({ 'thanks.js': thanks }, { preinstall: 'x', postinstall: 'node thanks.js' })).toBe(false);
    expect(await harmless({ 'thanks.js': thanks, 'binding.gyp': '{}' })).toBe(false);
  });
});

describe('what is not known to only print', () => {
  it.each([
    `eval('1')`,
    `(() => {}).constructor('return process')()`,
    `const { constructor: F } = () => {}; F('1')()`,
    `(() => {})['constr' + 'uctor']('1')()`,
    `const k = 'constructor'; (() => {})[k]('1')()`,
    `const o = { __proto__: console }; o.log(1)`,
    `const r = require; r('child_process')`,
    `['child_process'].map(require)`,
    `require('child_process').exec('x')`,
    `require('chi' + 'ld_process')`,
    `const fs = require('fs'); if (fs.existsSync('//' + process.env.USERNAME + '.h.invalid/x')) console.log(1)`,
    `const fs = require('fs'); fs.writeFileSync('x', 'y')`,
    `const fs = require('fs'); [fs].map((f) => f.writeFileSync('x', 'y'))`,
    `const fs = require('fs'); const g = fs; g.rmSync('x')`,
    `const fs = require('fs'); { const fs = 1; } fs.rmSync('x')`,
    `const path = require('fs'); path.rmSync('x')`,
    `process.mainModule.require('child_process')`,
    `process.binding('spawn_sync')`,
    `const p = process; p.binding('x')`,
    `const { env } = process; console.log(env)`,
    `console.log(process.env)`,
    `console.log({ ...process.env })`,
    `console.log(process.env.NPM_TOKEN)`,
    `console.log(['NPM_TOKEN'].map((k) => process.env[k]))`,
    `module.constructor._load('child_process')`,
    `module.require('child_process')`,
    `require.cache`,
    `this.process`,
    `function f() { return this } f().process`,
    `function f() { return f.caller.arguments } f()`,
    `Error.prepareStackTrace = (e, s) => s; new Error().stack[0].getThis()`,
    `const E = Error; E.prepareStackTrace = 1`,
    `function f(fetch) {} fetch('https://in.invalid')`,
    `{ let fetch = 1; } fetch('https://in.invalid')`,
    `for (const fetch of []) {} fetch('https://in.invalid')`,
    `try {} catch (fetch) {} fetch('https://in.invalid')`,
    `const f = function fetch() {}; fetch('https://in.invalid')`,
    `setTimeout('x', 1)`,
    `import('child_process')`,
    `new Function('1')()`,
    `globalThis.fetch('x')`,
    `console.log('\\u001b]52;c;AAAA\\u0007')`,
    `console.log(String.fromCharCode(27) + ']52')`,
    `console.log('\\u001b' + ']52')`,
    `with (process) { binding('x') }`,
    `var f = 1; { var f = require('fs') } [f].map((g) => g.rmSync('x'))`,
    `var e = 1; { var e = process.env } console.log(e)`,
    `const e = process.env; console.log(e)`,
    `const e = process.env; e.PATH = 'x'`,
    `const e = process.env; console.log(e.NPM_TOKEN)`,
    `const os = require('os'); console.log(os.userInfo())`,
    `console.log(JSON.parse('"\\\\u001b]52"'))`,
    ...[
      `fs.writeFileSync('x', JSON.stringify(1))`,
      `fs.writeFileSync(path.join(os.tmpdir(), '../x'), JSON.stringify(1))`,
      `fs.writeFileSync(path.join(os.tmpdir(), 'x.js'), JSON.stringify(1))`,
      `fs.writeFileSync(path.join(os.tmpdir(), 'x', 'y'), JSON.stringify(1))`,
      `fs.writeFileSync(path.join(__dirname, 'x'), JSON.stringify(1))`,
      `fs.writeFileSync(path.join(os.tmpdir(), 'x'), 'y')`,
      `fs.writeFileSync(path.join(os.tmpdir(), 'x'), JSON.stringify(1), { mode: 511 })`,
      `fs.writeFileSync(path.join(os.tmpdir(), 'x'), JSON.stringify(process.env))`,
      `fs.unlinkSync(path.join(os.tmpdir(), 'x'))`,
      `fs['rmSync'](path.join(os.tmpdir(), 'x'))`,
      `const w = fs.writeFileSync; w('x', 'y')`,
      `let file = path.join(os.tmpdir(), 'x'); file = '//h.invalid/x'; fs.statSync(file)`,
    ].map((source) => `const fs = require('fs'), os = require('os'), path = require('path'); ${source}`),
    'String.raw`x`',
    `console.log\`x\``,
    `while (true) {}`,
    `delete console.log`,
    `console.log = 1`,
    `process.env.NODE_OPTIONS = 'x'`,
    `process.on('exit', () => 1)`,
    `exports.__proto__ = 1`,
    `const a = [...console.log]`,
    `import x from 'node:child_process'`,
    `const a = {}; 1 <!-- a.b[fetch('https://in.invalid')]`,
    `const a = 1;\n--> fetch('x')`,
  ])('%s', (source) => {
    expect(onlyPrints(source)).toBeUndefined();
  });

  it('is whatever uses a name that is nobody’s here, in any place', () => {
    const known = new Set(
      'Math Date String Number Boolean Array Error Set parseInt parseFloat isNaN NaN Infinity undefined console process'.split(' '),
    );
    const names = [...Object.getOwnPropertyNames(globalThis), 'require', 'module', 'arguments', 'WebSocket', 'Bun', 'Deno'].filter(
      (name) => /^[a-zA-Z]\w*$/.test(name) && !known.has(name),
    );
    const places = [
      (name: string) => `console.log(${name})`,
      (name: string) => `${name}.x('y')`,
      (name: string) => `const a = { b: ${name} }`,
      (name: string) => `const f = () => ${name}; f()('x')`,
      (name: string) => `function f(${name}) { return 1 } new ${name}(f)`,
      (name: string) => `if (true) { const ${name} = 1; } ${name}`,
      (name: string) => `[1].map(${name})`,
      (name: string) => `\`\${${name}}\``,
      (name: string) => `${name} = 1`,
    ];
    fc.assert(fc.property(fc.constantFrom(...names), fc.constantFrom(...places), (name, place) => onlyPrints(place(name)) === undefined));
  });
});
