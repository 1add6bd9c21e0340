import { expect, it } from '@jest/globals';
import { bytesInFlight } from '../../src/evidence/bytes-in-flight.ts';

it('lets nobody begin while too many bytes wait, and everybody once there is room', async () => {
  const flight = bytesInFlight(10);
  const begun: string[] = [];
  const begin = async (name: string) => {
    await flight.room();
    begun.push(name);
  };
  await begin('a');
  const first = flight.hold(9);
  await begin('b');
  const second = flight.hold(9);
  const waiting = [begin('c'), begin('d')];
  await new Promise(setImmediate);
  expect(begun).toEqual(['a', 'b']);
  first();
  await Promise.all(waiting);
  expect(begun).toEqual(['a', 'b', 'c', 'd']);
  second();
});

it('waits on when room was taken before its turn came', async () => {
  const flight = bytesInFlight(10);
  const release = flight.hold(10);
  let begun = false;
  const waiting = flight.room().then(() => {
    begun = true;
  });
  release();
  const again = flight.hold(10);
  await new Promise(setImmediate);
  expect(begun).toBe(false);
  again();
  await waiting;
});
