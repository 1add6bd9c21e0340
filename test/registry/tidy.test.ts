import { setImmediate } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { tidy } from '../../src/registry/tidy.ts';

const much = 64 * 2 ** 20;

it('collects when much has come together, lets go of what nobody holds, and does nothing while there is little', async () => {
  tidy();
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

function droppedBuffer(): WeakRef<Buffer> {
  return new WeakRef(Buffer.alloc(2 ** 20, 1));
}
