import { describe, expect, it } from '@jest/globals';
import { joinedEvidence } from '../../src/policy/join.ts';
import { presets } from '../../src/policy/presets.ts';
import { rules } from '../../src/rules/index.ts';

const ids = [joinedEvidence.id, ...rules.map((rule) => rule.meta.id)];

describe('the presets', () => {
  // A new rule needs one line in src/policy/presets.ts: its level in `recommended`, and in `strict` where that differs.
  it.each(ids)('have a level for %s', (id) => {
    expect(Object.keys(presets.recommended.rules)).toContain(id);
    expect(Object.keys(presets.strict.rules)).toContain(id);
  });
});
