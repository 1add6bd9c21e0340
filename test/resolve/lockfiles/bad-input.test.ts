/** Whatever a lockfile holds: packages, or one clear error; never an empty tree, another error, or an endless wait. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DepwardError } from '../../../src/model/errors.ts';
import { readLockfile } from '../../../src/resolve/lockfiles/index.ts';

const home = join(import.meta.dirname, '../../../fixtures/lockfiles');
const samples = ['npm-v1', 'npm-v3', 'yarn-classic', 'yarn-berry-v8', 'pnpm-v5', 'pnpm-v9', 'bun-v1'].map((format) => {
  const folder = join(home, format, 'everything');
  const file = readdirSync(folder).find((name) => name !== 'package.json') ?? '';
  return { format, file, text: readFileSync(join(folder, file), 'utf8') };
});

async function outcome(file: string, text: string): Promise<string> {
  try {
    const tree = await readLockfile({ file, text });
    for (const entry of tree.packages) {
      void entry.where;
      void entry.dev;
      tree.dependentsOf(entry.key);
    }
    return `${tree.packages.length}`;
  } catch (error) {
    if (!(error instanceof DepwardError)) throw error;
    expect(error.code).toMatch(/input|limit/);
    expect(error.message).not.toMatch(/[\n\u001b]/);
    return error.message;
  }
}

describe.each(samples)('$format', ({ file, text }) => {
  it('refuses conflict markers, an empty file and binary rubbish', async () => {
    const middle = text.indexOf('\n', text.length / 2) + 1;
    expect(await outcome(file, `${text.slice(0, middle)}<<<<<<< ours\n=======\n>>>>>>> theirs\n${text.slice(middle)}`)).toMatch(/merge conflict/);
    expect(await outcome(file, '')).toMatch(/empty/);
    expect(await outcome(file, `${text}\u0000`)).toMatch(/binary/);
    expect(await outcome(file, '\n\n# nothing\n')).toMatch(/:|empty|lockfile/);
  });

  it('refuses a version it does not know', async () => {
    const other = text
      .replace(/(lockfileVersion"?: '?)[\d.]+/, '$142')
      .replace(/( {2}version: )8/, '$142')
      .replace('yarn lockfile v1', 'yarn lockfile v42');
    expect(await outcome(file, other)).toMatch(/unknown .*42/);
  });

  it('reads CRLF and a byte order mark like the plain file', async () => {
    expect(await outcome(file, `\uFEFF${text.replaceAll('\n', '\r\n')}`)).toBe(await outcome(file, text));
  });

  it('refuses a cut file, or holds no package too many', async () => {
    const whole = Number(await outcome(file, text));
    for (let part = 1; part < 20; part++) {
      const cut = await outcome(file, text.slice(0, Math.floor((text.length * part) / 20)));
      if (/^\d+$/.test(cut)) expect(Number(cut)).toBeLessThanOrEqual(whole);
    }
  });

  it('refuses an entry that is there twice', async () => {
    const json = file.endsWith('.json') || file === 'bun.lock';
    const twice = json
      ? text.replace(/"(node_modules\/)?right": [{[]/, (key) => key.replace('right', 'left'))
      : text
          .replace(/^right@\^1\.0\.0:$/m, 'left@^1.0.0:')
          .replace('"right@npm:^1.0.0":', '"left@npm:^1.0.0":')
          .replace(/^( *\/?)right([@/])1\.0\.5.*:$/gm, '$1left$21.0.1:');
    expect(twice).not.toBe(text);
    expect(await outcome(file, twice)).toMatch(/twice|not valid YAML/);
  });

  it('survives any change of any line', async () => {
    const lines = text.split('\n');
    await fc.assert(
      fc.asyncProperty(
        fc.nat(lines.length - 1),
        fc.constantFrom(
          '',
          '  ',
          '{',
          '}',
          '"',
          "'",
          '- x',
          '__proto__: 1',
          '"__proto__": {}',
          'a: &x [*x]',
          '\u001b[31m',
          '"constructor": 1,',
          ':',
          '@',
          'resolution: {}',
          '\t',
        ),
        fc.boolean(),
        async (at, insert, replace) => {
          const changed = [...lines.slice(0, at), insert, ...lines.slice(replace ? at + 1 : at)].join('\n');
          await outcome(file, changed);
        },
      ),
      { seed: 7, numRuns: 60, interruptAfterTimeLimit: 5_000 },
    );
  });
});

describe('made to exhaust', () => {
  it.each<[string, string, string]>([
    ['aliases', 'pnpm-lock.yaml', `lockfileVersion: '9.0'\na: &a [x,x,x,x]\nb: &b [*a,*a,*a,*a]\nc: [*b,*b]\npackages: {}\n`],
    ['deep flow', 'pnpm-lock.yaml', `lockfileVersion: '9.0'\npackages: ${'['.repeat(20_000)}`],
    [
      'deep blocks',
      'pnpm-lock.yaml',
      `lockfileVersion: '9.0'\npackages:\n${Array.from({ length: 2000 }, (_, at) => `${' '.repeat(at + 2)}a:`).join('\n')}\n`,
    ],
    ['deep JSON', 'bun.lock', `{"lockfileVersion":1,"workspaces":{"":{}},"packages":${'{"a":'.repeat(50_000)}`],
  ])('%s: a clear error', async (_, file, text) => {
    expect(await outcome(file, text)).toMatch(new RegExp(`^${file}`));
  });

  it('says how to convert a binary bun.lockb', async () => {
    expect(await outcome('bun.lockb', '#!/usr/bin/env bun\nbun-lockfile-format-v0\n\u0000')).toMatch(/binary bun\.lockb/);
  });

  it('goes by the content, not by the name', async () => {
    const berry = samples.find((sample) => sample.format === 'yarn-berry-v8');
    expect(Number(await outcome('package-lock.json', berry?.text ?? ''))).toBeGreaterThan(5);
    expect(await outcome('yarn.lock', 'hello\n')).toMatch(/^yarn\.lock:1/);
    expect(await outcome('some.txt', 'hello\n')).toMatch(/no lockfile format/);
  });

  it('knows a package.json for what it is', async () => {
    expect(await outcome('package.json', '{"name":"a","dependencies":{"left":"^1.0.0"}}')).toMatch(/this is a package\.json, not a lockfile/);
    expect(await outcome('package.json', '{"name":"a","dependencies":{}}')).toMatch(/not a lockfile/);
    expect(await outcome('npm-shrinkwrap.json', '{"name":"a","dependencies":{"left":{"version":"1.0.0"}}}')).toBe('1');
    expect(await outcome('package-lock.json', '{"lockfileVersion":1,"dependencies":{"left":"^1.0.0"}}')).toMatch(/entry "left"/);
  });
});

describe('one entry of many megabytes', () => {
  const many = (line: (at: number) => string) => Array.from({ length: 400_000 }, (_, at) => line(at)).join('');
  const fields = '"a": "b",\n      '.repeat(700_000);
  it.each([
    ['package-lock.json', `{\n  "lockfileVersion": 3,\n  "packages": {\n    "node_modules/a": {\n      ${fields}"version": "1.0.0"\n    }\n  }\n}\n`],
    [
      'pnpm-lock.yaml',
      `lockfileVersion: '9.0'\n\npackages:\n\n  a@1.0.0:\n    resolution: {integrity: sha512-aa}\n    deprecated: ${'x y'.repeat(6_000_000)}\n`,
    ],
    [
      'yarn.lock',
      `__metadata:\n  version: 8\n\n"a@npm:1":\n  version: 1.0.0\n  resolution: "a@npm:1.0.0"\n  dependencies:\n${many((at) => `    kkkkkkkkkkkkkkkkkkkkkkkk${at}: v\n`)}  languageName: node\n  linkType: hard\n`,
    ],
    ['yarn.lock', `# yarn lockfile v1\n\na@1:\n  version "1.0.0"\n  dependencies:\n${many((at) => `    kkkkkkkkkkkkkkkkkkkkkkkk${at} v\n`)}`],
  ])('%s: is read all the same', async (file, text) => {
    expect(await outcome(file, text)).toBe('1');
  });
});

it('a bun.lockb is told what to do with, whatever it holds', async () => {
  expect(await outcome('bun.lockb', 'rubbish')).toMatch(/a binary bun\.lockb/);
});
