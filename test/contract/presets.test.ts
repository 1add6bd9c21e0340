import { describe, expect, it } from '@jest/globals';
import { presets } from '../../src/policy/presets.ts';
import { ruleBook } from '../../src/rule-book.ts';

describe('the presets', () => {
  // A new rule needs one line in src/policy/presets.ts: its level in `recommended`, and in `strict` where that differs.
  it.each([...ruleBook.keys()])('have a level for %s', (id) => {
    expect(Object.keys(presets.recommended.rules)).toContain(id);
    expect(Object.keys(presets.strict.rules)).toContain(id);
  });

  it('name no rule that does not exist', () => {
    for (const preset of Object.values(presets)) expect(Object.keys(preset.rules).filter((id) => !ruleBook.has(id))).toEqual([]);
  });
});
