import { describe, expect, it } from '@jest/globals';
import { readScript } from '../../../src/code/js/script.ts';

function details(source: string, kind: string): readonly string[] {
  return readScript(source, { module: false, parses: true })
    .spotted.filter((one) => one.kind === kind)
    .map(({ detail }) => detail);
}

const xor = (text: string, key: string): string =>
  Buffer.from([...text].map((char, at) => char.charCodeAt(0) ^ key.charCodeAt(at % key.length))).toString('hex');
const rot13 = (text: string): string =>
  text.replace(/[a-z]/gi, (char) =>
    String.fromCharCode((char <= 'Z' ? 90 : 122) >= char.charCodeAt(0) + 13 ? char.charCodeAt(0) + 13 : char.charCodeAt(0) - 13),
  );

it('lists of numbers a decoder takes are read, also through the module itself', () => {
  const row = (text: string) => JSON.stringify([...text].map((char, at) => char.charCodeAt(0) ^ 'key'.charCodeAt(at % 3)));
  const source = `const rows = [${['child_process', 'exec', 'id -b'].map(row).join(', ')}];
    const text = (row) => { let out = ''; for (let i = 0; i < row.length; i++) out += String.fromCharCode(row[i] ^ 'key'.charCodeAt(i % 3)); return out };
    const [a, b, c] = rows.map(text); module[['req', 'uire'].join('')](a)[b](c, () => {});`;
  expect(details(source, 'process')).toContain('id -b');
});

it.each(['[]["fil"+"ter"]["const"+"ructor"]', '""["sub"].constructor', '(1)["toFixed"]["constructor"]', '[]["constructor"]["constructor"]'])(
  'the constructor of functions is known behind %s',
  (way) => expect(details(`${way}("require('child_process').exec('id -c')")()`, 'process')).toContain('id -c'),
);

describe('names a decoder of the file gives back are read', () => {
  const hidden = (decode: (text: string) => string, name: string) =>
    `require(${name}('${decode('child_process')}'))[${name}('${decode('exec')}')](${name}('${decode('id -a')}'))`;
  it.each([
    [
      'a loop with a key',
      `const k = 'k3'; const d = (h) => { let o = ''; for (let i = 0; i < h.length; i += 2) o += String.fromCharCode(parseInt(h.substr(i, 2), 16) ^ k.charCodeAt((i / 2) % 2)); return o };`,
      (text: string) => xor(text, 'k3'),
    ],
    [
      'a pattern and a function',
      `var d = function (s) { return s.replace(/[a-z]/gi, function (c) { return String.fromCharCode((c <= 'Z' ? 90 : 122) >= (c = c.charCodeAt(0) + 13) ? c : c - 26) }) };`,
      rot13,
    ],
    [
      'an alphabet of its own',
      `const abc = 'zyxwvutsrqponmlkjihgfedcba'; function d(s) { const out = []; for (const c of s) { const at = abc.indexOf(c); out.push(at < 0 ? c : String.fromCharCode(97 + at)) } return out.join('') }`,
      (text: string) => text.replace(/[a-z]/g, (char) => String.fromCharCode(219 - char.charCodeAt(0))),
    ],
    [
      'while, and a helper',
      `function h(c, n) { return String.fromCharCode(c - n) } function d(s) { var i = 0, o = ''; while (true) { if (i >= s.length) break; o = o + h(s.charCodeAt(i), 1); i++ } return o }`,
      (text: string) => text.replace(/./g, (char) => String.fromCharCode(char.charCodeAt(0) + 1)),
    ],
    [
      'turned round, in base64, under a key of digits, inside try (axios 2026)',
      `const t = function (x, r) { try { const e = r.split('').map(Number); return x.split('').map((c, n) => { const s = c.charCodeAt(0), a = e[7 * n * n % 10]; return String.fromCharCode(s ^ a ^ 333 & 255) }).join('') } catch {} };
       const u = function (x, r) { try { let e = x.split('').reverse().join('').replaceAll('_', '='), s = Buffer.from(e, 'base64').toString('utf8'); return t(s, r) } catch {} };
       const d = (x) => u(x, 'Key_7077ab');`,
      (text: string) =>
        Buffer.from(text.replace(/./g, (char, at: number) => String.fromCharCode(char.charCodeAt(0) ^ Number('Key_7077ab'[(7 * at * at) % 10]) ^ 77)))
          .toString('base64')
          .split('')
          .reverse()
          .join('')
          .replace(/=/g, '_'),
    ],
    [
      'bytes of a buffer, changed in place, in a branch',
      `function d(s) { const b = Buffer.from(s, 'hex'); if (b.length > 0) { for (let i = 0; i < b.length; i++) b[i] ^= 90; return b.toString() } }`,
      (text: string) => Buffer.from([...text].map((char) => char.charCodeAt(0) ^ 90)).toString('hex'),
    ],
  ])('%s', (_, decoder, encode) => {
    expect(details(`${decoder}\n${hidden(encode, 'd')}`, 'process')).toContain('id -a');
  });
});

describe('what a hostile function does to its reader is bounded', () => {
  it.each([
    ['endless', `function d(s) { while (true) { s = s + 'a'; } return s }`],
    ['growing', `function d(s) { let a = [s]; for (let i = 0; i < 1e9; i++) a = a.concat(a); return a.join('') }`],
    ['calling itself', `function d(s) { const x = d(s + 'a'); return x }`],
    [
      'copying',
      `function d(s) { let a = []; for (let i = 0; i < 5000; i++) a.push(i); for (let i = 0; i < 5000; i++) a = a.slice(0); return a.join('') }`,
    ],
    ['repeating', `function d(s) { let o = ''; for (let i = 0; i < 99; i++) o += s.repeat(1e9); return o }`],
    ['reaching out', `function d(s) { let o = s; for (const c of s) o += process.exit(1); return o }`],
    ['reaching up', `function d(s) { const f = s.constructor; let o = f.constructor('return process')().exit(1); return o }`],
  ])('%s', (_, decoder) => {
    const started = process.cpuUsage().user;
    expect(() => readScript(`${decoder}\n${"require(d('abc'));".repeat(40)}`, { module: false, parses: true })).not.toThrow();
    expect(process.cpuUsage().user - started).toBeLessThan(5e6);
  });

  it('what a function does with something it is not told stays open', () => {
    expect(details(`function d(s) { let o = ''; for (const c of s) o += unknown(c); return o } require(d('abc')).exec('id')`, 'process')).toEqual([]);
  });
});
