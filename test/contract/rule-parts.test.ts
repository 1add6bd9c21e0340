import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { build } from 'esbuild';
import type { JudgingRepositoryRule } from '../../src/model/repository-rule.ts';
import { defaultOptions, type JudgingRule } from '../../src/model/rule.ts';
import { repositoryRules } from '../../src/repository-rules/index.ts';
import { rules } from '../../src/rules/index.ts';

const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/[/\\]$/, '');
let folder: string;
let built: readonly JudgingRule[];
let builtOnFiles: readonly JudgingRepositoryRule[];
let judging: string;
let book: typeof import('../../src/rule-book.ts');

beforeAll(async () => {
  const { ruleParts } = await import(`${root}/.ci/rule-parts.mjs`);
  folder = mkdtempSync(join(root, 'node_modules', '.rule-parts-'));
  const bundle = async (entry: string, name: string) => {
    const outfile = join(folder, name);
    const plugins = [ruleParts];
    const common = { bundle: true, format: 'esm', platform: 'node', target: 'node20.17', packages: 'external' } as const;
    await build({ ...common, absWorkingDir: root, entryPoints: [`src/${entry}`], outfile, plugins, define: { 'globalThis.depwardYaml': '"yaml"' } });
    return outfile;
  };
  const [onPackages, onFiles, pages] = await Promise.all([
    bundle('rules/index.ts', 'rules.mjs'),
    bundle('repository-rules/index.ts', 'files.mjs'),
    bundle('rule-book.ts', 'book.mjs'),
  ]);
  built = (await import(onPackages)).rules;
  builtOnFiles = (await import(onFiles)).repositoryRules;
  judging = readFileSync(onPackages, 'utf8') + readFileSync(onFiles, 'utf8');
  book = await import(pages);
}, 60_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('what is built of the rules', () => {
  it('judges as the rules do that were written', () => {
    expect(built.map(({ meta }) => meta.id)).toEqual(rules.map(({ meta }) => meta.id));
    for (const [index, rule] of rules.entries()) {
      const part = built[index];
      const { id, family, severity } = rule.meta;
      expect([part?.meta, part?.needs, part?.options, part?.sources]).toEqual([{ id, family, severity }, rule.needs, rule.options, rule.sources]);
      for (const { change, evidence, now, options } of rule.examples) {
        const context = { now, options: { ...defaultOptions(rule.options), ...options } };
        expect(part?.check(change, evidence, context)).toEqual(rule.check(change, evidence, context));
      }
    }
  });

  it('reads the same files of a repository', () => {
    expect(builtOnFiles.map(({ meta }) => meta.id)).toEqual(repositoryRules.map(({ meta }) => meta.id));
    for (const [index, rule] of repositoryRules.entries()) {
      expect([builtOnFiles[index]?.kind, builtOnFiles[index]?.options]).toEqual([rule.kind, rule.options]);
      for (const path of rule.examples.flatMap(({ now }) => Object.keys(now))) expect(builtOnFiles[index]?.reads(path)).toBe(rule.reads(path));
    }
  });

  it('speaks of rules as they were written', async () => {
    const written = [...rules, ...repositoryRules];
    const pages = await book.ruleBook();
    for (const { meta, options } of written) expect(pages.get(meta.id)).toMatchObject({ meta, options });
    expect(pages.size).toBe(written.length + 1);
  });

  it('holds no doc page where packages are judged', () => {
    expect(judging).not.toContain('falsePositives');
    expect(judging).not.toContain('flagged');
  });
});
