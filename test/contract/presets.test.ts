import { describe, expect, it } from '@jest/globals';
import { presets } from '../../src/policy/presets.ts';
import { ruleBook } from '../../src/rule-book.ts';

const book = await ruleBook();

describe('the presets', () => {
  // A new rule needs one line in src/policy/presets.ts: its level in `recommended`, and in `strict` where that differs.
  it.each([...book.keys()])('have a level for %s', (id) => {
    expect(Object.keys(presets.recommended.rules)).toContain(id);
    expect(Object.keys(presets.strict.rules)).toContain(id);
  });

  it('name no rule that does not exist', () => {
    for (const preset of Object.values(presets)) expect(Object.keys(preset.rules).filter((id) => !book.has(id))).toEqual([]);
  });
});
