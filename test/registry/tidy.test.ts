import { setImmediate } from 'node:timers/promises';
import { getHeapSpaceStatistics } from 'node:v8';
import { expect, it } from '@jest/globals';
import { giveBack, tidy } from '../../src/registry/tidy.ts';

const much = 64 * 2 ** 20;

it('collects when much has come together, lets go of what nobody holds, and does nothing while there is little', async () => {
  // What earlier tests of this process left behind goes in several rounds, and must not go in between.
  for (let round = 0; round < 4; round += 1) {
    tidy(Number.NEGATIVE_INFINITY);
    await setImmediate();
  }
  expect(tidy()).toBe(false);
  const gone = droppedBuffer();
  // What is looked at through a weak reference lives to the end of the turn.
  await setImmediate();
  // Held to the end: the machine cannot have collected it before.
  const held = Buffer.alloc(much, 1);
  expect(tidy()).toBe(true);
  expect(gone.deref()).toBeUndefined();
  expect(tidy()).toBe(false);
  expect(held.length).toBe(much);
});

it('gives the room that new objects went through back to the machine', async () => {
  const young = () => getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space')?.space_size ?? 0;
  const kept: string[][] = [];
  while (young() < 16 * 2 ** 20 && kept.length < 400) kept.push(Array.from({ length: 20_000 }, (_, index) => `${index} of ${kept.length}`));
  expect(young()).toBeGreaterThanOrEqual(16 * 2 ** 20);
  kept.length = 0;
  // What else this process has just made may survive the first time.
  for (let round = 0; round < 5 && young() >= 8 * 2 ** 20; round += 1) await giveBack();
  expect(young()).toBeLessThan(8 * 2 ** 20);
});

function droppedBuffer(): WeakRef<Buffer> {
  return new WeakRef(Buffer.alloc(2 ** 20, 1));
}
