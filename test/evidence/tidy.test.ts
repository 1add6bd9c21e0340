import { expect, it } from '@jest/globals';
import { tidy } from '../../src/evidence/tidy.ts';

it('lets go of much that nobody holds, and does nothing while there is little', () => {
  tidy();
  expect(tidy()).toBe(false);
  const before = process.memoryUsage().arrayBuffers;
  let held: Buffer | undefined = Buffer.alloc(100 * 2 ** 20, 1);
  expect(process.memoryUsage().arrayBuffers - before).toBeGreaterThan(90 * 2 ** 20);
  expect(held.length).toBe(100 * 2 ** 20);
  held = undefined;
  expect(tidy()).toBe(true);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(50 * 2 ** 20);
});
