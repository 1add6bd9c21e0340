/** What lockfiles hold, as the doctor tells it: by the rules of the gate, each cause once, and nothing of what is honest. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { run } from '../../src/commands/doctor.ts';
import type { Report } from '../../src/model/report.ts';
import { formats } from '../../src/reporters/index.ts';
import { stateRules } from '../../src/repository-rules/states.ts';
import { anIo } from '../helpers/an-io.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'depward-doctor-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function put(files: Readonly<Record<string, string>>) {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

async function doctor(options: Parameters<typeof run>[1] = {}) {
  const { io, out, err } = anIo({ cwd: folder });
  const code = await run(undefined, options, io);
  return { code, out: out(), err: err() };
}

const asked = ['resolved-mismatch', 'integrity-missing', 'remote-source'];

/** What is said of entries: `rule line message`. */
async function said(files: Readonly<Record<string, string>>): Promise<{ readonly found: readonly string[]; readonly report: Report }> {
  put(files);
  const report = JSON.parse((await doctor({ format: ['json'] })).out) as Report;
  const found = report.findings
    .filter(({ ruleId }) => asked.includes(ruleId))
    .map(({ ruleId, subject, message }) => `${ruleId} ${'line' in subject ? subject.line : ''} ${message}`);
  return { found, report };
}

const sha512 = `sha512-${'A'.repeat(86)}==`;
const entry = (name: string, more: Readonly<Record<string, unknown>> = {}) => ({
  version: '1.0.0',
  resolved: `https://registry.example/${name}/-/${name}-1.0.0.tgz`,
  integrity: sha512,
  ...more,
});
const npm3 = (packages: Readonly<Record<string, unknown>>, root: Readonly<Record<string, unknown>> = {}) =>
  JSON.stringify({ name: 'x', lockfileVersion: 3, requires: true, packages: { '': { name: 'x', ...root }, ...packages } }, null, 2);
const yarn1 = (...entries: readonly string[]) => `# yarn lockfile v1\n\n\n${entries.join('\n\n')}\n`;

describe('entries that are wrong', () => {
  it.each<[string, string, string, readonly string[]]>([
    [
      'npm 3',
      'package-lock.json',
      npm3({ 'node_modules/a': entry('b'), 'node_modules/c': entry('c') }),
      ['resolved-mismatch 9 a@1.0.0: the entry fetches another package'],
    ],
    [
      'npm 1',
      'package-lock.json',
      JSON.stringify({ lockfileVersion: 1, dependencies: { a: entry('b'), c: entry('c', { integrity: undefined }) } }, null, 2),
      ['integrity-missing 9 c@1.0.0: no hash of it is recorded', 'resolved-mismatch 4 a@1.0.0: the entry fetches another package'],
    ],
    [
      'a version that is another',
      'npm-shrinkwrap.json',
      npm3({ 'node_modules/a': entry('a', { version: '1.0.1' }) }),
      ['resolved-mismatch 9 a@1.0.1: the entry fetches another version'],
    ],
    [
      'yarn 1',
      'yarn.lock',
      yarn1(
        `a@^1.0.0:\n  version "1.0.0"\n  resolved "https://registry.example/b/-/b-1.0.0.tgz#${'0'.repeat(40)}"\n  integrity ${sha512}`,
        `c@^1.0.0:\n  version "1.0.0"\n  resolved "https://registry.example/c/-/c-1.0.0.tgz#${'0'.repeat(40)}"`,
        `d@^1.0.0:\n  version "1.0.0"\n  resolved "https://registry.example/d/-/d-1.0.0.tgz#${'0'.repeat(40)}"`,
      ),
      [
        'integrity-missing 9 c@1.0.0 and 1 more: only a sha1 hash of it is recorded',
        'resolved-mismatch 4 a@1.0.0: the entry fetches another package',
      ],
    ],
    [
      'berry, an archive of somebody',
      'yarn.lock',
      `__metadata:\n  version: 8\n\n"a@npm:^1.0.0":\n  version: 1.0.0\n  resolution: "a@npm:1.0.0::__archiveUrl=https%3A%2F%2Ffiles.example%2Fb%2F-%2Fb-1.0.0.tgz"\n  languageName: node\n  linkType: hard\n`,
      ['resolved-mismatch 4 a@1.0.0: the entry fetches another package', 'integrity-missing 4 a@1.0.0: no hash of it is recorded'],
    ],
    [
      'pnpm, a tarball of somebody',
      'pnpm-lock.yaml',
      `lockfileVersion: '9.0'\n\nimporters:\n\n  .:\n    dependencies:\n      a:\n        specifier: ^1.0.0\n        version: 1.0.0\n\npackages:\n\n  a@1.0.0:\n    resolution: {integrity: ${sha512}, tarball: https://files.example/b/-/b-1.0.0.tgz}\n\nsnapshots:\n\n  a@1.0.0: {}\n`,
      ['resolved-mismatch 13 a@1.0.0: the entry fetches another package'],
    ],
    [
      'bun',
      'bun.lock',
      `{\n  "lockfileVersion": 1,\n  "workspaces": {\n    "": {\n      "dependencies": {\n        "a": "^1.0.0",\n      },\n    },\n  },\n  "packages": {\n    "a": ["a@1.0.0", "https://files.example/b/-/b-1.0.0.tgz", {}, "${sha512}"],\n  }\n}\n`,
      ['resolved-mismatch 11 a@1.0.0: the entry fetches another package'],
    ],
    [
      'an address that is held to nothing is told once',
      'package-lock.json',
      npm3(
        { 'node_modules/a': { version: '1.0.0', resolved: 'https://files.example/a.tgz' } },
        { dependencies: { a: 'https://files.example/a.tgz' } },
      ),
      ['remote-source 12 a@1.0.0: comes from a web server and is not pinned to its content'],
    ],
  ])('%s', async (_title, file, text, expected) => {
    expect([...(await said({ [file]: text })).found].sort()).toEqual([...expected].sort());
  });

  it('are told once where thousands share a cause, with the first places', async () => {
    const packages = Object.fromEntries(
      Array.from({ length: 3000 }, (_, at) => [`node_modules/a${at}`, entry(`a${at}`, { integrity: 'sha1-aaaa' })]),
    );
    const { found, report } = await said({ 'package-lock.json': npm3(packages) });
    expect(found).toEqual(['integrity-missing 9 a0@1.0.0 and 2999 more: only a sha1 hash of it is recorded']);
    expect(report.findings.find(({ ruleId }) => ruleId === 'integrity-missing')?.facts).toEqual({
      algorithm: 'sha1',
      count: 3000,
      entries: expect.arrayContaining(['a0@1.0.0 (line 9)', 'a1@1.0.0 (line 14)']),
    });
  });
});

describe('entries with neither an address nor a hash', () => {
  const bare = { version: '1.0.0' };
  const inPnpm = (entry: string) =>
    `lockfileVersion: '9.0'\n\nimporters:\n\n  .:\n    dependencies:\n      a:\n        specifier: ^1.0.0\n        version: 1.0.0\n\npackages:\n\n  a@1.0.0:\n${entry}\n\nsnapshots:\n\n  a@1.0.0: {}\n`;
  it.each<[string, string, string, number]>([
    ['npm 3', 'package-lock.json', npm3({ 'node_modules/a': bare, 'node_modules/c': entry('c') }), 9],
    ['npm 3, in a workspace', 'package-lock.json', npm3({ 'packages/p/node_modules/a': bare, 'packages/p': bare }), 9],
    ['npm 2', 'npm-shrinkwrap.json', npm3({ 'node_modules/a': { ...bare, dev: true } }).replace('3,', '2,'), 9],
    ['npm 3 in another layout', 'package-lock.json', JSON.stringify({ lockfileVersion: 3, packages: { 'node_modules/a': bare } }), 1],
    ['npm 1', 'package-lock.json', JSON.stringify({ lockfileVersion: 1, dependencies: { c: entry('c'), a: bare } }, null, 2), 9],
    ['yarn 1', 'yarn.lock', yarn1('a@^1.0.0:\n  version "1.0.0"'), 4],
    ['pnpm', 'pnpm-lock.yaml', inPnpm('    resolution: {}'), 13],
    [
      'bun',
      'bun.lock',
      '{\n  "lockfileVersion": 1,\n  "workspaces": {\n    "": {},\n  },\n  "packages": {\n    "a": ["a@1.0.0", "", {}, ""],\n  }\n}\n',
      7,
    ],
  ])('%s', async (_, file, text, line) => {
    expect((await said({ [file]: text })).found).toEqual([
      `integrity-missing ${line} a@1.0.0: the lockfile holds neither an address nor a hash of it`,
    ]);
  });

  it('are told once, block nothing, and not of what npm refuses', async () => {
    const lost = Object.fromEntries(Array.from({ length: 40 }, (_, at) => [`node_modules/a${at}`, bare]));
    const { found, report } = await said({
      'package-lock.json': npm3({ ...lost, 'node_modules/none': {} }),
      'depward.config.json': '{"extends": ["strict"]}',
    });
    expect(found).toEqual(['integrity-missing 9 a0@1.0.0 and 39 more: the lockfile holds neither an address nor a hash of it']);
    expect(report.findings.find(({ ruleId }) => ruleId === 'integrity-missing')).toMatchObject({ action: 'warn', facts: { count: 40 } });
  });
});

describe('entries that are honest', () => {
  it.each<[string, string, string]>([
    [
      'npm: links, workspaces, aliases, bundled, repositories at a commit',
      'package-lock.json',
      npm3(
        {
          'node_modules/w': { resolved: 'packages/w', link: true },
          'packages/w': { version: '1.0.0' },
          'node_modules/alias': entry('real', { name: 'real' }),
          'node_modules/a': entry('a'),
          'node_modules/a/node_modules/b': { version: '1.0.0', inBundle: true },
          'node_modules/g': { version: '1.0.0', resolved: `git+ssh://git@git.example/acme/g.git#${'0'.repeat(40)}` },
          '../beside': { version: '1.0.0' },
          '../beside/node_modules/b': { version: '1.0.0', dev: true },
          'node_modules/beside': { resolved: '../beside', link: true },
          'node_modules/folder': { resolved: 'lib/folder', link: true },
        },
        { workspaces: ['packages/*'], dependencies: { g: 'git+ssh://git@git.example/acme/g.git', alias: 'npm:real@1' } },
      ),
    ],
    [
      'npm 1: bundled without a hash',
      'package-lock.json',
      JSON.stringify(
        { lockfileVersion: 1, dependencies: { a: { ...entry('a'), dependencies: { b: { version: '1.0.0', bundled: true } } } } },
        null,
        2,
      ),
    ],
    [
      'yarn 1: two patterns joined under an alias, archives of commits, what lies beside it',
      'yarn.lock',
      yarn1(
        `a@^1.0.0, "a@npm:@b/a@1.0.0":\n  version "1.0.0"\n  resolved "https://registry.example/@b/a/-/a-1.0.0.tgz#${'0'.repeat(40)}"\n  integrity ${sha512}`,
        `"c@npm:d@^1.0.0", d@^1.0.0:\n  version "1.0.0"\n  resolved "https://registry.example/d/-/d-1.0.0.tgz#${'0'.repeat(40)}"\n  integrity ${sha512}`,
        `"e@https://codeload.github.com/acme/e/tar.gz/${'0'.repeat(40)}":\n  version "1.0.0"\n  resolved "https://codeload.github.com/acme/e/tar.gz/${'0'.repeat(40)}"`,
        `"f@git+https://git.example/f.git":\n  version "1.0.0"\n  resolved "git+https://git.example/f.git#${'0'.repeat(40)}"`,
        `"g@https://github.com/acme/g":\n  version "1.0.0"\n  resolved "https://github.com/acme/g#${'0'.repeat(40)}"`,
        '"h@file:./h":\n  version "1.0.0"',
      ),
    ],
    [
      'berry: checksums of its own, none for other platforms, patches, links, workspaces',
      'yarn.lock',
      `__metadata:\n  version: 8\n\n"a@npm:^1.0.0":\n  version: 1.0.0\n  resolution: "a@npm:1.0.0"\n  checksum: 10c0/00\n  languageName: node\n  linkType: hard\n\n"a@patch:a@npm%3A^1.0.0#~/.yarn/patches/a.patch":\n  version: 1.0.0\n  resolution: "a@patch:a@npm%3A1.0.0#~/.yarn/patches/a.patch::version=1.0.0&hash=000000"\n  checksum: 10c0/00\n  languageName: node\n  linkType: hard\n\n"b-darwin@npm:1.0.0":\n  version: 1.0.0\n  resolution: "b-darwin@npm:1.0.0"\n  conditions: os=darwin\n  languageName: node\n  linkType: hard\n\n"x@workspace:.":\n  version: 0.0.0-use.local\n  resolution: "x@workspace:."\n  languageName: unknown\n  linkType: soft\n`,
    ],
    [
      'pnpm: no addresses, folders, repositories at a commit',
      'pnpm-lock.yaml',
      `lockfileVersion: '9.0'\n\nimporters:\n\n  .:\n    dependencies:\n      a:\n        specifier: ^1.0.0\n        version: 1.0.0\n      e:\n        specifier: github:acme/e\n        version: https://codeload.github.com/acme/e/tar.gz/${'0'.repeat(40)}\n      l:\n        specifier: link:../l\n        version: link:../l\n\npackages:\n\n  a@1.0.0:\n    resolution: {integrity: ${sha512}}\n\n  e@https://codeload.github.com/acme/e/tar.gz/${'0'.repeat(40)}:\n    resolution: {tarball: https://codeload.github.com/acme/e/tar.gz/${'0'.repeat(40)}}\n    version: 1.0.0\n\nsnapshots:\n\n  a@1.0.0: {}\n\n  e@https://codeload.github.com/acme/e/tar.gz/${'0'.repeat(40)}: {}\n`,
    ],
    [
      'bun: nothing in place of the usual address',
      'bun.lock',
      `{\n  "lockfileVersion": 1,\n  "workspaces": {\n    "": {\n      "dependencies": {\n        "a": "^1.0.0",\n      },\n    },\n  },\n  "packages": {\n    "a": ["a@1.0.0", "", {}, "${sha512}"],\n  }\n}\n`,
    ],
    ['of tests', 'test/fixtures/package-lock.json', npm3({ 'node_modules/a': entry('b') })],
    ['nothing at all', 'yarn.lock', ''],
  ])('%s', async (_title, file, text) => {
    const { found, report } = await said({ [file]: text });
    expect({ found, gaps: report.gaps }).toEqual({ found: [], gaps: [] });
  });
});

describe('the policy', () => {
  const poisoned = { 'package-lock.json': npm3({ 'node_modules/a': entry('b'), 'node_modules/c': entry('d') }) };
  const waiver = { rule: 'resolved-mismatch', owner: 'o', reason: 'r', expires: '2027-01-01' };

  it('blocks what it blocks at the gate', async () => {
    put(poisoned);
    expect((await doctor()).code).toBe(1);
  });

  it('waives an entry by its artefact, as at the gate, or all of a lockfile', async () => {
    const one = { 'depward.config.json': JSON.stringify({ waivers: [{ ...waiver, package: 'a@1.0.0', integrity: sha512 }] }) };
    const { found, report } = await said({ ...poisoned, ...one });
    expect(found).toEqual(['resolved-mismatch 14 c@1.0.0: the entry fetches another package']);
    expect(report.waived).toMatchObject([{ finding: { subject: { name: 'a', where: { line: 9 } } } }]);
    const all = { 'depward.config.json': JSON.stringify({ waivers: [{ ...waiver, file: 'package-lock.json' }] }) };
    expect((await said({ ...poisoned, ...all })).found).toEqual([]);
  });

  it('has its own word on packages by name', async () => {
    const config = JSON.stringify({
      overrides: [
        { packages: ['a'], rules: { 'resolved-mismatch': 'off' } },
        { packages: ['c'], rules: { 'resolved-mismatch': 'warn' } },
      ],
    });
    const { report } = await said({ ...poisoned, 'depward.config.json': config });
    expect(report.findings.filter(({ ruleId }) => ruleId === 'resolved-mismatch')).toMatchObject([{ action: 'warn', subject: { name: 'c' } }]);
  });

  it('turns a rule off', async () => {
    expect((await said({ ...poisoned, 'depward.config.json': '{"rules": {"resolved-mismatch": "off"}}' })).found).toEqual([]);
  });

  it('is not said to waive for nothing what only the gate judges', async () => {
    const config = JSON.stringify({ waivers: [{ ...waiver, rule: 'typosquat', package: 'a@1.0.0', integrity: sha512 }] });
    const { report } = await said({ 'package.json': '{}', 'depward.config.json': config });
    expect(report.notes).toEqual([]);
  });
});

it('a lockfile that cannot be read is no pass', async () => {
  const { report } = await said({ 'package-lock.json': npm3({}).slice(0, -9), 'yarn.lock': '# yarn lockfile v1\n\na\n' });
  expect(report.gaps.map(({ subject, reason }) => `${'file' in subject ? subject.file : ''} ${reason}`).sort()).toEqual([
    'package-lock.json line 8: the file ends too early',
    'yarn.lock line 3: this is not a line of a Yarn lockfile',
  ]);
  expect((await doctor()).code).toBe(2);
});

it('a lockfile nobody could open is no pass, with every other rule off', async () => {
  const rules = Object.fromEntries(stateRules.map(({ meta }) => [meta.id, 'off']));
  const { report } = await said({ 'depward.config.json': JSON.stringify({ rules }), 'yarn.lock': '\u0000' });
  expect(report.gaps).toMatchObject([{ subject: { file: 'yarn.lock' }, reason: 'it is not text' }]);
});

describe('no credential of a lockfile in any output', () => {
  const canary = 'Canary0Canary1Canary2Canary3Canary4x';
  const token = `npm_${canary}`;
  const bad = (host: string) => ({ version: '1.0.0', resolved: `https://${host}/b/-/b-1.0.0.tgz` });
  const files = {
    'package-lock.json': npm3(
      {
        'node_modules/a': bad(`me:${canary}@registry.example`),
        [`node_modules/${token}`]: bad(`registry.example/${token}`),
        'node_modules/r': { version: token, resolved: `https://u:${canary}@files.example/r.tgz?token=${canary}` },
        'node_modules/g': { version: '1.0.0', resolved: `git+https://u:${canary}@git.example/g.git#${token}` },
      },
      { dependencies: { r: `https://u:${canary}@files.example/r.tgz?token=${canary}` } },
    ),
    [`${token}/yarn.lock`]: yarn1(`a@^1.0.0:\n  version "${token}"\n  resolved "https://u:${canary}@registry.example/b/-/b-1.0.0.tgz"`),
    'bad/package-lock.json': `{"lockfileVersion": "${token}"}`,
    'worse/yarn.lock': `# yarn lockfile v1\n\n"a@https://u:${canary}@x.example/", :\n  ${token}\n`,
    'depward.config.json': JSON.stringify({ overrides: [{ packages: ['a'], rules: { 'integrity-missing': 'block' } }] }),
  };

  it.each(formats.map((format) => [format]))('as %s', async (format) => {
    put(files);
    const { out, err, code } = await doctor({ format: [format], verbose: true });
    expect(code).toBe(1);
    for (const word of ['fetches another', 'not pinned', 'no hash']) expect(out).toContain(word);
    expect(out + err).not.toMatch(/canary/i);
  });
});
