/** What a person reads of a tarball and of two. */
import { describe, expect, it } from '@jest/globals';
import { analyse } from '../../src/code/analyse.ts';
import { placeOf } from '../../src/code/places.ts';
import { readTarball } from '../../src/registry/tarball.ts';
import { diffText, inspectText } from '../../src/reporters/contents-text.ts';
import { aPackage } from '../helpers/a-tarball.ts';

const factsOf = async (files: Readonly<Record<string, string>>, manifest = {}) =>
  analyse(await readTarball(aPackage({ name: 'it', version: '1.0.0', ...manifest }, files)));

describe('contents in words', () => {
  it('say what is done, how it was seen and when it runs', async () => {
    const text = inspectText(
      'it@1.0.0',
      await factsOf({
        'index.js': `const cp = require('child_process');\nexports.f = () => fetch(atob('${Buffer.from('https://far.invalid').toString('base64')}'));`,
      }),
      false,
    );
    expect(text).toContain('Does when it is imported:\n  can start programs: module child_process\n      index.js:1:');
    expect(text).toContain('talks to far.invalid (encoded, when it is called)');
  });

  it('tell of a difference what could not be read as code, and what was minified', async () => {
    const plain = 'module.exports = function (a, b) {\n  return a;\n};\n';
    const small = `module.exports=function(a,b){return a};${'var a1=function(b,c){return b};'.repeat(80)}`;
    const text = diffText(
      'a',
      'b',
      await factsOf({ 'index.js': plain }),
      await factsOf({ 'index.js': `${small}require('./b.js')`, 'b.js': 'let = = (' }),
      false,
    );
    expect(text).toContain('minified, as the release before was not\n      index.js');
    expect(text).toContain('Newly read as tokens only:\n  b.js: ');
  });

  it('cannot steer a terminal', async () => {
    const nasty = '\u001b[2J\u202e\u200b\r\u0007';
    const text = inspectText(
      `it${nasty}`,
      await factsOf({ [`a${nasty}.js`]: '', 'index.js': `fetch('https://h.invalid/'); // ${nasty}` }, { bin: { [`b${nasty}`]: 'index.js' } }),
      true,
    );
    expect([...text].filter((letter) => /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b\u202e]/.test(letter))).toEqual([]);
  });

  it('a process that looks at its own libraries looks at no other', () => {
    expect(placeOf('/proc/self/maps')).toBeUndefined();
    expect(placeOf('/proc/self/environ')?.kind).toBe('credential-file');
    expect(placeOf('/proc/1/maps')?.kind).toBe('credential-file');
  });
});
