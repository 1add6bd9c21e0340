import { describe, expect, it } from '@jest/globals';
import { confusions } from '../../src/names/confusions/index.ts';
import { buildCorpus, lookalikes, openCorpus } from '../../src/names/index.ts';

const popular = (names: readonly string[], downloads = 90_000_000) => openCorpus(buildCorpus(names.map((name) => ({ name, downloads }))));

describe('each class of confusion', () => {
  it.each(confusions.map(({ name, example }) => [name, ...example] as const))('%s: %s for %s', (name, made, target) => {
    const [best] = lookalikes(made, popular([target]));
    expect(best).toMatchObject({ target, classes: expect.arrayContaining([name]) });
  });

  it('has a name of its own', () => {
    expect(new Set(confusions.map(({ name }) => name)).size).toBe(confusions.length);
  });
});
