import { describe, expect, it } from '@jest/globals';
import { HeldTrees } from '../../../src/code/js/held-trees.ts';

const megabyte = 2 ** 20;

/** Files of such sizes, and which of them were made, in order. */
function filesOf(sizes: readonly number[]) {
  const trees = new HeldTrees();
  const made: number[] = [];
  const ask = sizes.map((size, at) => trees.of(size)(() => ({ at, nth: made.push(at) })));
  return { made, ask: (at: number) => ask[at]?.() };
}

describe('trees of files that are asked about again', () => {
  it('are held while they are few', () => {
    const { made, ask } = filesOf([megabyte / 4, megabyte / 4, megabyte / 4]);
    for (const at of [0, 1, 2, 0, 1, 2]) expect(ask(at)).toMatchObject({ at });
    expect(made).toEqual([0, 1, 2]);
  });

  it('are let go of when others come, the one that was not asked for longest first', () => {
    const { made, ask } = filesOf([2 * megabyte, megabyte, megabyte]);
    for (const at of [0, 1, 0, 2, 0, 1]) expect(ask(at)).toMatchObject({ at });
    expect(made).toEqual([0, 1, 2, 1]);
  });

  it('do not go for small ones beside a large one', () => {
    const { made, ask } = filesOf([4 * megabyte, 1000, 1000]);
    for (const at of [0, 1, 2, 0]) ask(at);
    expect(made).toEqual([0, 1, 2]);
  });

  it('are made no more than twice', () => {
    const { made, ask } = filesOf([3 * megabyte, 3 * megabyte, 3 * megabyte]);
    for (let turn = 0; turn < 5; turn++) for (const at of [0, 1, 2]) ask(at);
    expect(made.length).toBeLessThanOrEqual(6);
  });
});
