import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { openStyles } from '../../src/proxy/rewrite.ts';

const main = 'https://registry.example/npm/';
const scoped = 'https://scoped.example/';
const base = 'http://127.0.0.1:4873/';
const upstreams = { main: { url: main }, scopes: new Map([['@acme', { url: scoped }]]), credentialsTo: 'main' };

describe('addresses shown', () => {
  it('begin as the whole of them is rewritten', () => {
    const beginning = fc.constantFrom(main, scoped, 'https://other.example/', `${main}left/-/`, `${scoped}@acme/left/-/`, `${main}@acme/left/-/`);
    fc.assert(
      fc.property(
        fc.constantFrom('npm/11.0.0', 'pnpm/10.0.0'),
        fc.constantFrom('left', '@acme/left'),
        fc.constantFrom(new Set<string>(), new Set(['registry.example'])),
        beginning,
        fc.stringMatching(/^[a-z0-9./?%-]{0,20}$/),
        (agent, name, npmReplaces, start, rest) => {
          const style = openStyles({ rewrite: 'auto', npmReplaces, upstreams })(agent, base);
          const told = style?.start?.(name);
          const url = start + rest;
          if (!style || !told || !url.startsWith(told.from)) return;
          expect(style.rewrite(url, name, '1.0.0')).toBe(told.to + url.slice(told.from.length));
        },
      ),
    );
  });

  it('are told one by one where somebody listens', () => {
    const style = openStyles({ rewrite: 'always', npmReplaces: new Set(), upstreams, shown: () => undefined })('npm/11.0.0', base);
    expect(style?.start).toBeUndefined();
  });
});
