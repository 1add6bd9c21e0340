import { describe, expect, it } from '@jest/globals';
import { ruleBook } from '../src/rule-book.ts';
import { rulePages } from '../src/rule-pages.ts';
import { settableRules } from '../src/rule-settings.ts';

describe('what a configuration may say of rules', () => {
  it('is what the doc pages say', async () => {
    const pages = [...(await ruleBook()).values()];
    expect(settableRules).toEqual(pages.map(({ meta: { id }, options }) => ({ meta: { id }, options })));
  });

  it('is data, as the build writes it', () => {
    expect(JSON.parse(JSON.stringify(settableRules))).toEqual(settableRules);
  });
});

describe('what reports say of rules', () => {
  it('is the doc pages, as data', async () => {
    const pages = [...(await ruleBook()).values()].map(({ meta }) => meta);
    const told = [...rulePages.packages, ...rulePages.files].sort((a, b) => (a.id < b.id ? -1 : 1));
    expect(told).toEqual(pages);
    expect(JSON.parse(JSON.stringify(rulePages))).toEqual(rulePages);
  });
});
