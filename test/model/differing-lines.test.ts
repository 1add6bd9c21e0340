import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { differingLines } from '../../src/model/differing-lines.ts';

const line = fc.constantFrom('a', 'b', '', '  }', '  },', 'long enough to be one of its kind', '  "x": {');
const text = fc.array(line, { maxLength: 60 }).map((lines) => lines.join('\n'));
const edit = fc.tuple(fc.nat(), fc.nat(3), fc.array(fc.oneof(line, fc.constantFrom('new', 'other')), { maxLength: 4 }));

function edited(before: string, edits: readonly (readonly [number, number, readonly string[]])[]): string {
  const lines = before.split('\n');
  for (const [at, gone, fresh] of edits) lines.splice(at % (lines.length + 1), gone, ...fresh);
  return lines.join('\n');
}

const counted = (of: string) => {
  const counts = new Map<string, number>();
  for (const each of of.split('\n')) counts.set(each, (counts.get(each) ?? 0) + 1);
  return counts;
};

/** Lines that a text has more often than the other. */
function more(one: string, other: string): Map<string, number> {
  const held = counted(other);
  return new Map([...counted(one)].map(([each, count]) => [each, count - (held.get(each) ?? 0)] as const).filter(([, count]) => count > 0));
}

describe('differingLines', () => {
  it('shows every line that one text has and the other has not, as often, and no line that is in neither', () => {
    let told = 0;
    fc.assert(
      fc.property(text, fc.array(edit, { maxLength: 4 }), (before, edits) => {
        const now = edited(before, edits);
        const shown = differingLines(before, now);
        if (!shown) return;
        told++;
        const [old, fresh] = shown.map(counted);
        for (const [each, count] of more(before, now)) if (each !== '') expect(old?.get(each) ?? 0).toBeGreaterThanOrEqual(count);
        for (const [each, count] of more(now, before)) if (each !== '') expect(fresh?.get(each) ?? 0).toBeGreaterThanOrEqual(count);
        for (const each of fresh?.keys() ?? []) expect(each === '' || now.split('\n').includes(each)).toBe(true);
      }),
      { seed: 23_11, numRuns: 500 },
    );
    expect(told).toBeGreaterThan(400);
  });

  it('is short where a long text changes a little', () => {
    const lines = Array.from({ length: 5_000 }, (_, index) => `line ${index}`);
    const [before, now] = [lines.join('\n'), lines.toSpliced(4_000, 2, 'other').toSpliced(20, 0, 'more', 'and more').join('\n')];
    const [old, fresh] = differingLines(before, now) ?? ['', ''];
    expect(old.split('\n').filter(Boolean)).toHaveLength(2 + 4 * 5);
    expect(fresh.split('\n').filter(Boolean)).toHaveLength(3 + 4 * 5);
  });

  it('says nothing of texts with little in common', () => {
    const lines = (name: string) => Array.from({ length: 200 }, (_, index) => `${name} ${index}`).join('\n');
    expect(differingLines(lines('a'), lines('b'))).toBeUndefined();
    expect(differingLines('a', 'a')).toEqual(['', '']);
  });
});
