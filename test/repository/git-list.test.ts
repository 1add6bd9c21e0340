/** Searching git's listing where it stands, beside making a text of every path. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { pathsOf } from '../../src/model/repository-paths.ts';
import { readGitList } from '../../src/repository/git-list.ts';
import { isSource, sourceEndings } from '../../src/repository/source.ts';
import { stateRules } from '../../src/repository-rules/states.ts';

const most = 1_000_000;

interface Entry {
  readonly name: Buffer;
  readonly mode: string;
  readonly stages: number;
}

/** As git writes it: sorted by bytes, a file in conflict once for each side. */
function listing(entries: readonly Entry[]): Buffer {
  const sorted = entries.toSorted((a, b) => Buffer.compare(a.name, b.name));
  return Buffer.concat(
    sorted.flatMap(({ name, mode, stages }) =>
      Array.from({ length: stages }, (_, stage) =>
        Buffer.concat([Buffer.from(`${mode} ${'0'.repeat(40)} ${stages === 1 ? 0 : stage + 1}\t`), name, Buffer.from('\0')]),
      ),
    ),
  );
}

/** The way that makes texts of all. */
function plainly(bytes: Buffer): string[] {
  const names = bytes
    .toString('utf8')
    .split('\0')
    .slice(0, -1)
    .filter((entry) => !entry.startsWith('160000 '))
    .map((entry) => entry.slice(entry.indexOf('\t') + 1));
  return names.filter((name, index) => name !== names[index - 1]);
}

const asked = (path: string) => !isSource(path) && stateRules.some((rule) => rule.reads(path));

function compare(bytes: Buffer, others: readonly string[] = []): void {
  const names = plainly(bytes);
  const [list, reference] = [readGitList(bytes, most), pathsOf(names)];
  expect(list.all()).toEqual(names);
  expect([...list.telling].filter(asked)).toEqual(names.filter(asked));
  expect(names.filter((name) => !isSource(name) && !list.telling.has(name))).toEqual([]);
  // Under a name that is no UTF-8 nobody asks.
  const known = names.filter((name) => !name.includes('\ufffd'));
  const wanted = [...known, ...others].flatMap((name) => [name, `${name}x`, name.slice(0, -1), name.toUpperCase(), `a/${name}`]);
  for (const name of wanted) {
    expect([name, list.has(name)]).toEqual([name, reference.has(name)]);
    for (let end = name.indexOf('/'); end >= 0; end = name.indexOf('/', end + 1)) {
      const folder = name.slice(0, end + 1);
      expect([folder, list.hasFolder(folder)]).toEqual([folder, reference.hasFolder(folder)]);
    }
    expect([name, list.hasFolder(`${name}/`)]).toEqual([name, reference.hasFolder(`${name}/`)]);
  }
}

const word = fc.oneof(
  fc.constantFrom(
    'package',
    'Dockerfile',
    'my.dockerfile',
    'JENKINSFILE',
    'a',
    'src',
    '.github',
    'workflows',
    '.husky',
    'pre-commit',
    'ci',
    'Kelvin \u212a',
  ),
  fc.constantFrom(
    'yarn.lock',
    'package.json',
    '.npmrc',
    '.gitlab-ci.yml',
    'bun.lockb',
    'lib.d',
    '…',
    'ü',
    '日本',
    '😀',
    'a\nb',
    'a\tb',
    '"q"',
    "it's",
    '\\',
    ' ',
    '-n',
  ),
  fc.string({ minLength: 1, maxLength: 6 }).map((text) => text.replace(/[/\0]/g, '_')),
);
const ending = fc.constantFrom('', '', '.json', '.yml', '.YAML', '.sh', '.TS', '.', ...sourceEndings.map((each) => `.${each}`));
const path = fc.tuple(fc.array(word, { minLength: 1, maxLength: 5 }), ending).map(([words, end]) => words.join('/') + end);
const name = fc.oneof(
  { weight: 9, arbitrary: path.map((text) => Buffer.from(text)) },
  { weight: 1, arbitrary: path.map((text) => Buffer.concat([Buffer.from([0xff, 0x80]), Buffer.from(text)])) },
);
const entry = fc.record({
  name,
  mode: fc.constantFrom('100644', '100644', '100755', '120000', '160000'),
  stages: fc.constantFrom(1, 1, 1, 2, 3),
});

describe('the listing of git', () => {
  const folder = mkdtempSync(join(tmpdir(), 'depward-list-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('says the same as texts of all paths', () => {
    const entries = fc.uniqueArray(entry, { selector: ({ name: bytes }) => bytes.toString('latin1'), maxLength: 40 });
    fc.assert(
      fc.property(entries, fc.array(path, { maxLength: 5 }), (made, others) => compare(listing(made), others)),
      { numRuns: 400 },
    );
  });

  it('in the order git really has, in a folder of the repository too', () => {
    const git = (args: string[], options = {}) => execFileSync('git', args, { cwd: folder, ...options });
    git(['init', '-q', '-b', 'main']);
    const names = fc.sample(path, 600).filter((text) => !/(?:^|\/)(?:\.{1,2}|\.git)(?:\/|$)/i.test(text));
    const made = names.map((text, at) => `${at % 9 ? '100644' : '160000'} ${'1'.repeat(40)} ${at % 7 ? 0 : 1 + (at % 3)}\tin/${text}\0`);
    git(['update-index', '-z', '--index-info'], { input: made.join('') });
    compare(git(['ls-files', '-s', '-z', '--', '.']));
    mkdirSync(join(folder, 'in'));
    const below = git(['ls-files', '-s', '-z', '--', '.'], { cwd: join(folder, 'in') });
    expect(plainly(below).length).toBeGreaterThan(200);
    compare(below);
  });

  it('holds nothing, one file, a submodule alone', () => {
    compare(Buffer.alloc(0), ['a', 'a/b']);
    compare(listing([{ name: Buffer.from('a.ts'), mode: '100644', stages: 1 }]), ['b.ts', 'a']);
    const alone = listing([{ name: Buffer.from('lib'), mode: '160000', stages: 1 }]);
    compare(alone, ['lib', 'lib/a.ts']);
    expect(readGitList(alone, most).submodules).toBe(1);
  });

  it('stops at the most files it looks at, and counts the rest', () => {
    const bytes = listing(['a.ts', 'b', 'c.ts', 'd'].map((each) => ({ name: Buffer.from(each), mode: '100644', stages: 2 })));
    const list = readGitList(bytes, 2);
    expect([list.all(), [...list.telling], list.left]).toEqual([['a.ts', 'b'], ['b'], 2]);
    expect([list.has('b'), list.has('c.ts'), list.has('d')]).toEqual([true, false, false]);
  });
});
