import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { popularNames, projectNames } from '../../src/evidence/popular-names.ts';
import { isFaint, isHint, lookalikes, resemblance } from '../../src/names/index.ts';

const corpus = popularNames();
const tierOf = (name: string) => lookalikes(name, corpus)[0]?.tier ?? 'none';
const targetsOf = (name: string) => resemblance(name, corpus).near.map(({ target }) => target);

describe('accuses', () => {
  it.each([
    ['lodahs', 'lodash'],
    ['expresss', 'express'],
    ['reatc-router', 'react-router'],
    ['expres-sesion', 'express-session'],
    ['cross_env', 'cross-env'],
    ['crosenv', 'cross-env'],
    ['1odash', 'lodash'],
    ['lоdash', 'lodash'],
    ['cornmander', 'commander'],
    ['@bable/core', '@babel/core'],
    ['@babel-js/core', '@babel/core'],
    ['arm-appservice', '@azure/arm-appservice'],
    ['fastify-js', 'fastify'],
    ['node-fastify', 'fastify'],
    ['lodsh-utils', 'lodash'],
  ])('%s, made to be taken for %s', (name, target) => {
    expect(targetsOf(name)).toContain(target);
  });
});

describe('does not accuse', () => {
  it.each(['lodash', 'react', 'preact', '@babel/core', '@types/lodash', '@babel/cor', 'color', 'colors', 'ms', 'is-odd', 'lodash-es'])(
    '%s',
    (name) => {
      expect(tierOf(name)).toBe('none');
    },
  );

  it.each([
    '',
    '-',
    '---',
    '@',
    '@/',
    '@babel',
    '__proto__',
    '.lodahs',
    '_lodahs',
    'lodahs ',
    'lod\u0000ahs',
    'lodahs\u200f',
    'lodahs%00',
    '%6codahs',
    '🦄lodahs',
    '\ud800lodahs',
    'a'.repeat(215),
    `lodahs${'s'.repeat(300)}`,
  ])('what no registry holds: %j', (name) => {
    expect(lookalikes(name, corpus)).toEqual([]);
  });
});

describe('an answer', () => {
  it('shows what it is made of', () => {
    const [best] = lookalikes('lodahs', corpus);
    expect(best?.parts).toEqual([
      expect.stringMatching(/^two neighbouring letters are swapped \+\d+$/),
      expect.stringMatching(/M downloads a month \+\d+$/),
    ]);
  });

  it('does not hang on which name was asked before', () => {
    const before = lookalikes('lodahs', corpus);
    lookalikes('@bable/core-js-utils', corpus);
    expect(lookalikes('lodahs', corpus)).toEqual(before);
  });

  it('knows the names of the project', () => {
    const own = projectNames(['@acme/warehouse-client', 'acme-toolbelt']);
    expect(resemblance('acme-tolobelt', corpus, () => own).near[0]?.target).toBe('acme-toolbelt');
    expect(resemblance('acme-toolbelt', corpus, () => own).near).toEqual([]);
    expect(resemblance('@acme/warehouse-cli', corpus, () => own).near).toEqual([]);
  });

  it('takes what is a name as it stands for no slip', () => {
    expect(lookalikes('react-native-utils-helper', corpus).map(({ target }) => target)).not.toContain('preact');
  });

  it('puts what was meant before what is merely in the name', () => {
    expect(lookalikes('expres-sesion', corpus)[0]?.target).toBe('express-session');
  });

  it('is held only against the young where honest names have it every day, or where it is faint', () => {
    const near = (name: string) => resemblance(name, corpus).near[0];
    const [slip, rider] = [near('lodahs'), near('chai-deflect')];
    expect([slip && isHint(slip), rider && isHint(rider), rider && isFaint(rider)]).toEqual([false, true, false]);
    expect(isFaint({ target: 'x', downloads: 1, classes: ['two-edits'], score: 0.4, tier: 'warn' })).toBe(true);
  });

  it('looks at a scope somebody else holds', () => {
    expect(targetsOf('@nobody-knows-them/baileys')).toEqual(expect.arrayContaining([expect.stringMatching(/baileys$/)]));
    expect(targetsOf('@types/baileys')).toEqual([]);
  });

  it('names a target once, even where the project has it too', () => {
    const near = lookalikes('lodahs', corpus, projectNames(['lodash'])).map(({ target }) => target);
    expect(near.filter((target) => target === 'lodash')).toHaveLength(1);
  });

  it('is the same for any text at all: a list, in bounded work', () => {
    const hostile = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 400 }),
      fc.string({ unit: fc.constantFrom('a', '-', 'rn', '1', 's', 'js', '@', '/', '.'), maxLength: 260 }),
    );
    fc.assert(
      fc.property(hostile, (name) => {
        const near = lookalikes(name, corpus);
        expect(near.length).toBeLessThanOrEqual(5);
        for (const { score, target } of near) expect(score >= 0 && score <= 1 && target !== name).toBe(true);
      }),
      { numRuns: 200 },
    );
  });
});
