import { describe, expect, it } from '@jest/globals';
import { openHistory } from '../../src/evidence/history.ts';
import { type Slices, slicesOf } from '../../src/evidence/slices.ts';
import type { Gathered } from '../../src/model/evidence.ts';
import { at } from '../../src/rules/example.ts';
import { aPackument, type PackumentTale } from '../helpers/a-packument.ts';

const today = at('2025-01-01T00:00:00Z');

describe('listing', () => {
  it('tells listed, removed, never published, and placeholders apart', () => {
    const tale = aPackument('x').published('1.0.0').published('1.1.0').removed('1.1.1', '2024-03-01');
    expect(value(cut(tale, '1.1.0').listing)).toMatchObject({ status: 'listed', placeholder: false, releaseCount: 2, latest: '1.1.0' });
    expect(value(cut(tale, '1.1.1').listing)).toMatchObject({ status: 'version-not-listed', removedAfter: at('2024-03-01T00:00:00Z') });
    expect(value(cut(tale, '7.0.0').listing).removedAfter).toBeUndefined();
    expect(value(cut(aPackument('x').published('0.0.1-security.0'), '0.0.1-security.0').listing).placeholder).toBe(true);
  });

  it.each(['0.0.1-security', '0.0.2-security', '0.0.2-security.1'])('knows the placeholder %s', (version) => {
    expect(value(cut(aPackument('x').published(version), version).listing).placeholder).toBe(true);
  });

  it.each(['0.0.2-secure', '1.2.3-security.1', '0.4.0-security'])('takes %s for a release of its owner', (version) => {
    expect(value(cut(aPackument('x').published(version), version).listing).placeholder).toBe(false);
  });

  it('says that only the placeholder is left of a package taken down', () => {
    const listing = value(cut(aPackument('x').published('0.0.1-security'), '1.2.3').listing);
    expect(listing).toMatchObject({ status: 'version-not-listed', placeholder: true, releaseCount: 0, alternatives: [] });
  });

  it('knows an unpublished package', () => {
    expect(value(cut(aPackument('x').unpublished('2024-01-01'), '1.0.0').listing).status).toBe('package-unpublished');
  });

  it('offers lower full versions, highest first, and no other release of the same burst', () => {
    const tale = aPackument('x')
      .published('1.0.0', { at: '2024-01-01' })
      .published('2.0.0-beta.1', { at: '2024-02-01' })
      .published('1.1.0', { at: '2024-03-01' })
      .published('1.1.1', { at: '2024-06-01T10:00:00Z' })
      .published('1.1.2', { at: '2024-06-01T11:00:00Z' });
    expect(value(cut(tale, '1.1.2').listing).alternatives.map((stub) => stub.version)).toEqual(['1.1.0', '1.0.0']);
    expect(value(cut(tale, '2.0.0').listing).alternatives.map((stub) => stub.version)).toEqual(['1.1.2', '1.1.1', '1.1.0', '1.0.0']);
  });

  it('does not follow npm stages', () => {
    const tale = aPackument('x').published('0.0.0-stage').published('1.0.0').tagged('latest', '1.0.0');
    expect(value(cut(tale, '1.0.0').listing).releaseCount).toBe(1);
    expect(value(cut(tale, '1.0.0').release).previous).toBeUndefined();
  });
});

describe('release', () => {
  const tale = aPackument('x')
    .published('1.0.0', { at: '2024-01-01' })
    .published('2.0.0', { at: '2024-02-01' })
    .published('2.0.1-rc.1', { at: '2024-02-20' })
    .published('1.0.1', { at: '2024-03-01' })
    .published('2.0.1', { at: '2024-03-02' })
    .published('1.0.2', { at: '2024-03-03' });

  it('compares with the highest lower release that was there, not with the last one', () => {
    expect(value(cut(tale, '2.0.1').release).previous?.version).toBe('2.0.0');
    expect(value(cut(tale, '1.0.1').release).previous?.version).toBe('1.0.0');
  });

  it('names the settled release behind a burst', () => {
    expect(value(cut(tale, '1.0.2').release)).toMatchObject({ previous: { version: '1.0.1' }, settled: { version: '1.0.0' } });
  });

  it('lets a pre-release follow a pre-release', () => {
    const rc = tale.published('2.0.1-rc.2', { at: '2024-03-01' });
    expect(value(cut(rc, '2.0.1-rc.2').release).previous?.version).toBe('2.0.1-rc.1');
  });

  it('takes the order of publication where a version is not semver', () => {
    const legacy = aPackument('x').published('0.9').published('0.10').published('1.0.0');
    expect(value(cut(legacy, '0.10').release).previous?.version).toBe('0.9');
    expect(value(cut(legacy, '1.0.0').release).previous).toBeUndefined();
  });

  it('lacks scripts where the registry does not speak of any, and is judged all the same', () => {
    expect(cut(tale.without('scripts'), '1.0.1').release).toMatchObject({ ok: true, lacking: { why: 'not-offered' } });
    expect(cut(tale, '1.0.1').release).not.toHaveProperty('lacking');
  });

  it('has no settled release where nobody says when anything was published', () => {
    const release = value(cut(tale.without('times'), '1.0.1').release);
    expect(release.previous?.version).toBe('1.0.0');
    expect(release.settled).toBeUndefined();
  });
});

describe('times', () => {
  const tale = aPackument('x')
    .published('1.0.0', { at: '2022-01-01' })
    .published('1.0.1', { at: '2024-06-01T10:00:00Z' })
    .published('0.9.9', { at: '2024-06-01T10:05:00Z' })
    .published('1.0.2', { at: '2024-06-01T10:10:00Z' })
    .published('1.1.0', { at: '2024-06-05' });

  it('sees a burst on both sides and a silence in spite of it', () => {
    const times = value(cut(tale, '0.9.9').times);
    expect(times.around.map((stub) => [stub.version, stub.sameLine])).toEqual([
      ['1.0.2', false],
      ['1.0.1', false],
    ]);
    expect(times.previousAt).toBe(at('2022-01-01T00:00:00Z'));
    expect(times.firstPublished).toBe(at('2022-01-01T00:00:00Z'));
    expect(times.latestAtPublish).toBe('1.0.1');
    expect(times.before.map((stub) => stub.version)).toEqual(['1.0.1', '1.0.0']);
  });

  it('is not offered by a mirror without times, and failed where only this version lacks its own', () => {
    expect(cut(tale.without('times'), '1.0.0').times).toMatchObject({ ok: false, why: 'not-offered' });
    expect(cut(tale.published('1.2.0', { at: null }), '1.2.0').times).toMatchObject({ ok: false, why: 'failed' });
  });

  it('reads the future as now, so that a wrong clock makes nothing old', () => {
    const ahead = tale.published('1.2.0', { at: '2031-01-01' });
    expect(value(cut(ahead, '1.2.0').times)).toMatchObject({ published: today, datedAhead: at('2031-01-01T00:00:00Z') });
    expect(value(cut(ahead, '1.0.1').times)).not.toHaveProperty('datedAhead');
  });

  it('takes an emptied name that was taken up again for new', () => {
    const again = aPackument('x').removed('1.0.0', '2015-01-01').published('1.0.1', { at: '2024-12-30' });
    expect(value(cut(again, '1.0.1').times).firstPublished).toBe(at('2024-12-30T00:00:00Z'));
  });

  it('keeps windows small however long the history', () => {
    let long = aPackument('x');
    for (let n = 0; n < 300; n++) long = long.published(`1.0.${n}`, { at: new Date(Date.UTC(2024, 0, 1) + n * 60_000).toISOString() });
    const { times, listing, publishers, trust } = cut(long, '1.0.299');
    expect([value(times).before.length, value(times).around.length, value(publishers).before.length]).toEqual([60, 60, 60]);
    expect([value(listing).alternatives.length, value(trust).line.length]).toEqual([20, 20]);
    expect(value(listing).alternatives[0]?.version).toBe('1.0.298');
  });
});

describe('publishers and maintainers', () => {
  const tale = aPackument('x')
    .published('1.0.0', { at: '2023-01-01', by: 'ann', maintainers: ['ann'] })
    .published('1.0.1', { at: '2023-06-01', by: 'bob', maintainers: ['ann', 'bob'] })
    .published('1.0.2', { at: '2024-06-01T10:00:00Z', by: 'eve', maintainers: ['eve'] })
    .published('1.0.3', { at: '2024-06-01T10:10:00Z', by: 'eve', maintainers: ['eve'] });

  it('does not let a burst vouch for its own publisher', () => {
    const publishers = value(cut(tale, '1.0.3').publishers);
    expect(publishers.current.name).toBe('eve');
    expect(publishers.firstSeen).toBeUndefined();
    expect(publishers.before.map((stub) => stub.publisher?.name)).toEqual(['eve', 'bob', 'ann']);
    expect(value(cut(tale, '1.0.3').maintainers).previous?.map((person) => person.name)).toEqual(['ann', 'bob']);
  });

  it('tells trusted publishers apart by their configuration', () => {
    const robot = (oidcConfigId: string) => ({ name: 'GitHub Actions', email: 'npm@robots.example', oidcConfigId });
    const robots = aPackument('x')
      .published('1.0.0', { at: '2023-01-01', by: robot('one') })
      .published('1.0.1', { at: '2024-01-01', by: robot('two') })
      .published('1.0.2', { at: '2024-02-01', by: robot('one') });
    expect(value(cut(robots, '1.0.1').publishers).firstSeen).toBeUndefined();
    expect(value(cut(robots, '1.0.2').publishers).lastSeen).toBe(at('2023-01-01T00:00:00Z'));
  });

  it('never reads a missing publisher as a clean one', () => {
    expect(cut(tale.without('publishers'), '1.0.3').publishers).toMatchObject({ ok: false, why: 'not-offered' });
    const hidden = tale.published('1.0.4', { by: null, maintainers: null, at: '2024-07-01' });
    expect(cut(hidden, '1.0.4').publishers).toMatchObject({ ok: false, why: 'not-offered' });
    expect(cut(hidden, '1.0.4').maintainers).toMatchObject({ ok: false, why: 'not-offered' });
    const early = aPackument('x').published('0.1.0', { by: null, maintainers: null }).published('0.2.0');
    expect(cut(early, '0.1.0').publishers).toMatchObject({ ok: false, why: 'not-offered' });
    expect(cut(early, '0.1.0').maintainers).toMatchObject({ ok: false, why: 'not-offered' });
  });
});

describe('trust', () => {
  it('looks at the line, at full and settled releases only', () => {
    const tale = aPackument('x')
      .published('1.0.0', { at: '2023-01-01', trust: 'trusted-publisher' })
      .published('0.5.0', { at: '2023-02-01' })
      .published('1.1.0-rc.1', { at: '2023-03-01' })
      .published('1.0.1', { at: '2024-06-01T10:00:00Z' })
      .published('1.0.2', { at: '2024-06-01T10:10:00Z' });
    const trust = value(cut(tale, '1.0.2').trust);
    expect(trust.current).toBe('none');
    expect(trust.line.map((stub) => [stub.version, stub.trust])).toEqual([['1.0.0', 'trusted-publisher']]);
    expect(cut(tale.without('trust'), '1.0.2').trust).toMatchObject({ ok: false, why: 'not-offered' });
  });
});

describe('a moment gone by', () => {
  const then = at('2024-01-15T00:00:00Z');
  const tale = aPackument('x')
    .published('1.0.0', { at: '2024-01-01', deprecated: 'hijacked' })
    .published('1.0.1', { at: '2024-01-14' })
    .published('1.0.2', { at: '2024-01-16' })
    .removed('1.0.3', '2024-01-16');
  const past = (version: string, story: PackumentTale = tale) => slicesOf(openHistory(story.build(), { now: then, past: true }), version);

  it('shows nothing of later', () => {
    expect(value(past('1.0.2').listing).status).toBe('version-not-listed');
    expect(value(past('1.0.3').listing).removedAfter).toBeUndefined();
    expect(value(past('1.0.1').listing)).toMatchObject({ latest: '1.0.1', releaseCount: 2 });
    expect(value(past('1.0.1').times).around).toEqual([]);
    expect(value(past('1.0.0').release).current.deprecated).toBeUndefined();
  });

  it('does not know a package before its first release', () => {
    const later = aPackument('y').published('1.0.0', { at: '2024-06-01' });
    expect(value(past('1.0.0', later).listing).status).toBe('package-not-found');
    expect(value(past('1.0.0', later).listing).notYet).toBe(true);
    expect(value(past('9.9.9').listing).notYet).toBeUndefined();
  });

  it('cannot be asked about without times, nor of a package unpublished since', () => {
    expect(past('1.0.1', tale.without('times')).listing).toMatchObject({ ok: false, why: 'failed' });
    expect(past('1.0.1', aPackument('x').unpublished('2024-05-01')).listing).toMatchObject({ ok: false, why: 'failed' });
  });
});

describe('odd documents', () => {
  it('puts times out of order in order, and keeps equal ones as they came', () => {
    const packument = aPackument('x').published('1.0.1', { at: '2024-02-01' }).published('1.0.0', { at: '2024-01-01' }).build();
    const swapped = { ...packument, releases: [...packument.releases].reverse() };
    expect(value(slicesOf(openHistory(swapped, { now: today, past: false }), '1.0.1').release).previous?.version).toBe('1.0.0');
    const equal = aPackument('x').published('1.0.0', { at: '2024-01-01' }).published('1.0.1', { at: '2024-01-01' });
    expect(value(cut(equal, '1.0.1').release).previous?.version).toBe('1.0.0');
  });

  it('answers for names that objects inherit', () => {
    expect(value(cut(aPackument('constructor').published('1.0.0'), '__proto__').listing).status).toBe('version-not-listed');
  });
});

function cut(tale: PackumentTale, version: string): Slices {
  return slicesOf(openHistory(tale.build(), { now: today, past: false }), version);
}

function value<T>(gathered: Gathered<T>): T {
  if (!gathered.ok) throw new Error(gathered.reason);
  return gathered.value;
}

describe('a document without a version', () => {
  it('reads as an unpublished package, not as one version missing', () => {
    expect(cut(aPackument('emptied'), '').listing).toMatchObject({ ok: true, value: { status: 'package-unpublished', releaseCount: 0 } });
  });
});
