import { describe, expect, it } from '@jest/globals';
import { day } from '../../src/model/time.ts';
import { added, aListing, aStub, at } from '../../src/rules/example.ts';
import releaseAge from '../../src/rules/release-age.ts';

const now = at('2025-09-08T14:16:00Z');
const older = aStub('1.0.0', '2024-01-01T00:00:00Z');

function seen(datedAhead: number | undefined, moment = now) {
  const times = { published: now, firstPublished: older.at ?? now, before: [], around: [], ...(datedAhead !== undefined && { datedAhead }) };
  const evidence = { times, listing: aListing({ alternatives: [older] }) };
  return releaseAge.check(added('left', '1.0.1'), evidence, { now: moment, options: { days: 3, exempt: [] } });
}

describe('a release dated in the future', () => {
  it('has no age, and no day is promised that would move with each run', () => {
    const [observation] = seen(now + 400 * day);
    expect(observation?.message).toMatch(/dates it 1 year in the future|dates it \d+ months in the future/);
    expect(observation).not.toHaveProperty('passesAt');
    expect(observation?.remedy).toContain('Take 1.0.0');
  });

  it('does not grow old meanwhile, where it was read long ago', () => {
    expect(seen(now + 400 * day, now + 30 * day)).toHaveLength(1);
    expect(seen(undefined, now + 30 * day)).toEqual([]);
  });

  it('is told like any other where the date has come', () => {
    expect(seen(undefined)[0]).toMatchObject({ passesAt: '2025-09-11T14:16:00Z' });
  });
});
