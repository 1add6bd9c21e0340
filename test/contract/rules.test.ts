/** Every rule keeps the contract: listed, named as its file, a full doc page, and its own examples behave. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { defaultOptions } from '../../src/model/rule.ts';
import { day } from '../../src/model/time.ts';
import { entryRules } from '../../src/rules/entries.ts';
import { rules } from '../../src/rules/index.ts';

const folder = new URL('../../src/rules/', import.meta.url);
const notRules = ['index.ts', 'entries.ts', 'example.ts'];
const files = readdirSync(folder).filter((file) => !notRules.includes(file));

describe('the list of rules', () => {
  it('holds every file of src/rules and nothing else', () => {
    expect(rules.map((rule) => `${rule.meta.id}.ts`).sort()).toEqual(files.sort());
  });

  it('those that need nothing but an entry are asked of lockfiles that stand', () => {
    // Told of a lockfile by registry-over-http; compares with what was there before.
    const others = ['insecure-transport', 'content-changed'];
    const alone = rules.filter(({ needs, meta }) => needs.length === 0 && !others.includes(meta.id));
    expect([...entryRules].sort((a, b) => a.meta.id.localeCompare(b.meta.id))).toEqual(alone.sort((a, b) => a.meta.id.localeCompare(b.meta.id)));
  });

  it('names no rule twice', () => {
    expect(new Set(rules.map((rule) => rule.meta.id)).size).toBe(rules.length);
  });

  it.each(files)('%s says at its head which incident or paper it answers', (file) => {
    expect(readFileSync(new URL(file, folder), 'utf8')).toMatch(/^\/\*\*[\s\S]{40,}?\*\//);
  });
});

describe.each(rules.map((rule) => [rule.meta.id, rule] as const))('%s', (_id, rule) => {
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
    const observations = rule.check(example.change, example.evidence, {
      now: example.now,
      options: { ...defaultOptions(rule.options), ...example.options },
    });
    expect(observations.length > 0).toBe(example.flagged);
    for (const observation of observations) {
      expect(observation.message).not.toContain(example.change.after.version);
      expect(JSON.stringify(observation)).not.toMatch(/undefined|NaN|Infinity/);
      expect(observation.signal ?? meta.id).toMatch(new RegExp(`^${meta.id}(:[a-z-]+)?$`));
    }
  });

  // What was found clean is remembered as clean: a rule may only get laxer as time passes.
  it.each(rule.examples.map((example) => [example.title, example] as const))('never gets stricter with time: %s', (_title, example) => {
    const options = { ...defaultOptions(rule.options), ...example.options };
    const counts = [0, 1, 30, 400, 4000].map(
      (days) => rule.check(example.change, example.evidence, { now: example.now + days * day, options }).length,
    );
    expect(counts).toEqual([...counts].sort((a, b) => b - a));
  });
});
