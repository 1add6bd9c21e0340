/**
 * event-stream 2018 and art-template 2025 were handed to a stranger; chalk 2025 was published by an account that had
 * last published it in 2017. So the question is not "ever before?" but "lately, on this line?".
 */

import type { PublishersEvidence, ReleaseStub } from '../model/evidence.ts';
import type { Observation } from '../model/finding.ts';
import type { Person } from '../model/packument.ts';
import { defineRule } from '../model/rule.ts';
import { printable } from '../model/text.ts';
import { day, type Instant, isoOf, spanText } from '../model/time.ts';
import { aPublisher, aStub, aTimeline, at, changed } from './example.ts';

export default defineRule({
  meta: {
    id: 'publisher-changed',
    family: 'publisher',
    severity: 'medium',
    summary: 'The account that published this release has not published this package lately.',
    why: 'A stolen token, a hijacked account or a package handed to a stranger shows first in who publishes.',
    remedy: 'Look whether the project announced the new publisher. If nobody did, stay on the release before.',
    references: ['event-stream 2018', 'art-template 2025', 'chalk/debug 2025', 'CanisterWorm 2026'],
    falsePositives: 'Teams in which several people publish, and moves to automation. Weak alone; it counts together with other facts.',
    since: '0.1.0',
  },
  needs: ['publishers', 'times'],
  options: {
    months: { type: 'number', default: 18, min: 1, max: 240, about: 'how far back releases count as recent' },
    releases: { type: 'number', default: 20, min: 1, max: 60, about: 'how many releases back count as recent' },
  },
  check(_change, { publishers, times }, { options }) {
    // The same person published the last settled release: no need to look through the history.
    if (publishers.lastSeen !== undefined && publishers.lastSeen === times.previousAt) return [];
    const settled = settledBefore(publishers, times.published);
    if (settled.length === 0) return [];
    const since = times.published - options.months * 30 * day;
    const within = settled.filter((stub, index) => index < options.releases && (stub.at ?? 0) >= since);
    // A package that was silent longer than the window is compared with the last one who published it.
    const recent = within.length > 0 ? within : settled.slice(0, 1);
    if (recent.some((stub) => samePerson(stub.publisher, publishers.current))) return [];
    return observe(publishers, settled, recent, times.published);
  },
  examples: [
    {
      title: 'a stranger publishes',
      change: changed('stream-lib', '3.3.5', '3.3.6'),
      now: at('2018-09-10T00:00:00Z'),
      evidence: {
        publishers: aPublisher('newcomer', [
          aStub('3.3.5', '2018-09-04T00:00:00Z', { publisher: { name: 'newcomer' } }),
          byOwner('3.3.4', '2017-07-01'),
        ]),
        times: aTimeline('2018-09-09T00:00:00Z'),
      },
      flagged: true,
    },
    {
      title: 'an account that was idle for eight years',
      change: changed('paint', '5.6.0', '5.6.1'),
      now: at('2025-09-08T14:00:00Z'),
      evidence: {
        publishers: aPublisher('helper', [
          ...['5.6.0', '5.5.0', '5.4.1'].map((version) => byOwner(version, '2025-08-17')),
          aStub('2.0.1', '2017-06-30T00:00:00Z', { publisher: { name: 'helper' } }),
        ]),
        times: aTimeline('2025-09-08T13:16:00Z'),
      },
      flagged: true,
    },
    {
      title: 'the owner, as always',
      change: changed('paint', '5.6.0', '5.6.1'),
      now: at('2025-09-08T14:00:00Z'),
      evidence: { publishers: aPublisher('owner', [byOwner('5.6.0', '2025-08-17')]), times: aTimeline('2025-09-08T13:16:00Z') },
      flagged: false,
    },
    {
      title: 'the first release by trusted publishing',
      change: changed('paint', '5.6.0', '5.6.1'),
      now: at('2025-10-08T14:00:00Z'),
      evidence: {
        publishers: { current: { name: 'GitHub Actions', oidcConfigId: 'oidc:1' }, before: [byOwner('5.6.0', '2025-08-17')] },
        times: aTimeline('2025-10-08T13:16:00Z'),
      },
      flagged: false,
    },
  ],
});

/** Releases that were out for a week: those of a burst do not vouch for one another. */
function settledBefore({ before }: PublishersEvidence, published: Instant): ReleaseStub[] {
  return before.filter((stub) => stub.at === undefined || stub.at <= published - 7 * day);
}

/** Two trusted publishers share name and mail; only their configuration tells them apart. */
function samePerson(a: Person | undefined, b: Person): boolean {
  if (a === undefined) return false;
  return a.oidcConfigId !== undefined || b.oidcConfigId !== undefined ? a.oidcConfigId === b.oidcConfigId : a.name === b.name;
}

function observe(
  { current }: PublishersEvidence,
  settled: readonly ReleaseStub[],
  recent: readonly ReleaseStub[],
  published: Instant,
): readonly Observation[] {
  const automated = recent.filter((stub) => stub.publisher?.oidcConfigId !== undefined).length;
  // The move to trusted publishing raises the bar for attackers; only a second configuration is a change.
  if (current.oidcConfigId !== undefined && automated === 0) return [];
  const last = settled.find((stub) => samePerson(stub.publisher, current));
  const names = [...new Set(recent.map((stub) => stub.publisher?.name).filter((name) => name !== undefined))];
  const facts = {
    publisher: printable(current.name, 80),
    recently: names.slice(0, 5).map((name) => printable(name, 80)),
    ...(last?.at !== undefined && { lastPublished: isoOf(last.at) }),
  };
  if (last?.at !== undefined) {
    // In a package nobody published for long, an old hand coming back is what one expects.
    const missed = settled.filter((stub) => stub.at !== undefined && last.at !== undefined && stub.at > last.at).length;
    const span = spanText(published - last.at);
    const message = `published by an account that had not published this package for ${span}`;
    return [{ message, confidence: 'medium', facts, signal: missed >= 3 ? 'publisher-changed:dormant' : 'publisher-changed:returning' }];
  }
  if (automated > 0 && current.oidcConfigId === undefined) {
    return [
      {
        message: 'published by hand by an account new to it, where automation published before',
        confidence: 'medium',
        facts,
        signal: 'publisher-changed:channel-left',
      },
    ];
  }
  return [
    { message: 'published by an account that never published this package before', confidence: 'medium', facts, signal: 'publisher-changed:new' },
  ];
}

function byOwner(version: string, date: string): ReleaseStub {
  return aStub(version, `${date}T00:00:00Z`, { publisher: { name: 'owner' } });
}
