import { describe, expect, it } from '@jest/globals';
import { lookupTogether, openReach } from '../../src/registry/reach.ts';

describe('a host that cannot be reached', () => {
  const host = 'registry.example';

  it('is left alone after three failures apart from each other, for a while', () => {
    let now = 0;
    const reach = openReach(() => now);
    for (now of [0, 500, 1_500]) {
      expect(reach.lost(host)).toBeUndefined();
      reach.missed(host, 'EAI_AGAIN');
    }
    expect(reach.lost(host)).toBe('EAI_AGAIN');
    expect(reach.lost('other.example')).toBeUndefined();
    now = 11_500;
    expect(reach.lost(host)).toBeUndefined();
  });

  it('is not given up for failures at one time, for an answer in between, or for trouble after the connection', () => {
    let now = 0;
    const reach = openReach(() => now);
    for (now = 0; now < 90; now += 10) reach.missed(host, 'ECONNREFUSED');
    expect(reach.lost(host)).toBeUndefined();
    for (now of [1_000, 2_000]) {
      reach.missed(host, 'ECONNREFUSED');
      reach.answered(host);
    }
    for (now of [3_000, 4_000, 5_000, 6_000]) reach.missed(host, 'ECONNRESET');
    expect(reach.lost(host)).toBeUndefined();
  });
});

it('looks a name up once for all who ask at a time, and again for those who ask later', async () => {
  const ask = () => new Promise<unknown>((resolve) => lookupTogether('localhost', { all: true }, (error, address) => resolve(error ?? address)));
  const [first, ...others] = await Promise.all([ask(), ask(), ask()]);
  expect(first).toEqual(expect.arrayContaining([expect.objectContaining({ address: expect.any(String) })]));
  expect(others.every((one) => one === first)).toBe(true);
  const later = await ask();
  expect(later).toEqual(first);
  expect(later).not.toBe(first);
});
