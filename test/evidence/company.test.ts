import { describe, expect, it } from '@jest/globals';
import { openEvidence } from '../../src/evidence/collect.ts';
import type { IncomingChange } from '../../src/model/package.ts';
import type { Person } from '../../src/model/packument.ts';
import { changed } from '../../src/rules/example.ts';
import { aPackument, packumentsOf } from '../helpers/a-packument.ts';

const bad = '2026-03-01T12:00:00Z';

describe('company', () => {
  it('names other projects of the same account at the same time, not its own monorepo, not other people', async () => {
    const found = await others('paint', [
      released('paint', { by: 'ann' }),
      released('strip', { by: 'ann', at: '2026-03-01T12:10:00Z' }),
      released('paint-tools', { by: 'ann', repository: 'github:ann/paint' }),
      released('unrelated', { by: 'ben' }),
      released('last-week', { by: 'ann', at: '2026-02-24T12:00:00Z' }),
    ]);
    expect(found).toEqual(['strip']);
  });

  it('takes packages of one scope for one project', async () => {
    expect(
      await others('@kit/a', [released('@kit/a', { repository: null }), released('@kit/b', { repository: null }), released('other', {})]),
    ).toEqual(['other']);
  });

  it('does not take two robots of one name for one account, and the same configuration for one', async () => {
    const robot = (oidcConfigId?: string) => ({ name: 'GitHub Actions', ...(oidcConfigId && { oidcConfigId }) });
    expect(await others('a', [released('a', { by: robot() }), released('b', { by: robot() })])).toEqual([]);
    expect(await others('a', [released('a', { by: robot('x') }), released('b', { by: robot('x') }), released('c', { by: robot('y') })])).toEqual([
      'b',
    ]);
  });

  it('says nothing of its own where a registry names no publishers: that is said under publishers', async () => {
    const tale = released('a', {}).without('publishers');
    const evidence = openEvidence({ packuments: packumentsOf([tale]), names: () => ({ near: [] }), now: Date.parse('2026-03-01T13:00:00Z') });
    const change = changed('a', '1.0.0', '1.0.1');
    const set = (await evidence.gather([change], ['company', 'publishers'])).get(change);
    expect([set?.company, set?.publishers]).toMatchObject([{ ok: true }, { ok: false, why: 'not-offered' }]);
  });

  it('leaves what has stood for a week alone', async () => {
    expect(await others('a', [released('a', {}), released('b', {})], '2026-03-09T00:00:00Z')).toEqual([]);
  });
});

interface Told {
  readonly by?: string | Person;
  readonly at?: string;
  readonly repository?: string | null;
}

function released(name: string, { by = 'ann', at = bad, repository = `github:ann/${name}` }: Told) {
  const facts = { by, ...(repository !== null && { repository }) };
  return aPackument(name)
    .published('1.0.0', { ...facts, at: '2020-01-01T00:00:00Z' })
    .published('1.0.1', { ...facts, at });
}

async function others(name: string, tales: readonly ReturnType<typeof released>[], now = '2026-03-01T13:00:00Z'): Promise<readonly string[]> {
  const changes: IncomingChange[] = tales.map((tale) => changed(tale.name, '1.0.0', '1.0.1'));
  const evidence = openEvidence({ packuments: packumentsOf(tales), names: () => ({ near: [] }), now: Date.parse(now), past: true });
  const gathered = await evidence.gather(changes, ['company']);
  const own = changes.find((change) => change.after.name === name);
  const company = own && gathered.get(own)?.company;
  if (!company?.ok) throw new Error('no company');
  return company.value.others.map((other) => other.name);
}
