import { describe, expect, it } from '@jest/globals';
import { openBoundedCache } from '../../src/proxy/bounded-cache.ts';

describe('a bounded cache', () => {
  it('never holds more than it may, and lets go of what was used longest ago', () => {
    const cache = openBoundedCache<number>(10);
    for (let i = 0; i < 10; i++) cache.set(`k${i}`, i, 1);
    for (let i = 0; i < 5; i++) expect(cache.get(`k${i}`)).toBe(i);
    for (let i = 10; i < 15; i++) cache.set(`k${i}`, i, 1);
    expect(cache.weight).toBe(10);
    // Used a moment ago: still there. Not used: gone.
    for (let i = 0; i < 5; i++) expect(cache.get(`k${i}`)).toBe(i);
    for (let i = 5; i < 10; i++) expect(cache.get(`k${i}`)).toBeUndefined();
  });

  it('keeps what is asked for all the time, whatever else comes and goes', () => {
    const cache = openBoundedCache<string>(20);
    cache.set('often', 'here', 1);
    for (let i = 0; i < 1000; i++) {
      cache.set(`once ${i}`, '', 1);
      expect(cache.get('often')).toBe('here');
    }
    expect(cache.size).toBe(20);
  });

  it('does not keep what weighs more than half of it', () => {
    const cache = openBoundedCache<string>(10);
    cache.set('heavy', 'x', 6);
    expect([cache.get('heavy'), cache.weight]).toEqual([undefined, 0]);
  });
});
