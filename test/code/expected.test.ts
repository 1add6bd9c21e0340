import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { aPackage } from '../helpers/a-tarball.ts';
import { bothWays } from '../helpers/read-in-part.ts';

type Files = Readonly<Record<string, string>>;

const of = (before: Files, after: Files, manifest: Readonly<Record<string, unknown>> = {}) =>
  bothWays(aPackage({ name: 'it', version: '1.0.0', ...manifest }, before), aPackage({ name: 'it', version: '1.0.1', ...manifest }, after));

const talks = 'fetch("https://one.example/x");';
const starts = 'require("child_process").exec("ls");';
const plain = 'module.exports = 1;';

describe('the release before', () => {
  it('is not read where the release does nothing remarkable', async () => {
    const { parsed, isWhole } = await of({ 'index.js': talks + starts }, { 'index.js': plain });
    expect({ parsed, isWhole }).toEqual({ parsed: [], isWhole: false });
  });

  it('is read until all was found that the release does', async () => {
    const files = { 'index.js': 'require("./a"); require("./b");', 'a.js': talks, 'b.js': starts };
    const { parsed, inPart } = await of(files, { ...files, 'b.js': plain });
    expect(parsed).toEqual(['index.js', 'a.js']);
    expect(inPart.contents.capabilities).toEqual([]);
  });

  it('is read as a whole where something stays new', async () => {
    const files = { 'index.js': 'require("./a"); require("./b");', 'a.js': talks, 'b.js': plain };
    const { parsed, isWhole, inPart } = await of(files, { ...files, 'b.js': starts });
    expect({ parsed, isWhole }).toEqual({ parsed: ['index.js', 'a.js', 'b.js'], isWhole: true });
    expect(new Set(inPart.contents.capabilities.map(({ kind }) => kind))).toEqual(new Set(['process']));
  });

  it('is read as a whole where what it sent can make what is sent now worse', async () => {
    const sends = (host: string) => `exports.go = (token) => fetch("https://${host}/", { headers: { authorization: token } });`;
    const { isWhole } = await of({ 'index.js': sends('one.example') }, { 'index.js': sends('two.example') });
    expect(isWhole).toBe(true);
  });

  it('says the same read in part, whatever the two releases are', async () => {
    const pieces = [
      plain,
      talks,
      starts,
      'fetch("https://two.example/x");',
      'eval(process.env.CODE)',
      'require("fs").readFileSync(require("os").homedir() + "/.npmrc")',
      'const p = require("child_" + "process"); p.exec("x");',
      `const _0x${'1a2b'} = ["\\x61\\x62\\x63\\x64"]; ${'a'.repeat(800)}();`,
      'this does not parse (',
      `var blob = "${'QUJDRA'.repeat(400)}";`,
      'exports.go = (token) => fetch("https://three.example/", { headers: { authorization: token } });',
    ];
    const names = ['a.js', 'b.js', 'cjs/c.js', 'esm/d.mjs', 'bin/e.js', 'install.js'];
    const release = fc.record({
      files: fc.dictionary(fc.constantFrom(...names), fc.constantFrom(...pieces)),
      loads: fc.subarray(names),
      main: fc.constantFrom('index.js', 'a.js', 'cjs/c.js'),
      bin: fc.constantFrom('bin/e.js', 'b.js'),
      installs: fc.boolean(),
    });
    const packed = ({ files, loads, main, bin, installs }: typeof release extends fc.Arbitrary<infer T> ? T : never, version: string) =>
      aPackage(
        { name: 'it', version, main, module: 'esm/d.mjs', bin: { it: bin }, ...(installs && { scripts: { postinstall: 'node install.js' } }) },
        { 'index.js': loads.map((path) => `require("./${path}");`).join('\n'), ...files },
      );
    await fc.assert(
      fc.asyncProperty(release, release, async (before, after) => {
        const { inPart, whole } = await bothWays(packed(before, '1.0.0'), packed(after, '1.0.1'));
        expect(inPart).toEqual(whole);
      }),
      { numRuns: 300 },
    );
  });
});
