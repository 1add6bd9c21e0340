/** axios 2026 and nx 2025: the project always published from its pipeline with provenance; the bad release came from a stolen token. */

import type { ReleaseStub } from '../model/evidence.ts';
import type { Person, TrustLevel } from '../model/packument.ts';
import { defineRule } from '../model/rule.ts';
import { day, type Instant } from '../model/time.ts';
import { aRelease, aStub, aTimeline, at, changed } from './example.ts';

export default defineRule({
  meta: {
    id: 'provenance-lost',
    family: 'trust',
    severity: 'high',
    summary: 'The release is vouched for less than the releases before it on the same line.',
    why: 'A project that publishes from its pipeline leaves a signed trail to its source. A release without that trail was made some other way, as with a stolen token.',
    remedy: 'Stay on the last attested release, and ask the maintainers why this one was not published by the pipeline.',
    references: ['axios 2026', 'nx (s1ngularity) 2025', 'npm provenance statements', 'pnpm trustPolicy'],
    falsePositives:
      'A maintainer who publishes one release by hand (warns only, when the same account published the attested ones); weaker proof instead of none warns as well. Only the same release line counts, and only where the last releases all had it, so back-ports to old lines are not accused.',
    since: '0.1.0',
  },
  needs: ['trust', 'times', 'release'],
  options: {
    releases: { type: 'number', default: 3, min: 1, max: 20, about: 'so many releases in a row make a practice' },
  },
  check(_change, { trust, times, release }, { options }) {
    if (trust.strongest !== undefined && rank[trust.current] >= rank[trust.strongest]) return [];
    const line = trust.line.filter((stub) => stub.at === undefined || stub.at <= times.published - 7 * day);
    const practice = line.slice(0, options.releases);
    const floor = practice.reduce<TrustLevel>((weakest, stub) => (rank[stub.trust] < rank[weakest] ? stub.trust : weakest), 'approved');
    const last = line[0];
    if (last === undefined || practice.length < Math.min(options.releases, 2) || rank[trust.current] >= rank[floor]) return [];
    if (stagedGrace(floor, trust.current, times.published)) return [];
    const streak = line.findIndex((stub) => rank[stub.trust] < rank[floor]);
    // Somebody who forgets the pipeline once is a nuisance; somebody else without the pipeline is a takeover.
    const byTheSame = practice.some((stub) => samePerson(stub.publisher, release.current.publisher));
    const run = streak === -1 ? line.length : streak;
    return [
      {
        message: `${words[trust.current]}, where the last ${run} releases of this line had ${words[floor]}`,
        confidence: trust.current === 'none' && practice.length >= options.releases && !byTheSame ? 'high' : 'low',
        facts: { now: words[trust.current], before: words[floor], inARow: run, older: last.version },
        signal: trust.current === 'none' ? 'provenance-lost' : 'provenance-lost:weaker',
      },
    ];
  },
  examples: [
    {
      title: 'published by hand after a row of attested releases',
      change: changed('http-client', '1.14.0', '1.14.1'),
      now: at('2026-03-31T00:30:00Z'),
      evidence: {
        trust: { current: 'none', line: [attested('1.14.0', '2026-03-20'), attested('1.13.6', '2026-02-20'), attested('1.13.5', '2026-01-20')] },
        times: aTimeline('2026-03-31T00:21:00Z'),
        release: { current: aRelease('1.14.1') },
      },
      flagged: true,
    },
    {
      title: 'a back-port to a line that never had provenance',
      change: changed('http-client', '0.30.3', '0.30.4'),
      now: at('2026-03-31T00:30:00Z'),
      evidence: {
        trust: { current: 'none', line: [aStub('0.30.3', '2025-10-01T00:00:00Z')] },
        times: aTimeline('2026-03-31T00:21:00Z'),
        release: { current: aRelease('0.30.4') },
      },
      flagged: false,
    },
    {
      title: 'attested like the ones before',
      change: changed('http-client', '1.13.6', '1.14.0'),
      now: at('2026-03-31T00:30:00Z'),
      evidence: {
        trust: {
          current: 'provenance',
          line: [attested('1.13.6', '2026-02-20'), attested('1.13.5', '2026-01-20'), attested('1.13.4', '2025-12-20')],
        },
        times: aTimeline('2026-03-31T00:21:00Z'),
        release: { current: aRelease('1.14.1') },
      },
      flagged: false,
    },
  ],
});

const rank: Record<TrustLevel, number> = { none: 0, provenance: 1, 'trusted-publisher': 2, approved: 3 };

const words: Record<TrustLevel, string> = {
  none: 'no provenance',
  provenance: 'provenance',
  'trusted-publisher': 'a trusted publisher with provenance',
  approved: 'a staged publish approved by a person',
};

function samePerson(a: Person | undefined, b: Person | undefined): boolean {
  return a !== undefined && b !== undefined && a.name === b.name && a.oidcConfigId === b.oidcConfigId;
}

/** The registry's first staged publishes did not record their approver and read as weaker than they were. */
function stagedGrace(floor: TrustLevel, current: TrustLevel, published: Instant): boolean {
  const staged = published >= Date.UTC(2026, 4, 18) && published < Date.UTC(2026, 5, 1);
  return staged && rank[floor] >= rank['trusted-publisher'] && current === 'provenance';
}

function attested(version: string, date: string): ReleaseStub {
  return aStub(version, `${date}T00:00:00Z`, { trust: 'provenance' });
}
