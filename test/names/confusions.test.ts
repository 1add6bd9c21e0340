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

describe('kinds, endings and long scopes', () => {
  const names = ['eslint-plugin-import', 'file-loader', 'react-router-dom', 'postcss-zindex', '@eslint/js', '@testing-library/react'];
  const corpus = popular(names, 20_000_000);
  const meant = (name: string, list = corpus) => lookalikes(name, list).flatMap(({ target, tier }) => (tier === 'none' ? [] : [target]));

  it.each([
    ['plugin-import', 'eslint-plugin-import'],
    ['eslint-import', 'eslint-plugin-import'],
    ['eslint-config-import', 'eslint-plugin-import'],
    ['file-plugin', 'file-loader'],
    ['react-routing-dom', 'react-router-dom'],
    ['@testing-libary/anything', '@testing-library'],
  ])('%s is taken for %s', (made, target) => {
    expect(meant(made)).toContain(target);
  });

  it.each(['z-index', '@rslint/core', 'vite-plugin-import', 'karma-import'])('%s is taken for none of them', (name) => {
    expect(meant(name).filter((target) => !target.startsWith('import'))).toEqual([]);
  });

  it.each(['plugin-import', 'react-routing-dom', '@testing-libary/anything'])(
    '%s may not block by itself, and little used targets count for nothing',
    (made) => {
      expect(lookalikes(made, corpus).map(({ tier }) => tier)).not.toContain('block');
      expect(meant(made, popular(names, 20_000))).toEqual([]);
    },
  );
});
