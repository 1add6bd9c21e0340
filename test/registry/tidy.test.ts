import { spawnSync } from 'node:child_process';
import { setImmediate } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { tidy } from '../../src/registry/tidy.ts';

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

it('gives the room that new objects went through back to the machine', () => {
  // In a process of its own: what other tests left behind has a say in what stands empty.
  const code = `
    import { getHeapSpaceStatistics, getHeapStatistics } from 'node:v8';
    import { load } from ${JSON.stringify(new URL('../bench/load.mjs', import.meta.url).href)};
    const { giveBack } = await load('src/registry/tidy.ts');
    const young = () => getHeapSpaceStatistics().find((space) => space.space_name === 'new_space').space_size;
    const kept = [];
    // In a heap of less, what stands empty is too little to be worth the collecting.
    while ((young() < 16 * 2 ** 20 || getHeapStatistics().total_heap_size < 48 * 2 ** 20) && kept.length < 400) kept.push(Array.from({ length: 20_000 }, (_, index) => index + ' of ' + kept.length));
    const before = young();
    kept.length = 0;
    await giveBack();
    console.log(JSON.stringify([before >= 16 * 2 ** 20, young() < 8 * 2 ** 20]));
    process.exit();`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', code], { encoding: 'utf8' });
  expect(stdout + stderr).toBe('[true,true]\n');
});

function droppedBuffer(): WeakRef<Buffer> {
  return new WeakRef(Buffer.alloc(2 ** 20, 1));
}
