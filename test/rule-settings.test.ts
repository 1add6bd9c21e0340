import { describe, expect, it } from '@jest/globals';
import { ruleBook } from '../src/rule-book.ts';
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
