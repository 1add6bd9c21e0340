import { describe, expect, it } from '@jest/globals';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { DepwardError } from '../../src/model/errors.ts';
import { defaultPolicy } from '../../src/policy/build.ts';
import { parsePolicy } from '../../src/policy/parse.ts';
import { configSchema } from '../../src/policy/schema.ts';
import type { ConfigurableRule } from '../../src/policy/shape.ts';

const rules: readonly ConfigurableRule[] = [
  {
    meta: { id: 'release-age', summary: 'too young' },
    options: {
      days: { type: 'number', default: 3, min: 0, max: 365, about: 'waiting time' },
      exempt: { type: 'strings', default: [], about: 'need not wait' },
    },
  },
  { meta: { id: 'typosquat', summary: 'a name like another' }, options: {} },
];

const waiver = {
  rule: 'typosquat',
  package: 'crossenv@1.0.0',
  integrity: `sha512-${'A'.repeat(86)}==`,
  owner: 'ann',
  reason: 'our own fork',
  expires: '2027-01-01',
};

function parse(config: unknown) {
  return parsePolicy(typeof config === 'string' ? config : JSON.stringify(config), 'depward.config.json', rules);
}

function mistake(config: unknown): { message: string; hint: string | undefined } {
  try {
    parse(config);
  } catch (error) {
    if (error instanceof DepwardError && error.code === 'config') return { message: error.message, hint: error.hint };
    throw error;
  }
  throw new Error('no mistake was found');
}

describe('a configuration', () => {
  it('starts from recommended', () => {
    expect(parse({}).rules.get('package-not-found')).toEqual({ level: 'block', options: {} });
    expect(parse({}).rules).toEqual(defaultPolicy().rules);
  });

  it('starts from nothing when told so', () => {
    expect([...parse({ extends: [], rules: { typosquat: 'warn' } }).rules]).toEqual([['typosquat', { level: 'warn', options: {} }]]);
  });

  it('keeps the options below when only the level changes', () => {
    const policy = parse({ extends: 'strict', rules: { 'release-age': 'warn' } });
    expect(policy.rules.get('release-age')).toEqual({ level: 'warn', options: { days: 7 } });
  });

  it('layers presets, rules and overrides', () => {
    const policy = parse({
      extends: ['recommended', 'strict'],
      rules: { 'release-age': ['block', { days: 14, exempt: ['@acme/*'] }] },
      overrides: [{ packages: ['@acme/*', 'acme-*', 'lodash'], rules: { 'release-age': ['off'] } }],
      require: ['trust'],
      onFailed: 'block',
      joinThreshold: 25,
    });
    expect(policy.rules.get('release-age')).toEqual({ level: 'block', options: { days: 14, exempt: ['@acme/*'] } });
    expect(policy.overrides[0]?.rules.get('release-age')?.level).toBe('off');
    expect(policy).toMatchObject({ require: ['trust'], onFailed: 'block', joinThreshold: 25, origin: 'depward.config.json' });
  });

  it('reads waivers of packages and of files', () => {
    const { package: _, integrity: __, ...rest } = waiver;
    const [first, second] = parse({ waivers: [waiver, { ...rest, file: '.npmrc', expires: '2027-01-01T12:00:00Z' }] }).waivers;
    expect(first).toMatchObject({ subject: 'crossenv@1.0.0', integrity: waiver.integrity, expires: Date.UTC(2027, 0, 1) });
    expect(second).toMatchObject({ subject: '.npmrc', expires: Date.UTC(2027, 0, 1, 12) });
  });

  it('may hold comments, but no trailing commas', () => {
    expect(parse('{ // why\n /* how */ "rules": {} }').rules.size).toBeGreaterThan(0);
    expect(mistake('{\n  "rules": {},\n}')).toMatchObject({
      message: 'depward.config.json:3:1: not JSON: property name expected',
      hint: 'the comma before it is one too many',
    });
  });
});

describe('a mistake in a configuration', () => {
  it.each([
    ['{\n  "ruels": {}\n}', 'depward.config.json:2:3: unknown key "ruels" in the configuration', 'did you mean "rules"?'],
    ['{"rules": {\n\t"typosqat": "warn"}}', 'depward.config.json:2:2: unknown rule "typosqat" in "rules"', 'did you mean "typosquat"?'],
    ['{"rules": {"typosquat": "blok"}}', 'depward.config.json:1:25: "typosquat" cannot be "blok"', 'did you mean "block"?'],
    ['{"rules": {"release-age": ["block", {"day": 3}]}}', 'depward.config.json:1:38: unknown option "day" in "release-age"', 'did you mean "days"?'],
    ['{"rules": {"release-age": ["block", {"days": 999}]}}', 'depward.config.json:1:46: "days" must be a number from 0 to 365', undefined],
    ['{"rules": {"release-age": ["block", {"exempt": "@acme/*"}]}}', 'depward.config.json:1:48: "exempt" must be a list [ … ]', undefined],
    ['{"rules": {"typosquat": ["warn", {"x": 1}]}}', 'depward.config.json:1:35: unknown option "x" in "typosquat"', 'there are none to set here'],
    ['{"extends": "strickt"}', 'depward.config.json:1:13: "extends" cannot be "strickt"', 'did you mean "strict"?'],
    [
      '{"ignore": ["../x"]}',
      'depward.config.json:1:13: "ignore"[0] must be a path from the root of the repository, like `test/fixtures` or `**/fixtures/**`',
      undefined,
    ],
    ['{"onFailed": 7}', 'depward.config.json:1:14: "onFailed" must be one of warn and block', undefined],
    ['{"rules": {}, "rules": {"typosquat": "off"}}', 'depward.config.json:1:15: "rules" is given twice in the configuration', undefined],
    ['[]', 'depward.config.json:1:1: the configuration must be an object { … }', undefined],
    ['{"__proto__": {"x": 1}}', 'depward.config.json:1:2: unknown key "__proto__" in the configuration', expect.stringContaining('valid: ')],
    ['{"rules": {"constructor": "off"}}', 'depward.config.json:1:12: unknown rule "constructor" in "rules"', expect.stringContaining('valid: ')],
    ['', 'depward.config.json:1:1: the file is empty', 'write at least {}'],
    ['{"a": \u001b[31m}', 'depward.config.json:1:7: not JSON: invalid symbol', undefined],
    ['{"\u001b[31m\\n::error": 1}', 'depward.config.json:1:2: not JSON: invalid character', undefined],
    ['{"\\u001b[31m": 1}', 'depward.config.json:1:2: unknown key "\\u{1b}[31m" in the configuration', expect.anything()],
  ])('%s', (text, message, hint) => {
    const found = mistake(text);
    expect(found.message).toBe(message);
    if (hint !== undefined) expect(found.hint).toEqual(hint);
  });

  it.each([
    [{ ...waiver, expires: '2026-02-30' }, '"expires" is not a day of the calendar'],
    [{ ...waiver, expires: 'never' }, '"expires" must be a date'],
    [{ ...waiver, owner: ' ' }, '"owner" must be some words'],
    [{ ...waiver, package: 'lodash@^4.17.0' }, '"package" must be an exact `name@version`'],
    [{ ...waiver, integrity: 'abc' }, '"integrity" must be one `sha512-…`'],
    [{ ...waiver, file: '.npmrc' }, 'needs exactly one of "package" and "file"'],
    [{ ...waiver, reason: undefined }, 'lacks "reason"'],
    [{ ...waiver, rule: 'typosqat' }, '"rule" cannot be "typosqat"'],
  ])('in a waiver: %#', (bad, message) => {
    expect(mistake({ waivers: [waiver, bad] }).message).toContain(message);
  });

  it('names further mistakes too', () => {
    expect(mistake('{"a": 1,\n "b": 2}').hint).toContain('also wrong: 2:2 unknown key "b"');
  });

  it('says so when nesting or size is beyond reason', () => {
    expect(mistake('['.repeat(200_000)).message).toContain('1:17: nested deeper than 16 levels');
    expect(mistake(`{"a": "${'x'.repeat(1_100_000)}"}`).message).toContain('larger than');
    expect(mistake({ overrides: [{ packages: ['x'.repeat(2000)], rules: {} }] }).message).toContain('longer than 1000');
  });
});

describe('the schema for editors', () => {
  const check = new Ajv({ allErrors: true, strict: true, strictTuples: false, strictRequired: false }).compile(configSchema(rules));

  it('accepts what the parser accepts and rejects what it rejects', () => {
    const level = fc.constantFrom('off', 'warn', 'block', 'blok', 3);
    const setting = fc.oneof(
      level,
      fc.tuple(level),
      fc.tuple(level, fc.record({ days: fc.constantFrom(1, -1, 'x') }, { requiredKeys: [] })),
      fc.constant([]),
    );
    const waivers = fc.record(
      {
        rule: fc.constantFrom('typosquat', 'nope'),
        package: fc.constantFrom('a@1.0.0', 'a'),
        file: fc.constant('.npmrc'),
        integrity: fc.constantFrom(waiver.integrity, 'x'),
        owner: fc.constantFrom('ann', ''),
        reason: fc.constant('because'),
        expires: fc.constantFrom('2027-01-01', 'soon'),
      },
      { requiredKeys: ['rule', 'reason'] },
    );
    const config = fc.record(
      {
        extends: fc.constantFrom('strict', ['recommended', 'strict'], 'none', []),
        rules: fc.record({ 'release-age': setting, typosquat: level, nope: level }, { requiredKeys: [] }),
        overrides: fc.array(
          fc.record({ packages: fc.constantFrom(['a'], ['@a/*'], ['*'], 'a'), rules: fc.constant({}) }, { requiredKeys: ['packages'] }),
          { maxLength: 2 },
        ),
        waivers: fc.array(waivers, { maxLength: 2 }),
        onFailed: fc.constantFrom('warn', 'maybe'),
        joinThreshold: fc.constantFrom(20, 0),
        typo: fc.constant(1),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(config, (value) => {
        expect(check(value)).toBe(accepts(value));
      }),
      { seed: 1, numRuns: 500 },
    );
  });
});

function accepts(value: unknown): boolean {
  try {
    parse(value);
    return true;
  } catch {
    return false;
  }
}
