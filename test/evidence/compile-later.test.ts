import { execFileSync, spawnSync } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';
import { budget, knownTo } from '../../src/evidence/compile-later.ts';

describe('compiling later', () => {
  it('sets a number V8 has, to more than its own', () => {
    const version = Number.parseInt(process.versions.v8, 10);
    const options = execFileSync(process.execPath, ['--v8-options'], { encoding: 'utf8' });
    const own = /--interrupt-budget \([\s\S]*?default: --interrupt-budget=(\d+)/.exec(options)?.[1];
    expect(knownTo(version)).toBe(own !== undefined);
    if (own !== undefined) expect(budget).toBeGreaterThan(Number(own));
  });

  it('says nothing on the terminal', () => {
    const code = `require('node:v8').setFlagsFromString('--interrupt-budget=${budget}')`;
    const complains = spawnSync(process.execPath, ['-e', code], { encoding: 'utf8' }).stderr !== '';
    expect(knownTo(Number.parseInt(process.versions.v8, 10))).toBe(!complains);
  });

  it('leaves versions alone that are not known', () => {
    expect([10, 11, 12, 13, 14, Number.NaN].map(knownTo)).toEqual([false, true, false, false, false, false]);
  });
});
