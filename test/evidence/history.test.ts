import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { openHistory, openPlainly } from '../../src/evidence/history.ts';
import { slicesOf } from '../../src/evidence/slices.ts';
import type { Packument } from '../../src/model/packument.ts';
import { packumentFrom } from '../../src/registry/packument.ts';

const day = 86_400_000;
const start = Date.UTC(2020, 0, 1);

const versions = fc.uniqueArray(
  fc.record({
    version: fc.oneof(
      fc.tuple(fc.nat(3), fc.nat(3), fc.nat(3), fc.constantFrom('', '', '', '-beta.1', '+build')).map(([a, b, c, end]) => `${a}.${b}.${c}${end}`),
      fc.constantFrom('0.0.1-security', '0.0.2-security', '0.0.0-stage', '1.0', 'v2', '0.1.0-security.0'),
    ),
    /** Days after the start; releases on the same moment among them. */
    after: fc.oneof({ weight: 12, arbitrary: fc.nat(60) }, { weight: 1, arbitrary: fc.constant(null) }),
    by: fc.constantFrom('ann', 'ben', null),
    trusted: fc.boolean(),
    deprecated: fc.boolean(),
  }),
  { selector: ({ version }) => version, maxLength: 25 },
);

describe('openHistory', () => {
  it('sees at every moment what looking at every release anew would see', () => {
    fc.assert(
      fc.property(versions, fc.nat(70), fc.boolean(), (told, after, past) => {
        const packument = aPackument(told);
        // Twice from one packument: the second moment meets what the first has kept.
        for (const now of [start + (70 - after) * day, start + after * day]) {
          for (const version of [...told.map((one) => one.version), '9.9.9']) {
            const moment = { now, past };
            expect(slicesOf(openHistory(packument, moment), version)).toEqual(slicesOf(openPlainly(packument, moment), version));
          }
        }
      }),
      { numRuns: 150 },
    );
  });
});

function aPackument(told: readonly { version: string; after: number | null; by: string | null; trusted: boolean; deprecated: boolean }[]): Packument {
  const manifests = told.map(({ version, by, trusted, deprecated }) => [
    version,
    {
      ...(by && { _npmUser: { name: by }, maintainers: [{ name: by }] }),
      ...(deprecated && { deprecated: 'old' }),
      dist: trusted ? { attestations: { url: 'x', provenance: {} } } : {},
    },
  ]);
  const time = told.flatMap(({ version, after }) => (after === null ? [] : [[version, new Date(start + after * day).toISOString()]]));
  const parsed = packumentFrom('lib', { name: 'lib', versions: Object.fromEntries(manifests), time: Object.fromEntries(time) });
  if (!parsed.ok) throw new Error(parsed.reason);
  return parsed.packument;
}
