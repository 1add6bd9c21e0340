/** Every rule on files keeps the contract: listed, named as its file, a full doc page, and its own examples behave. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { pathsOf } from '../../src/model/repository-paths.ts';
import type { AnyRepositoryRule, RepositoryExample } from '../../src/model/repository-rule.ts';
import { defaultOptions } from '../../src/model/rule.ts';
import { isSource } from '../../src/repository/source.ts';
import { changeRules } from '../../src/repository-rules/changes.ts';
import { repositoryRules } from '../../src/repository-rules/index.ts';
import { stateRules } from '../../src/repository-rules/states.ts';
import { rules } from '../../src/rules/index.ts';

const folder = new URL('../../src/repository-rules/', import.meta.url);
const lists = ['index.ts', 'changes.ts', 'states.ts'];
const files = readdirSync(folder).filter((file) => file.endsWith('.ts') && !lists.includes(file));

describe('the list of rules on files', () => {
  it('holds every file of src/repository-rules and nothing else', () => {
    expect(repositoryRules.map((rule) => `${rule.meta.id}.ts`).sort()).toEqual(files.sort());
  });

  it('holds each rule in the list of its kind', () => {
    expect(stateRules.filter(({ kind }) => kind !== 'state')).toEqual([]);
    expect(changeRules.filter(({ kind }) => kind !== 'change')).toEqual([]);
  });

  it('reads no file that the doctor passes by without asking', () => {
    const states = repositoryRules.filter(({ kind }) => kind === 'state');
    const wanted = states.flatMap(({ examples }) => examples.flatMap((example) => Object.keys(example.now)));
    expect(wanted.filter(isSource)).toEqual([]);
    const folders = ['', 'a/', '.husky/', '.github/workflows/', '.gitlab/', '.circleci/', '.azure-pipelines/', 'test/', '.yarn/releases/'];
    const ends = ['ts', 'cjs', 'JS', 'md', 'txt', 'py', 'xml', 'svg', 'sql', 'html'];
    const names = [...new Set([...wanted.map((path) => path.slice(path.lastIndexOf('/') + 1)), 'pre-commit', 'x.dockerfile', 'Containerfile'])];
    const paths = folders.flatMap((folder) => names.flatMap((name) => ends.map((end) => `${folder}${name}.${end}`)));
    expect(paths.filter((path) => isSource(path) && states.some((rule) => rule.reads(path)))).toEqual([]);
    expect(['src/a.ts', 'README.md', 'a/b/c.d.cts'].every(isSource)).toBe(true);
  });

  it('shares no id with the rules on packages', () => {
    const ids = [...rules, ...repositoryRules].map((rule) => rule.meta.id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it.each(files)('%s says at its head which incident, paper or documentation it answers', (file) => {
    expect(readFileSync(new URL(file, folder), 'utf8')).toMatch(/^\/\*\*[\s\S]{40,}?\*\//);
  });
});

describe.each(repositoryRules.map((rule) => [rule.meta.id, rule] as const))('%s', (_id, rule) => {
  const { meta } = rule;

  it('has a full doc page', () => {
    for (const text of [meta.summary, meta.why, meta.remedy, meta.falsePositives, meta.since]) expect(text.trim()).not.toBe('');
    expect(meta.references.length).toBeGreaterThan(0);
    expect(meta.summary).toMatch(/\.$/);
    expect(meta.id).toMatch(/^[a-z]+(-[a-z]+)*$/);
  });

  it('shows a flagged and a clean example', () => {
    const kinds = rule.examples.map((example) => example.flagged);
    expect(kinds).toContain(true);
    expect(kinds).toContain(false);
  });

  it.each(rule.examples.map((example) => [example.title, example] as const))('example: %s', (_title, example) => {
    const observations = shown(rule, example);
    expect(observations.length > 0).toBe(example.flagged);
    for (const observation of observations) {
      expect(observation).not.toHaveProperty('untold');
      expect(JSON.stringify(observation)).not.toMatch(/undefined|NaN|Infinity/);
    }
  });

  it('reads the files of its examples', () => {
    for (const example of rule.examples) expect(Object.keys(example.now).some((path) => rule.reads(path))).toBe(true);
  });

  it('does not throw on whatever stands in its files', () => {
    for (const path of new Set(rule.examples.flatMap((example) => Object.keys(example.now)))) {
      for (const text of [
        '',
        '\u0000',
        '[]',
        '{',
        'null',
        '['.repeat(100_000),
        '{"scripts": 1, "__proto__": {}}',
        '- a\n\tb: [',
        '=\n[[',
        `&a [${'*a,'.repeat(9)}]`,
      ]) {
        expect(() => rule.check({ now: new Map([[path, text]]), before: new Map(), paths: pathsOf([path]) }, contextOf(rule))).not.toThrow();
      }
    }
  });
});

function shown(rule: AnyRepositoryRule, example: RepositoryExample) {
  const asked = (texts: Readonly<Record<string, string>>) => new Map(Object.entries(texts).filter(([path]) => rule.reads(path)));
  const files = { now: asked(example.now), paths: pathsOf(Object.keys(example.now)), ...(example.before && { before: asked(example.before) }) };
  return rule.check(files, contextOf(rule, example.options));
}

function contextOf(rule: AnyRepositoryRule, options: RepositoryExample['options'] = {}) {
  return { now: Date.UTC(2026, 10, 23), options: { ...defaultOptions(rule.options), ...options } };
}
