import { describe, expect, it } from '@jest/globals';
import { packumentAsOf } from '../../src/registry/as-of.ts';
import { parsePackument } from '../../src/registry/packument.ts';
import { publish } from '../helpers/write-packument.ts';

const parsed = parsePackument(
  'left',
  Buffer.from(
    JSON.stringify(
      publish(
        'left',
        [
          { version: '1.0.0', at: '2020-01-01T00:00:00Z', maintainers: ['ann'] },
          { version: '2.0.0', at: '2021-01-01T00:00:00Z', maintainers: ['ann', 'bob'] },
          { version: '1.0.1', at: '2021-06-01T00:00:00Z', maintainers: ['ann', 'bob'] },
          { version: '2.0.1', at: '2022-01-01T00:00:00Z', gone: true },
          { version: '3.0.0', at: '2023-01-01T00:00:00Z', maintainers: ['mallory'] },
        ],
        { 'dist-tags': { latest: '3.0.0', old: '1.0.1' } },
      ),
    ),
  ),
);
if (!parsed.ok) throw new Error(parsed.reason);
const whole = parsed.packument;
const seen = (time: string) => packumentAsOf(whole, Date.parse(time));

describe('a packument as of a moment', () => {
  it('hides releases, removals, tags and maintainers of later', () => {
    const past = seen('2021-07-01T00:00:00Z');
    expect(past?.releases.map(({ version }) => version)).toEqual(['1.0.0', '2.0.0', '1.0.1']);
    expect(past?.distTags).toEqual(
      new Map([
        ['latest', '2.0.0'],
        ['old', '1.0.1'],
      ]),
    );
    expect(past?.removed.size).toBe(0);
    expect(past?.maintainers?.map(({ name }) => name)).toEqual(['ann', 'bob']);
    expect(JSON.stringify([past, ...(past?.removed ?? [])])).not.toMatch(/mallory|3\.0\.0|2023/);
  });

  it('counts the moment itself as past, and is nothing before the first release', () => {
    expect(seen('2020-01-01T00:00:00Z')?.releases).toHaveLength(1);
    expect(seen('2019-12-31T23:59:59Z')).toBeUndefined();
  });

  it('changes nothing but the maintainers of today when everything is past', () => {
    const { maintainers, ...rest } = seen('2030-01-01T00:00:00Z') ?? {};
    const { maintainers: _today, ...all } = whole;
    expect(rest).toEqual(all);
    expect(maintainers?.map(({ name }) => name)).toEqual(['mallory']);
  });
});
