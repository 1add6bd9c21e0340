/** A configuration in which no mistake was found once is read without looking for any: it says the same. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { policiesOf } from '../../src/commands/gate-policy.ts';
import type { GateTarget } from '../../src/commands/gate-target.ts';
import { openLayouts } from '../../src/evidence/layouts.ts';
import type { Side } from '../../src/resolve/sides.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'depward-policy-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function sideOf(config: string): Side {
  const files = new Map([['depward.config.json', config]]);
  return {
    paths: async () => new Set(files.keys()),
    first: async (paths) => paths.find((path) => files.has(path)),
    text: async (path) => files.get(path),
    leadsOut: async () => false,
  };
}

async function policyOf(config: string, known?: ReturnType<typeof openLayouts>) {
  const target: GateTarget = { root: '/nowhere', base: 'base', before: sideOf(config), after: sideOf(config), changed: new Set() };
  return (await policiesOf(target, undefined, '/nowhere', known)).policy;
}

/** As a run of that build opens it. */
function memory(build = 'a build') {
  return openLayouts(join(folder, 'layouts.log'), build, 1_000);
}

const waiver = {
  rule: 'typosquat',
  package: 'lodahs@1.0.0',
  integrity: `sha512-${'A'.repeat(86)}==`,
  owner: 'a',
  reason: 'ours: \u0041\u{1f600}\n',
  expires: '2026-12-31',
};
const sound = [
  '{}',
  '{"extends": []}',
  '{"extends": ["strict"], "rules": {"typosquat": "off", "release-age": ["block", {"days": 3e0}]}, "joinThreshold": 50.5}',
  JSON.stringify({ waivers: [waiver], ignore: ['test/**'], require: ['times'], onFailed: 'warn' }, null, 2),
  '{ "overrides": [{"packages": ["@acme/*"], "rules": {"\\u0074yposquat": "warn"}}] }',
  '// as we like it\n{"rules": {/* not here */ "typosquat": "warn"}}',
];

describe('a sound configuration', () => {
  it.each(sound)('says the same when it is known: %s', async (config) => {
    const read = await policyOf(config);
    expect(await policyOf(config, memory())).toEqual(read);
    expect(memory().isSound(config)).toBe(true);
    expect(await policyOf(config, memory())).toEqual(read);
  });

  it('is sound for this build alone, and to the letter', async () => {
    await policyOf('{}', memory());
    expect(memory('another build').isSound('{}')).toBe(false);
    expect(memory().isSound('{ }')).toBe(false);
  });

  it('with a mistake is told each time', async () => {
    for (const config of ['{"rules": {"typosquatt": "off"}}', '{"rules": {}, "rules": {}}', '{', '', '{"__proto__": {}}', '{"joinThreshold": 0}'])
      for (let time = 0; time < 2; time++) {
        await expect(policyOf(config, memory())).rejects.toThrow('depward.config.json');
        expect(memory().isSound(config)).toBe(false);
      }
  });
});

describe('a text that git knows by a name', () => {
  it('is known by it and its length', () => {
    memory().keep('text', [3, 1, 2], 'a1');
    expect(memory().odd('text', 'a1')).toEqual([3, 1, 2]);
    expect(memory().odd('longer', 'a1')).toBeUndefined();
    expect(memory().odd('text', 'b2')).toBeUndefined();
    expect(memory().odd('text')).toBeUndefined();
    expect(memory('another build').odd('text', 'a1')).toBeUndefined();
  });
});
