import { setTimeout as later } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { Clock } from '../../src/registry/deadline.ts';
import { largeBodies } from '../../src/registry/large-bodies.ts';

describe('large bodies on their way', () => {
  it('go on while there is room for all, and beyond that the oldest alone', async () => {
    const begin = largeBodies(100, 10);
    const [first, second, third] = [begin(), begin(), begin()];
    expect(first.came(40)).toBeUndefined();
    expect(second.came(50)).toBeUndefined();
    const going: string[] = [];
    void third.came(30)?.then(() => going.push('third'));
    void second.came(60)?.then(() => going.push('second'));
    expect(first.came(500)).toBeUndefined();
    await later(1);
    expect(going).toEqual([]);
    first.gone();
    await later(1);
    expect(going.sort()).toEqual(['second', 'third']);
  });

  it('hand on the right to go on to the next oldest', async () => {
    const begin = largeBodies(100, 10);
    const [first, second, third] = [begin(), begin(), begin()];
    first.came(60);
    const held = [second.came(200), third.came(300)];
    const going: number[] = [];
    held.forEach((one, index) => void one?.then(() => going.push(index)));
    first.gone();
    await later(1);
    expect(going).toEqual([0]);
    second.gone();
    await later(1);
    expect(going).toEqual([0, 1]);
  });

  it('are held up by no small ones, and small ones by nobody', () => {
    const begin = largeBodies(100, 10);
    for (let count = 0; count < 50; count += 1) expect(begin().came(9)).toBeUndefined();
    expect(begin().came(99)).toBeUndefined();
    expect(begin().came(10)).toBeDefined();
    expect(begin().came(9)).toBeUndefined();
  });
});

describe('a clock', () => {
  it('stands still while something else is waited for', async () => {
    const clock = new Clock([], 60);
    let goOn: () => void = () => undefined;
    clock.waitFor(
      new Promise<void>((resolve) => {
        goOn = resolve;
      }),
    );
    await later(150);
    expect(clock.stopped).toBe(false);
    goOn();
    await new Promise<void>((resolve) => clock.onStop(resolve));
    expect(clock.stopped).toBe(true);
  });
});
